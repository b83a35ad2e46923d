"""Medicines: what was ordered, told, handed over and given (S-41; US Core MedicationRequest and MedicationDispense, mCODE).

Promises: no order is joined with another one by guess; a medicine stands under "Taking now" only while its own entry
says that it is active; what is not to be taken stands on top, and what was not given or not handed over never reads as
if it was.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Fact, Part, Tag, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.times import date_words, when_words
from carespace.portal.record.wording import joined, named, notes_of, to_name, word
from carespace.records.entries import Kind
from carespace.records.readings.medicines import Medicine, form_and_ingredients, medicine
from carespace.records.readings.people import name_in

TYPES = (
    "MedicationRequest",
    "MedicationStatement",
    "MedicationDispense",
    "MedicationAdministration",
)
# Words that the heading says already: "Taking now" and "Given".
_HANDED_OUT = {"MedicationDispense", "MedicationAdministration"}
_SAID_BY_GROUP = {
    ("MedicationRequest", "active"),
    ("MedicationStatement", "active"),
    ("MedicationStatement", "intended"),
    ("MedicationDispense", "completed"),
    ("MedicationAdministration", "completed"),
}


_IV, _VEIN = re.compile(r"\bIV\b"), "into a vein"


def _row(found: Medicine, around: Around) -> EntryRow:
    name, form, ingredients = _called(found, around)
    return EntryRow(
        anchor=f"entry-{found.id}",
        title=name or _("Medicine without a name"),
        tags=_tags(found, around),
        summary=_how(found),
        facts=facts(
            (_("Why"), joined(found.why, named(found.reasons, around))),
            (_("Aim of the treatment"), found.aim),
            (_when_term(found), when_words(found.when, around.zone)),
            (_("How soon"), _priority(found)),
            (_("Why it changed"), found.status_reason),
        ),
        notes=notes_of(found.notes, around.zone),
        more=(
            *facts((_who_term(found), _who(found, around))),
            *_supply(found, around, name),
            *facts(
                (_("Form"), form),
                (_("Contains"), ingredients if ingredients != name else ""),
                (_("Lot number"), found.lot),
                (_("Where it is taken"), found.category),
                (_("Kind of order"), _intent(found)),
                (_("How long it is taken"), found.course),
                (_("Told by"), name_in(found.reported_by, around.names)),
                (_("At the visit"), name_in(found.visit, around.names)),
            ),
        ),
        source=source_of(around, found.recorder or found.orderer, found.noted, found.id),
    )


def _how(found: Medicine) -> str:
    """Return how to take it; "IV" is said in words too."""
    if _VEIN in found.how:
        return found.how
    return _IV.sub(_("into a vein (IV)"), found.how)


def _called(found: Medicine, around: Around) -> tuple[str, str, str]:
    """Return the name, the form and the ingredients; from a resource of its own where the entry points at one."""
    if found.reference is None:
        return found.name, found.form, found.ingredients
    behind = around.others.get(found.reference.reference or "", "")
    name, form, ingredients = form_and_ingredients(behind) if behind else ("", "", "")
    called = found.name or name_in(found.reference, around.names) or name
    form, ingredients = found.form or form, found.ingredients or ingredients
    return called or ingredients, form, ingredients


def _tags(found: Medicine, around: Around) -> tuple[Tag, ...]:
    tags = [Tag("stop", _("Do not take"))] if found.must_not else []
    state = word(found.kind, "status", found.status)
    if state and (found.kind, found.status) not in _SAID_BY_GROUP:
        tags.append(Tag("", state))
    if found.reported:
        tags.append(Tag("", around.whose(_("Told by you"), _("Told by %(name)s"))))
    if around.is_new(found.stored):
        tags.append(Tag("new", pgettext("arrived since the last visit", "New")))
    return tuple(tags)


def _when_term(found: Medicine) -> str:
    if found.kind in _HANDED_OUT and not found.is_done:
        return pgettext("date", "Date")
    if found.reported:
        return _("Told on")
    terms = {
        "MedicationRequest": _("Ordered on"),
        "MedicationDispense": _("Handed over on"),
        "MedicationAdministration": _("Given on"),
    }
    return terms.get(found.kind, pgettext("since a date", "Since"))


def _who_term(found: Medicine) -> str:
    return _("Written down by") if found.reported else _("Ordered by")


def _who(found: Medicine, around: Around) -> str:
    """Return who ordered it; for what was told, the entry's source says who wrote it down."""
    return "" if found.reported else name_in(found.orderer, around.names)


def _supply(found: Medicine, around: Around, name: str) -> tuple[Fact, ...]:
    """Return what the pharmacy hands over, and who gives it."""
    given, supply = named(found.givers, around), found.supply
    was_handed_over = found.kind not in _HANDED_OUT or found.is_done
    orders = named(supply.orders, around)
    refills = "" if supply.refills is None or supply.refills < 0 else _refills(supply.refills)
    return facts(
        (_giver_term(found), given),
        (_("Amount"), supply.amount),
        (_("Lasts for"), supply.lasts),
        (_("Refills"), refills),
        (_("Refills can be picked up"), when_words(supply.valid, around.zone)),
        (_("Kind of fill"), supply.kind),
        (_("Made ready on"), date_words(supply.prepared, around.zone)),
        (_("Picked up at") if was_handed_over else _("Place"), name_in(supply.place, around.names)),
        (_("For the order"), "" if orders == name else orders),
    )


def _giver_term(found: Medicine) -> str:
    if found.kind == "MedicationRequest":
        return _("Pharmacy")
    return _("Given by") if found.is_done else _("Who")


def _refills(count: int) -> str:
    if count == 0:
        return _("No refills")
    return ngettext("%(count)s refill", "%(count)s refills", count) % {"count": count}


def _intent(found: Medicine) -> str:
    return "" if found.intent in {"", "order"} else word(found.kind, "intent", found.intent)


def _priority(found: Medicine) -> str:
    if found.priority in {"", "routine"}:
        return ""
    return word(found.kind, "priority", found.priority)


def _refers(found: Medicine) -> list[str | None]:
    supply = found.supply
    return to_name(
        [
            found.reference,
            found.orderer,
            found.recorder,
            found.reported_by,
            found.visit,
            supply.place,
            *found.reasons,
            *found.givers,
            *supply.orders,
        ]
    )


MEDICINES = Part(
    slug="medicines",
    title=gettext_lazy("Medicines"),
    about=gettext_lazy("Ask your care team before you stop or change a medicine."),
    about_of_other=gettext_lazy("Ask the care team before a medicine is stopped or changed."),
    icon="beaker",
    kind=Kind(TYPES, first=("active", "on-hold", "draft", "intended", "preparation", "unknown")),
    read=medicine,
    row=_row,
    refers=_refers,
    group=lambda found: found.state,
    groups=(
        ("must-not", gettext_lazy("Do not take")),
        ("now", gettext_lazy("Taking now")),
        ("on-hold", gettext_lazy("On hold")),
        ("unclear", gettext_lazy("We do not know if this is taken now")),
        ("ordered", gettext_lazy("Planned")),
        ("begun", gettext_lazy("Begun or to come")),
        ("given", gettext_lazy("Given at the clinic")),
        ("not-given", pgettext_lazy("medicine", "Not given")),
        ("waiting", gettext_lazy("Waiting at the pharmacy")),
        ("handed-over", gettext_lazy("From the pharmacy")),
        ("not-handed-over", gettext_lazy("Not handed over")),
        ("unclear-given", gettext_lazy("We do not know if this was given")),
        ("not-taken", gettext_lazy("Not taken")),
        ("past", gettext_lazy("In the past")),
    ),
)
