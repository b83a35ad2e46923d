"""The forms of the staff room."""

from typing import Any

from django import forms
from django.utils import timezone

from carespace.access.desk_people import PARENT_OF_A_MINOR
from carespace.staff.words import likely_domain
from carespace.ui.forms import BirthDateField, DateBoxes, EmailField

MOST_LETTERS = 200
MOST_ANSWER_LETTERS = 500
AGE = 18  # of majority
MOST_YEARS_ON = 100  # an access is given for a life at most
TOO_LATE = (
    f"Check the year: at most {MOST_YEARS_ON} years from now. Leave the day empty if there is none."
)
OTHER = "other"
RIGHTS = (
    (PARENT_OF_A_MINOR, "Parent of a minor"),
    ("legal guardian", "Legal guardian"),
    ("health care power of attorney", "Health care power of attorney"),
    (OTHER, "Other (say what)"),
)
REASONS = (
    ("Your question", "The patient or family asked a question"),
    ("Your care", "To prepare or follow up a visit or treatment"),
    ("Help with the portal", "To help with the portal"),
    ("A correction", "To check or correct the record"),
    (OTHER, "Another reason (say what)"),
)


class FindForm(forms.Form):
    """What to look for in the patient list; anything typed is welcome."""

    find = forms.CharField(
        label="Name, date of birth or record number",
        widget=forms.TextInput({"autocomplete": "off", "type": "search", "spellcheck": "false"}),
    )


class AddressForm(forms.Form):
    """A form with somebody's address; a domain that looks like a slip is told, and never refused."""

    @property
    def slip(self) -> str:
        """The domain that was probably meant; empty where the address looks right."""
        return likely_domain(self.cleaned_data.get("email", "")) if self.is_bound else ""


class InviteForm(AddressForm):
    """Where the invitation goes."""

    email = EmailField(own=False, label="Their email address")


class ReasonForm(forms.Form):
    """Why; it is kept with what was done."""

    reason = forms.CharField(
        label="Reason",
        max_length=MOST_LETTERS,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Say why, in a few words"},
    )


class CheckedForm(ReasonForm):
    """Why, and that the person was checked to be who they say."""

    checked = forms.BooleanField(
        label="I have checked who they are: name, date of birth, and I called them back at the number on file, or they"
        " are here with a photo ID",
        error_messages={"required": "Check who they are first, then tick the box"},
    )


class RepresentativeForm(AddressForm):
    """Who stands for a patient, by what right, and what the office has seen of it."""

    email = EmailField(own=False, label="Their email address")
    birth_date = BirthDateField(
        whose="their",
        help_text="The representative's own. They type it at registration. For example 4 27 1961",
    )
    right = forms.ChoiceField(
        label="Why they may act for the patient",
        choices=RIGHTS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why they may act for the patient"},
    )
    other_right = forms.CharField(
        label="If other: why they may act for the patient",
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    evidence = forms.CharField(
        label="What you have seen as evidence",
        help_text="For example: court order of March 3, 2026. No need to copy it.",
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Say what you have seen, for example a birth certificate"},
    )
    ends_on = forms.Field(
        label="Last day of their access",
        help_text="For example 4 27 2027. Leave it empty if there is none. A parent's access ends by itself on the"
        " patient's 18th birthday.",
        required=False,
        widget=DateBoxes(own=False),
    )

    def __init__(self, *args: Any, for_minor: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        if not for_minor:
            right = self.fields["right"]
            right.widget.choices = [each for each in RIGHTS if each[0] != PARENT_OF_A_MINOR]

    @property
    def is_under_age(self) -> bool:
        """Whether the representative is not 18 yet today."""
        born, today = self.cleaned_data["birth_date"], timezone.localdate()
        had_birthday = (today.month, today.day) >= (born.month, born.day)
        return bool(today.year - born.year - (not had_birthday) < AGE)

    def clean_ends_on(self) -> Any:  # noqa: ANN401  as Django types it
        typed = self.cleaned_data["ends_on"]
        if not typed or not any(typed):
            return None
        reader = BirthDateField(whose="their")
        try:
            day = reader.to_python(typed)
        except forms.ValidationError as error:
            if error.code == "no_such_day":
                raise
            message = "Check the last day. Enter it like this: 4 27 2027."
            raise forms.ValidationError(message, "not_a_date") from error
        today = timezone.localdate()
        if day is None or day < today:
            raise forms.ValidationError("The last day must be today or later.", "past")
        if day.year > today.year + MOST_YEARS_ON:
            raise forms.ValidationError(TOO_LATE, "too_late")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("right") == OTHER:
            if other := cleaned.get("other_right", "").strip():
                cleaned["right"] = f"other: {other}"
            else:
                self.add_error("other_right", "Say why they may act for the patient")
        return cleaned


class OutcomeForm(forms.Form):
    """What became of a question; the patient reads it."""

    outcome = forms.CharField(
        label="Your answer",
        help_text="The patient reads this. For example: We booked you for Thursday, December 3, 10 am.",
        max_length=MOST_ANSWER_LETTERS,
        widget=forms.Textarea({"rows": "3"}),
        error_messages={"required": "Say what became of it, in a sentence"},
    )


class OpenRecordForm(forms.Form):
    """Why a member of staff opens a record; the patient reads it."""

    why = forms.ChoiceField(
        label="Why do you open it?",
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a reason"},
    )
    words = forms.CharField(
        label="In your own words",
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        words = cleaned.get("words", "").strip()
        if cleaned.get("why") == OTHER and not words:
            self.add_error("words", "Say why you open the record")
        return cleaned

    @property
    def reason(self) -> str:
        """What is kept, and what the patient reads."""
        why, words = str(self.cleaned_data["why"]), str(self.cleaned_data["words"]).strip()
        if why == OTHER:
            return words
        return f"{why}: {words}" if words else why
