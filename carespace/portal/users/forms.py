"""The forms of a record's people: whom to invite (S-65), and whose acts to show."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from carespace.ui.forms import DATE_EXAMPLE, BirthDateField, EmailField


class InviteForm(forms.Form):
    """The address the link goes to, and the birth date that whoever opens it must know."""

    email = EmailField(own=False)
    birth_date = BirthDateField(
        whose="their", help_text=f"They confirm it when they register. {DATE_EXAMPLE}"
    )


class PersonForm(forms.Form):
    """One of the people who did something with a record, or all of them."""

    person = forms.ChoiceField(label="Person")

    def __init__(self, *args: Any, people: Sequence[tuple[UUID, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        everybody = [("", "Everybody")]
        self.fields["person"].choices = everybody + [(str(each), name) for each, name in people]  # type: ignore[attr-defined]
        self.fields["person"].widget.is_required = False
