"""Setting entries aside, and taking them up again when what they waited for has come.

Promises: an entry is set aside once per delivery and position; a waiting one keeps its content, so that it can be stored
later; each keeps its reason after it was settled.
"""

import hashlib
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from carespace.interop.fhir.candidates import Candidate, Refused
from carespace.interop.fhir.places import ANOTHER_PERSON
from carespace.interop.models import Delivery, QuarantinedEntry

POSITION_LIMIT_CHARACTERS = 60
RELEASED_AT_ONCE = 2000
# The code of a Patient that cannot be read, after somebody has said that it is the person on file.
SAME_PERSON = "same-person"
_STATES = QuarantinedEntry.State
_UNSETTLED = Q(state=_STATES.QUARANTINED)
_DISCARDED = Q(state=_STATES.DISCARDED) & ~Q(code=SAME_PERSON)


def set_aside(
    delivery: Delivery,
    position: str,
    refused: Refused,
    *,
    resource_type: str = "",
    source_key: str = "",
    resource_id: UUID | None = None,
) -> QuarantinedEntry:
    """Return an unsaved entry that needs a person."""
    return QuarantinedEntry(
        practice_id=delivery.practice_id,
        delivery=delivery,
        feed=delivery.feed,
        position=fitting(position),
        resource_type=resource_type[:40],
        source_key=source_key[:300],
        resource_id=resource_id,
        code=refused.code[:40],
        reason=refused.reason,
        state=_STATES.QUARANTINED,
        created_at=timezone.now(),
    )


def fitting(position: str) -> str:
    """Return ``position`` as it fits its column, and still unlike any other of its delivery."""
    if len(position) <= POSITION_LIMIT_CHARACTERS:
        return position
    digest = hashlib.sha256(position.encode()).hexdigest()[:16]
    return f"{position[: POSITION_LIMIT_CHARACTERS - 18]}… {digest}"


def set_waiting(
    delivery: Delivery, candidate: Candidate, content: dict[str, object], waits_for: UUID
) -> QuarantinedEntry:
    """Return an unsaved entry that waits for the resource of the id ``waits_for``."""
    patientless = (
        "Its patient has not come yet."
        if candidate.type != "Binary"
        else ("No document has referred to it yet.")
    )
    entry = set_aside(
        delivery,
        candidate.position,
        Refused("waiting", f"{patientless} It is stored as soon as that comes."),
        resource_type=candidate.type,
        source_key=candidate.key,
        resource_id=candidate.id,
    )
    entry.state, entry.waits_for, entry.content = _STATES.WAITING, waits_for, content
    return entry


def keep(entries: Iterable[QuarantinedEntry]) -> None:
    """Write entries; one that stands there already (the same delivery read again) stays as it is."""
    QuarantinedEntry.objects.bulk_create(list(entries), ignore_conflicts=True, batch_size=500)


def something_waits(delivery: Delivery) -> bool:
    """Whether anything at all waits on this feed; mostly nothing does, and then nothing has to be looked for."""
    return QuarantinedEntry.objects.filter(
        practice_id=delivery.practice_id, feed=delivery.feed, state=_STATES.WAITING
    ).exists()


def waiting_for(
    delivery: Delivery, ids: Collection[UUID], without: Collection[UUID]
) -> list[QuarantinedEntry]:
    """Return what waits for any of ``ids`` on this feed, in the order it came; not all of much at once."""
    found = QuarantinedEntry.objects.filter(
        practice_id=delivery.practice_id,
        feed=delivery.feed,
        state=_STATES.WAITING,
        waits_for__in=ids,
    )
    left = found.exclude(pk__in=without).select_related("delivery")
    return list(left.order_by("created_at", "id")[:RELEASED_AT_ONCE])


def doubted_patients(
    delivery: Delivery, without: Collection[UUID] = ()
) -> tuple[set[UUID], set[UUID]]:
    """Return the Patients of the feed that are not settled: doubted in this delivery, another person in others.

    A discarded one is another person for good, and so is all that this delivery names with them.
    """
    rows = QuarantinedEntry.objects.filter(
        _UNSETTLED | _DISCARDED & Q(delivery=delivery),
        practice_id=delivery.practice_id,
        feed=delivery.feed,
        resource_type="Patient",
        resource_id__isnull=False,
    ).exclude(pk__in=without)
    here: set[UUID] = set()
    elsewhere: set[UUID] = set()
    for resource_id, delivery_id, code in rows.values_list("resource_id", "delivery_id", "code"):
        if resource_id is not None and delivery_id == delivery.pk:
            here.add(resource_id)
        elif resource_id is not None and code == ANOTHER_PERSON.code:
            elsewhere.add(resource_id)
    return here, elsewhere


def settle_released(entries: Iterable[QuarantinedEntry]) -> None:
    """Close ``entries``: their content is in the record now, so it is not kept twice."""
    QuarantinedEntry.objects.filter(pk__in=[each.pk for each in entries]).update(
        state=_STATES.RELEASED, settled_at=timezone.now(), content=None
    )


def refuse_after_all(entry: QuarantinedEntry, refused: Refused) -> None:
    """What waited has come, and still the entry cannot be stored: a person must look."""
    entry.state, entry.code, entry.reason = _STATES.QUARANTINED, refused.code, refused.reason
    entry.save(update_fields=["state", "code", "reason"])


def wait_on(entry: QuarantinedEntry, waiting: QuarantinedEntry) -> None:
    """Something came, but something else is still missing: ``entry`` waits as the unsaved ``waiting`` would."""
    for name in ("state", "waits_for", "content", "code", "reason"):
        setattr(entry, name, getattr(waiting, name))
    entry.save(update_fields=["state", "waits_for", "content", "code", "reason"])
