"""How a signed-out page is drawn: the practice around it, no tabs, no menu."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from carespace.portal.shell import look_of, practice_card
from carespace.practices.models import Practice
from carespace.practices.presets import BASE_WORDS
from carespace.ui.shell import Link, Shell, Theme

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
        "forgot_words": words("password.forgot"),
        "button_words": words("registration.button"),
        **values,
    }
    return render(request, f"portal/account/{name}.html", context, status=status)


def shell_for(practice: Practice | None, look: Theme) -> Shell:
    """Return what surrounds a signed-out page."""
    links = (Link("Terms of service", reverse("portal:terms")),)
    home = reverse("portal:sign-in")
    if practice is None:
        return Shell(footer_links=links, home_url=home, theme=look)
    return Shell(practice=practice_card(practice), footer_links=links, home_url=home, theme=look)


def call(practice: Practice | None) -> str:
    """Return whom to call, to end a sentence with."""
    return f"call {practice.phone}" if practice else "call your practice"


def wait_words(practice: Practice | None) -> str:
    """Return what to say to somebody who must wait."""
    return f"Too many tries. Wait a few minutes, or {call(practice)}."


def refusal_words(*, asks_birth_date: bool) -> str:
    """Return the one answer to a sign-in that is not right, whatever is wrong with it (T6)."""
    checked = "password and birth date" if asks_birth_date else "and password"
    comma = ", " if asks_birth_date else " "
    return f"We could not sign you in. Check your e-mail{comma}{checked}."
