"""How a signed-out page is drawn: the practice around it, no tabs, no menu."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from carespace.accounts.throttle import SIGN_IN_BY_EMAIL
from carespace.portal.shell import help_links, look_of, practice_card
from carespace.practices.models import Practice
from carespace.practices.presets import BASE_WORDS
from carespace.ui.dates import day_and_time, time_text
from carespace.ui.shell import Link, Shell, Theme
from carespace.values import local

TOO_MANY_TRIES = 429


def show(
    request: HttpRequest,
    name: str,
    practice: Practice | None,
    values: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Return the page ``name`` with ``practice`` around it, where it is known."""
    request.shell = shell_for(practice, look_of(request))  # type: ignore[attr-defined]
    words = practice.settings.word if practice else BASE_WORDS.__getitem__
    context = {
        "practice": practice,
        "forgot_words": forgot_words(practice),
        "button_words": words("registration.button"),
        **values,
    }
    return render(request, f"portal/account/{name}.html", context, status=status)


def shell_for(practice: Practice | None, look: Theme) -> Shell:
    """Return what surrounds a signed-out page."""
    links = (Link("Terms of service", reverse("portal:terms")), *help_links())
    home = reverse("portal:sign-in")
    if practice is None:
        return Shell(footer_links=links, home_url=home, theme=look)
    return Shell(practice=practice_card(practice), footer_links=links, home_url=home, theme=look)


def call(practice: Practice | None) -> str:
    """Return whom to call, to end a sentence with."""
    return f"call {practice.phone}" if practice else "call your practice"


def wait_words(practice: Practice | None, until: datetime, *, may_reset: bool = True) -> str:
    """Return what to say to somebody who must wait: until when, and what else they can do; the same for everybody."""
    others = f"or {call(practice)}"
    if may_reset:
        others = f"or use “{forgot_words(practice)}”, {others}"
    if until - timezone.now() > SIGN_IN_BY_EMAIL.longest_wait and may_reset:
        return (
            f"Too many tries. You cannot sign in with a password here until {_at(practice, until)}."
            f" To sign in sooner, use “{forgot_words(practice)}”, or {call(practice)}."
        )
    return f"Too many tries. Wait {_how_long(practice, until)}, {others}."


def forgot_words(practice: Practice | None) -> str:
    """Return how the practice calls the page of a person who does not know their password."""
    return practice.settings.word("password.forgot") if practice else BASE_WORDS["password.forgot"]


def _how_long(practice: Practice | None, until: datetime) -> str:
    if practice is not None:
        return f"until {_at(practice, until)}"
    minutes = ceil((until - timezone.now()) / timedelta(minutes=1))
    return f"{minutes} minutes" if minutes > 1 else "one minute"


def _at(practice: Practice | None, until: datetime) -> str:
    """Return the minute after which a try is let through, on the practice's clock: "2:40 pm"."""
    if practice is None:
        return "tomorrow"
    later = until + timedelta(minutes=1, microseconds=-1)
    there = local(later.replace(second=0, microsecond=0), practice.zone) or later
    now = local(timezone.now(), practice.zone)
    same_day = now is not None and now.date() == there.date()
    words = time_text(there) if same_day else day_and_time(there)
    return re.sub(" (?=[ap]m$)", "\N{NO-BREAK SPACE}", words)


def refusal_words(*, asks_birth_date: bool) -> str:
    """Return the one answer to a sign-in that is not right, whatever is wrong with it (T6)."""
    checked = "password and birth date" if asks_birth_date else "and password"
    comma = ", " if asks_birth_date else " "
    return f"We could not sign you in. Check your email{comma}{checked}."
