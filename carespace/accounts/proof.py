"""What a session has shown of who it is: a password or a factor lately, a second factor at all (ASVS 7.5.1, AUTH-8).

Promises: a sensitive change asks for a proof no older than ``FRESH_SECONDS``; a sign-in with all of its steps is one, a
click on a page, or a sign-in in which a trusted device took the second step, is none. What would make a stolen session
lasting asks for one that was given since, on the page that confirms: whoever took the session right after the sign-in has
the sign-in's proof, and cannot give another. These are notes in the server's own session: nothing of them is in the
browser's hands.
"""

import time
from collections.abc import MutableMapping
from typing import Any

FRESH_SECONDS = 15 * 60
_PROVED_AT, _PROVED_AGAIN_AT, _SECOND_FACTOR = "proved_at", "proved_again_at", "second_factor"
Session = MutableMapping[str, Any]


class ProofNeeded(RuntimeError):
    """This person must show again that it is they, before this change."""


def note_proof(session: Session, *, second_factor: str = "", again: bool = False) -> None:
    """Note that the person has just shown who they are; ``second_factor`` names what they used beside the password.

    ``again`` says that they did so while signed in: they typed what they know once more.
    """
    session[_PROVED_AT] = int(time.time())
    if again:
        session[_PROVED_AGAIN_AT] = session[_PROVED_AT]
    if second_factor:
        session[_SECOND_FACTOR] = second_factor


def forget_proofs(session: Session) -> None:
    """Note that this session has shown nothing: a new person begins with no proof, whatever was there before."""
    session.pop(_PROVED_AT, None)
    session.pop(_PROVED_AGAIN_AT, None)
    session.pop(_SECOND_FACTOR, None)


def forget_second_factor(session: Session) -> None:
    """Note that this session has shown no second factor: there is none any more that it could have shown."""
    session.pop(_SECOND_FACTOR, None)


def require_fresh(session: Session, *, again: bool = False, has_factor: bool = False) -> None:
    """Raise ProofNeeded unless the person has shown who they are within the last 15 minutes.

    ``again`` counts what was shown since the sign-in only. Who ``has_factor`` must also have shown one in this session.
    """
    if not is_fresh(session, again=again) or (has_factor and not second_factor_of(session)):
        raise ProofNeeded


def is_fresh(session: Session, *, again: bool = False) -> bool:
    """Say whether the last proof, or with ``again`` the last one since the sign-in, is no older than 15 minutes."""
    proved_at = int(session.get(_PROVED_AGAIN_AT if again else _PROVED_AT, 0))
    return int(time.time()) - proved_at <= FRESH_SECONDS


def second_factor_of(session: Session) -> str:
    """Return which second factor this session has shown: ``totp``, ``webauthn``, ``recovery-code``, or ``""``."""
    return str(session.get(_SECOND_FACTOR, ""))
