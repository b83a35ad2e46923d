"""The browsers a person is signed in with, in plain words (ASVS 7.5.2, AUTH-13).

Promises: a browser is known by the table's key of its session, which signs nobody in, and by what it says it is; no
address and no version is kept. A row is made at sign-in, follows the session when its key is changed, and goes at
sign-out; one whose session is no more counts for nothing, and is removed after a day; a session without a row ends
when it is next used. Whoever changes a session's key, or ends it, holds its row first. That somebody signed in, or was
signed out, is told by the audit of these acts. The database must know who acts (``access.entrance.recall()``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from carespace.accounts.models import SignIn, User
from carespace.accounts.session_ends import NOTE_EVERY_SECONDS
from carespace.accounts.sessions import SessionEnded, row_key

LONGEST_READ = 400
UNKNOWN_BROWSER = gettext_noop("A browser")
Marks = Sequence[tuple[str, str]]

# The first mark found decides: every browser says that it is several others too.
_BROWSERS: Marks = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("DuckDuckGo", "DuckDuckGo"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_DEVICES: Marks = (
    ("iPhone", gettext_noop("an iPhone")),
    ("iPad", gettext_noop("an iPad")),
    ("CrOS", gettext_noop("a Chromebook")),
    ("Android", gettext_noop("an Android tablet")),
    ("Windows", gettext_noop("a Windows computer")),
    ("Macintosh", gettext_noop("a Mac")),
    ("Linux", gettext_noop("a Linux computer")),
)
_COMPUTERS = ("computer", "Chromebook", "a Mac")


@dataclass(frozen=True, slots=True)
class Device:
    """One line of the list: what it is, since when, when it was last used, and whether it is the one in hand."""

    id: UUID
    text: str
    started_at: datetime
    last_seen_at: datetime
    is_this: bool

    @property
    def is_computer(self) -> bool:
        """Whether it says that it is one; what says nothing may be anything."""
        return self.text.endswith(_COMPUTERS)


def device_text(user_agent: str) -> str:
    """Return what a browser's User-Agent says, in plain words: "Chrome on an Android phone", "A browser"."""
    said = user_agent[:LONGEST_READ]
    browser = _first(_BROWSERS, said) or UNKNOWN_BROWSER
    device = _first(_DEVICES, said)
    if device == "an Android tablet" and re.search(r"\bMobile\b", said):
        device = gettext_noop("an Android phone")
    return f"{browser} on {device}" if device else browser


def device_words(text: str) -> str:
    """Return the ``device_text`` of a row, which is kept in English, in the language in force."""
    browser, _between, device = text.partition(" on ")
    if not device:
        return translation.gettext(text) if text else ""
    named = {"browser": translation.gettext(browser), "device": translation.gettext(device)}
    return _("%(browser)s on %(device)s") % named


def start(*, user: User, session: SessionBase, user_agent: str) -> None:
    """Put the browser whose ``session`` just became ``user``'s on their list."""
    if session.session_key is None:
        session.save()  # a session that was emptied at sign-in has no key before
    row = row_key(str(session.session_key))
    SignIn.objects.create(user=user, session_row=row, device_text=device_text(user_agent))


def note_seen(*, user: User, session_key: str) -> bool:
    """Note that ``user`` is using this browser now; False where it is on the list no more: its session has ended."""
    mine = SignIn.objects.filter(user=user, session_row=row_key(session_key))
    return bool(mine.update(last_seen_at=timezone.now()))


def hold(*, user: User, session_key: str) -> None:
    """Let nobody else change the key of this session, or end it, until the transaction ends.

    Raises SessionEnded where somebody has: of two at once the second waits here, and then finds the line gone.
    """
    mine = SignIn.objects.filter(user=user, session_row=row_key(session_key))
    if mine.select_for_update().first() is None:
        raise SessionEnded


def follow(*, user: User, old_key: str, new_key: str) -> None:
    """Let the browser's line, which is held, follow its session, whose key was changed."""
    mine = SignIn.objects.filter(user=user, session_row=row_key(old_key))
    if not mine.update(session_row=row_key(new_key)):
        raise SessionEnded


def forget(*, user: User, session_key: str) -> bool:
    """Take a browser off the list and end its session; False where it is not there."""
    mine = SignIn.objects.filter(user=user, session_row=row_key(session_key)).first()
    return mine is not None and end(user=user, device_id=mine.pk)


def end(*, user: User, device_id: UUID) -> bool:
    """End the session of one browser, whatever key it has got meanwhile; False where it is on the list no more."""
    held = SignIn.objects.select_for_update().filter(user=user, pk=device_id).first()
    if held is None:
        return False
    Session.objects.filter(session_key=held.session_row).delete()
    held.delete()
    return True


def devices_of(user: User, session_key: str) -> list[Device]:
    """Return the browsers ``user`` is signed in with now, the one of ``session_key`` first, then the last used."""
    this = row_key(session_key)
    rows = _signed_in(user)
    found = [
        Device(row.pk, row.device_text, row.started_at, row.last_seen_at, row.session_row == this)
        for row in rows.order_by("-last_seen_at", "pk")
    ]
    return sorted(found, key=lambda device: not device.is_this)


def _signed_in(user: User) -> QuerySet[SignIn]:
    """Return the rows whose session has neither ended by itself nor been ended."""
    idle = timedelta(seconds=settings.CARESPACE_IDLE_SECONDS + NOTE_EVERY_SECONDS)
    live = Session.objects.filter(
        session_key=OuterRef("session_row"), expire_date__gt=timezone.now()
    )
    return SignIn.objects.filter(Exists(live), user=user, last_seen_at__gt=timezone.now() - idle)


def _first(marks: Marks, text: str) -> str:
    return next((words for mark, words in marks if mark in text), "")
