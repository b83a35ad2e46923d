"""Resources: places that help, chosen by the practice, in the reader's language where it gave it (S-72, D-12)."""

from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.permissions import Permission
from carespace.portal.door import open_chart
from carespace.portal.shell import chart_shell
from carespace.practices.presets import ResourceLink
from carespace.ui.languages import SPANISH, language_now


class Place(NamedTuple):
    """One place that helps, as it stands on the page."""

    name: str
    url: str
    about: str
    phone: str


@require_safe
def resources(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """List the practice's links."""
    chart = open_chart(request, patient_id, Permission.RECORD_READ, category="resources")
    context = {
        "shell": chart_shell(request, chart, "resources"),
        "practice": chart.practice,
        "places": [_place(each) for each in chart.practice.settings.resource_links],
    }
    return render(request, "portal/resources.html", context)


def _place(link: ResourceLink) -> Place:
    about = link.about_es if language_now() == SPANISH and link.about_es else link.about
    return Place(link.name, link.url, about, link.phone)
