"""Form fields every face uses, and the renderer that draws any Django form in our words and look.

`BirthDateField` asks for a date in three boxes, as ui.md section 2 wants (`type=date` mistypes in
WebKit and Firefox); whether a practice asks for it at all is D-3 of product.md. `PasswordField`
shows the rules of S-25; it does not enforce them, for the rules belong to the accounts room.
Set `FORM_RENDERER = "carespace.ui.forms.UiRenderer"` and `{{ form }}` looks like the rest.
"""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxLengthValidator
from django.forms.renderers import DjangoTemplates
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.utils.datastructures import MultiValueDict
    from django.utils.functional import _StrPromise

OLDEST_BIRTH_YEAR = 1880
EMAIL_MAX_CHARACTERS = 254  # what an account keeps; the longest that mail can go to (RFC 5321)
# What must be read together stays on one line.
DATE_EXAMPLE = gettext_lazy(
    "For example: April\N{NO-BREAK SPACE}27,\N{NO-BREAK SPACE}1961"
    " is\N{NO-BREAK SPACE}4\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}27\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}1961"
)
NO_SUCH_DAY = gettext_lazy("This day does not exist. Check the month and day.")
MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)

SPANISH_MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
MISSING: Mapping[tuple[str, ...], Promise] = {
    ("month",): gettext_lazy("Add the month of birth."),
    ("day",): gettext_lazy("Add the day of birth."),
    ("year",): gettext_lazy("Add the year of birth."),
    ("month", "day"): gettext_lazy("Add the month and the day of birth."),
    ("month", "year"): gettext_lazy("Add the month and the year of birth."),
    ("day", "year"): gettext_lazy("Add the day and the year of birth."),
}


def hint(first: str | Promise) -> "_StrPromise":
    """Return the hint of a birth date: a sentence of its own, then the example; read when it is drawn."""
    return format_lazy("{} {}", first, DATE_EXAMPLE)


class UiRenderer(DjangoTemplates):
    """Draws whole forms and single fields with our templates."""

    form_template_name = "ui/components/form.html"
    field_template_name = "ui/components/field_auto.html"


class DateBoxes(forms.MultiWidget):
    """Month, day and year as three text boxes with a number keyboard.

    `own` is True where people type their own birth date: browsers may then fill it in.
    """

    template_name = "ui/widgets/date_boxes.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, own: bool = True) -> None:
        names = ("bday-month", "bday-day", "bday-year") if own else ("off", "off", "off")
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {
            part: forms.TextInput({"inputmode": "numeric", "autocomplete": name})
            for part, name in zip(("month", "day", "year"), names, strict=True)
        }
        super().__init__(boxes, attrs)

    def decompress(self, value: object) -> list[str]:
        """Split a date into what the boxes show."""
        if isinstance(value, datetime.date):
            return [str(value.month), str(value.day), str(value.year)]
        return ["", "", ""]

    def value_from_datadict(
        self, data: Mapping[str, object], files: "MultiValueDict[str, UploadedFile[Any]]", name: str
    ) -> list[str]:
        """Read the three boxes; a whole date pasted into one of them is spread over all."""
        typed = [str(part or "").strip() for part in super().value_from_datadict(data, files, name)]
        filled = [part for part in typed if part]
        return spread(filled[0]) or typed if len(filled) == 1 else typed


def spread(text: str) -> list[str]:
    """Split a pasted date ("4/27/1961", "04271961", "1961-04-27", "Apr 27, 1961") in three.

    Returns month, day, year as text, or an empty list where the text is not a whole date.
    """
    if re.fullmatch(r"\d{8}", text):
        return [text[:2], text[2:4], text[4:]]
    if iso := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        return [iso[2], iso[3], iso[1]]
    parts = [part for part in re.split(r"[\s/.,-]+", text) if part]
    return parts if len(parts) == len(("month", "day", "year")) else []


class BirthDateField(forms.Field):
    """A birth date in three boxes; cleans to a `datetime.date`.

    Months and days may have one digit or two, and a month may be a word. Refused, each with what
    to do: a date that is not in the calendar, one that is still to come, a year before 1880 or
    with two digits. `whose` is "your", or "their" where somebody else's is asked for.
    """

    widget = DateBoxes

    def __init__(self, *, whose: str = "your", **options: Any) -> None:
        self.whose = whose
        label = (
            gettext_lazy("Date of birth")
            if whose == "your"
            else gettext_lazy("Their date of birth")
        )
        options.setdefault("label", label)
        options.setdefault("help_text", DATE_EXAMPLE)
        options.setdefault("widget", DateBoxes(own=whose == "your"))
        super().__init__(**options)

    def to_python(self, value: Sequence[str] | None) -> datetime.date | None:
        """Turn three typed texts into a date; raises `ValidationError` saying what to do."""
        typed = list(value or ["", "", ""])
        if not any(typed):
            return None
        missing = [
            name for name, text in zip(("month", "day", "year"), typed, strict=True) if not text
        ]
        if missing:
            raise ValidationError(str(MISSING[tuple(missing)]), "incomplete")
        month, day, year = month_number(typed[0]), digits(typed[1]), digits(typed[2])
        if re.fullmatch(r"\d{1,3}", typed[2]):
            raise ValidationError(
                _("Enter the year with 4 digits, for example 1961."), "short_year"
            )
        try:
            return datetime.date(year, month, day)
        except (ValueError, OverflowError) as error:
            if month and day and year:
                raise ValidationError(NO_SUCH_DAY, "no_such_day") from error
            message = self._of(
                _("Check your date of birth. Enter it like this: 4 27 1961."),
                _("Check their date of birth. Enter it like this: 4 27 1961."),
            )
            raise ValidationError(message, "not_a_date") from error

    def validate(self, value: datetime.date | None) -> None:
        """Refuse an empty answer and a birth date nobody living can have."""
        if value is None:
            if self.required:
                message = self._of(
                    _("Enter your date of birth, for example 4 27 1961"),
                    _("Enter their date of birth, for example 4 27 1961"),
                )
                raise ValidationError(message, "required")
            return
        if value > timezone.localdate():
            message = self._of(
                _("Check the year. Your date of birth must be in the past."),
                _("Check the year. Their date of birth must be in the past."),
            )
            raise ValidationError(message, "future")
        if value.year < OLDEST_BIRTH_YEAR:
            raise ValidationError(
                _("Check the year. It must be %(year)s or later.") % {"year": OLDEST_BIRTH_YEAR},
                "too_old",
            )

    def _of(self, yours: str, theirs: str) -> str:
        """Return the sentence about whose date is asked for."""
        return yours if self.whose == "your" else theirs

    def has_changed(self, initial: object, data: Sequence[str] | None) -> bool:
        """Compare what the boxes showed with what they hold now."""
        before = initial if isinstance(initial, list) else DateBoxes().decompress(initial)
        return list(data or ["", "", ""]) != before


def digits(text: str) -> int:
    """Read a plain whole number; anything else counts as 0, which is no day and no month."""
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0


def month_number(text: str) -> int:
    """Read a month as a number or a word ("4", "04", "Apr", "April"); 0 where it is neither."""
    word = text.lower().rstrip(".")
    if len(word) >= len("jan") and word.isalpha():
        named = (*enumerate(MONTH_NAMES, 1), *enumerate(SPANISH_MONTHS, 1))
        return next((number for number, name in named if name.startswith(word)), 0)
    return digits(text)


ENTER_OWN_ADDRESS = gettext_lazy("Enter your email address")
ENTER_THEIR_ADDRESS = gettext_lazy("Enter their email address")
OWN_ADDRESS = gettext_lazy("Check your email address. It looks like this: name@example.com")
THEIR_ADDRESS = gettext_lazy("Check their email address. It looks like this: name@example.com")


class KeptLength(MaxLengthValidator):
    """Counts an address as it is kept: in small letters, which may be more of them."""

    def clean(self, x: Any) -> int:  # noqa: ANN401  as Django types it
        return len(x.lower())


class EmailField(forms.EmailField):
    """An email address. `own` is True where people type their own: it is their user name."""

    def __init__(self, *, own: bool = True, **options: Any) -> None:
        hints = {"autocomplete": "username" if own else "off", "autocapitalize": "none"}
        options.setdefault(
            "label", gettext_lazy("Email address") if own else gettext_lazy("Their email address")
        )
        options.setdefault("widget", forms.EmailInput({**hints, "spellcheck": "false"}))
        options.setdefault("max_length", EMAIL_MAX_CHARACTERS)
        super().__init__(**options)
        plain = OWN_ADDRESS if own else THEIR_ADDRESS
        self.error_messages["required"] = ENTER_OWN_ADDRESS if own else ENTER_THEIR_ADDRESS
        self.error_messages["invalid"] = plain
        longest = KeptLength(EMAIL_MAX_CHARACTERS, message=plain)
        self.validators = [EmailValidator(message=plain), longest]


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """One line under a new password. `pattern` is a JavaScript regular expression (flags s, u)."""

    text: str | Promise
    pattern: str


PASSWORD_RULES = (
    PasswordRule(gettext_lazy("At least 8 characters"), r".{8}"),
    PasswordRule(gettext_lazy("A lowercase letter"), r"\p{Ll}"),
    PasswordRule(gettext_lazy("An uppercase letter"), r"\p{Lu}"),
    PasswordRule(gettext_lazy("A number"), r"\p{Nd}"),
    PasswordRule(gettext_lazy("A special character, like ! or #"), r"[^\p{L}\p{N}\s]"),
)


class PasswordBox(forms.PasswordInput):
    """A password box with a Show button (drawn by the script only) and, for a new one, its rules."""

    template_name = "ui/widgets/password.html"

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, rules: Sequence[PasswordRule] = ()
    ) -> None:
        purpose = "new-password" if rules else "current-password"
        fixed = {"autocomplete": purpose, "autocapitalize": "none", "spellcheck": "false"}
        super().__init__({**fixed, **(attrs or {})})
        self.rules = tuple(rules)

    def get_context(
        self, name: str, value: object, attrs: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Add the rules, and tie the list to the box for screen readers."""
        context = super().get_context(name, value, dict(attrs or {}))
        box_id = context["widget"]["attrs"].get("id", f"id_{name}")
        context["widget"]["rules"] = self.rules
        context["widget"]["rules_id"] = f"{box_id}_rules"
        context["widget"]["state_id"] = f"{box_id}_state"
        if self.rules:
            described = context["widget"]["attrs"].get("aria-describedby", "")
            context["widget"]["attrs"]["aria-describedby"] = f"{described} {box_id}_rules".strip()
        return context


class PasswordField(forms.CharField):
    """A password as typed, spaces and all. `new=True` lists the rules under the box."""

    def __init__(
        self,
        *,
        new: bool = False,
        rules: Sequence[PasswordRule] = PASSWORD_RULES,
        **options: Any,
    ) -> None:
        options.setdefault(
            "label", gettext_lazy("New password") if new else gettext_lazy("Password")
        )
        options.setdefault("widget", PasswordBox(rules=rules if new else ()))
        options.setdefault("error_messages", {"required": gettext_lazy("Enter your password")})
        super().__init__(strip=False, **options)
