"""The steps between password and session: the birth date, where it was not asked beside the password; a second factor.

Promises: until the last step is done there is no signed-in session, only a note in the anonymous one that ends after
ten minutes (``ACCOUNT_LOGIN_TIMEOUT``) and with the password it began with; nobody enters a step that is not theirs to
take now; who has a second factor is asked for it, also after a password reset (AUTH-14), but on a device that a patient or
family trusts; and a birth date is none (T7).
"""

from typing import TypeVar
from uuid import UUID

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY, clear_login
from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from carespace.access.entrance import asked_at, recall, standing_of
from carespace.access.trusted_devices import takes_the_step
from carespace.accounts.factors import PASSKEY, factors_of
from carespace.accounts.models import User
from carespace.portal.account.challenges import ask
from carespace.portal.account.trusted_device import trusted_in
from carespace.portal.practice import practice_of

BEGUN_WITH = "begun_with"


class BirthDateStage(LoginStage):  # type: ignore[misc]
    """Asks the birth date of people of a practice that wants it, when the sign-in page could not know."""

    key = "birth-date"
    urlname = "portal:birth-date"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return where to ask, or go on."""
        if asked_at(practice_of(self.request)) or not standing_of(self.login.user).asks_birth_date:
            return None, True
        return _wait_at(self)


class SecondFactorStage(LoginStage):  # type: ignore[misc]
    """Asks a second factor of who has one, but on a device they trust."""

    key = "second-factor"
    urlname = "portal:second-factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return where to ask, or go on."""
        had = factors_of(self.login.user)
        if not had or takes_the_step(user=self.login.user, kept=trusted_in(self.request)):
            return None, True
        if had.ways[0] == PASSKEY:
            ask(self.request)
        return _wait_at(self)


Stage = TypeVar("Stage", BirthDateStage, SecondFactorStage)


def waiting_for_birth_date(request: HttpRequest) -> BirthDateStage | None:
    """Return the step at which this browser's sign-in waits, if it is the birth date."""
    return _waiting(request, BirthDateStage)


def waiting_for_second_factor(request: HttpRequest) -> SecondFactorStage | None:
    """Return the step at which this browser's sign-in waits, if it is the second factor."""
    return _waiting(request, SecondFactorStage)


def _wait_at(stage: BirthDateStage | SecondFactorStage) -> tuple[HttpResponse, bool]:
    """Lead to the step's page, under a session key that nobody knew before the password was right (T10)."""
    stage.state[BEGUN_WITH] = _hash_of(stage.login.user)
    stage.request.session.cycle_key()
    return redirect(stage.urlname), True


def _waiting(request: HttpRequest, kind: type[Stage]) -> Stage | None:
    noted = request.session.get(LOGIN_SESSION_KEY)
    if not isinstance(noted, dict) or not noted.get("user_pk"):
        return None
    recall(UUID(noted["user_pk"]))
    stage: Stage | None = LoginStageController.enter(request, kind.key)
    if stage is None:
        return None
    user = stage.login.user
    if not user or not user.is_active or stage.state.get(BEGUN_WITH) != _hash_of(user):
        clear_login(request)
        return None
    return stage


def _hash_of(user: User) -> str:
    """Return what a session of ``user`` is signed with: it changes with the password."""
    made: str = user.get_session_auth_hash()
    return made
