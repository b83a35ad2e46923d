"""The forms of a record's people: whom to invite (S-65), and whose acts to show."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.ui.forms import BirthDateField, EmailField, hint


class InviteForm(forms.Form):
    """The address the link goes to, and the birth date that whoever opens it must know."""

    email = EmailField(own=False)
    birth_date = BirthDateField(
        whose="their", help_text=hint(gettext_lazy("They confirm it when they register."))
    )


class PersonForm(forms.Form):
    """One of the people who did something with a record, or all of them."""

    person = forms.ChoiceField(label=gettext_lazy("Person"))

    def __init__(self, *args: Any, people: Sequence[tuple[UUID, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        everybody = [("", _("Everybody"))]
        self.fields["person"].choices = everybody + [(str(each), name) for each, name in people]  # type: ignore[attr-defined]
        self.fields["person"].widget.is_required = False
