"""The forms of the staff room."""

from django import forms

from carespace.ui.forms import EmailField


class FindForm(forms.Form):
    """What to look for in the patient list; anything typed is welcome."""

    find = forms.CharField(
        required=False,
        label="Name, date of birth or number",
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "type": "search"}),
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)


class InviteForm(forms.Form):
    """Where the invitation goes."""

    email = EmailField(own=False, label="Their e-mail")
