"""The floor of the pages: Django with nothing around it, served like the portal.

``/hello/`` runs no middleware's work worth naming; ``/page/`` has a session, one indexed query and one template.
"""

import os
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from bench.house import owner_url
from carespace.config.database import VARIABLE, django_database
from carespace.config.web_server import WebServer, options

ROWS = 50_000
ROWS_A_PAGE = 20
OWNERS = ROWS // ROWS_A_PAGE
SESSION_COOKIE = "bare"
TEMPLATE = (
    "<!doctype html><title>Notes</title><table>{% for n in notes %}"
    "<tr><td>{{ n.0 }}</td><td>{{ n.1 }}</td></tr>{% endfor %}</table>"
)
_ROWS = f"""
CREATE TABLE IF NOT EXISTS bench_note (id integer PRIMARY KEY, owner integer NOT NULL, text text NOT NULL);
INSERT INTO bench_note SELECT n, n % {OWNERS}, 'note ' || n FROM generate_series(1, {ROWS}) n ON CONFLICT DO NOTHING;
CREATE INDEX IF NOT EXISTS bench_note_owner ON bench_note (owner, id DESC);
ANALYZE bench_note
"""  # noqa: S608  constants


def hello(_request: HttpRequest) -> HttpResponse:
    """Answer one word."""
    return HttpResponse("hello")


def page(request: HttpRequest) -> HttpResponse:
    """Answer the newest notes of the session's owner."""
    owner = request.session["owner"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, text FROM bench_note WHERE owner = %s ORDER BY id DESC LIMIT %s",
            [owner, ROWS_A_PAGE],
        )
        notes = cursor.fetchall()
    return HttpResponse(engines["django"].from_string(TEMPLATE).render({"notes": notes}))


def set_up(url: str) -> None:
    """Bring Django up on the database at ``url``."""
    os.environ[VARIABLE] = url
    settings.configure(
        SECRET_KEY="bench",  # noqa: S106  it keeps nothing
        ALLOWED_HOSTS=["localhost", "127.0.0.1"],
        ROOT_URLCONF=(path("hello/", hello), path("page/", page)),
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
        INSTALLED_APPS=["django.contrib.sessions"],
        DATABASES={"default": django_database(pool=True)},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        SESSION_COOKIE_NAME=SESSION_COOKIE,
        USE_TZ=True,
    )
    django.setup()


def main(port: str, home: str) -> None:
    """Make the rows and a session, print its key, and serve."""
    set_up(owner_url())
    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
    session = SessionStore()
    session["owner"] = 7
    session.save()
    print(session.session_key, flush=True)
    connection.close()
    chosen: dict[str, Any] = options(f"127.0.0.1:{port}", Path(home))
    WebServer(chosen, get_wsgi_application).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
