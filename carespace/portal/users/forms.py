"""The form of Manage Users: whom to invite (S-65)."""

from django import forms

from carespace.ui.forms import BirthDateField, EmailField


class InviteForm(forms.Form):
    """The address the link goes to, and the birth date that whoever opens it must know."""

    email = EmailField(own=False)
    birth_date = BirthDateField(
        whose="their", help_text="They confirm it when they register. For example 4 27 1961"
    )
