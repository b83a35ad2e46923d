"""The forms that ask who somebody is, and those of their second factors.

Promises: a form says what is missing; whether a password or a code is right is for the rooms below to say.
"""

from django import forms

from carespace.ui.forms import PasswordField


class ConfirmForm(forms.Form):
    """The password again."""

    password = PasswordField(label="Your password")
