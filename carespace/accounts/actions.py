"""Writes about people who sign in: add one, ask for a new password, set it (S-28, AUTH-14).

Promises: asking for a reset link does the same work for a known and an unknown address, for who it is is looked up
only when the mail is written; a reset link works once and its use ends every other session.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from carespace.accounts import address_holds, devices, throttle
from carespace.accounts.addresses import asked_by
from carespace.accounts.authentication import user_with_email
from carespace.accounts.factors import (
    APP,
    MOST_PASSKEYS,
    PASSKEY,
    RECOVERY_CODE,
    FactorRefused,
    Factors,
    Way,
    digest_of,
    factors_of,
    new_codes,
    opened,
    step_of,
)
from carespace.accounts.models import User
from carespace.accounts.passkeys import PasskeyRefused, shown
from carespace.accounts.resets import user_by
from carespace.accounts.security_events import Event
from carespace.accounts.trusted_devices import KEPT_AS, epoch_of, keeper_of, new_epoch
from carespace.audit.recording import SYSTEM, About, Actor, record
from carespace.outbox.actions import queue_mail
from carespace.ui.languages import CODES

RESET_MAIL = "password-reset"
EVENT_MAIL = "security-event"
ADDRESS_MAIL = "confirm-address"
TRIES_MAIL = "many-wrong-tries"
SOMEBODY = Actor(user_id=None, name="somebody signed out", kind="visitor")


@transaction.atomic
def add_user(
    *,
    email: str,
    name: str,
    password: str | None,
    birth_date: date | None,
    by: Actor,
    language: str = "",
) -> User:
    """Add a person; without a password they must first set one by mail."""
    user = User(
        email=User.objects.normalize_email(email),
        name=name,
        birth_date=birth_date,
        language=language,
        password=make_password(password),
    )
    user.save(force_insert=True)
    record("user.add", by=by, about=_about(user))
    return user


@transaction.atomic
def note_verified_address(*, user: User, by: Actor) -> None:
    """Note that ``user`` has shown to read mail at their address, by a link that was sent there."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    record("user.verify-address", by=by, about=_about(user))


@transaction.atomic
def ask_for_reset(*, email: str) -> None:
    """Queue a mail to ``email`` with a link to set a new password; nobody is looked up here (T6)."""
    record("password.ask-reset", by=SOMEBODY)
    queue_mail(
        to_address=User.objects.normalize_email(email),
        template=RESET_MAIL,
        context={},
        dedupe_key=f"{RESET_MAIL}:{uuid4()}",
    )


@transaction.atomic
def reset_password(*, key: str, password: str) -> User:
    """Set the password of the person whose reset link ``key`` is; raise ResetEnded if it works no more.

    The new password changes what sessions are signed with, so every session of that person ends; their address stays
    what it is for a day.
    """
    user = user_by(key, lock=True)
    user.password = make_password(password)
    user.save(update_fields=["password"])
    by = Actor(user_id=user.pk, name=user.name)
    record("password.reset", by=by, about=_about(user))
    note_verified_address(user=user, by=by)
    address_holds.hold(user)
    tell_security_event(user=user, event="password-changed")
    return user


@transaction.atomic
def change_password(*, user: User, password: str, by: Actor) -> None:
    """Set a new password; what sessions are signed with changes too, so every other one ends (S-30)."""
    user.password = make_password(password)
    user.save(update_fields=["password"])
    record("password.change", by=by, about=_about(user))
    tell_security_event(user=user, event="password-changed")


@transaction.atomic
def choose_language(*, user: User, language: str) -> None:
    """Keep the language ``user`` wants to read, on pages and in mail: "en" or "es"; ValueError for any other (LANG-4)."""
    if language not in CODES:
        raise ValueError(language)
    others = User.objects.filter(pk=user.pk).exclude(language=language)
    if not others.update(language=language):
        return
    user.language = language
    record("user.language", by=_oneself(user), about=_about(user), detail={"language": language})


@transaction.atomic
def choose_news(*, user: User, at_once: bool) -> None:
    """Keep whether ``user`` wants reports that may hold news at once, or to be asked first (ui.md section 6 page 7)."""
    if user.shows_news_at_once == at_once:
        return
    user.shows_news_at_once = at_once
    user.save(update_fields=["shows_news_at_once"])
    record("user.news", by=_oneself(user), about=_about(user), detail={"at_once": at_once})


@transaction.atomic
def ask_for_address(*, user: User, address: str, by: Actor) -> None:
    """Queue a mail to ``address`` with a link that makes it ``user``'s, and word of it to their address of now (S-31)."""
    record("address.ask", by=by, about=_about(user))
    tell_security_event(user=user, event="address-asked")
    queue_mail(
        to_address=User.objects.normalize_email(address),
        template=ADDRESS_MAIL,
        context=asked_by(user),
        dedupe_key=f"{ADDRESS_MAIL}:{uuid4()}",
    )


@transaction.atomic
def end_session(*, user: User, device_id: UUID, by: Actor) -> None:
    """End the session of one browser of ``user``; nothing happens where it has ended already (ASVS 7.5.2)."""
    if devices.end(user=user, device_id=device_id):
        record("session.end", by=by, about=_about(user))


@transaction.atomic
def sign_out(*, user: User, session_key: str) -> None:
    """End the session with this key, as ``user`` asked in it (AUD-1)."""
    devices.forget(user=user, session_key=session_key)
    record("user.sign-out", by=_oneself(user), about=_about(user))


@transaction.atomic
def end_after_time(*, user: User, session_key: str, why: str) -> None:
    """End the session with this key, whose time is over: ``why`` says ``idle`` or ``12-hours`` (AUTH-16, AUD-1)."""
    if devices.forget(user=user, session_key=session_key):
        record("session.end", by=SYSTEM, about=_about(user), detail={"why": why})


@transaction.atomic
def tell_security_event(*, user: User, event: Event, to_address: str | None = None) -> None:
    """Queue the mail that tells ``user`` of ``event``, to their address or to ``to_address`` (AUTH-13).

    Part of another action, whose audit event tells of it.
    """
    queue_mail(
        to_address=to_address or user.email,
        template=EVENT_MAIL,
        context={"user": str(user.pk), "event": event},
        dedupe_key=f"{EVENT_MAIL}:{uuid4()}",
    )


@transaction.atomic
def warn_of_tries(*, email: str) -> None:
    """Queue a mail to ``email``, once a day, that many wrong passwords were tried; nobody is looked up here (T6).

    Part of a refusal, whose audit event tells of it.
    """
    address = User.objects.normalize_email(email)
    queue_mail(
        to_address=address,
        template=TRIES_MAIL,
        context={},
        dedupe_key=f"{TRIES_MAIL}:{timezone.now():%Y-%m-%d}:{throttle.digest_of(address)}",
    )


@transaction.atomic
def warn_of_codes(*, user: User) -> None:
    """Queue a mail to ``user``, once a day, that many wrong codes were tried after their right password (AUTH-13).

    Part of a refusal, whose audit event tells of it.
    """
    event: Event = "many-wrong-codes"
    queue_mail(
        to_address=user.email,
        template=EVENT_MAIL,
        context={"user": str(user.pk), "event": event},
        dedupe_key=f"{event}:{timezone.now():%Y-%m-%d}:{user.pk}",
    )


@transaction.atomic
def unlock(*, email: str, by: Actor) -> None:
    """Let ``email`` be tried again at once: who asked for it has shown the front desk who they are."""
    user = user_with_email(email)
    record("user.unlock", by=by, about=_about(user) if user else None)
    throttle.forget_address(email, with_transaction=True)


@transaction.atomic
def renew_hash(*, user: User, password: str) -> None:
    """Hash ``password``, which was just right, with today's settings."""
    user.password = make_password(password)
    user.save(update_fields=["password"])
    record("password.rehash", by=Actor(user_id=user.pk, name=user.name), about=_about(user))


@transaction.atomic
def note_sign_in(*, user: User) -> None:
    """Write that ``user`` signed in."""
    record("user.sign-in", by=Actor(user_id=user.pk, name=user.name), about=_about(user))


@transaction.atomic
def add_factor(*, user: User, kind: Way, data: Mapping[str, Any]) -> list[str]:
    """Add a second factor that was just shown to work; return new recovery codes when it is the first, to show once.

    Raises FactorRefused: ``there-already`` for a second app, ``too-many`` for an eleventh passkey.
    """
    had = factors_of(user, lock=True)
    if kind == APP and had.app:
        raise FactorRefused("there-already")
    if len(had.passkeys) >= MOST_PASSKEYS:
        raise FactorRefused("too-many")
    stored = Authenticator.Type.TOTP if kind == APP else Authenticator.Type.WEBAUTHN
    Authenticator(user=user, type=stored, data=dict(data)).save(force_insert=True)
    record("factor.add", by=_oneself(user), about=_about(user), detail={"kind": kind})
    tell_security_event(user=user, event="factor-added")
    return [] if had else _replace_codes(user, had)


@transaction.atomic
def remove_factor(*, user: User, factor_id: int, keep_one: bool) -> None:
    """Remove one of the second factors of ``user``, and with the last one the recovery codes.

    Raises FactorRefused: ``not-there``, or ``last`` where ``keep_one`` says that one must stay (staff).
    """
    had = factors_of(user, lock=True)
    wanted = [each for each in (had.app, *had.passkeys) if each and each.pk == factor_id]
    if not wanted:
        raise FactorRefused("not-there")
    if keep_one and had.count == 1:
        raise FactorRefused("last")
    kind = APP if wanted[0] == had.app else PASSKEY
    wanted[0].delete()
    if had.count == 1 and had.codes:
        had.codes.delete()
    record("factor.remove", by=_oneself(user), about=_about(user), detail={"kind": kind})
    tell_security_event(user=user, event="factor-removed")


@transaction.atomic
def remove_every_factor(*, user: User, reason: str, by: Actor) -> int:
    """Remove every second factor of ``user``, who is told by mail; return how many there were, codes left out."""
    had = factors_of(user, lock=True)
    if not had:
        return 0
    Authenticator.objects.filter(user=user).delete()
    record("factor.remove-all", by=by, about=_about(user), reason=reason)
    tell_security_event(user=user, event="factors-removed-by-practice")
    return had.count


@transaction.atomic
def make_recovery_codes(*, user: User) -> list[str]:
    """Make new recovery codes in the place of the old ones, and return them, to show once.

    Raises FactorRefused ``no-factor`` where there is nothing they could stand for.
    """
    had = factors_of(user, lock=True)
    if not had:
        raise FactorRefused("no-factor")
    tell_security_event(user=user, event="recovery-codes-made")
    return _replace_codes(user, had)


@transaction.atomic
def use_app_code(*, user: User, code: str) -> bool:
    """Whether ``code`` is the one that the app of ``user`` shows now; from then on it, and every earlier one, is used."""
    app = factors_of(user, lock=True).app
    if app is None:
        return False
    step = step_of(opened(app.data["secret"]), code, after=app.data["last_step"])
    if step is None:
        return False
    app.data = {**app.data, "last_step": step}
    _note_use(user, app, APP)
    return True


@transaction.atomic
def use_recovery_code(*, user: User, code: str) -> bool:
    """Whether ``code`` is a recovery code of ``user``; it works no more, and they are told by mail (AUTH-13)."""
    had = factors_of(user, lock=True)
    digest = digest_of(code)
    if not had or had.codes is None or digest not in had.codes.data["digests"]:
        return False
    left = [each for each in had.codes.data["digests"] if each != digest]
    had.codes.data = {"digests": left}
    _note_use(user, had.codes, RECOVERY_CODE)
    tell_security_event(user=user, event="recovery-code-used")
    return True


@transaction.atomic
def use_passkey(*, user: User, challenge: str, answer: str) -> bool:
    """Whether ``answer`` is what a passkey of ``user`` says to ``challenge``."""
    try:
        passkey, counter = shown(challenge, answer, factors_of(user, lock=True).passkeys)
    except PasskeyRefused:
        return False
    passkey.data = {**passkey.data, "counter": counter}
    _note_use(user, passkey, PASSKEY)
    return True


@transaction.atomic
def start_trust(*, user: User) -> str:
    """Write that ``user`` trusts one more device; return the epoch of their trust, a new one with the first device.

    Raises FactorRefused ``no-factor`` where no code is asked for.
    """
    had = factors_of(user, lock=True)
    if not had:
        raise FactorRefused("no-factor")
    epoch = epoch_of(had) or new_epoch(had)
    keeper = keeper_of(had)
    keeper.data = {**keeper.data, KEPT_AS: epoch}
    keeper.save(update_fields=["data"])
    record("device.trust", by=_oneself(user), about=_about(user))
    return epoch


@transaction.atomic
def note_trust_used(*, user: User) -> None:
    """Write that a device which ``user`` trusts took the place of a code at sign-in."""
    record("device.trust-used", by=_oneself(user), about=_about(user))


@transaction.atomic
def end_trust(*, user: User) -> None:
    """Let every device ask ``user`` for a code again; nothing happens where every one does."""
    had = factors_of(user, lock=True)
    if not epoch_of(had):
        return
    keeper = keeper_of(had)
    keeper.data = {name: kept for name, kept in keeper.data.items() if name != KEPT_AS}
    keeper.save(update_fields=["data"])
    record("device.trust-end", by=_oneself(user), about=_about(user))


def _note_use(user: User, factor: Authenticator, kind: Way) -> None:
    factor.last_used_at = timezone.now()
    factor.save(update_fields=["data", "last_used_at"])
    record("factor.use", by=_oneself(user), about=_about(user), detail={"kind": kind})


def _replace_codes(user: User, had: Factors) -> list[str]:
    codes = new_codes()
    if had.codes:
        had.codes.delete()
    kept = {"digests": [digest_of(code) for code in codes]}
    Authenticator(user=user, type=Authenticator.Type.RECOVERY_CODES, data=kept).save()
    record("recovery-codes.make", by=_oneself(user), about=_about(user))
    return codes


def _oneself(user: User) -> Actor:
    return Actor(user_id=user.pk, name=user.name)


def _about(user: User) -> About:
    return About(entity="User", entity_id=str(user.pk))
