"""The forms about appointments: what is asked of the front desk, and how much a calendar address says."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy

from carespace.messaging.states import Wish

MOST_LETTERS = 1000
LEAST_DIGITS = 7
_DIGIT = re.compile(r"[0-9]")


class ChangeForm(forms.Form):
    """What the front desk needs to know: what is wished, what suits, and where to call back."""

    wish = forms.ChoiceField(
        label=gettext_lazy("What would you like?"),
        choices=(
            (Wish.CHANGE, gettext_lazy("Another day or time")),
            (Wish.CANCEL, gettext_lazy("Cancel this appointment")),
        ),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose if you want another time, or to cancel"),
            "invalid_choice": gettext_lazy("Choose if you want another time, or to cancel"),
        },
    )
    words = forms.CharField(
        label=gettext_lazy("Anything we should know?"),
        help_text=gettext_lazy(
            "Days and times that suit you, or why you cancel. For example: any morning next week."
        ),
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea({"rows": "4"}),
        error_messages={"max_length": gettext_lazy("Say it in fewer words")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone number where we can call you"),
        max_length=40,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
        error_messages={
            "required": gettext_lazy("Enter a phone number where we can call you"),
            "max_length": gettext_lazy("Check the phone number"),
        },
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if len(_DIGIT.findall(phone)) < LEAST_DIGITS:
            raise forms.ValidationError(
                gettext_lazy("Check the phone number. Enter it with the area code.")
            )
        return phone


class FeedForm(forms.Form):
    """How much a calendar address says of each appointment."""

    says = forms.ChoiceField(
        label=gettext_lazy("What should your calendar say?"),
        widget=forms.RadioSelect,
        initial="less",
        choices=(
            ("less", gettext_lazy("Only “Appointment”")),
            ("more", gettext_lazy("What each appointment is, and where")),
        ),
        error_messages={
            "required": gettext_lazy("Choose what your calendar should say"),
            "invalid_choice": gettext_lazy("Choose what your calendar should say"),
        },
    )

    @property
    def with_words(self) -> bool:
        """Whether the calendar may say what each appointment is."""
        return bool(self.cleaned_data["says"] == "more")

    @classmethod
    def of(cls, *, with_words: bool, **options: Any) -> "FeedForm":
        """Return the form as chosen now."""
        return cls(initial={"says": "more" if with_words else "less"}, **options)
