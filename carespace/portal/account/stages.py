"""The step between password and session: the birth date, where it was not asked beside the password.

Promises: until the step is done there is no signed-in session, only a note in the anonymous one that ends after ten
minutes (``ACCOUNT_LOGIN_TIMEOUT``).
"""

from uuid import UUID

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from carespace.access.entrance import asked_at, recall, standing_of
from carespace.portal.practice import practice_of


class BirthDateStage(LoginStage):  # type: ignore[misc]
    """Asks the birth date of people of a practice that wants it, when the sign-in page could not know."""

    key = "birth-date"
    urlname = "portal:birth-date"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Return where to ask, or go on."""
        if asked_at(practice_of(self.request)) or not standing_of(self.login.user).asks_birth_date:
            return None, True
        return redirect(self.urlname), True


def waiting_for_birth_date(request: HttpRequest) -> BirthDateStage | None:
    """Return the step at which this browser's sign-in waits, if it does."""
    noted = request.session.get(LOGIN_SESSION_KEY)
    if isinstance(noted, dict) and noted.get("user_pk"):
        recall(UUID(noted["user_pk"]))
    stage: BirthDateStage | None = LoginStageController.enter(request, BirthDateStage.key)
    return stage
