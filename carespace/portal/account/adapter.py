"""How django-allauth meets our rules: its login flow with our steps, our words and our mail.

Promises: allauth sends no mail and no message of its own; a session learns at sign-in whether its person is staff,
for staff sessions end sooner (AUTH-9).
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from carespace.access.entrance import come_in
from carespace.access.own_account import start_device
from carespace.accounts.factors import factors_of
from carespace.accounts.models import User
from carespace.accounts.proof import forget_proofs, note_proof
from carespace.portal.account.kept_language import keep_language
from carespace.portal.account.known_device import know_again


class UnexpectedMail(RuntimeError):
    """allauth wanted to mail something: every mail of ours goes through the outbox, by an action."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Our adapter."""

    def get_login_stages(self) -> list[str]:
        return [
            "carespace.portal.account.stages.BirthDateStage",
            "carespace.portal.account.stages.SecondFactorStage",
        ]

    def login(self, request: HttpRequest, user: User) -> None:
        """Start the session under a new key (T10); a second factor is noted by the step that asked for it.

        The password of who has one is no proof by itself: a trusted device, which took that step, shows nothing.
        """
        super().login(request, user)
        forget_proofs(request.session)
        request.session["is_staff"] = come_in(user).is_staff
        if not factors_of(user):
            note_proof(request.session)
        start_device(
            user=user,
            session=request.session,
            user_agent=request.headers.get("User-Agent", ""),
        )
        request.session.pop("ended", None)

    def post_login(self, request: HttpRequest, user: User, **flow: Any) -> HttpResponse:
        """Answer a sign-in whose steps are all done, and know this browser again."""
        response: HttpResponse = super().post_login(request, user, **flow)
        know_again(request, response, user)
        if user.language:  # so that the sign-in page speaks it the next time
            keep_language(response, user.language)
        return response

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Say nothing: our views speak."""

    def send_mail(self, template_prefix: str, _email: str, _context: dict[str, Any]) -> None:
        raise UnexpectedMail(template_prefix)

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Nobody registers without an invitation (S-12)."""
        return False
