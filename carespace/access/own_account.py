"""What a person changes about their own sign-in: password, e-mail address, signed-in browsers (S-30, S-31, ASVS 7.5).

Promises: each change is told of by mail and ends every other session at its very next request (AUTH-14, T8); an address
changes only by a link that was read at the new one, in a session of the person who asked (T6); the database itself
changes nobody else's sign-in, for it learns who acts from a signed setting.
"""

from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, connection, transaction

from carespace.access import signing
from carespace.access.chart import actor_of
from carespace.accounts import actions, addresses, devices, tries
from carespace.accounts.addresses import AddressLinkEnded
from carespace.accounts.authentication import if_theirs
from carespace.accounts.known_devices import device_of
from carespace.accounts.models import User
from carespace.accounts.sessions import row_key
from carespace.audit.recording import About, Actor, record, record_aside

NO_SESSION = ""  # keeps none: no row of the table has an empty key


def is_own_password(*, user: User, password: str, network: str, kept_devices: str = "") -> bool:
    """Say whether ``password`` is that of ``user``, who is signed in; wrong ones count as wrong ones at sign-in do.

    ``kept_devices`` is what the browser keeps of earlier sign-ins. Raises throttle.TooManyTries before any hash.
    """
    this = tries.begin(email=user.email, network=network, device=device_of(user, kept_devices))
    if if_theirs(user, password) is None:
        record_aside("user.refuse", by=actor_of(user), detail={"step": "own-password"})
        return False
    this.was_right(wholly=True)
    return True


@transaction.atomic
def change_password(*, user: User, password: str, session: SessionBase) -> None:
    """Set a new password for ``user``, who has shown the old one; every session but ``session`` ends.

    ``user`` then has the new hash; the session must still be told of it (``update_session_auth_hash``).
    """
    by = actor_of(user)
    signing.set_signed(signing.USER, user.pk)
    actions.change_password(user=user, password=password, by=by)
    end_other_sessions(user=user, keep_session_key=_key_of(session), by=by)


@transaction.atomic
def ask_for_address(*, user: User, address: str) -> None:
    """Mail a link to ``address`` and word to the address of today; whose ``address`` is, nobody asks here (T6)."""
    signing.set_signed(signing.USER, user.pk)
    actions.ask_for_address(user=user, address=address, by=actor_of(user))


@transaction.atomic
def confirm_address(*, user: User, key: str, session: SessionBase) -> None:
    """Make the address that ``key`` is for the one of ``user``; every session but ``session`` ends.

    Raises AddressLinkEnded: of two confirmations at once the first wins, and an address belongs to one person.
    """
    by = actor_of(user)
    signing.set_signed(signing.USER, user.pk)
    before = User.objects.select_for_update().get(pk=user.pk)
    address = addresses.address_in(key, before)
    signing.set_signed(signing.ADDRESS, user.pk, address.encode().hex())
    if not _address_changed():
        raise AddressLinkEnded
    record("address.change", by=by, about=_about(user))
    end_other_sessions(user=user, keep_session_key=_key_of(session), by=by)
    for to_address in (before.email, address):
        actions.tell_security_event(user=user, event="address-changed", to_address=to_address)


@transaction.atomic
def end_other_sessions(*, user: User, keep_session_key: str, by: Actor) -> int:
    """End every session of ``user`` but the one with this key, which may be ``NO_SESSION``; return how many ended.

    ``by`` is the person themselves, or one of the staff who may help them: the database ends nothing for anybody else.
    """
    if by.user_id is not None:
        signing.set_signed(signing.USER, by.user_id)
    kept = row_key(keep_session_key) if keep_session_key else NO_SESSION
    with connection.cursor() as cursor:
        cursor.execute("SELECT carespace.end_sessions(%s, %s)", [user.pk, kept])
        ended = int(cursor.fetchone()[0])
    record("session.end-others", by=by, about=_about(user), detail={"ended": ended})
    return ended


def end_session(*, user: User, device_id: UUID) -> None:
    """End the session of one browser on the list of ``user``; for one that is not there, or another's, nothing happens."""
    signing.set_signed(signing.USER, user.pk)
    actions.end_session(user=user, device_id=device_id, by=actor_of(user))


def renew_key(*, user: User, session: SessionBase) -> None:
    """Give ``session`` a new key (T10), which the browser's line on the list follows."""
    old = _key_of(session)
    session.cycle_key()
    follow_key(user=user, old_key=old, session=session)


def follow_key(*, user: User, old_key: str, session: SessionBase) -> None:
    """Let the browser's line on the list follow ``session``, whose key was ``old_key`` a moment ago."""
    signing.set_signed(signing.USER, user.pk)
    devices.follow(user=user, old_key=old_key, new_key=_key_of(session))


def start_device(*, user: User, session: SessionBase, user_agent: str) -> None:
    """Put the browser whose ``session`` just became ``user``'s on the list of their devices."""
    signing.set_signed(signing.USER, user.pk)
    devices.start(user=user, session=session, user_agent=user_agent)


def forget_device(*, user: User, session: SessionBase) -> None:
    """Take the browser of ``session``, which signs out, off the list."""
    signing.set_signed(signing.USER, user.pk)
    devices.forget(user=user, session_key=_key_of(session))


def devices_of(*, user: User, session: SessionBase) -> list[devices.Device]:
    """Return the browsers that ``user`` is signed in with now, the one in hand first."""
    signing.set_signed(signing.USER, user.pk)
    return devices.devices_of(user, _key_of(session))


def _address_changed() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT carespace.change_address()")
            return bool(cursor.fetchone()[0])
    except IntegrityError:
        return False  # somebody else confirmed the same address in the same moment


def _key_of(session: SessionBase) -> str:
    return str(session.session_key or "")


def _about(user: User) -> About:
    return About(entity="User", entity_id=str(user.pk))
