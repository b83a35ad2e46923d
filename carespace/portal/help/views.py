"""Help, and "Security and standards", for everybody (S-73, S-09; ui.md section 6).

Promises: both pages are the same for everybody at one practice and tell nothing of anybody; signed out they belong to
the practice of the address, signed in to the one practice of all records that the reader may open.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.chart import own_grants
from carespace.portal.account.pages import shell_for
from carespace.portal.help.claims import claim_groups, not_done, reading_line
from carespace.portal.help.questions import answers, registration_steps
from carespace.portal.practice import practice_of
from carespace.portal.shell import look_of, note_grants, person_shell, practice_around, signed_in
from carespace.practices.models import Practice


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Show how to register, the practice's questions and answers, and whom to call."""
    practice = _around(request)
    values = {"steps": registration_steps(practice), "questions": answers(practice)}
    return _draw(request, "help", practice, values)


@login_not_required
@require_safe
def standards(request: HttpRequest) -> HttpResponse:
    """Show what protects a record, what was tested and when, and what was not."""
    values = {"groups": claim_groups(), "reading": reading_line(), "not_done": not_done()}
    return _draw(request, "standards", _around(request), values)


def _around(request: HttpRequest) -> Practice | None:
    """Return whose page it is, and draw the frame that fits the reader."""
    if not request.user.is_authenticated:
        practice = practice_of(request)
        request.shell = shell_for(practice, look_of(request))  # type: ignore[attr-defined]
        return practice
    grants = own_grants(signed_in(request))
    note_grants(request, grants)
    practice = practice_around(grants, request)
    request.shell = person_shell(request, practice, grants)  # type: ignore[attr-defined]
    return practice


def _draw(
    request: HttpRequest, name: str, practice: Practice | None, values: Mapping[str, Any]
) -> HttpResponse:
    return render(request, f"portal/help/{name}.html", {"practice": practice, **values})
