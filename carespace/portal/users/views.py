"""Manage Users: the people who can see a record, and who invites them (S-61 to S-71; ui.md page 12)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.chart import open_chart
from carespace.access.permissions import Permission
from carespace.portal.shell import chart_shell, signed_in


@require_safe
def users(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show who can see this record."""
    chart = open_chart(signed_in(request), patient_id, Permission.USERS_MANAGE, category="users")
    return render(request, "portal/users/users.html", {"shell": chart_shell(request, chart, "")})
