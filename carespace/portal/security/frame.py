"""What surrounds a page on which a person changes their own sign-in: their practice, their tabs, their name menu."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carespace.access.chart import own_grants
from carespace.portal.practice import practice_of
from carespace.portal.shell import note_records, person_shell, signed_in
from carespace.practices.models import Practice


def own_practice(request: HttpRequest) -> Practice | None:
    """Return the practice of the person's own record, or of the first they may see, or of this host."""
    grants = own_grants(signed_in(request))
    return grants[0].practice if grants else practice_of(request)


def draw(
    request: HttpRequest, template: str, values: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Return the page ``template`` with what surrounds it; ``practice`` is there where one is known."""
    grants = own_grants(signed_in(request))
    note_records(request, len(grants))
    practice = grants[0].practice if grants else practice_of(request)
    shell = person_shell(request, practice, grants)
    context = {"practice": practice, "shell": shell, **values}
    return render(request, template, context, status=status)
