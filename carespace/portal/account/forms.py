"""The forms of sign-in, registration and passwords.

Promises: a form says what is missing or mistyped; what is right or wrong is for the rooms below to say.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.access.registration import Registration
from carespace.access.states import GrantKind
from carespace.accounts.passwords import EASY_TO_GUESS, unmet_rules
from carespace.ui.forms import BirthDateField, EmailField, PasswordField, hint

NAME_CHARACTERS = 200
TOO_EASY = gettext_lazy(
    "This password is too easy to guess."
    " Try three words that do not belong together, a number and a sign."
)


class SignInForm(forms.Form):
    """Email, password and, where the practice asks it, the birth date."""

    email = EmailField(own=True)
    password = PasswordField()
    birth_date = BirthDateField()

    def __init__(self, *args: Any, asks_birth_date: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not asks_birth_date:
            del self.fields["birth_date"]


class BirthDateForm(forms.Form):
    """The birth date on a page of its own."""

    birth_date = BirthDateField()


class RegistrationForm(forms.Form):
    """What an invitation's page asks; ``registration`` says which of it.

    No password of who ``is_proved``: signed in as the invited person, who has just shown it.
    """

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("Your own name, not the patient's"),
        max_length=NAME_CHARACTERS,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Enter your name")},
    )
    birth_date = BirthDateField(help_text=hint(gettext_lazy("So we know it is you.")))
    password = PasswordField(new=True)
    current_password = PasswordField()
    terms = forms.BooleanField(
        label=gettext_lazy("I agree to the terms of service"),
        error_messages={
            "required": gettext_lazy("Read the terms of service and tick the box to agree")
        },
    )

    def __init__(
        self,
        *args: Any,
        registration: Registration,
        is_proved: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._registration = registration
        if registration.invitation.kind != GrantKind.SELF:
            self.fields["birth_date"].help_text = hint(gettext_lazy("Your own date of birth."))
        unasked = {
            "name": not registration.asks_name,
            "birth_date": not registration.asks_birth_date,
            "password": registration.has_sign_in,
            "current_password": is_proved or not registration.has_sign_in,
            "terms": not registration.asks_terms,
        }
        for name in [name for name, left_out in unasked.items() if left_out]:
            del self.fields[name]

    def clean_password(self) -> str:
        """Refuse a new password that does not meet the rules."""
        password: str = self.cleaned_data["password"]
        refuse_unmet(self._registration.unmet_rules(password))
        return password


class ForgotPasswordForm(forms.Form):
    """Ask for a reset link."""

    email = EmailField(own=True)


class NewPasswordForm(forms.Form):
    """Choose a new password."""

    password = PasswordField(new=True)

    def __init__(self, *args: Any, expected_words: tuple[str, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self._expected_words = expected_words

    def clean_password(self) -> str:
        """Refuse a password that does not meet the rules."""
        password: str = self.cleaned_data["password"]
        refuse_unmet(unmet_rules(password, expected_words=self._expected_words))
        return password


def refuse_unmet(unmet: list[str]) -> None:
    """Raise ValidationError naming each rule a password does not meet, and how to choose one that is hard to guess."""
    needed = [words for words in unmet if words != str(EASY_TO_GUESS)]
    told = []
    if needed:
        wanted = "; ".join(f"{words[0].lower()}{words[1:]}" for words in needed)
        told.append(_("Your password still needs: %(wanted)s.") % {"wanted": wanted})
    if len(needed) < len(unmet):
        told.append(str(TOO_EASY))
    if told:
        raise forms.ValidationError(" ".join(told), code="password")
