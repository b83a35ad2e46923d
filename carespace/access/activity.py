"""Who has looked at a record, and what they did: the audit as the patient may read it (VDT-16, VDT-17, PRX-7, T23).

Promises: an act on the open record is shown unless it is named here with the reason why not, so that a new kind of act
is never forgotten; what machines do (a feed, a mail job) and what was refused is left out: a refusal opened nothing,
and its actor may be a stranger who mistyped an address. One page is some days, counted together by the database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from uuid import UUID

from django.db.models import Case, Count, F, Max, QuerySet, TextField, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from carespace.access.actions import ENDED, WIDENED
from carespace.access.chart import Chart, NotFound
from carespace.access.known_people import people_of
from carespace.access.models import Grant, Invitation
from carespace.access.permissions import Permission
from carespace.audit.models import AuditEvent

MACHINES = ("system", "feed")
CLOSED_BY_ITSELF = (ENDED, WIDENED)
NOT_SHOWN: Mapping[str, str] = MappingProxyType(
    {
        "invitation.send": "the mail went out: its sending was asked for by a line that is shown",
        "invitation.bounce": "stands beside the person in Manage Users",
        "invitation.list": "the desk's own list",
        "visit.close": "the record is closed: nothing is looked at any more",
        "patient.find": "a list of names at the desk, written for many patients at once",
        "request.list": "a list of questions at the desk, written for many patients at once",
        "patient.list": "a list of names at the server",
        "patient.register": "the feed made the record",
        "patient.update": "the feed corrected name or birth date",
        "record.receive": "the feed brought it",
        "record.hold": "a delivery in doubt is kept back",
        "record.release": "a delivery in doubt turned out right",
        "record.retract": "a delivery turned out wrong",
        "quarantine.discard": "a delivery in doubt",
        "quarantine.list": "deliveries in doubt",
        "quarantine.retry": "a delivery in doubt",
        "quarantine.settle": "a delivery in doubt",
    }
)
MOST_DAYS = 7
LOOK_AHEAD = 400  # events, from which the days of a page are known


@dataclass(frozen=True, slots=True)
class Deed:
    """What one person did on one day, any number of times; ``thing`` is what tells deeds of one kind apart."""

    day: date
    actor_id: UUID | None
    actor_name: str
    actor_kind: str
    action: str
    category: str
    thing: str
    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """Some days of a record's activity, the newest first. ``older`` is the day before which there is more."""

    deeds: tuple[Deed, ...]
    older: date | None


def activity(chart: Chart, *, person: UUID | None = None, before: date | None = None) -> Period:
    """Return the last days with activity ``before`` a day in the practice's zone, of ``person`` where given."""
    events = _shown(chart)
    if person is not None:
        events = events.filter(actor_id=person)
    if before is not None:
        events = events.filter(recorded_at__lt=_midnight(chart, before))
    newest = events.order_by("-recorded_at").values_list("recorded_at", flat=True)[:LOOK_AHEAD]
    days = list(dict.fromkeys(_day(chart, moment) for moment in newest))[:MOST_DAYS]
    if not days:
        return Period((), None)
    since = _midnight(chart, days[-1])
    deeds = tuple(_counted(chart, events.filter(recorded_at__gte=since)))
    has_older = events.filter(recorded_at__lt=since).exists()
    return Period(deeds, days[-1] if has_older else None)


def people_in(chart: Chart) -> list[tuple[UUID, str]]:
    """Return everybody who did something with this record, by name, to choose one of them."""
    found = _shown(chart).filter(actor_id__isnull=False).order_by()
    people = found.values_list("actor_id").annotate(name=Max("actor_name"))
    return sorted(
        ((identity, name) for identity, name in people if identity),
        key=lambda each: each[1].casefold(),
    )


def subjects(chart: Chart, deeds: Iterable[Deed]) -> dict[str, str]:
    """Return whom invitations, grants and help are about, by the id in ``thing``; nothing for family, who do not manage."""
    if Permission.USERS_MANAGE not in chart.permissions:
        return {}
    things = {each.thing for each in deeds if each.category == "access"} - {""}
    names = {str(identity): name for identity, (name, *_) in people_of(chart.patient).items()}
    invited = Invitation.objects.filter(patient=chart.patient, pk__in=things)
    found = {str(identity): email for identity, email in invited.values_list("pk", "email")}
    for identity, user in Grant.objects.filter(patient=chart.patient, pk__in=things).values_list(
        "pk", "user_id"
    ):
        found[str(identity)] = names.get(str(user), "")
    return {**names, **found}


def _shown(chart: Chart) -> QuerySet[AuditEvent]:
    if Permission.ACTIVITY_READ not in chart.permissions:
        raise NotFound
    events = AuditEvent.objects.filter(
        practice_id=chart.practice.pk,
        patient_id=chart.patient.pk,
        outcome=AuditEvent.Outcome.SUCCESS,
    )
    by_itself = {"action": "grant.revoke", "reason__in": CLOSED_BY_ITSELF}
    return (
        events.exclude(actor_kind__in=MACHINES).exclude(action__in=NOT_SHOWN).exclude(**by_itself)
    )


def _counted(chart: Chart, events: QuerySet[AuditEvent]) -> list[Deed]:
    thing = Case(
        When(action="visit.open", then=F("reason")),
        When(category="access", then=F("entity_id")),
        default=Value(""),
        output_field=TextField(),
    )
    days = events.annotate(day=TruncDate("recorded_at", tzinfo=chart.practice.zone), thing=thing)
    kinds = days.values(
        "day", "actor_id", "actor_name", "actor_kind", "action", "category", "thing"
    )
    counted = kinds.annotate(times=Count("pk"), last=Max("recorded_at"))
    return [Deed(**row) for row in counted.order_by("-day", "-last")]


def _day(chart: Chart, moment: datetime) -> date:
    return timezone.localtime(moment, chart.practice.zone).date()


def _midnight(chart: Chart, day: date) -> datetime:
    return datetime.combine(day, time(), chart.practice.zone)
