"""How every page of a record begins: with an open chart."""

from uuid import UUID

from django.http import HttpRequest

from carespace.access import chart
from carespace.access.chart import Chart
from carespace.access.permissions import Permission
from carespace.accounts.proof import second_factor_of
from carespace.portal.shell import signed_in


def open_chart(
    request: HttpRequest, patient_id: UUID, permission: Permission, *, category: str = ""
) -> Chart:
    """Open the record of ``patient_id`` for who asks.

    Raises NotFound for who may not, SecondFactorMissing for staff whose session has shown none (AUTH-8).
    """
    return chart.open_chart(
        signed_in(request),
        patient_id,
        permission,
        category=category,
        second_factor=bool(second_factor_of(request.session)),
    )
