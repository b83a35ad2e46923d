"""What a session has shown of who it is: a password or a factor lately, a second factor at all (ASVS 7.5.1, AUTH-8).

Promises: a sensitive change asks for a proof no older than ``FRESH_SECONDS``; a sign-in with all of its steps is one, a
click on a page, or a sign-in in which a trusted device took the second step, is none. These are notes in the server's own session: nothing of them is in the browser's hands.
"""

import time
from collections.abc import MutableMapping
from typing import Any

FRESH_SECONDS = 15 * 60
_PROVED_AT, _SECOND_FACTOR = "proved_at", "second_factor"
Session = MutableMapping[str, Any]


class ProofNeeded(RuntimeError):
    """This person must show again that it is they, before this change."""


def note_proof(session: Session, *, second_factor: str = "") -> None:
    """Note that the person has just shown who they are; ``second_factor`` names what they used beside the password."""
    session[_PROVED_AT] = int(time.time())
    if second_factor:
        session[_SECOND_FACTOR] = second_factor


def forget_proofs(session: Session) -> None:
    """Note that this session has shown nothing: a new person begins with no proof, whatever was there before."""
    session.pop(_PROVED_AT, None)
    session.pop(_SECOND_FACTOR, None)


def require_fresh(session: Session) -> None:
    """Raise ProofNeeded unless the person has shown who they are within the last 15 minutes."""
    if not is_fresh(session):
        raise ProofNeeded


def is_fresh(session: Session) -> bool:
    """Say whether the last proof is no older than 15 minutes."""
    return int(time.time()) - int(session.get(_PROVED_AT, 0)) <= FRESH_SECONDS


def second_factor_of(session: Session) -> str:
    """Return which second factor this session has shown: ``totp``, ``webauthn``, ``recovery-code``, or ``""``."""
    return str(session.get(_SECOND_FACTOR, ""))
