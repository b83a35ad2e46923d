"""When a session ends: after idle minutes, and after 12 hours in all (product.md part 2; AUTH-9, AUTH-16, ASVS 7.3).

Promises: both ends are counted on the server, from notes in the session; staff sessions end sooner; asking how long is
left is no activity. The notes are seconds since 1970 by the server's clock.
"""

import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

NOTE_EVERY_SECONDS = 30
_STARTED, _SEEN = "started_at", "seen_at"
Session = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Left:
    """How long a session still lasts: whole seconds, 0 where it has ended; ``is_fixed`` where nothing extends it."""

    seconds: int
    is_fixed: bool


NOTHING_LEFT = Left(0, is_fixed=False)


def left_of(session: Session) -> Left:
    """Return how long ``session`` lasts without another request; a session's first request starts it."""
    now = int(time.time())
    idle = settings.CARESPACE_IDLE_SECONDS
    if session.get("is_staff"):
        idle = settings.CARESPACE_STAFF_IDLE_SECONDS
    # A session ends in the second after its last: 20 minutes are still inside.
    idle_left = idle - (now - session.get(_SEEN, now)) + 1
    whole_left = settings.SESSION_COOKIE_AGE - (now - started_at(session)) + 1
    return Left(max(0, min(idle_left, whole_left)), is_fixed=whole_left <= idle_left)


def why_ended(session: Session) -> str:
    """Return which time of ``session`` is over: ``idle`` or ``12-hours``."""
    return "12-hours" if left_of(session).is_fixed else "idle"


def started_at(session: Session) -> int:
    """Return when ``session`` began to count, and begin where it has not."""
    started: int = session.setdefault(_STARTED, int(time.time()))
    return started


def note_activity(session: Session) -> bool:
    """Note that the person is there; False where that was noted less than 30 seconds ago."""
    now = int(time.time())
    if _SEEN in session and now - session[_SEEN] <= NOTE_EVERY_SECONDS:
        return False
    session[_SEEN] = now
    return True
