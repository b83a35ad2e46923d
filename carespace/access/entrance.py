"""Who may come in: password, and a birth date where a practice of theirs asks it (S-26, S-27, T5 to T7).

Promises: the throttle counts before any hash is made; every refusal costs the same queries and one hash; a birth date
is no second factor, its tries share the password's limit, and only the last step forgets them.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction

from carespace.access import signing
from carespace.access.chart import actor_of
from carespace.access.models import Grant
from carespace.access.own_account import NO_SESSION, end_other_sessions
from carespace.accounts.actions import (
    SOMEBODY,
    note_sign_in,
    renew_hash,
    reset_password,
)
from carespace.accounts.authentication import hash_is_old, if_theirs, user_with_email
from carespace.accounts.known_devices import device_of
from carespace.accounts.models import User
from carespace.accounts.resets import user_by
from carespace.accounts.tries import begin
from carespace.practices.models import Practice, StaffMembership


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person belongs: what their practices ask at sign-in, and whether they see and work somewhere."""

    asks_birth_date: bool
    birth_dates: frozenset[date]
    is_staff: bool
    sees_records: bool

    def accepts(self, birth_date: date | None) -> bool:
        """Whether ``birth_date`` is one on file; with none on file there is nothing to compare it with."""
        return not self.birth_dates or birth_date in self.birth_dates


def standing_of(user: User | None) -> Standing:
    """Return the standing of ``user``; for nobody the same work is done, and nothing found."""
    identity: UUID = user.pk if user else uuid4()
    signing.set_signed(signing.USER, identity)
    found = Grant.objects.active().filter(user_id=identity).select_related("practice", "patient")
    grants = list(found)
    memberships = list(
        StaffMembership.objects.filter(user_id=identity, ended_at__isnull=True).select_related(
            "practice"
        )
    )
    practices = [grant.practice for grant in grants] + [each.practice for each in memberships]
    own = {grant.patient.birth_date for grant in grants if grant.kind == "self"}
    own.add(user.birth_date if user else None)
    return Standing(
        asks_birth_date=any(practice.settings.dob_at_login for practice in practices),
        birth_dates=frozenset(day for day in own if day),
        is_staff=bool(memberships),
        sees_records=bool(grants),
    )


def check_password(
    *,
    email: str,
    password: str,
    network: str,
    practice: Practice | None,
    birth_date: date | None,
    devices: str = "",
) -> User | None:
    """Return who ``email`` and ``password`` (and, where ``practice`` asks it, ``birth_date``) are; None for any mistake.

    ``devices`` is what the browser keeps of earlier sign-ins. Raises throttle.TooManyTries, before any hash, when the
    address, the network or everybody must wait; in the person's own browser only its own tries count.
    """
    asks = asked_at(practice)
    found = user_with_email(email)
    this = begin(email=email, network=network, device=device_of(found, devices))
    user = if_theirs(found, password)
    standing = standing_of(user)
    if user is None or (asks and not standing.accepts(birth_date)):
        this.was_wrong(by=SOMEBODY, step="password")
        return None
    if hash_is_old(user):
        renew_hash(user=user, password=password)
    this.was_right(wholly=asks or not standing.asks_birth_date)
    return user


def check_birth_date(*, user: User, birth_date: date, network: str, devices: str = "") -> bool:
    """Whether ``birth_date``, asked on a page of its own after the password, is right; wrong ones count as tries."""
    this = begin(email=user.email, network=network, device=device_of(user, devices))
    if not standing_of(user).accepts(birth_date):
        this.was_wrong(by=actor_of(user), step="birth-date")
        return False
    this.was_right(wholly=True)
    return True


def asked_at(practice: Practice | None) -> bool:
    """Whether the sign-in page of ``practice`` asks the birth date at once."""
    return practice is not None and practice.settings.dob_at_login


def come_in(user: User) -> Standing:
    """Note that ``user`` signed in, and return their standing."""
    note_sign_in(user=user)
    return standing_of(user)


def recall(user_id: UUID) -> None:
    """Let this transaction read the person whose password was right a moment ago, as the server's session says."""
    signing.set_signed(signing.USER, user_id)


@transaction.atomic
def set_new_password(*, key: str, password: str) -> User:
    """Set the password of the person whose reset link ``key`` is; raise ResetEnded if it works no more."""
    signing.set_signed(signing.USER, user_by(key).pk)
    user = reset_password(key=key, password=password)
    end_other_sessions(user=user, keep_session_key=NO_SESSION, by=actor_of(user))
    return user
