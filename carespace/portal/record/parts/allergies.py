"""Allergies: what to stay away from, and what it does (S-41, US Core AllergyIntolerance)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Part, Tag, facts
from carespace.portal.record.source import source_of
from carespace.records.entries import Kind
from carespace.records.readings.allergies import Allergy, Reaction, allergy
from carespace.records.readings.people import name_in
from carespace.records.readings.words import status_word
from carespace.ui.dates import partial_long

TYPE = "AllergyIntolerance"
_OVER = {"inactive", "resolved"}


def _row(found: Allergy, around: Around) -> EntryRow:
    zone = around.zone
    state = status_word(TYPE, "clinicalStatus", found.clinical_status)
    sure = status_word(TYPE, "verificationStatus", found.verification_status)
    return EntryRow(
        anchor=f"entry-{found.id}",
        title=found.what or _("Allergy without a name"),
        tags=tuple(
            Tag("", word)
            for word in (state, sure if found.verification_status != "confirmed" else "")
            if word
        ),
        facts=facts(
            (_("Reaction"), "; ".join(_reaction(each) for each in found.reactions)),
            (_("How serious"), status_word(TYPE, "criticality", found.criticality)),
            (_("Kind"), ", ".join(_kinds(found))),
            (_("Since"), partial_long(found.since, zone) if found.since else ""),
            (_("Last happened"), partial_long(found.last, zone) if found.last else ""),
            (_("Told by"), name_in(found.asserter, around.names)),
        ),
        notes=found.notes,
        source=source_of(around, found.recorder, found.recorded, found.id),
    )


def _kinds(found: Allergy) -> list[str]:
    kinds = [status_word(TYPE, "category", each) for each in found.categories]
    return [word for word in (status_word(TYPE, "type", found.type), *kinds) if word]


def _reaction(reaction: Reaction) -> str:
    severity = status_word(TYPE, "reaction.severity", reaction.severity)
    return (
        f"{reaction.what} ({severity})" if severity and reaction.what else reaction.what or severity
    )


def _refers(found: Allergy) -> list[str | None]:
    return [
        each.reference for each in (found.recorder, found.asserter) if each and not each.display
    ]


ALLERGIES = Part(
    slug="allergies",
    title=gettext_lazy("Allergies"),
    about=gettext_lazy("Medicines, foods and other things that your body reacts to."),
    icon="shield-exclamation",
    kind=Kind((TYPE,)),
    read=allergy,
    row=_row,
    refers=_refers,
    group=lambda found: "over" if found.clinical_status in _OVER else "now",
    groups=(("now", gettext_lazy("Now")), ("over", gettext_lazy("In the past"))),
)
