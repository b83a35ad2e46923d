"""Procedures: operations, radiation and tests that were done (S-41; US Core Procedure, mCODE)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from carespace.portal.addresses import item_pattern
from carespace.portal.record.rows import Around, EntryRow, Fact, Part, Tag, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.times import when_words
from carespace.portal.record.wording import joined, named, notes_of, to_name, word
from carespace.records.entries import Kind
from carespace.records.readings.people import name_in
from carespace.records.readings.procedures import (
    DONE,
    NOT_DONE,
    STOPPED,
    TO_COME,
    Performer,
    Procedure,
    procedure,
)
from carespace.records.references import identity_in
from carespace.values import Reference

TYPE = "Procedure"


def _row(found: Procedure, around: Around) -> EntryRow:
    return EntryRow(
        anchor=f"entry-{found.id}",
        title=found.what or _("Procedure without a name"),
        tags=_tags(found, around),
        facts=(
            *facts(
                (_("When"), when_words(found.done, around.zone)),
                (_("Why"), joined(found.why, named(found.reasons, around))),
                (_("Aim of the treatment"), found.aim),
                (_("Where on the body"), "; ".join(found.places)),
                (_("Dose"), ", ".join(found.amounts)),
                (_("How it went"), found.outcome),
                (
                    _("Problems"),
                    joined(found.complications, named(found.complications_at, around)),
                ),
                (_("What comes after"), found.follow_up),
            ),
            *_reports(found.reports, around),
            *facts(
                (_done_by(found), "; ".join(_performers(found.performers, around))),
                (_("Place"), name_in(found.location, around.names)),
                (_("At the visit"), name_in(found.visit, around.names)),
                (_("Ordered as"), named(found.orders, around)),
                (_("Device"), named(found.devices, around)),
                (_("Used"), found.used),
                (_("Kind"), found.category),
                (
                    _("Why not done") if found.status == NOT_DONE else _("Why it changed"),
                    found.status_reason,
                ),
                (_("Told by"), name_in(found.asserter, around.names)),
            ),
        ),
        notes=notes_of(found.notes, around.zone),
        source=source_of(around, found.recorder or found.asserter, None, found.id),
    )


def _done_by(found: Procedure) -> str:
    return _("Done by") if found.status in {DONE, STOPPED} else _("Who")


def _tags(found: Procedure, around: Around) -> tuple[Tag, ...]:
    state = "" if found.status == "completed" else word(TYPE, "status", found.status)
    tags = [Tag("", state)] if state else []
    if around.is_new(found.stored):
        tags.append(Tag("new", pgettext("arrived since the last visit", "New")))
    return tuple(tags)


def _reports(reports: Iterable[Reference], around: Around) -> Iterable[Fact]:
    """Return the reports, each with the way to its page where it is one of this record."""
    for each in reports:
        address = each.reference or ""
        name = name_in(each, around.names)
        identity = identity_in(address) if address in around.names else None
        if identity and address.startswith("DiagnosticReport/"):
            before, after = item_pattern("report", around.chart.patient.pk)
            yield Fact(_("Report"), name, f"{before}{identity}{after}")
        elif name:
            yield Fact(_("Report"), name)


def _performers(performers: Iterable[Performer], around: Around) -> Iterable[str]:
    for each in performers:
        who, whose = name_in(each.who, around.names), name_in(each.for_whom, around.names)
        if text := joined(who, each.role, whose):
            yield text


def _refers(found: Procedure) -> list[str | None]:
    people = [one for each in found.performers for one in (each.who, each.for_whom)]
    return [
        *to_name(
            [
                found.location,
                found.visit,
                found.recorder,
                found.asserter,
                *found.reasons,
                *found.complications_at,
                *found.orders,
                *found.devices,
                *people,
            ]
        ),
        *(each.reference for each in found.reports),
    ]


def _group(found: Procedure) -> str:
    if found.status in TO_COME:
        return "to-come"
    return {DONE: "done", STOPPED: "stopped", NOT_DONE: "not-done"}.get(found.status, "unclear")


PROCEDURES = Part(
    slug="procedures",
    title=gettext_lazy("Procedures"),
    about=gettext_lazy("Operations, radiation and other procedures, the newest first."),
    icon="scissors",
    kind=Kind((TYPE,), first=tuple(sorted(TO_COME))),
    read=procedure,
    row=_row,
    refers=_refers,
    group=_group,
    groups=(
        ("to-come", gettext_lazy("Begun or to come")),
        ("done", gettext_lazy("Done")),
        ("stopped", gettext_lazy("Stopped before the end")),
        ("not-done", gettext_lazy("Not done")),
        ("unclear", gettext_lazy("We do not know if this was done")),
    ),
)
