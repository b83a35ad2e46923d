"""What surrounds a page on which a person changes their own sign-in: their practice, their tabs, their name menu."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from carespace.access.chart import own_grants
from carespace.portal.shell import note_records, person_shell, practice_around, signed_in
from carespace.practices.models import Practice


def own_practice(request: HttpRequest) -> Practice | None:
    """Return the practice of all the records the person may see, or of this host; None where neither says which."""
    return practice_around(own_grants(signed_in(request)), request)


def own_zone(request: HttpRequest) -> tzinfo:
    """Return the time zone to tell a person's own times in: their practice's, else that of the first record they see."""
    grants = own_grants(signed_in(request))
    practice = practice_around(grants, request) or next((each.practice for each in grants), None)
    return practice.zone if practice else timezone.get_default_timezone()


def draw(
    request: HttpRequest, template: str, values: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """Return the page ``template`` with what surrounds it; ``practice`` is there where one is known."""
    grants = own_grants(signed_in(request))
    note_records(request, len(grants))
    practice = practice_around(grants, request)
    shell = person_shell(request, practice, grants)
    context = {"practice": practice, "shell": shell, **values}
    return render(request, template, context, status=status)
