"""How staff open a patient's record: with a reason, for an hour, in the patient's own activity (T23, X6).

Promises: through a desk only, hence with a second factor and by a role that may; never one's own record, nor that of
family one sees already; ``open_chart()`` asks at each request whether the visit still counts and the person still works
there.
"""

from datetime import timedelta

from django.utils import timezone

from carespace.access.actions import end_visit, one_at_a_time, start_visit
from carespace.access.chart import NotFound
from carespace.access.desk import Desk, refuse_own_record
from carespace.access.models import StaffVisit
from carespace.access.permissions import Permission
from carespace.patients.models import Patient

VISIT_LASTS = timedelta(minutes=60)


def open_visit(*, desk: Desk, patient: Patient, reason: str) -> StaffVisit:
    """Open the record of ``patient`` for who works at ``desk``; the patient sees who, when and ``reason``.

    A second click returns the first one's visit; another reason ends it and begins a new one. Raises NotFound for a
    role that may not, ActRefused for one's own record.
    """
    if Permission.RECORD_OPEN not in desk.permissions:
        raise NotFound
    refuse_own_record(desk, patient)
    one_at_a_time(patient)
    current = current_visit(desk, patient)
    if current is not None and current.reason == reason:
        return current
    close_visit(desk=desk, patient=patient)
    ends_at = timezone.now() + VISIT_LASTS
    return start_visit(patient=patient, reason=reason, ends_at=ends_at, by=desk.actor)


def close_visit(*, desk: Desk, patient: Patient) -> None:
    """End the open visit of who works at ``desk``; nothing happens where there is none."""
    for visit in _open(desk, patient):
        end_visit(visit=visit, by=desk.actor)


def current_visit(desk: Desk, patient: Patient) -> StaffVisit | None:
    """Return the open visit of who works at ``desk`` to ``patient``'s record."""
    return next(iter(_open(desk, patient)), None)


def _open(desk: Desk, patient: Patient) -> list[StaffVisit]:
    visits = StaffVisit.objects.open().filter(user_id=desk.user_id, patient=patient)
    return list(visits.order_by("-ends_at"))
