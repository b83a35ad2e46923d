"""The forms of sign-in, registration and passwords.

Promises: a form says what is missing or mistyped; what is right or wrong is for the rooms below to say.
"""

from typing import Any

from django import forms

from carespace.access.registration import Registration
from carespace.accounts.passwords import unmet_rules
from carespace.ui.forms import BirthDateField, EmailField, PasswordField

NAME_CHARACTERS = 200


class SignInForm(forms.Form):
    """E-mail, password and, where the practice asks it, the birth date."""

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
        label="Your name",
        max_length=NAME_CHARACTERS,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Enter your name"},
    )
    birth_date = BirthDateField(help_text="So we know it is you. For example 4 27 1961")
    password = PasswordField(new=True)
    current_password = PasswordField()
    terms = forms.BooleanField(
        label="I agree to the terms of service",
        error_messages={"required": "Read the terms of service and tick the box to agree"},
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
    """Raise ValidationError naming each rule a password does not meet."""
    if unmet:
        wanted = "; ".join(f"{words[0].lower()}{words[1:]}" for words in unmet)
        raise forms.ValidationError(f"Your password still needs: {wanted}.", code="password")
