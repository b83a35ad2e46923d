"""Allergies: what to stay away from, and what it does (S-41, US Core AllergyIntolerance).

Promises: an entry that says "no known allergies" is a sentence, and never reads as an allergy.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from carespace.portal.record.rows import Around, EntryRow, Part, Piece, Tag, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.times import date_words, when_words
from carespace.portal.record.wording import notes_of, tags, to_name, word
from carespace.records.entries import Kind
from carespace.records.readings.allergies import Allergy, Reaction, allergy
from carespace.records.readings.people import name_in

TYPE = "AllergyIntolerance"
_OVER = {"inactive", "resolved"}


def _row(found: Allergy, around: Around) -> EntryRow:
    zone = around.zone
    return EntryRow(
        anchor=f"entry-{found.id}",
        title=_title(found),
        tags=_tags(found, around),
        facts=facts(
            (_("How serious"), word(TYPE, "criticality", found.criticality)),
            (_("Kind"), ", ".join(_kinds(found))),
            (pgettext("since a date", "Since"), when_words(found.since, zone)),
            (_("Last happened"), date_words(found.last, zone)),
            (_("Told by"), name_in(found.asserter, around.names)),
            (_("At the visit"), name_in(found.visit, around.names)),
        ),
        notes=notes_of(found.notes, zone),
        pieces_title=_("What happened") if found.reactions else "",
        pieces=tuple(_reaction(each, found, around) for each in found.reactions),
        source=source_of(around, found.recorder, found.recorded, found.id),
    )


def _title(found: Allergy) -> str:
    if found.is_none_at_all:
        return _("No known allergies")
    return found.what or _("Allergy without a name")


def _tags(found: Allergy, around: Around) -> tuple[Tag, ...]:
    state = "" if found.is_none else word(TYPE, "clinicalStatus", found.clinical_status)
    confirmed = found.verification_status == "confirmed"
    sure = "" if confirmed else word(TYPE, "verificationStatus", found.verification_status)
    new = pgettext("arrived since the last visit", "New")
    return (*tags(state, sure), *([Tag("new", new)] if around.is_new(found.stored) else []))


def _kinds(found: Allergy) -> list[str]:
    kinds = [word(TYPE, "category", each) for each in found.categories]
    return [each for each in (word(TYPE, "type", found.type), *kinds) if each]


def _reaction(reaction: Reaction, of: Allergy, around: Around) -> Piece:
    return Piece(
        title=reaction.what or reaction.about or _("A reaction"),
        tags=tags(word(TYPE, "reaction.severity", reaction.severity)),
        facts=facts(
            (_("To"), reaction.substance if reaction.substance != of.what else ""),
            (_("How you came in touch with it"), reaction.route),
            (_("Began"), date_words(reaction.began, around.zone)),
            (_("More about it"), reaction.about if reaction.what else ""),
        ),
        notes=notes_of(reaction.notes, around.zone),
    )


def _refers(found: Allergy) -> list[str | None]:
    return to_name([found.recorder, found.asserter, found.visit])


def _group(found: Allergy) -> str:
    if found.verification_status == "refuted":
        return "ruled-out"
    if found.clinical_status in _OVER:
        return "over"
    return "none" if found.is_none else "now"


ALLERGIES = Part(
    slug="allergies",
    title=gettext_lazy("Allergies"),
    about=gettext_lazy("Medicines, foods and other things that your body reacts to."),
    about_of_other=gettext_lazy(
        "Medicines, foods and other things that %(name)s’s body reacts to."
    ),
    icon="shield-exclamation",
    kind=Kind((TYPE,), first=("active",)),
    read=allergy,
    row=_row,
    refers=_refers,
    group=_group,
    groups=(
        ("none", gettext_lazy("None known")),
        ("now", gettext_lazy("Now")),
        ("over", gettext_lazy("In the past")),
        ("ruled-out", gettext_lazy("Checked and ruled out")),
    ),
)
