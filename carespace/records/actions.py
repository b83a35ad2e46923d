"""Writes about what a record shows: hold what a doubted delivery brought, release it, or retract it for good; and what
a reader chose before a report that may hold news.

Promises: a doubted delivery overwrites nothing. What it brought first is held; where it changed what was on file, the
former version is shown again under a new number, and the doubted one stays in the delivery's bytes only. No act is
without an AuditEvent that says how many and of which delivery (T18).
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from carespace.access.chart import Chart
from carespace.audit.recording import About, Actor, record
from carespace.records.extract import columns_of
from carespace.records.looks import WAITING, note_look
from carespace.records.models import Resource, ResourceVersion
from carespace.records.same_paper import same_paper

# A Patient was met and agreed with before it was stored. A Binary's bytes are not told apart by version.
_NOT_RESTORED = ("Patient", "Binary")


@dataclass(frozen=True, slots=True)
class Brought:
    """What one delivery brought into one patient's record."""

    practice_id: UUID
    delivery_id: UUID
    patient_id: UUID


@transaction.atomic
def hold(*, brought: Brought, reason: str, by: Actor) -> dict[UUID, str]:
    """Take what a delivery has brought so far out of sight; what is held already stays as it is.

    Returns the source keys, by id, of what it had changed: there the former version is on file again, so that the
    change must be set aside.
    """
    found = Resource.objects.select_for_update(of=("self",)).filter(
        delivery_id=brought.delivery_id, patient_id=brought.patient_id, held_at__isnull=True
    )
    former = _former_versions(found, brought.delivery_id)
    restored: dict[UUID, str] = {}
    for row in found.filter(pk__in=former).select_related("practice"):
        _restore(row, former[row.pk])
        restored[row.pk] = row.source_key
    others = ResourceVersion.objects.exclude(delivery_id=brought.delivery_id)
    # Who the patient is was agreed on before their own row changed.
    held = found.exclude(pk__in=others.values("resource_id"), resource_type="Patient")
    count = held.update(held_at=timezone.now(), held_reason=reason)
    if count or restored:
        detail = {"held": count, "restored": len(restored)}
        _tell("record.hold", brought, by, reason, detail)
    return restored


@transaction.atomic
def release(*, brought: Brought, held_reason: str, reason: str, by: Actor) -> int:
    """Show again what was held of a delivery for ``held_reason`` (another hold stays); return how many.

    What a later delivery has changed since, while it was held, is shown as it is now.
    """
    then = ResourceVersion.objects.filter(delivery_id=brought.delivery_id)
    came = Q(delivery_id=brought.delivery_id) | Q(pk__in=then.values("resource_id"))
    count = _held(brought, held_reason).filter(came).update(held_at=None, held_reason="")
    if count:
        _tell("record.release", brought, by, reason, {"released": count})
    return count


@transaction.atomic
def retract(*, brought: Brought, held_reason: str, reason: str, by: Actor) -> int:
    """Keep out for good what was held of a delivery for ``held_reason``; return how many."""
    found = _held(brought, held_reason).filter(
        delivery_id=brought.delivery_id, retracted_at__isnull=True
    )
    count = found.update(retracted_at=timezone.now())
    if count:
        _tell("record.retract", brought, by, reason, {"retracted": count})
    return count


@transaction.atomic
def read_news(*, chart: Chart, what: str, identity: UUID, by: Actor) -> None:
    """Note that the reader opens a ``what`` ("report" or "document") that may hold news: they are not asked again.

    One answer counts for a report and for the document that is the same paper.
    """
    for page in _pages(chart, what, identity):
        note_look(chart, page)
    record("news.read", by=by, about=_of_news(chart, what, identity))


@transaction.atomic
def put_off_news(*, chart: Chart, what: str, identity: UUID, by: Actor) -> None:
    """Note that the reader leaves a ``what`` for their care team: lists say so; they may open it any time."""
    for page in _pages(chart, what, identity):
        note_look(chart, f"{WAITING}{page}")
    record("news.wait", by=by, about=_of_news(chart, what, identity))


def _pages(chart: Chart, what: str, identity: UUID) -> list[str]:
    return [f"{kind}:{each}" for kind, each in same_paper(chart, what, identity)]


def _of_news(chart: Chart, what: str, identity: UUID) -> About:
    return About(chart.practice.pk, chart.patient.pk, f"{what}s", what, str(identity))


def _held(brought: Brought, held_reason: str) -> QuerySet[Resource]:
    return Resource.objects.filter(
        patient_id=brought.patient_id,
        practice_id=brought.practice_id,
        held_at__isnull=False,
        held_reason=held_reason,
    )


def _former_versions(rows: QuerySet[Resource], delivery_id: UUID) -> dict[UUID, ResourceVersion]:
    """Return, by resource, the latest version that came with another delivery."""
    wanted = rows.exclude(resource_type__in=_NOT_RESTORED).values("pk")
    versions = ResourceVersion.objects.filter(resource_id__in=wanted).exclude(
        delivery_id=delivery_id
    )
    return {each.resource_id: each for each in versions.order_by("version")}


def _restore(row: Resource, version: ResourceVersion) -> None:
    """Make the former version the current one; a version number is never given twice."""
    columns = columns_of(version.content, row.practice.zone)
    row.version += 1
    row.content, row.content_hash = version.content, version.content_hash
    row.status, row.topic = columns.status, columns.topic
    row.categories, row.codes = list(columns.categories), list(columns.codes)
    row.effective_start, row.effective_end = columns.effective_start, columns.effective_end
    row.last_updated = columns.last_updated
    row.retracted_at = version.received_at if columns.retracted else None
    row.received_at, row.delivery_id = version.received_at, version.delivery_id
    row.save(force_update=True)


def _tell(action: str, brought: Brought, by: Actor, reason: str, detail: dict[str, int]) -> None:
    about = About(
        brought.practice_id, brought.patient_id, "record", "Delivery", str(brought.delivery_id)
    )
    record(action, by=by, about=about, reason=reason, detail=detail)
