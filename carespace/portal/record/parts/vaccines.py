"""Vaccines: which were given, and which were not (S-41; US Core Immunization)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Part, Tag, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.times import date_words, when_words
from carespace.portal.record.wording import joined, named, notes_of, to_name, word
from carespace.records.entries import Kind
from carespace.records.readings.immunizations import Dose, Vaccine, vaccine
from carespace.records.readings.people import name_in

TYPE = "Immunization"


def _row(found: Vaccine, around: Around) -> EntryRow:
    zone = around.zone
    return EntryRow(
        anchor=f"entry-{found.id}",
        title=found.what or _("Vaccine without a name"),
        tags=_tags(found, around),
        summary=_summary(found),
        facts=facts(
            (
                _("Given on") if found.was_given else pgettext("date", "Date"),
                when_words(found.given, zone),
            ),
            (_("Which dose"), "; ".join(text for each in found.doses if (text := _dose(each)))),
            (_("Protects against"), joined(*(each.against for each in found.doses))),
            (_("Why"), joined(found.why, named(found.reasons, around))),
            (_("Reaction"), _reactions(found, around)),
            (_("Counts as a full dose"), _too_weak(found)),
        ),
        notes=notes_of(found.notes, around.zone),
        more=facts(
            (_("Amount"), found.dose),
            (_("Where on the body"), found.site),
            (_("How it was given"), found.route),
            (_("Given by") if found.was_given else _("Who"), named(found.performers, around)),
            (_("Place"), name_in(found.location, around.names)),
            (_("At the visit"), name_in(found.visit, around.names)),
            (_("Made by"), name_in(found.manufacturer, around.names)),
            (_("Lot number"), found.lot),
            (_("Use by"), date_words(found.expires, zone)),
            (_("Leaflet"), joined(*found.leaflets)),
            (_("How we know"), _known_from(found, around)),
        ),
        source=source_of(around, None, found.recorded, found.id),
    )


def _tags(found: Vaccine, around: Around) -> tuple[Tag, ...]:
    state = "" if found.status == "completed" else word(TYPE, "status", found.status)
    tags = [Tag("", state)] if state and found.was_given else []
    if around.is_new(found.stored):
        tags.append(Tag("new", pgettext("arrived since the last visit", "New")))
    return tuple(tags)


def _summary(found: Vaccine) -> str:
    if found.was_given:
        return ""
    if found.status_reason:
        return _("Not given: %(reason)s") % {"reason": found.status_reason}
    return _("Not given.")


def _dose(dose: Dose) -> str:
    if dose.number and dose.of:
        words = _("Dose %(number)s of %(all)s") % {"number": dose.number, "all": dose.of}
    else:
        words = _("Dose %(number)s") % {"number": dose.number} if dose.number else ""
    return joined(words, dose.series)


def _reactions(found: Vaccine, around: Around) -> str:
    texts = []
    for date, detail in found.reactions:
        name, day = name_in(detail, around.names), date_words(date, around.zone)
        texts.append(joined(name, day))
    return "; ".join(text for text in texts if text)


def _too_weak(found: Vaccine) -> str:
    if not found.too_weak:
        return ""
    if found.too_weak_why:
        return _("No: %(reason)s") % {"reason": found.too_weak_why}
    return _("No")


def _known_from(found: Vaccine, around: Around) -> str:
    if found.told_by:
        return found.told_by
    if found.first_hand is None:
        return ""
    return (
        _("Written down by whoever gave it")
        if found.first_hand
        else around.whose(
            _("From another record, or told by you"),
            _("From another record, or told by %(name)s"),
        )
    )


def _refers(found: Vaccine) -> list[str | None]:
    details = [detail for _, detail in found.reactions]
    return to_name(
        [
            found.location,
            found.manufacturer,
            found.visit,
            *found.performers,
            *found.reasons,
            *details,
        ]
    )


VACCINES = Part(
    slug="vaccines",
    title=gettext_lazy("Vaccines"),
    about=gettext_lazy("Vaccines that you have had, the newest first."),
    about_of_other=gettext_lazy("Vaccines that %(name)s has had, the newest first."),
    icon="shield-check",
    kind=Kind((TYPE,)),
    read=vaccine,
    row=_row,
    refers=_refers,
    group=lambda found: "given" if found.was_given else "not-given",
    groups=(
        ("given", pgettext_lazy("vaccines", "Given")),
        ("not-given", pgettext_lazy("vaccines", "Not given")),
    ),
)
