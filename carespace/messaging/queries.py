"""What a record's pages ask of its threads, each in one query."""

from collections.abc import Collection
from uuid import UUID

from carespace.access.chart import Chart
from carespace.messaging.models import Thread
from carespace.messaging.states import Category


def requests_about(chart: Chart, appointments: Collection[UUID]) -> dict[UUID, Thread]:
    """Return the newest question about each of ``appointments``, by the appointment's id."""
    asked = Thread.objects.visible_in(chart).filter(
        category=Category.APPOINTMENT, about_id__in=appointments
    )
    found = asked.order_by("opened_at")
    return {thread.about_id: thread for thread in found if thread.about_id}
