"""Where an invitation stands, in plain words: the same for the front desk and for the patient who sent it.

Promises: one tag and one sentence for each state, in words that need no training; a moment is told as people at the practice
read a clock, in its time zone; a link whose time is up reads as ended although no job has noted it yet.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from carespace.access.models import Invitation
from carespace.access.states import InvitationState
from carespace.ui.dates import day_and_clock


class StateWords(NamedTuple):
    """Where an invitation stands: a word or two for a tag, and the sentence that says so."""

    tag: Promise
    sentence: Promise


WORDS: Mapping[InvitationState, StateWords] = {
    InvitationState.QUEUED: StateWords(
        gettext_lazy("Being sent"), gettext_lazy("Waiting to be sent.")
    ),
    InvitationState.SENT: StateWords(gettext_lazy("Invited"), gettext_lazy("Sent.")),
    InvitationState.ACCEPTED: StateWords(
        pgettext_lazy("invitation", "Accepted"), gettext_lazy("Accepted.")
    ),
    InvitationState.EXPIRED: StateWords(
        gettext_lazy("Link has ended"), gettext_lazy("The link has ended: its time was up.")
    ),
    InvitationState.REPLACED: StateWords(
        gettext_lazy("Replaced"), gettext_lazy("A newer link took its place.")
    ),
    InvitationState.WITHDRAWN: StateWords(
        gettext_lazy("Taken back"), gettext_lazy("The link was taken back.")
    ),
    InvitationState.LOCKED: StateWords(
        gettext_lazy("Link stopped"),
        gettext_lazy(
            "The link has ended: five wrong birth dates were tried. Check the date of birth with them."
        ),
    ),
    InvitationState.BOUNCED: StateWords(
        gettext_lazy("Mail came back"),
        gettext_lazy("The mail did not arrive. Check the address, then send it again."),
    ),
}
ASKED_TAG = gettext_lazy("Asks for a new link")


def deadline_text(moment: datetime | None, zone: ZoneInfo) -> str:
    """Write when a link ends as people at the practice read a clock: "Tuesday, November 24, 9:12 am EST"."""
    if moment is None:
        return ""
    return day_and_clock(timezone.localtime(moment, zone))


def state_now(invitation: Invitation, at: datetime | None = None) -> InvitationState:
    """Return where the invitation stands at ``at`` (default: now): a sent link past its end has expired."""
    state = InvitationState(invitation.state)
    ends = invitation.expires_at
    if state == InvitationState.SENT and ends is not None and ends <= (at or timezone.now()):
        return InvitationState.EXPIRED
    return state


def state_words(invitation: Invitation, at: datetime | None = None) -> str:
    """Say in a sentence or two where the invitation stands, and what to do about it.

    Reads ``invitation.practice``: a list selects it along.
    """
    zone = invitation.practice.zone
    state = state_now(invitation, at)
    words = str(WORDS[state].sentence)
    if state == InvitationState.SENT and invitation.expires_at:
        until = {"when": deadline_text(invitation.expires_at, zone)}
        words = _("Sent. The link works until %(when)s.") % until
    if state == InvitationState.ACCEPTED and invitation.accepted_at:
        words = _("Accepted on %(when)s.") % {"when": deadline_text(invitation.accepted_at, zone)}
    if invitation.asked_again_at and state in {InvitationState.EXPIRED, InvitationState.LOCKED}:
        asked = {"when": deadline_text(invitation.asked_again_at, zone)}
        words = f"{words} {_('A new link was asked for on %(when)s.') % asked}"
    return words
