"""Who has looked at this record, and what they did (VDT-16, VDT-17, PRX-7)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.chart import open_chart
from carespace.access.permissions import Permission
from carespace.portal.shell import chart_shell, signed_in


@require_safe
def activity(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show who has looked at this record."""
    user = signed_in(request)
    chart = open_chart(user, patient_id, Permission.ACTIVITY_READ, category="activity")
    return render(request, "portal/users/activity.html", {"shell": chart_shell(request, chart, "")})
