"""What the end of a colleague's work ends with it (T23).

Promises: a record that they have open is closed in the same moment, also for the case that they come back within the
hour; where the work does not end, nothing does.
"""

from django.db import transaction

from carespace.access.actions import end_visits_of
from carespace.audit.recording import Actor
from carespace.practices.actions import end_colleague, end_staff
from carespace.practices.models import StaffMembership


@transaction.atomic
def end_work(*, membership: StaffMembership, reason: str, by: Actor) -> None:
    """End a colleague's work for a manager, their sessions and their open records; raise TeamRefused as that does."""
    end_visits_of(user_id=membership.user_id, by=by)
    end_colleague(membership=membership, reason=reason, by=by)


@transaction.atomic
def end_work_at_server(*, membership: StaffMembership, reason: str, by: Actor) -> None:
    """End somebody's work and their open records, for the operator."""
    end_visits_of(user_id=membership.user_id, by=by)
    end_staff(membership=membership, reason=reason, by=by)
