"""Writes about practices: add one, ask, change and end staff, publish terms, note who accepted them.

Promises: by the pages nobody works for a practice who has not said yes, signed in; a host name shows one practice at most, in whatever case it is typed; an override that no setting knows is
refused when the practice is added, not when somebody opens a page.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import available_timezones

from django.contrib.auth.hashers import make_password
from django.contrib.postgres.functions import TransactionNow
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from carespace.accounts.actions import tell_security_event
from carespace.accounts.authentication import user_with_id
from carespace.accounts.models import User
from carespace.audit.recording import About, Actor, record
from carespace.outbox.actions import queue_mail
from carespace.practices.models import (
    OFFER_LIFE,
    OfferAnswer,
    Practice,
    StaffMembership,
    StaffOffer,
    StaffRole,
    Terms,
    TermsAcceptance,
)
from carespace.practices.policies import may_change
from carespace.practices.presets import BASE_WORDS, PRESETS, UnknownSetting, settings_from
from carespace.practices.terms import CURRENT_VERSION, sections_in
from carespace.ui.languages import SPANISH

# A name as the address bar shows it: labels of letters, digits and hyphens (RFC 1123, 2.1).
_HOST = re.compile(
    r"(?=.{1,200}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,19}")

WELCOME_MAIL = "staff-welcome"


class TeamRefused(ValueError):
    """This change of the practice's staff is not made; the text is the reason's code (``policies``)."""


class OfferEnded(LookupError):
    """There is no question to this person that waits for an answer: answered, withdrawn, too old, or another's."""


class TermsRefused(ValueError):
    """The terms cannot be published as given; the message says why."""


class PracticeRefused(ValueError):
    """The practice cannot be added as given; the message says why."""


@transaction.atomic
def add_practice(
    *,
    slug: str,
    name: str,
    preset: str,
    phone: str,
    time_zone: str,
    by: Actor,
    overrides: dict[str, object] | None = None,
    tagline: str = "",
    hours: str = "",
    hosts: tuple[str, ...] = (),
) -> Practice:
    """Add a practice from a preset; raise PracticeRefused for what cannot be."""
    if slugify(slug) != slug:
        message = f"{slug!r} is not a slug: use small letters, digits and hyphens."
        raise PracticeRefused(message)
    if preset not in PRESETS:
        message = f"There is no preset {preset!r}; choose {', '.join(PRESETS)}."
        raise PracticeRefused(message)
    if time_zone not in available_timezones():
        message = f"{time_zone!r} is not a time zone; write it like America/New_York."
        raise PracticeRefused(message)
    if Practice.objects.filter(slug=slug).exists():
        message = f"A practice with the slug {slug!r} is there already."
        raise PracticeRefused(message)
    _refuse_bad_overrides(preset, overrides or {})
    practice = Practice(
        slug=slug,
        name=name,
        preset=preset,
        phone=phone,
        time_zone=time_zone,
        tagline=tagline,
        hours=hours,
        hosts=_free_hosts(hosts),
        overrides=overrides or {},
    )
    practice.save(force_insert=True)
    record("practice.add", by=by, about=About(practice_id=practice.pk, entity="Practice"))
    return practice


@transaction.atomic
def set_sender(*, practice: Practice, address: str, by: Actor) -> None:
    """Let the practice's mail come from ``address``; empty: from ``CARESPACE_SENDER``. PracticeRefused for a bad one."""
    if address:
        try:
            validate_email(address)
        except ValidationError:
            message = f"{address!r} is not an email address."
            raise PracticeRefused(message) from None
    practice.sender_email = address
    practice.save(update_fields=["sender_email"])
    about = About(practice_id=practice.pk, entity="Practice", entity_id=str(practice.pk))
    record("practice.set-sender", by=by, about=about)


def _refuse_bad_overrides(preset: str, overrides: Mapping[str, Any]) -> None:
    try:
        made = settings_from(preset, overrides)
    except (UnknownSetting, TypeError, ValueError) as problem:
        message = f"The overrides cannot be used: {problem}."
        raise PracticeRefused(message) from None
    if unknown := {key.removesuffix(f".{SPANISH}") for key in made.words} - set(BASE_WORDS):
        message = f"There are no words {', '.join(sorted(unknown))}; there are {', '.join(sorted(BASE_WORDS))}."
        raise PracticeRefused(message)


def _free_hosts(hosts: tuple[str, ...]) -> list[str]:
    """Return the host names in small letters, each once; PracticeRefused for one that is none, or another's."""
    small = list(dict.fromkeys(host.strip().lower() for host in hosts))
    if wrong := [host for host in small if not _HOST.fullmatch(host)]:
        message = f"{wrong[0]!r} is not a host name: write it like lakeside.example.org, without https:// and port."
        raise PracticeRefused(message)
    if other := Practice.objects.filter(hosts__overlap=small).first():
        (taken, *_) = sorted(set(small) & set(other.hosts))
        message = f"The host {taken} shows the practice {other.slug!r} already."
        raise PracticeRefused(message)
    return small


@transaction.atomic
def add_staff(*, user: User, practice: Practice, role: str, by: Actor) -> StaffMembership:
    """Let ``user`` work for ``practice`` in ``role``; an earlier role there ends now (AUD-2)."""
    return _join(user.pk, practice, role, by)


@transaction.atomic
def offer_work(*, practice: Practice, email: str, name: str, role: str, by: Actor) -> StaffOffer:
    """Ask the person at ``email`` by mail if they will work for ``practice``; for its managers.

    Who has no sign-in gets one without a password, which they set by "Forgot password"; nothing here tells a known
    address from an unknown one (T6). Raises TeamRefused where they work here, were asked already, or ``by`` is no
    manager now.
    """
    _one_at_a_time(practice)
    if by.user_id is None or not _manages(by, practice):
        raise TeamRefused("not-manager")
    address = User.objects.normalize_email(email)
    identity = _sign_in_at(address, name)
    if identity in _user_ids(practice):
        raise TeamRefused("works-here")
    _end_old_offer(practice, address)
    offer = StaffOffer(
        practice=practice, email=address, name=name, role=StaffRole(role), created_by=by.user_id
    )
    offer.save(force_insert=True)
    record("staff.ask", by=by, about=_of_offer(offer), detail={"user": str(identity), "role": role})
    queue_mail(
        to_address=address,
        template=WELCOME_MAIL,
        context={"practice": str(practice.pk), "offer": str(offer.pk), "role": role},
        dedupe_key=f"{WELCOME_MAIL}:{offer.pk}",
        practice_id=practice.pk,
    )
    return offer


@transaction.atomic
def withdraw_offer(*, offer: StaffOffer, by: Actor) -> None:
    """Take back a question nobody has answered; an answer that came meanwhile stays. TeamRefused for no manager."""
    if not _manages(by, offer.practice):
        raise TeamRefused("not-manager")
    if _answer(offer, OfferAnswer.WITHDRAWN):
        record("staff.withdraw", by=by, about=_of_offer(offer))


@transaction.atomic
def accept_offer(*, offer: StaffOffer, user: User, by: Actor) -> StaffMembership:
    """Let ``user``, whom the practice asked, work there from now on; raise OfferEnded where nothing waits for them."""
    _one_at_a_time(offer.practice)
    locked = _asked(offer, user)
    working = StaffMembership.objects.filter(
        user=user, practice_id=locked.practice_id, ended_at__isnull=True
    ).first()
    # First the work, then the answer: the database lets a person join while the question waits.
    membership = working or _join(user.pk, locked.practice, locked.role, by)
    _answer(locked, OfferAnswer.ACCEPTED)
    record("staff.accept", by=by, about=_of_offer(locked))
    return membership


@transaction.atomic
def decline_offer(*, offer: StaffOffer, user: User, by: Actor) -> None:
    """Say no for ``user``, whom the practice asked; raise OfferEnded where nothing waits for them."""
    locked = _asked(offer, user)
    _answer(locked, OfferAnswer.DECLINED)
    record("staff.decline", by=by, about=_of_offer(locked))


@transaction.atomic
def change_role(*, membership: StaffMembership, role: str, by: Actor) -> StaffMembership:
    """Give a colleague another role from now on; raise TeamRefused where ``policies.may_change`` says no."""
    locked = _to_change(membership, by, stays_manager=role == StaffRole.MANAGER)
    return _join(locked.user_id, locked.practice, role, by)


@transaction.atomic
def end_colleague(*, membership: StaffMembership, reason: str, by: Actor) -> None:
    """End a colleague's work here; raise TeamRefused where ``policies.may_change`` says no.

    Where nothing of another practice is open to them they are signed out everywhere, and told by mail; else their
    sessions are not this practice's to end, and find no desk of it at the next request.
    """
    locked = _to_change(membership, by, stays_manager=False)
    with connection.cursor() as cursor:
        # First: whom a manager may sign out is asked of those who work here now.
        cursor.execute("SELECT carespace.sign_out_leaver(%s)", [locked.user_id])
        (ended,) = cursor.fetchone()
    end_staff(membership=locked, reason=reason, by=by)
    person = user_with_id(locked.user_id)
    if ended and person:
        about = About(locked.practice_id, entity="User", entity_id=str(person.pk))
        record("sessions.end", by=by, about=about, reason=reason, detail={"ended": ended})
        tell_security_event(user=person, event="sessions-ended-by-practice")


@transaction.atomic
def end_staff(*, membership: StaffMembership, reason: str, by: Actor) -> None:
    """End ``membership`` now: a desk asks at each request, so an open session ends there too. Ended once, it stays."""
    locked = StaffMembership.objects.select_for_update().get(pk=membership.pk)
    if locked.ended_at is not None:
        return
    locked.ended_at = timezone.now()
    locked.save(update_fields=["ended_at"])
    about = About(locked.practice_id, entity="StaffMembership", entity_id=str(locked.pk))
    record("staff.end", by=by, about=about, reason=reason, detail={"user": str(locked.user_id)})


@transaction.atomic
def publish_terms(*, practice: Practice, version: str, text: str, by: Actor) -> Terms:
    """Put the practice's own terms in force: everybody is asked to agree at their next request (D-4).

    A version is one text for ever, and never the shipped text's: TermsRefused for another text under a known version.
    The same text again under its version puts that version back in force.
    """
    if not _VERSION.fullmatch(version):
        message = f"{version!r} is not a version: 20 letters, digits, dots or hyphens at most, such as 2027-01."
        raise TermsRefused(message)
    if version == CURRENT_VERSION:
        message = f"{version} is the version of the text that ships with CareSpace: choose another."
        raise TermsRefused(message)
    if not sections_in(text) or not text.replace("\n", "").replace("\t", "").isprintable():
        message = "The text is empty, or holds signs that cannot be shown."
        raise TermsRefused(message)
    locked = Practice.objects.select_for_update().get(pk=practice.pk)
    terms, is_new = Terms.objects.get_or_create(
        practice=locked, version=version, defaults={"text": text}
    )
    if not is_new and terms.text != text:
        message = (
            f"Version {version} has another text already: give the changed text a new version."
        )
        raise TermsRefused(message)
    if is_new or locked.terms_version != version:
        locked.terms_version = practice.terms_version = version
        locked.save(update_fields=["terms_version"])
        about = About(practice_id=locked.pk, entity="Terms", entity_id=str(terms.pk))
        record("terms.publish", by=by, about=about, detail={"version": version})
    return terms


@transaction.atomic
def accept_terms(*, user: User, practice: Practice, version: str, by: Actor) -> None:
    """Note that ``user`` agreed to ``version`` of the terms, and when; of two clicks at once one counts."""
    acceptance = TermsAcceptance(user=user, practice=practice, version=version)
    TermsAcceptance.objects.bulk_create([acceptance], ignore_conflicts=True)
    if not TermsAcceptance.objects.filter(pk=acceptance.pk).exists():
        return
    about = About(practice_id=practice.pk, entity="TermsAcceptance")
    record("terms.accept", by=by, about=about, detail={"version": version})


def _join(user_id: UUID, practice: Practice, role: str, by: Actor) -> StaffMembership:
    current = StaffMembership.objects.select_for_update().filter(
        user_id=user_id, practice=practice, ended_at__isnull=True
    )
    if (membership := current.first()) and membership.role == role:
        return membership
    # The database lets a manager replace what ended in this very transaction, by its own clock.
    current.update(ended_at=TransactionNow())
    membership = StaffMembership(user_id=user_id, practice=practice, role=StaffRole(role))
    membership.save(force_insert=True)
    about = About(practice.pk, entity="StaffMembership", entity_id=str(membership.pk))
    record("staff.add", by=by, about=about, detail={"user": str(user_id), "role": role})
    return membership


def _sign_in_at(address: str, name: str) -> UUID:
    """Return whose sign-in ``address`` is, made now where it is nobody's; the same work for both."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT carespace.add_colleague(%s, %s, %s, %s)",
            [uuid4(), address, name, make_password(None)],
        )
        (found,) = cursor.fetchone()
    if found is None:
        raise TeamRefused("not-manager")
    return UUID(str(found))


def _end_old_offer(practice: Practice, address: str) -> None:
    """Make room for a question to ``address``: one that is too old ends; TeamRefused while one waits."""
    waiting = StaffOffer.objects.filter(
        practice=practice, email=address, answer=OfferAnswer.NONE
    ).first()
    if waiting is None:
        return
    if waiting.created_at > timezone.now() - OFFER_LIFE:
        raise TeamRefused("asked-already")
    _answer(waiting, OfferAnswer.WITHDRAWN)


def _asked(offer: StaffOffer, user: User) -> StaffOffer:
    """Return the question as it is now, held until the transaction ends; OfferEnded unless it waits for ``user``."""
    waiting = StaffOffer.objects.select_for_update(of=("self",)).filter(
        pk=offer.pk,
        email=user.email,
        answer=OfferAnswer.NONE,
        created_at__gt=timezone.now() - OFFER_LIFE,
    )
    found = waiting.first()
    if found is None:
        raise OfferEnded
    return found


def _answer(offer: StaffOffer, answer: OfferAnswer) -> bool:
    """Give ``offer`` its answer, and say whether it had none."""
    waiting = StaffOffer.objects.filter(pk=offer.pk, answer=OfferAnswer.NONE)
    return bool(waiting.update(answer=answer, answered_at=timezone.now()))


def _of_offer(offer: StaffOffer) -> About:
    return About(offer.practice_id, entity="StaffOffer", entity_id=str(offer.pk))


def _to_change(membership: StaffMembership, by: Actor, *, stays_manager: bool) -> StaffMembership:
    """Return the membership as it is now, with nobody else changing the team meanwhile; TeamRefused if it may not be."""
    _one_at_a_time(membership.practice)
    locked = StaffMembership.objects.select_for_update().get(pk=membership.pk)
    others = StaffMembership.objects.filter(
        practice=locked.practice, role=StaffRole.MANAGER, ended_at__isnull=True
    ).exclude(pk=locked.pk)
    decision = may_change(
        has_ended=locked.ended_at is not None,
        is_own=locked.user_id == by.user_id,
        by_manager=_manages(by, locked.practice),
        leaves_a_manager=stays_manager or others.exists(),
    )
    if not decision.allowed:
        raise TeamRefused(decision.reason)
    return locked


def _one_at_a_time(practice: Practice) -> None:
    # Not the practice's row: who manages it may not change it, so cannot lock it.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"team:{practice.pk}"]
        )


def _manages(by: Actor, practice: Practice) -> bool:
    return (
        by.user_id is not None
        and StaffMembership.objects.filter(
            user_id=by.user_id, practice=practice, role=StaffRole.MANAGER, ended_at__isnull=True
        ).exists()
    )


def _user_ids(practice: Practice) -> set[UUID]:
    working = StaffMembership.objects.filter(practice=practice, ended_at__isnull=True)
    return set(working.values_list("user_id", flat=True))
