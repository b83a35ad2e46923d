"""The forms of the staff room."""

from django import forms

from carespace.ui.forms import EmailField


class FindForm(forms.Form):
    """What to look for in the patient list; anything typed is welcome."""

    find = forms.CharField(
        label="Name, date of birth or number",
        widget=forms.TextInput({"autocomplete": "off", "type": "search"}),
    )


class InviteForm(forms.Form):
    """Where the invitation goes."""

    email = EmailField(own=False, label="Their e-mail")
