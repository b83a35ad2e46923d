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
from carespace.accounts import throttle
from carespace.accounts.actions import SOMEBODY, note_sign_in, renew_hash, reset_password
from carespace.accounts.authentication import hash_is_old, who_is
from carespace.accounts.models import User
from carespace.accounts.resets import user_by
from carespace.audit.recording import record_aside
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
    *, email: str, password: str, network: str, practice: Practice | None, birth_date: date | None
) -> User | None:
    """Return who ``email`` and ``password`` (and, where ``practice`` asks it, ``birth_date``) are; None for any mistake.

    Raises throttle.TooManyTries, before any hash, when the address or the network must wait.
    """
    asks = asked_at(practice)
    throttle.take((throttle.SIGN_IN_BY_NETWORK, network), (throttle.SIGN_IN_BY_EMAIL, email))
    user = who_is(email, password)
    standing = standing_of(user)
    if user is None or (asks and not standing.accepts(birth_date)):
        record_aside("user.refuse", by=SOMEBODY, detail={"step": "password"})
        return None
    if hash_is_old(user):
        renew_hash(user=user, password=password)
    throttle.give_back((throttle.SIGN_IN_BY_NETWORK, network))
    if asks or not standing.asks_birth_date:
        throttle.forget((throttle.SIGN_IN_BY_EMAIL, email))
    return user


def check_birth_date(*, user: User, birth_date: date, network: str) -> bool:
    """Whether ``birth_date``, asked on a page of its own after the password, is right; wrong ones count as tries."""
    subjects = (throttle.SIGN_IN_BY_NETWORK, network), (throttle.SIGN_IN_BY_EMAIL, user.email)
    throttle.take(*subjects)
    if not standing_of(user).accepts(birth_date):
        record_aside("user.refuse", by=actor_of(user), detail={"step": "birth-date"})
        return False
    throttle.give_back(subjects[0])
    throttle.forget(subjects[1])
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
    return reset_password(key=key, password=password)
