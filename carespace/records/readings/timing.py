"""How to take a medicine, as one plain sentence.

Promises: the words of the person who prescribed it come first, unchanged; else the sentence is built from the parts
that the record gives, and what it does not give is left out, never guessed (https://hl7.org/fhir/R4/dosage.html).
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from carespace.records.readings.amounts import (
    amount_text,
    amounts_text,
    has_counted_unit,
)
from carespace.records.readings.dosage import Dosage, DoseAndRate
from carespace.records.readings.routes import is_swallowed, route_words
from carespace.records.readings.schedules import timing_text
from carespace.records.readings.semantic_tags import without_tag
from carespace.records.readings.words import said
from carespace.values import Quantity


def dosage_text(dosage: Dosage | None) -> str:
    """Return the instruction as a sentence; empty where the record gives none."""
    if dosage is None:
        return ""
    given = [
        text.strip() for text in (dosage.text, dosage.patient_instruction) if text and text.strip()
    ]
    if dosage.text and given:
        return _joined(dict.fromkeys(given))
    built = _sentence(dosage)
    more = [without_tag(said(each)) for each in dosage.additional_instruction]
    place = without_tag(said(dosage.site))
    if place:
        more.append(_("Where on the body: %(place)s") % {"place": place})
    return _joined(dict.fromkeys(text for text in [built, *_limits(dosage), *more, *given] if text))


def dosages_text(dosages: Iterable[Dosage]) -> str:
    """Return several instructions in their order as one text."""
    ordered = sorted(dosages, key=lambda each: each.sequence or 0)
    return _joined(dict.fromkeys(text for each in ordered if (text := dosage_text(each))))


def _sentence(dosage: Dosage) -> str:
    amounts = sorted(dosage.dose_and_rate, key=_how_binding)
    dose = next((text for each in amounts if (text := _dose(each))), "")
    rate = next((text for each in amounts if (text := _rate(each))), "")
    parts = [dose, route_words(dosage.route), rate, timing_text(dosage.timing)]
    text = " ".join(part for part in parts if part)
    needed = _as_needed(dosage)
    if text and needed:
        text = f"{text}, {needed}"
    text = text or needed
    verb = _verb(dosage) if dose else ""
    return _capital(f"{verb} {text}".strip())


def _verb(dosage: Dosage) -> str:
    """Return the record's own word, else "Take" where it is swallowed, else none."""
    method = without_tag(said(dosage.method))
    if method:
        return method
    by_the_piece = any(
        has_counted_unit(each.dose_range.high if each.dose_range else each.dose_quantity)
        for each in dosage.dose_and_rate
    )
    return (
        _("Take") if is_swallowed(dosage.route) or (by_the_piece and not said(dosage.route)) else ""
    )


def _how_binding(given: DoseAndRate) -> int:
    """Return 0 for what was ordered, 2 for what was only worked out (http://terminology.hl7.org/CodeSystem/dose-rate-type)."""
    codes = {each.code for each in given.type.coding} if given.type else set()
    if "ordered" in codes:
        return 0
    return 2 if "calculated" in codes else 1


def _dose(given: DoseAndRate) -> str:
    text = amounts_text(given.dose_range) or amount_text(given.dose_quantity)
    # A number alone says how many, but not of what.
    return _("%(number)s each time") % {"number": text} if text.replace(".", "").isdigit() else text


def _rate(given: DoseAndRate) -> str:
    amount = amounts_text(given.rate_range) or amount_text(given.rate_quantity)
    if amount:
        return "" if amount.replace(".", "").isdigit() else _("at %(rate)s") % {"rate": amount}
    ratio = given.rate_ratio
    return (
        _ratio(ratio.numerator, ratio.denominator, _("at %(amount)s in %(time)s")) if ratio else ""
    )


def _ratio(amount: Quantity | None, time: Quantity | None, pattern: str) -> str:
    top, bottom = amount_text(amount), amount_text(time)
    return pattern % {"amount": top, "time": bottom} if top and bottom else ""


def _as_needed(dosage: Dosage) -> str:
    reason = without_tag(said(dosage.as_needed_codeable_concept))
    if reason:
        return _("as needed for %(reason)s") % {"reason": _small(reason)}
    return _("as needed") if dosage.as_needed_boolean or dosage.as_needed_codeable_concept else ""


def _limits(dosage: Dosage) -> list[str]:
    most = dosage.max_dose_per_period
    in_time = _("No more than %(amount)s in %(time)s")
    limits = [_ratio(most.numerator, most.denominator, in_time) if most else ""]
    for quantity, pattern in (
        (dosage.max_dose_per_administration, _("No more than %(amount)s at one time")),
        (dosage.max_dose_per_lifetime, _("No more than %(amount)s in a lifetime")),
    ):
        amount = amount_text(quantity)
        limits.append(pattern % {"amount": amount} if amount else "")
    return limits


def _small(words: str) -> str:
    return words[0].lower() + words[1:] if words[1:2].islower() else words


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(texts: Iterable[str]) -> str:
    """Return one text as it is, several as sentences one after the other."""
    several = list(texts)
    if len(several) < 2:
        return "".join(several)
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in several)
