"""Resources: places that help, chosen by the practice (S-72, D-12)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.permissions import Permission
from carespace.portal.door import open_chart
from carespace.portal.shell import chart_shell


@require_safe
def resources(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """List the practice's links."""
    chart = open_chart(request, patient_id, Permission.RECORD_READ, category="resources")
    context = {
        "shell": chart_shell(request, chart, "resources"),
        "practice": chart.practice,
        "links": chart.practice.settings.resource_links,
    }
    return render(request, "portal/resources.html", context)
