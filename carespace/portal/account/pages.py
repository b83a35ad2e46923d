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
from django.utils.translation import gettext as _

from carespace.accounts.throttle import SIGN_IN_BY_EMAIL
from carespace.portal.shell import help_links, look_of, practice_card
from carespace.practices.models import Practice
from carespace.practices.presets import word_of
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
    context = {
        "practice": practice,
        "forgot_words": forgot_words(practice),
        "button_words": word_of(practice.settings if practice else None, "registration.button"),
        **values,
    }
    return render(request, f"portal/account/{name}.html", context, status=status)


def shell_for(practice: Practice | None, look: Theme) -> Shell:
    """Return what surrounds a signed-out page."""
    links = (Link(_("Terms of service"), reverse("portal:terms")), *help_links())
    home = reverse("portal:sign-in")
    if practice is None:
        return Shell(footer_links=links, home_url=home, theme=look)
    return Shell(practice=practice_card(practice), footer_links=links, home_url=home, theme=look)


def wait_words(practice: Practice | None, until: datetime, *, may_reset: bool = True) -> str:
    """Return what to say to somebody who must wait: until when, and what else they can do; the same for everybody."""
    given = {
        "when": _at(practice, until),
        "minutes": ceil((until - timezone.now()) / timedelta(minutes=1)),
        "forgot": forgot_words(practice),
        "phone": practice.phone if practice else "",
    }
    if practice is None:
        return _wait_anywhere(until, given, may_reset=may_reset)
    if not may_reset:
        return _("Too many tries. Wait until %(when)s, or call %(phone)s.") % given
    if _is_long(until):
        long = _(
            "Too many tries. You cannot sign in with a password here until %(when)s."
            " To sign in sooner, use “%(forgot)s”, or call %(phone)s."
        )
        return long % given
    return _("Too many tries. Wait until %(when)s, or use “%(forgot)s”, or call %(phone)s.") % given


def _wait_anywhere(until: datetime, given: Mapping[str, Any], *, may_reset: bool) -> str:
    """Return the same where no practice, and so no clock and no phone, is known."""
    if not may_reset:
        return _short(
            given["minutes"],
            _("Too many tries. Wait one minute, or call your practice."),
            _("Too many tries. Wait %(minutes)s minutes, or call your practice."),
            given,
        )
    if _is_long(until):
        long = _(
            "Too many tries. You cannot sign in with a password here until tomorrow."
            " To sign in sooner, use “%(forgot)s”, or call your practice."
        )
        return long % given
    return _short(
        given["minutes"],
        _("Too many tries. Wait one minute, or use “%(forgot)s”, or call your practice."),
        _("Too many tries. Wait %(minutes)s minutes, or use “%(forgot)s”, or call your practice."),
        given,
    )


def _short(minutes: int, one: str, many: str, given: Mapping[str, Any]) -> str:
    return (many if minutes > 1 else one) % given


def _is_long(until: datetime) -> bool:
    return until - timezone.now() > SIGN_IN_BY_EMAIL.longest_wait


def forgot_words(practice: Practice | None) -> str:
    """Return how the practice calls the page of a person who does not know their password."""
    return word_of(practice.settings if practice else None, "password.forgot")


def _at(practice: Practice | None, until: datetime) -> str:
    """Return the minute after which a try is let through, on the practice's clock: "2:40 pm"."""
    if practice is None:
        return ""
    later = until + timedelta(minutes=1, microseconds=-1)
    there = local(later.replace(second=0, microsecond=0), practice.zone) or later
    now = local(timezone.now(), practice.zone)
    same_day = now is not None and now.date() == there.date()
    words = time_text(there) if same_day else day_and_time(there)
    return re.sub(r" (?=[ap]\.?\s?m\.?$)", "\N{NO-BREAK SPACE}", words)


def refusal_words(*, asks_birth_date: bool) -> str:
    """Return the one answer to a sign-in that is not right, whatever is wrong with it (T6)."""
    if asks_birth_date:
        return _("We could not sign you in. Check your email, password and birth date.")
    return _("We could not sign you in. Check your email and password.")
