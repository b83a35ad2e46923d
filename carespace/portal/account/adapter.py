"""How django-allauth meets our rules: its login flow with our steps, our words and our mail.

Promises: allauth sends no mail and no message of its own; a session learns at sign-in whether its person is staff,
for staff sessions end sooner (AUTH-9).
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from carespace.access.entrance import come_in
from carespace.accounts.models import User


class UnexpectedMail(RuntimeError):
    """allauth wanted to mail something: every mail of ours goes through the outbox, by an action."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Our adapter."""

    def get_login_stages(self) -> list[str]:
        return ["carespace.portal.account.stages.BirthDateStage"]

    def login(self, request: HttpRequest, user: User) -> None:
        """Start the session under a new key (T10)."""
        super().login(request, user)
        request.session["is_staff"] = come_in(user).is_staff
        request.session.pop("ended", None)

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Say nothing: our views speak."""

    def send_mail(self, template_prefix: str, _email: str, _context: dict[str, Any]) -> None:
        raise UnexpectedMail(template_prefix)

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Nobody registers without an invitation (S-12)."""
        return False
