"""The forms by which a person changes their email address or password.

Promises: a form says what is missing or mistyped; whether a password is right is for the rooms below to say.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.accounts.models import User, UserManager
from carespace.accounts.passwords import unmet_rules
from carespace.portal.account.forms import refuse_unmet
from carespace.ui.forms import EmailField, PasswordField


class EmailForm(forms.Form):
    """The new address, and the password, so that a session alone changes nothing (ASVS 7.5.1).

    Who has typed it a moment ago, on the page that confirms, is not asked again (``asks_password``).
    """

    email = EmailField(label=gettext_lazy("New email address"))
    password = PasswordField(label=gettext_lazy("Your password"))

    def __init__(self, *args: Any, user: User, asks_password: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self._user = user
        if not asks_password:
            del self.fields["password"]
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> str:
        """Return the address as it is kept; refuse the one of today."""
        address = UserManager.normalize_email(self.cleaned_data["email"])
        if address == self._user.email:
            raise forms.ValidationError(_("This is the address you sign in with now."), code="same")
        return address


class PasswordForm(forms.Form):
    """The password of today, and a new one that meets the rules."""

    current_password = PasswordField(
        label=gettext_lazy("Current password"),
        error_messages={"required": gettext_lazy("Enter your current password")},
    )
    password = PasswordField(
        new=True, error_messages={"required": gettext_lazy("Enter a new password")}
    )

    def __init__(self, *args: Any, expected_words: tuple[str, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self._expected_words = expected_words

    def clean_password(self) -> str:
        """Refuse a new password that does not meet the rules, or is the one of today."""
        password: str = self.cleaned_data["password"]
        refuse_unmet(unmet_rules(password, expected_words=self._expected_words))
        if password == self.cleaned_data.get("current_password"):
            message = _("This is your password now. Choose a different one.")
            raise forms.ValidationError(message, code="same")
        return password
