"""The forms of sign-in and registration."""

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm


class SignInForm(LoginForm):  # type: ignore[misc]
    """Sign in."""


class ForgotPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    """Ask for a reset link."""


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    """Choose a new password."""
