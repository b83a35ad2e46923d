"""What the Help page says: the steps of registering, the practice's questions, and those every practice has (S-73).

Promises: the steps are those that this practice's pages really ask, told by its settings (D-3, D-4, D-5); a practice's
own questions come first, in the reader's language where the practice gave them in it.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from carespace.practices.models import Practice
from carespace.practices.presets import PracticeSettings
from carespace.practices.questions import USUAL
from carespace.ui.languages import SPANISH, language_now

HOURS_OF_DAY = 24
PHONE = "{phone}"


class Answered(NamedTuple):
    """One question with its answer, as they stand on the page."""

    question: str
    answer: str


_OF_EVERY_PRACTICE: tuple[tuple[Promise, Promise], ...] = (
    (
        gettext_lazy("How do I read my lab results?"),
        gettext_lazy(
            "Each result stands beside the usual range. A result above or below that range is not always a problem."
            " Ask your care team what it means for you."
        ),
    ),
    (
        gettext_lazy("How do I print a page?"),
        gettext_lazy(
            "Open the page and use the print command of your browser. Menus and buttons are left out. Each paper"
            " names the person and the practice."
        ),
    ),
    (
        gettext_lazy("Why was I signed out?"),
        gettext_lazy(
            "We sign you out when nothing happens for a while, to keep the record safe. Sign in again to go on."
        ),
    ),
    (
        gettext_lazy("Something in my record looks wrong. What can I do?"),
        gettext_lazy("Call our office and tell us. We check the record with you."),
    ),
    (
        gettext_lazy("What do I do in an emergency?"),
        gettext_lazy(
            "Call 911 at once. Do not wait for an answer in CareSpace. For anything urgent, call our office."
        ),
    ),
)


def registration_steps(practice: Practice | None) -> list[str]:
    """Return what to do to get in for the first time, in order (S-11 to S-24)."""
    settings = practice.settings if practice else PracticeSettings()
    return [
        _("Tell our front desk that you want to use CareSpace. Give them your email address."),
        _("Look for our invitation in your email. Check your spam folder too."),
        _("Open the email and press “%(button)s”.")
        % {"button": settings.word("invitation.button")},
        _life(settings.invite_ttl_hours),
        _password_step(settings),
        _sign_in_step(settings),
    ]


def answers(practice: Practice | None) -> list[Answered]:
    """Return the questions and answers of ``practice``, then those of every practice, in the language in force."""
    own = practice.settings.help_questions if practice else USUAL
    phone = practice.phone if practice else ""
    spanish = language_now() == SPANISH
    found = [
        Answered(each.question_es, each.answer_es)
        if spanish and each.question_es and each.answer_es
        else Answered(each.question, each.answer)
        for each in own
    ]
    shown = [Answered(each.question, _with_phone(each.answer, phone)) for each in found]
    return shown + [Answered(str(asked), str(said)) for asked, said in _OF_EVERY_PRACTICE]


def _life(hours: int) -> str:
    if hours < HOURS_OF_DAY or hours % HOURS_OF_DAY:
        text = ngettext(
            "Do this within %(count)s hour. After that the link ends, and you need a new one.",
            "Do this within %(count)s hours. After that the link ends, and you need a new one.",
            hours,
        )
        return text % {"count": hours}
    days = hours // HOURS_OF_DAY
    text = ngettext(
        "Do this within %(count)s day. After that the link ends, and you need a new one.",
        "Do this within %(count)s days. After that the link ends, and you need a new one.",
        days,
    )
    return text % {"count": days}


def _password_step(settings: PracticeSettings) -> str:
    button = {"button": settings.word("registration.button")}
    if settings.dob_at_registration and settings.tos_required:
        return (
            _(
                "Create a password and confirm your date of birth. Agree to the terms of service and press “%(button)s”."
            )
            % button
        )
    if settings.dob_at_registration:
        return (
            _("Create a password and confirm your date of birth. Then press “%(button)s”.") % button
        )
    if settings.tos_required:
        return (
            _("Create a password. Agree to the terms of service and press “%(button)s”.") % button
        )
    return (
        _("Create a password. The page shows the rules for it. Then press “%(button)s”.") % button
    )


def _sign_in_step(settings: PracticeSettings) -> str:
    if settings.dob_at_login:
        return _("Sign in with your email address, your password and your date of birth.")
    return _("Sign in with your email address and your password.")


def _with_phone(text: str, phone: str) -> str:
    """Put the practice's number in its place; where no practice is known, the sentence ends before it."""
    if phone:
        return text.replace(PHONE, phone)
    return text.replace(f" at {PHONE}", "").replace(f" al {PHONE}", "")
