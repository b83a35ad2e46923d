"""Where an invitation stands, in plain words: the same for the front desk and for the patient who sent it.

Promises: one tag and one sentence for each state, in words that need no training; a moment is told as people at the practice
read a clock, in its time zone; a link whose time is up reads as ended although no job has noted it yet.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone

from carespace.access.models import Invitation
from carespace.access.states import InvitationState
from carespace.ui.dates import day_and_clock


class StateWords(NamedTuple):
    """Where an invitation stands: a word or two for a tag, and the sentence that says so."""

    tag: str
    sentence: str


WORDS: Mapping[InvitationState, StateWords] = {
    InvitationState.QUEUED: StateWords("Being sent", "Waiting to be sent."),
    InvitationState.SENT: StateWords("Invited", "Sent."),
    InvitationState.ACCEPTED: StateWords("Accepted", "Accepted."),
    InvitationState.EXPIRED: StateWords("Link has ended", "The link has ended: its time was up."),
    InvitationState.REPLACED: StateWords("Replaced", "A newer link took its place."),
    InvitationState.WITHDRAWN: StateWords("Taken back", "The link was taken back."),
    InvitationState.LOCKED: StateWords(
        "Link stopped",
        "The link has ended: five wrong birth dates were tried. Check the date of birth with them.",
    ),
    InvitationState.BOUNCED: StateWords(
        "Mail came back", "The mail did not arrive. Check the address, then send it again."
    ),
}
ASKED_TAG = "Asks for a new link"


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
    words = WORDS[state].sentence
    if state == InvitationState.SENT and invitation.expires_at:
        words += f" The link works until {deadline_text(invitation.expires_at, zone)}."
    if state == InvitationState.ACCEPTED and invitation.accepted_at:
        words = f"Accepted on {deadline_text(invitation.accepted_at, zone)}."
    if invitation.asked_again_at and state in {InvitationState.EXPIRED, InvitationState.LOCKED}:
        words += f" A new link was asked for on {deadline_text(invitation.asked_again_at, zone)}."
    return words
