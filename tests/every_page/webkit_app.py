#!/usr/bin/python3
"""A window of WebKit as wide as a phone: run by the system's own Python, which has GTK (MiniBrowser's is wider).

Promises: nothing is kept when it closes; its size comes from WK_SIZE, such as 390x844.
"""

import os

import gi  # type: ignore[import-not-found]

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import (  # type: ignore[import-not-found]  # noqa: E402  after the versions are chosen
    Gtk,
    WebKit2,
)

WIDTH, HEIGHT = (int(side) for side in os.environ.get("WK_SIZE", "390x844").split("x"))
CONTEXT = WebKit2.WebContext.new_ephemeral()
CONTEXT.set_automation_allowed(True)


def make_view(_session):
    window = Gtk.Window()
    window.set_decorated(False)
    window.set_default_size(WIDTH, HEIGHT)
    view = WebKit2.WebView(web_context=CONTEXT, is_ephemeral=True, is_controlled_by_automation=True)
    window.add(view)
    window.show_all()
    return view


def started(_context, session):
    about = WebKit2.ApplicationInfo()
    about.set_name("MiniBrowser")
    about.set_version(2, 50, 6)
    session.set_application_info(about)
    session.connect("create-web-view", make_view)


CONTEXT.connect("automation-started", started)
Gtk.main()
