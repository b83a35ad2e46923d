"""Where a person lands: their own record, a choice of records, the staff's side, or the sign-in page."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from carespace.access.chart import own_grants
from carespace.access.states import GrantKind
from carespace.portal.shell import (
    RELATIONS,
    STAFF_URL,
    note_grants,
    person_shell,
    practice_around,
    signed_in,
)
from carespace.practices.lookup import offers_to, works_somewhere
from carespace.ui.dates import date_long


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Send a person on to the page that is theirs."""
    if not request.user.is_authenticated:
        return redirect("portal:sign-in")
    user = signed_in(request)
    grants = own_grants(user)
    note_grants(request, grants)
    if len(grants) == 1:
        return redirect("portal:home", grants[0].patient_id)
    if not grants and works_somewhere(user.pk):
        return redirect(STAFF_URL)
    if not grants and (offers := offers_to(user.email)):
        return redirect("portal:work-offer", offers[0].pk)
    return redirect("portal:people")


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Let a person choose whose record to open; says so where there is none."""
    user = signed_in(request)
    grants = own_grants(user)
    note_grants(request, grants)
    rows = [
        {
            "name": grant.patient.display_name,
            "own": grant.kind == GrantKind.SELF,
            "relation": RELATIONS.get(grant.kind, ""),
            "born": date_long(grant.patient.birth_date_text),
            "practice": grant.practice.name,
            "url": reverse("portal:home", args=[grant.patient_id]),
        }
        for grant in grants
    ]
    practice = practice_around(grants, request)
    shell = person_shell(request, practice, grants)
    offers = offers_to(user.email)
    several = len({grant.practice_id for grant in grants}) > 1
    context = {
        "people": rows,
        "several_practices": several,
        "practice": practice,
        "shell": shell,
        "offers": offers,
    }
    return render(request, "portal/people.html", context)
