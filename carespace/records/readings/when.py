"""When: the moment, the stretch of time or the age at which something began, ended or was done.

Promises: each of R4's ways of saying it is kept as it was said: a dateTime, a Period, an Age, a Range of ages, or words;
nothing is worked out from anything else; the years 1 and 9999, written for "not known" and "no end", are no dates (https://hl7.org/fhir/R4/condition-definitions.html#Condition.onset_x_).
"""

from dataclasses import dataclass

from carespace.records.readings.elements import Range
from carespace.records.readings.labs import partial
from carespace.values import PartialDate, Period, Quantity, is_real_year


@dataclass(frozen=True, slots=True)
class When:
    """One of: ``at``; from ``start`` to ``end`` (either may be missing); ``age``; ``ages``; or ``said`` in words."""

    at: PartialDate | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    age: Quantity | None = None
    ages: Range | None = None
    said: str = ""


def when(
    at: str | None = None,
    period: Period | None = None,
    age: Quantity | None = None,
    ages: Range | None = None,
    words: str | None = None,
) -> When | None:
    """Return the first of these that says something; a date that cannot be is passed over."""
    if date := real(at):
        return When(at=date)
    if period is not None:
        start, end = real(period.start), real(period.end)
        if start or end:
            return When(start=start, end=end)
    if age is not None and age.value is not None:
        return When(age=age)
    if ages is not None and (ages.low or ages.high):
        return When(ages=ages)
    text = (words or "").strip()
    return When(said=text) if text else None


def real(text: str | None) -> PartialDate | None:
    """Return the date in ``text``; None for one that is not there, cannot be, or stands for "not known"."""
    found = partial(text) if text else None
    return found if found is not None and is_real_year(found.year) else None
