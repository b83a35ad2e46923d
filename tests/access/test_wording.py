"""Where an invitation stands, in plain words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from carespace.access.models import Invitation
from carespace.access.states import InvitationState
from carespace.access.wording import state_now, state_words
from carespace.practices.models import Practice

NOW = datetime(2026, 11, 20, 14, 12, tzinfo=UTC)
ENDS = NOW + timedelta(hours=96)


def invitation(state: str, **more: Any) -> Invitation:
    return Invitation(practice=Practice(time_zone="America/New_York"), state=state, **more)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (invitation("queued"), "Waiting to be sent."),
        (
            invitation("sent", expires_at=ENDS),
            "Sent. The link works until Tuesday, November 24, 9:12 am EST.",
        ),
        (invitation("sent", expires_at=NOW), "The link has ended: its time was up."),
        (
            invitation("sent", expires_at=NOW, asked_again_at=NOW),
            "The link has ended: its time was up. A new link was asked for on Friday, November 20, 9:12 am EST.",
        ),
        (
            invitation("locked", asked_again_at=NOW),
            "The link has ended: five wrong birth dates were tried. Check the date of birth with them. A new link was asked for on Friday, November 20, 9:12 am EST.",
        ),
        (
            invitation("accepted", expires_at=NOW, accepted_at=NOW),
            "Accepted on Friday, November 20, 9:12 am EST.",
        ),
        (
            invitation("bounced", expires_at=NOW),
            "The mail did not arrive. Check the address, then send it again.",
        ),
        (invitation("withdrawn", asked_again_at=NOW), "The link was taken back."),
    ],
)
def test_a_sentence_says_where_an_invitation_stands(made: Invitation, words: str) -> None:
    assert state_words(made, NOW) == words


@pytest.mark.parametrize("state", InvitationState)
def test_every_state_has_words_and_none_shows_its_code(state: str) -> None:
    words = state_words(invitation(state), NOW)
    assert words.endswith(".")
    assert words[0].isupper()


def test_a_sent_link_ends_on_the_second() -> None:
    made = invitation("sent", expires_at=ENDS)
    assert state_now(made, ENDS - timedelta(microseconds=1)) == "sent"
    assert state_now(made, ENDS) == "expired"
