"""What a person is told by mail of their own sign-in: one table (AUTH-13, ASVS 6.3.7).

Promises: each event says what happened and what to do if it was not them; none says anything of a record, a patient
or an address. A sign-in on another device is not among them: a browser that loses its mark, or is told to keep none,
would be another one at each sign-in, and a mail that comes each time is soon read by nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Event: TypeAlias = Literal[
    "password-changed",
    "address-asked",
    "address-changed",
    "factor-added",
    "factor-removed",
    "recovery-code-used",
    "recovery-codes-made",
    "many-wrong-tries",
    "many-wrong-codes",
    "factors-removed-by-practice",
    "sessions-ended-by-practice",
    "calendar-address-made",
]


CHANGE_PASSWORD = _("Change your password")


@dataclass(frozen=True, slots=True)
class EventWords:
    """A mail's subject, what happened, and what one who did not do it can do beside calling the practice."""

    subject: str | Promise
    happened: str | Promise
    first: str | Promise = CHANGE_PASSWORD
    by_practice: bool = False


WORDS: Mapping[Event, EventWords] = {
    "password-changed": EventWords(
        _("Your CareSpace password was changed"),
        _("Your password was just changed. You were signed out on every other device."),
        first="",
    ),
    "address-asked": EventWords(
        _("Your CareSpace email address: a change was asked for"),
        _(
            "Somebody signed in as you asked to change the email address you sign in with. Nothing has changed yet:"
            " the new address must be confirmed first."
        ),
    ),
    "address-changed": EventWords(
        _("Your CareSpace email address was changed"),
        _(
            "The email address you sign in with was just changed. You were signed out on every other device."
        ),
        first="",
    ),
    "factor-added": EventWords(
        _("Your CareSpace second step is on"),
        _(
            "Your second step is on. A way to confirm that it is you was just added to your sign-in."
        ),
    ),
    "factor-removed": EventWords(
        _("A way to sign in to CareSpace was removed"),
        _("A second step was just removed from your sign-in."),
    ),
    "recovery-code-used": EventWords(
        _("A CareSpace recovery code was used"),
        _("One of your recovery codes was just used to sign in. It works no more."),
    ),
    "recovery-codes-made": EventWords(
        _("You have new CareSpace recovery codes"),
        _("New recovery codes were just made for your sign-in. The old ones work no more."),
    ),
    "many-wrong-tries": EventWords(
        _("Wrong passwords were tried at your CareSpace sign-in"),
        _(
            "Somebody typed a wrong password for your sign-in many times. They did not get in. We make them wait"
            " longer after each try."
        ),
    ),
    "many-wrong-codes": EventWords(
        _("Wrong codes were tried at your CareSpace sign-in"),
        _(
            "Somebody typed your right password, and then a wrong code many times. They did not get in. If it was not you,"
            " they know your password."
        ),
        first=_("Change your password now"),
    ),
    "factors-removed-by-practice": EventWords(
        _("Your CareSpace second step was removed"),
        _("Our office removed the second step of your sign-in, so that you can set it up again."),
        first="",
        by_practice=True,
    ),
    "sessions-ended-by-practice": EventWords(
        _("You were signed out of CareSpace"),
        _("Our office signed you out on every device. You can sign in again."),
        first="",
        by_practice=True,
    ),
    "calendar-address-made": EventWords(
        _("A CareSpace calendar address was made"),
        _(
            "A calendar address was made for a record you can see. It stops when you change your password or sign out"
            " everywhere."
        ),
    ),
}
