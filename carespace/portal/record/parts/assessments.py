"""Assessments: what a clinician makes of the patient's health issues (VDT-2, ClinicalImpression)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Part, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    joined,
    moment,
    named,
    notes_of,
    stretch,
    tags,
    to_name,
    word,
)
from carespace.records.entries import Kind
from carespace.records.readings.held import Held, reader
from carespace.records.readings.life import ClinicalImpression
from carespace.records.readings.people import name_in
from carespace.records.readings.when import real
from carespace.records.readings.words import listed, said

TYPE = "ClinicalImpression"
_PLAIN_STATUS = {"completed", None}


def _row(held: Held[ClinicalImpression], around: Around) -> EntryRow:
    found, zone = held.found, around.zone
    status = "" if found.status in _PLAIN_STATUS else word(TYPE, "status", found.status)
    when = moment(found.effective_date_time, zone) or stretch(found.effective_period, zone)
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=said(found.code) or _("Assessment"),
        tags=tags(status),
        summary=found.summary or "",
        facts=facts(
            (_("More"), found.description or ""),
            (_("When"), when or moment(found.date, zone)),
            (_("By"), name_in(found.assessor, around.names)),
            (_("Health issues"), named(found.problem, around)),
            (_("What was found"), "; ".join(_findings(found, around))),
            (
                _("What to expect"),
                joined(
                    listed(found.prognosis_codeable_concept),
                    named(found.prognosis_reference, around),
                ),
            ),
            (_("Based on"), named(found.supporting_info, around)),
        ),
        notes=notes_of(found.note, zone),
        source=source_of(around, found.assessor, real(found.date), held.id),
    )


def _findings(found: ClinicalImpression, around: Around) -> list[str]:
    words = []
    for each in found.finding:
        what = said(each.item_codeable_concept) or name_in(each.item_reference, around.names)
        if text := joined(what, each.basis or ""):
            words.append(text)
    return words


def _refers(held: Held[ClinicalImpression]) -> list[str | None]:
    found = held.found
    items = [each.item_reference for each in found.finding]
    several = (found.problem, found.prognosis_reference, found.supporting_info)
    return to_name([found.assessor, *items, *(each for some in several for each in some)])


ASSESSMENTS = Part(
    slug="assessments",
    title=gettext_lazy("Assessments"),
    about=gettext_lazy("What your care team thinks about your health issues."),
    about_of_other=gettext_lazy("What the care team thinks about %(name)s’s health issues."),
    icon="light-bulb",
    kind=Kind((TYPE,)),
    read=reader(ClinicalImpression),
    row=_row,
    refers=_refers,
)
