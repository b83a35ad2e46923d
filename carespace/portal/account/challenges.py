"""What this browser's passkey was last asked with: a note in the session, good for one answer within ten minutes.

Promises: only a POST asks; an answer takes the note away, whether it is right or not.
"""

import time

from django.http import HttpRequest

from carespace.accounts.passkeys import new_challenge

LIFE_SECONDS = 10 * 60
_ASKED = "passkey_asked"


def ask(request: HttpRequest) -> None:
    """Note a new challenge in the session."""
    request.session[_ASKED] = {"challenge": new_challenge(), "at": int(time.time())}


def asked(request: HttpRequest) -> str:
    """Return the challenge that still waits for its answer; empty where none does."""
    noted = request.session.get(_ASKED)
    if not isinstance(noted, dict) or int(time.time()) - noted["at"] > LIFE_SECONDS:
        return ""
    return str(noted["challenge"])


def take(request: HttpRequest) -> str:
    """Return the challenge that waits, and forget it: it is answered once."""
    challenge = asked(request)
    request.session.pop(_ASKED, None)
    return challenge
