"""The form that asks for two days: "From" and "To", each in three boxes (VDT-14, VDT-15).

Promises: the address may carry the days as boxes or as ISO dates (``?from=2026-09-01&to=2026-09-30``); what is wrong is
said in words, at its box; the second day may be left out, and is then the first one.
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from carespace.records.spans import Span
from carespace.ui.forms import DateBoxes, digits, month_number, spread
from carespace.values import is_real_year

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.utils.datastructures import MultiValueDict

FROM, TO = "from", "to"


class DayBoxes(DateBoxes):
    """Month, day and year in three boxes, filled too from one ISO date in the address."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, own=False)

    def value_from_datadict(
        self, data: Mapping[str, object], files: "MultiValueDict[str, UploadedFile[Any]]", name: str
    ) -> list[str]:
        """Read the three boxes, else the one date."""
        typed = super().value_from_datadict(data, files, name)
        whole = str(data.get(name) or "").strip()
        return typed if any(typed) or not whole else (spread(whole) or ["", "", whole])


class DayField(forms.Field):
    """A day, past or to come; cleans to a ``datetime.date``."""

    widget = DayBoxes

    def to_python(self, value: Sequence[str] | None) -> datetime.date | None:
        """Turn three typed texts into a date; raises ValidationError saying what to do."""
        typed = list(value or ["", "", ""])
        if not any(typed):
            return None
        month, day, year = month_number(typed[0]), digits(typed[1]), digits(typed[2])
        if not all(typed) or not (month and day and year):
            message = _("Enter the month, the day and the year, for example 4 27 2026.")
            raise ValidationError(message, "incomplete")
        if not is_real_year(year) or len(typed[2]) != len("2026"):
            message = _("Enter the year with 4 digits, for example 2026.")
            raise ValidationError(message, "short_year")
        try:
            return datetime.date(year, month, day)
        except ValueError as error:
            message = _("This day does not exist. Check the month and day.")
            raise ValidationError(message, "no_such_day") from error


class DayForm(forms.Form):
    """Two days; ``span()`` is what they enclose."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields[FROM] = DayField(
            label=pgettext_lazy("first day", "From"),
            help_text=gettext_lazy("The first day, for example 4 27 2026"),
            error_messages={"required": gettext_lazy("Enter the first day, for example 4 27 2026")},
        )
        self.fields[TO] = DayField(
            label=pgettext_lazy("last day", "To"),
            help_text=gettext_lazy("The last day. Leave it empty for one day."),
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first."""
        found = dict(super().clean() or self.cleaned_data)
        first, last = found.get(FROM), found.get(TO)
        if first and last and last < first:
            self.add_error(TO, _("The last day must be the first day or after it."))
        return found

    def span(self) -> Span:
        """Return the days that a valid form asks for."""
        first = self.cleaned_data[FROM]
        return Span(first, self.cleaned_data[TO] or first)


def asks(query: Mapping[str, object]) -> bool:
    """Say whether an address carries days at all."""
    return any(key.partition("_")[0] in {FROM, TO} for key in query)
