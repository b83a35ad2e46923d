"""What a person changes about their own sign-in: password, email address, signed-in browsers (S-30, S-31, ASVS 7.5).

Promises: each change is told of by mail and ends every other session at its very next request (AUTH-14, T8); an address
changes only by a link that was read at the new one, in a session of the person who asked (T6); the database itself
changes nobody else's sign-in, for it learns who acts from a signed setting.
"""

from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, connection, transaction

from carespace.access import signing
from carespace.access.chart import actor_of
from carespace.accounts import actions, addresses, devices, tries
from carespace.accounts.address_holds import require_not_held
from carespace.accounts.addresses import AddressLinkEnded
from carespace.accounts.authentication import if_theirs
from carespace.accounts.factors import factors_of
from carespace.accounts.known_devices import device_of
from carespace.accounts.models import User
from carespace.accounts.proof import forget_second_factor
from carespace.accounts.sessions import row_key
from carespace.audit.recording import About, Actor, record

NO_SESSION = ""  # keeps none: no row of the table has an empty key


def is_own_password(*, user: User, password: str, network: str, kept_devices: str = "") -> bool:
    """Say whether ``password`` is that of ``user``, who is signed in; wrong ones count, and are told of, as at sign-in.

    ``kept_devices`` is what the browser keeps of earlier sign-ins. Raises throttle.TooManyTries before any hash.
    """
    this = tries.begin(email=user.email, network=network, device=device_of(user, kept_devices))
    if if_theirs(user, password) is None:
        this.was_wrong(by=actor_of(user), step="own-password")
        return False
    this.was_right(wholly=True)
    return True


@transaction.atomic
def change_password(*, user: User, password: str, session: SessionBase) -> None:
    """Set a new password for ``user``, who has shown the old one; every session ends but ``session``, with a new key.

    Raises SessionEnded, and changes nothing, where ``session`` ended meanwhile.
    """
    by = actor_of(user)
    signing.set_signed(signing.USER, user.pk)
    renew_key(user=user, session=session)
    actions.change_password(user=user, password=password, by=by)
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    end_other_sessions(user=user, keep_session_key=_key_of(session), by=by)


@transaction.atomic
def ask_for_address(*, user: User, address: str) -> None:
    """Mail a link to ``address`` and word to the address of today; whose ``address`` is, nobody asks here (T6).

    Raises AddressHeld for a day after a password was set by a mailed link.
    """
    signing.set_signed(signing.USER, user.pk)
    require_not_held(user)
    actions.ask_for_address(user=user, address=address, by=actor_of(user))


@transaction.atomic
def confirm_address(*, user: User, key: str, session: SessionBase) -> None:
    """Make the address that ``key`` is for the one of ``user``; every session but ``session`` ends.

    Raises AddressLinkEnded: of two confirmations at once the first wins, and an address belongs to one person; and
    AddressHeld for a day after a password was set by a mailed link.
    """
    by = actor_of(user)
    signing.set_signed(signing.USER, user.pk)
    before = User.objects.select_for_update().get(pk=user.pk)
    require_not_held(before)
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
    """Give ``session`` a new key (T10), which the browser's line on the list follows: the one place that does.

    Must run in the request's transaction. Raises SessionEnded where the session was ended, or got a new key, since
    the request began: none comes back under a key that nobody can see.
    """
    signing.set_signed(signing.USER, user.pk)
    factors_of(user, lock=True)  # first, as everywhere: the person, their factors, their sessions
    old = _key_of(session)
    devices.hold(user=user, session_key=old)
    session.cycle_key()
    devices.follow(user=user, old_key=old, new_key=_key_of(session))


@transaction.atomic
def remove_factor(*, user: User, factor_id: int, keep_one: bool, session: SessionBase) -> None:
    """Remove a second factor of ``user``, and give ``session`` a new key; with the last one every other session ends.

    No session has shown a second factor then. Raises FactorRefused as ``accounts.actions.remove_factor`` does.
    """
    signing.set_signed(signing.USER, user.pk)
    actions.remove_factor(user=user, factor_id=factor_id, keep_one=keep_one)
    renew_key(user=user, session=session)
    if not factors_of(user):
        forget_second_factor(session)
        end_other_sessions(user=user, keep_session_key=_key_of(session), by=actor_of(user))


def start_device(*, user: User, session: SessionBase, user_agent: str) -> None:
    """Put the browser whose ``session`` just became ``user``'s on the list of their devices."""
    signing.set_signed(signing.USER, user.pk)
    devices.start(user=user, session=session, user_agent=user_agent)


def sign_out(*, user: User, session: SessionBase) -> None:
    """End ``session``, and take its browser off the list; what is left of it is the caller's to forget (``logout``)."""
    signing.set_signed(signing.USER, user.pk)
    actions.sign_out(user=user, session_key=_key_of(session))


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
