"""What pages ask of a record's reports: the list, one report, and all it points at (S-36; VDT-4, VDT-7).

Promises: every row goes through ``visible_in(chart)``, or is one of the practice's own people and places; a list costs
one query, and one report a few, whatever it holds: its results, specimens, laboratory and orders come together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Concat

from carespace.access.chart import Chart, NotFound, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.files.models import Blob
from carespace.files.store import read_blob
from carespace.patients.models import PatientIdentifier
from carespace.records.asking import NEWEST, Page, is_asked_for, within
from carespace.records.lab_queries import LAB_CATEGORIES
from carespace.records.models import Look, Resource
from carespace.records.policies import (
    CATEGORIES,
    KINDS,
    MORE_EXACT,
    ReportKind,
    codes_of,
    kind_of,
)
from carespace.records.readings import reports as reading
from carespace.records.readings.documents import File, file_of
from carespace.records.readings.labs import LabResult
from carespace.records.readings.names import name_of
from carespace.records.readings.reports import Laboratory, Linked, Pictures, Report, Sample
from carespace.records.references import identity_in
from carespace.values import Attachment, Reference

REPORT, STUDY, DOCUMENT = "DiagnosticReport", "ImagingStudy", "DocumentReference"
MOST_LINKED = 600
MOST_MEMBERS = 600
# From a report to its panel, to the panel's tests, to who made them.
DEEPEST_LINKS = 3
# From a role to its person or place.
DEEPEST_NAMES = 2


@dataclass(frozen=True, slots=True)
class Opened:
    """One report; whether its reader has opened it before; the number by which the practice knows the patient."""

    report: Report
    was_opened: bool
    number: str


@dataclass(frozen=True, slots=True)
class Member:
    """One result of a report, in the panel it belongs to; ``has_page``: its test has a page of its own."""

    result: LabResult
    panel: str
    has_page: bool


@dataclass(frozen=True, slots=True)
class Maker:
    """A laboratory, a department or a person that made a report."""

    name: str
    place: Laboratory


@dataclass(frozen=True, slots=True)
class Parts:
    """What a report points at, read; names where they are known. ``has_more``: not all results are among these."""

    results: tuple[Member, ...]
    samples: tuple[Sample, ...]
    makers: tuple[Maker, ...]
    read_by: tuple[str, ...]
    ordered_by: tuple[str, ...]
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One file that a report came as; ``file`` is None where its bytes never came."""

    number: int
    attachment: Attachment
    file: File | None


@dataclass(frozen=True, slots=True)
class News:
    """What the rule about news asks of one report or document."""

    kind: ReportKind
    was_opened: bool


Entry = Report | Pictures


def reports(chart: Chart, kind: ReportKind | None, *, start: int, size: int) -> Page[Entry]:
    """Return ``size`` reports (of ``kind``, or all, lab reports last) and pictures from number ``start``, newest first."""
    return reports_and_kinds(chart, kind, start=start, size=size)[0]


def reports_and_kinds(
    chart: Chart, kind: ReportKind | None, *, start: int, size: int
) -> tuple[Page[Entry], dict[ReportKind, int]]:
    """Return what ``reports`` and ``kinds_of_reports`` say, in one query unless the list ends before ``start``."""
    rows = _list(kind).rows(within(chart), start=start, size=size)
    counted = dict(zip(KINDS, rows[0][1:], strict=False)) if rows else kinds_of_reports(chart)
    counts = {each: count for each, count in counted.items() if count}
    entries = (_entry(*row[-4:]) for row in rows if kind in {None, row[0]})
    total = counts.get(kind, 0) if kind else sum(counts.values())
    return Page(tuple(each for each in entries if each), total), counts


def kinds_of_reports(chart: Chart) -> dict[ReportKind, int]:
    """Return how many entries the list has of each kind; kinds without any are left out."""
    counts = dict(_KINDS.rows(within(chart)))
    return {kind: counts[kind] for kind in KINDS if counts.get(kind)}


def one_report(chart: Chart, report_id: UUID) -> Opened:
    """Return one report, also one that was taken back, or raise NotFound."""
    rows = _ONE.rows(within(chart, identity=report_id, user=chart.actor.user_id))
    for identity, content, received_at, was_opened, number in rows:
        if found := reading.report(identity, content, received_at=received_at):
            return Opened(found, was_opened, number or "")
    raise NotFound


def standing_reports(chart: Chart) -> QuerySet[Resource]:
    """Return the reports of ``chart`` that were not taken back."""
    reports = Resource.objects.visible_in(chart).filter(resource_type=REPORT)
    return reports.filter(retracted_at__isnull=True)


def told_apart(chart: Chart) -> QuerySet[Resource]:
    """Return the standing reports but for those that only gather lab results: these are told as lab results."""
    gathered = Q(kind="lab", content__has_key="result") & ~Q(content__has_key="presentedForm")
    return standing_reports(chart).annotate(kind=_of_first_kind()).exclude(gathered)


def read_reports(rows: Iterable[tuple[Any, ...]]) -> list[Report]:
    """Return the reports in rows of ``asking``; their kind is told by their content alone."""
    read = (
        reading.report(key, content, received_at=received_at)
        for _, key, _, content, _, received_at, _ in rows
    )
    return [each for each in read if each is not None]


def news_of(chart: Chart, what: str, identity: UUID) -> News:
    """Return what the rule about news asks of a ``what`` ("report" or "document"); NotFound where there is none."""
    rows = _NEWS[what].rows(within(chart, identity=identity, user=chart.actor.user_id))
    if not rows:
        raise NotFound
    categories, codes, was_opened = rows[0]
    return News(kind_of(categories, codes), was_opened)


def parts_of(chart: Chart, report: Report) -> Parts:
    """Return what ``report`` points at: its results in order, specimens, laboratories, people."""
    known = _linked(chart, report)
    found = report.found
    results, has_more = ((), False) if report.is_withdrawn else _members(found.result, known)
    specimens = found.specimen or _examined(found.result, known)
    samples = () if report.is_withdrawn else _read(specimens, known, reading.sample_of)
    orders = (known.get(each.reference or "") for each in found.based_on)
    requesters = (reading.requester_of(each) for each in orders if each)
    return Parts(
        results=results,
        samples=samples,
        makers=tuple(_makers(found.performer, known)),
        read_by=_names(found.results_interpreter, known),
        ordered_by=_names([each for each in requesters if each], known),
        has_more=has_more,
    )


def forms_of(chart: Chart, report: Report) -> tuple[Form, ...]:
    """Return the files that ``report`` came as, decrypted, in one query."""
    wanted = [identity for each in report.files if (identity := reading.file_id(each))]
    blobs = _blobs(chart, wanted) if wanted else {}
    forms = []
    for number, each in enumerate(report.files):
        blob = blobs.get(identity) if (identity := reading.file_id(each)) else None
        file = file_of(each.content_type or "", read_blob(blob)) if blob else None
        forms.append(Form(number, each, file))
    return tuple(forms)


def file_of_report(chart: Chart, report: Report, file_id: UUID) -> File:
    """Return one of the files that ``report`` came as, decrypted alone; NotFound for any other's."""
    own = next((each for each in report.files if reading.file_id(each) == file_id), None)
    blob = _blobs(chart, [file_id]).get(file_id) if own else None
    if own is None or blob is None:
        raise NotFound
    return file_of(own.content_type or "", read_blob(blob))


def _blobs(chart: Chart, identities: list[UUID]) -> dict[UUID, Blob]:
    # A Binary of its own counts only while it is shown itself.
    shown = Resource.objects.visible_in(chart).filter(pk__in=identities).values("pk")
    holds = Q(pk__in=identities) | Q(owner_id__in=shown)
    found = Blob.objects.visible_in(chart).filter(holds).order_by("created_at")
    return {(each.owner_id if each.owner_id in identities else each.pk): each for each in found}


def _linked(chart: Chart, report: Report) -> dict[str, Linked]:
    """Return all that ``report`` leads to, by address; a panel leads on to its tests, a role to its person."""
    known = dict(report.contained)
    wanted = [*report.references(), *_further(known.values())]
    for _ in range(DEEPEST_LINKS):
        new = _fetched(chart, [each.reference for each in wanted if each.reference not in known])
        known |= new
        wanted = _further(new.values())
        if not report.found.specimen:
            wanted += _examined(report.found.result, new)
    return known


def _examined(results: Iterable[Reference], known: Mapping[str, Linked]) -> list[Reference]:
    """Return what the results were found in, where the report itself does not say."""
    found = (known.get(each.reference or "") for each in results)
    specimens = [sample for each in found if each and (sample := reading.specimen_of(each))]
    return list({each.reference: each for each in specimens}.values())


def _fetched(chart: Chart, references: Iterable[str | None]) -> dict[str, Linked]:
    wanted = {key: text for text in references if text and (key := identity_in(text))}
    if not wanted:
        return {}
    rows = _LINKED.rows(within(chart, identities=list(wanted)[:MOST_LINKED]))
    return {
        wanted[key]: Linked(key, kind, topic if _is_lab(categories) else "", content)
        for key, kind, topic, categories, content in rows
    }


def _further(found: Iterable[Linked]) -> list[Reference]:
    leads: list[Reference] = []
    for each in found:
        if each.resource_type == "Observation":
            leads += reading.members_of(each)
        elif each.resource_type == "PractitionerRole":
            leads += reading.roles_of(each)
        elif each.resource_type == "ServiceRequest" and (asked := reading.requester_of(each)):
            leads.append(asked)
    return leads


def _members(
    references: Iterable[Reference], known: Mapping[str, Linked]
) -> tuple[tuple[Member, ...], bool]:
    """Return the results behind ``references``, each once, and whether there are more than are shown.

    They keep their order; what a panel consists of follows it.
    """
    members: list[Member] = []
    seen: set[str] = set()
    has_more = False

    def add(inner: Iterable[Reference], panel: str, depth: int) -> None:
        nonlocal has_more
        for address in dict.fromkeys(each.reference or "" for each in inner):
            linked = known.get(address)
            if linked is None or address in seen:
                continue
            if len(seen) >= MOST_MEMBERS:
                has_more = True
                return
            seen.add(address)
            if result := reading.result_of(linked):
                inside = reading.members_of(linked) if depth < DEEPEST_LINKS else ()
                members.extend(_member(linked, result, panel, is_panel=bool(inside)))
                add(inside, result.test, depth + 1)

    add(references, "", 0)
    return tuple(members), has_more


def _member(linked: Linked, result: LabResult, panel: str, *, is_panel: bool) -> Iterable[Member]:
    """Yield the row of one result; none for a panel that says nothing itself."""
    if result.value or result.parts or result.status_word or not is_panel:
        has_page = bool(linked.id and linked.topic) and not result.is_withdrawn
        yield Member(result, panel, has_page and bool(result.value or result.parts))


def _makers(references: Iterable[Reference], known: Mapping[str, Linked]) -> list[Maker]:
    makers = []
    for each in references:
        linked = known.get(each.reference or "")
        for name in _names([each], known):
            place = reading.laboratory_of(linked) if linked else Laboratory("", "")
            makers.append(Maker(name, place))
    return makers


def _names(references: Iterable[Reference], known: Mapping[str, Linked]) -> tuple[str, ...]:
    names = (_name(each, known) for each in references)
    return tuple(dict.fromkeys(name for name in names if name))


def _name(reference: Reference, known: Mapping[str, Linked], depth: int = 0) -> str:
    if reference.display:
        return reference.display
    linked = known.get(reference.reference or "")
    if linked is None or depth >= DEEPEST_NAMES:
        return ""
    roles = reading.roles_of(linked) if linked.resource_type == "PractitionerRole" else []
    named = (each.display or _name(each, known, depth + 1) for each in roles)
    return name_of(linked.content) or next((name for name in named if name), "")


def _read(
    references: Iterable[Reference], known: Mapping[str, Linked], read: Any
) -> tuple[Any, ...]:
    found = (known.get(each.reference or "") for each in references)
    return tuple(made for each in found if each and (made := read(each)))


def _entry(kind: str, identity: UUID, content: str, received_at: datetime) -> Entry | None:
    if kind == STUDY:
        return reading.pictures(identity, content, received_at)
    return reading.report(identity, content, received_at=received_at)


def _is_lab(categories: list[str]) -> bool:
    return any(each in LAB_CATEGORIES for each in categories)


def _shown(*types: str) -> QuerySet[Resource]:
    return Resource.objects.visible_in(stand_in_chart()).filter(resource_type__in=types)


def _is(kind: ReportKind) -> Q:
    """Whether a row is of ``kind`` by its own codes, whatever else it is."""
    by_code = Q(codes__overlap=codes_of(kind)) if codes_of(kind) else Q()
    by_category = Q(categories__overlap=list(CATEGORIES[kind]))
    if more_exact := MORE_EXACT.get(kind):
        by_category &= ~Q(codes__overlap=codes_of(more_exact))
    return by_category | by_code


def _of_first_kind() -> Case:
    """Say in SQL what ``policies.kind_of`` says: the first kind that a row is of."""
    steps = [When(_is(kind), then=Value(kind)) for kind in KINDS if kind != "other"]
    study = When(resource_type=STUDY, then=Value("scan"))
    return Case(study, *steps, default=Value("other"), output_field=CharField())


def _listed() -> QuerySet[Resource]:
    # Pictures that were taken back say nothing; a report that was taken back says so.
    gone = Q(resource_type=STUDY, retracted_at__isnull=False)
    return _shown(REPORT, STUDY).exclude(gone)


@cache
def _list(kind: ReportKind | None) -> Statement:
    """Those of ``kind`` first; where none is asked for, those read in words before the many of the laboratory."""

    def made() -> QuerySet[Resource, tuple[Any, ...]]:
        later = ~Q(kind=kind) if kind else Q(kind="lab")
        counts = {f"of_{each}": Window(Count("pk", filter=Q(kind=each))) for each in KINDS}
        return (
            _listed()
            .annotate(kind=_of_first_kind())
            .annotate(place=Case(When(later, then=Value(1)), default=Value(0)), **counts)
            .order_by("place", *NEWEST)
            .values_list("kind", *counts, "resource_type", "pk", "content", "received_at")
        )

    return Statement(made, paged=True)


def _counted() -> QuerySet[Resource, tuple[Any, ...]]:
    kinds = _listed().order_by().annotate(kind=_of_first_kind()).values("kind")
    return kinds.annotate(count=Count("*")).values_list("kind", "count")


def _looked(page: str) -> Exists:
    """Whether the reader has opened a row's page ("report:<id>") before."""
    mine = Look.objects.filter(
        user=STAND_INS["user"], patient=STAND_INS["patient"], practice=STAND_INS["practice"]
    )
    this = Concat(Value(page), Cast(OuterRef("pk"), TextField()), output_field=TextField())
    return Exists(mine.filter(page=this))


def _one() -> QuerySet[Resource, tuple[Any, ...]]:
    # "MR" is what laboratories print; a number without a kind is the feed's own.
    numbers = PatientIdentifier.objects.filter(patient=OuterRef("patient"), kind__in=["MR", ""])
    return (
        _shown(REPORT)
        .filter(pk=STAND_INS["identity"])
        .annotate(
            was_opened=_looked("report:"),
            number=Subquery(numbers.order_by("-kind", "value").values("value")[:1]),
        )
        .values_list("pk", "content", "received_at", "was_opened", "number")
    )


def _news(resource_type: str, page: str) -> QuerySet[Resource, tuple[Any, ...]]:
    found = _shown(resource_type).filter(pk=STAND_INS["identity"])
    opened = found.annotate(was_opened=_looked(page))
    return opened.values_list("categories", "codes", "was_opened")


def _links() -> QuerySet[Resource, tuple[Any, ...]]:
    chart = stand_in_chart()
    reachable = Resource.objects.visible_in(chart) | Resource.objects.shared_in(chart)
    return reachable.filter(is_asked_for()).values_list(
        "pk", "resource_type", "topic", "categories", "content"
    )


_KINDS = Statement(_counted)
_ONE = Statement(_one)
_NEWS = {
    "report": Statement(lambda: _news(REPORT, "report:")),
    "document": Statement(lambda: _news(DOCUMENT, "document:")),
}
_LINKED = Statement(_links)
