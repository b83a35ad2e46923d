"""The forms of the staff page."""

from django import forms

from carespace.practices.models import StaffRole
from carespace.ui.forms import EmailField

NAME_CHARACTERS = 200
REASON_CHARACTERS = 300


class RoleForm(forms.Form):
    """What a member of staff does here."""

    role = forms.ChoiceField(
        label="Role",
        choices=StaffRole.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role"},
    )


class AddForm(RoleForm):
    """Who is asked to work here."""

    field_order = ("name", "email", "role")
    name = forms.CharField(
        label="Their name",
        max_length=NAME_CHARACTERS,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Enter their name"},
    )
    email = EmailField(own=False, label="Their email address")


class EndForm(forms.Form):
    """Why somebody works here no more."""

    reason = forms.CharField(
        label="Why does it end?",
        help_text="For example: changed jobs. It is kept in the practice’s log.",
        max_length=REASON_CHARACTERS,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "Enter a reason"},
    )
