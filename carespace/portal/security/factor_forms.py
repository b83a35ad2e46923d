"""The forms that ask who somebody is, and those of their second factors.

Promises: a form says what is missing; whether a password or a code is right is for the rooms below to say.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.accounts.factors import APP, LONGEST_NAME, PASSKEY, RECOVERY_CODE, Way
from carespace.ui.forms import PasswordField

LONGEST_CODE = 60
LONGEST_ANSWER = 20_000


class AppCodeField(forms.CharField):
    """Six digits of an authenticator app, as typed or pasted."""

    def __init__(self) -> None:
        hints = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
        super().__init__(
            label=_("6-digit code"),
            max_length=LONGEST_CODE,
            widget=forms.TextInput(hints),
            error_messages={"required": _("Enter the 6 digits that your app shows")},
        )


class RecoveryCodeField(forms.CharField):
    """One of the saved codes, with or without its lines and capitals."""

    def __init__(self) -> None:
        hints = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(
            label=_("Recovery code"),
            max_length=LONGEST_CODE,
            help_text=_("For example abcd-efgh-jkmn-pqrs"),
            widget=forms.TextInput(hints),
            error_messages={"required": _("Enter one of your recovery codes")},
        )


class PasskeyField(forms.CharField):
    """What the browser answered for a passkey: filled in by the script."""

    def __init__(self) -> None:
        super().__init__(
            max_length=LONGEST_ANSWER,
            widget=forms.HiddenInput({"data-passkey-answer": ""}),
            error_messages={"required": _("Your passkey was not used. Try again.")},
        )


FIELDS: Mapping[Way, type[forms.CharField]] = {
    APP: AppCodeField,
    PASSKEY: PasskeyField,
    RECOVERY_CODE: RecoveryCodeField,
}


class FactorForm(forms.Form):
    """A second factor, shown in one way."""

    def __init__(self, *args: Any, way: Way, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["answer"] = FIELDS[way]()


class SecondStepForm(FactorForm):
    """A second factor at sign-in, and whether this device shall ask for one next time."""

    def __init__(self, *args: Any, way: Way, may_trust: bool, **options: Any) -> None:
        super().__init__(*args, way=way, **options)
        if may_trust:
            self.fields["trust"] = forms.BooleanField(
                label=_("Do not ask for a code on this device for 30 days"),
                help_text=_("Only on a device that is yours alone."),
                required=False,
            )


def refuse(form: forms.Form, words: str) -> None:
    """Say that what was given is not right; a code is typed anew."""
    form.add_error(None, words)
    form.data = {name: text for name, text in form.data.items() if name != "answer"}


class ConfirmForm(forms.Form):
    """The password again, and a code of who has one."""

    password = PasswordField(label=gettext_lazy("Your password"))

    def __init__(self, *args: Any, way: Way | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if way is not None and way != PASSKEY:
            self.fields["answer"] = FIELDS[way]()


class NewPasskeyForm(forms.Form):
    """What the person calls their new passkey."""

    name = forms.CharField(
        label=gettext_lazy("What do you call this device?"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("So that you know it later. For example My phone"),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give it a name, for example My phone")},
    )
