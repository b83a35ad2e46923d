"""A feed that brought another person under a number, so that there is something to hold, release and settle."""

from pathlib import Path

from carespace.audit.recording import SYSTEM
from carespace.interop.fhir.people import HELD_BECAUSE
from carespace.interop.models import QuarantinedEntry
from carespace.practices.models import Practice
from carespace.records.actions import Brought, hold
from carespace.records.models import Resource
from tests.interop.fhir_builders import Sender, bundle, patient, result, stan

DOUBT = HELD_BECAUSE


def send_doubted(practice: Practice, folder: Path) -> None:
    """One result that is shown, one that is held, and a delivery of another person and a result."""
    feed = Sender(practice, folder, "doubted")
    feed.send(bundle(patient("9", family="Rowe"), result("shown", "Patient/9")))
    feed.send(result("held", "Patient/9"))
    hold(brought=brought("Observation/held"), reason=DOUBT, by=SYSTEM)
    feed.send(bundle(stan("9"), result("aside", "Patient/9")))
    other = Sender(practice, folder, "settled")
    other.send(bundle(patient("9", family="Reed")))
    other.send(stan("9"))
    other.send(result("later", "Patient/9"))
    # What had stopped the last one was settled since.
    QuarantinedEntry.objects.filter(feed="settled", resource_type="Patient").update(
        state=QuarantinedEntry.State.DISCARDED
    )


def brought(source_key: str) -> Brought:
    """What the delivery of one resource brought."""
    row = Resource.objects.get(source_key=source_key, feed="doubted")
    assert row.patient_id
    assert row.delivery_id
    return Brought(row.practice_id, row.delivery_id, row.patient_id)


def doubted_entry() -> QuarantinedEntry:
    """The Patient who was set aside."""
    return QuarantinedEntry.objects.get(resource_type="Patient", feed="doubted")


def stopped_entry() -> QuarantinedEntry:
    """The result that nothing stops any more."""
    return QuarantinedEntry.objects.get(resource_type="Observation", feed="settled")
