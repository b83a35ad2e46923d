"""Who has access to a patient's record, as the front desk sees and helps them (S-70, T5, T9, ASVS 6.4.4, 6.1.1).

Promises: a person is helped only where they see a record of this practice and do not work here, or where a manager helps
a colleague (the database says the same); what they are at another practice changes nothing, but for their second step;
nobody helps themselves; each act is in the trail with its reason, and where it touches how a person signs in, they are
told by mail.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from carespace.access.actions import end_visits_of, invite, one_at_a_time, revoke
from carespace.access.chart import NotFound
from carespace.access.desk import (
    ActRefused,
    Desk,
    InvitationRefused,
    check_invitation,
    refuse,
    refuse_own_record,
    sent_just_now,
)
from carespace.access.known_people import people_of
from carespace.access.models import Grant, Invitation
from carespace.access.policies import end_of_minority, may_stand_for
from carespace.access.states import GrantKind, Origin
from carespace.accounts.actions import tell_security_event, unlock
from carespace.accounts.authentication import user_with_id
from carespace.accounts.models import User
from carespace.accounts.others import Person
from carespace.accounts.throttle import locked_among
from carespace.audit.recording import About, record, record_aside
from carespace.patients.models import Patient
from carespace.practices.policies import Decision

NOT_YOURS_TO_HELP = "works-here"
PARENT_OF_A_MINOR = "parent of a minor"


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """One person's access to a record, and what the desk may know of their sign-in."""

    grant: Grant
    name: str
    email: str
    last_sign_in: datetime | None
    locked_until: datetime | None = None


def people_with_access(desk: Desk, patient: Patient) -> list[PersonSeen]:
    """Return who may see the record of ``patient`` now: the patient first, then in the order they came."""
    grants = Grant.objects.active().filter(patient=patient, practice=desk.practice)
    people = people_of(patient)
    order = sorted(grants, key=lambda each: (each.kind != GrantKind.SELF, each.starts_at))
    shown = [grant for grant in order if grant.user_id in people]
    locked = locked_among(people[grant.user_id].email for grant in shown)
    return [_seen(grant, people[grant.user_id], locked) for grant in shown]


def people_who_had_access(desk: Desk, patient: Patient) -> list[PersonSeen]:
    """Return whose access to the record was ended or ended by itself, the latest first."""
    counts = Grant.objects.active().filter(patient=patient).values("pk")
    ended = Grant.objects.filter(patient=patient, practice=desk.practice).exclude(pk__in=counts)
    people = people_of(patient)
    order = sorted(ended, key=lambda each: each.revoked_at or each.ends_at or each.starts_at)
    return [
        _seen(grant, people[grant.user_id]) for grant in reversed(order) if grant.user_id in people
    ]


def one_person(desk: Desk, patient: Patient, grant_id: UUID) -> PersonSeen:
    """Return the person of one grant to this record, ended or not; NotFound, noted aside, for any other."""
    for person in (*people_with_access(desk, patient), *people_who_had_access(desk, patient)):
        if person.grant.pk == grant_id:
            return person
    about = About(desk.practice.pk, patient.pk, "access", "Grant", str(grant_id))
    record_aside("grant.refuse", by=desk.actor, about=about)
    raise NotFound


@transaction.atomic
def revoke_from_desk(*, desk: Desk, patient: Patient, person: PersonSeen, reason: str) -> None:
    """End a person's access to this record for good (S-70, S-71, D-7)."""
    refuse_own_record(desk, patient)
    revoke(grant=person.grant, reason=reason, by=desk.actor)


@transaction.atomic
def end_sessions_from_desk(*, desk: Desk, patient: Patient, person: PersonSeen, reason: str) -> int:
    """Sign a person out everywhere, and tell them by mail; return how many of their sessions ended."""
    user = _to_help(desk, patient, person)
    ended = _ask("carespace.end_sessions(%s, '')", user.pk)
    end_visits_of(user_id=user.pk, by=desk.actor)
    _note(desk, patient, user, "sessions.end", reason, {"ended": ended})
    tell_security_event(user=user, event="sessions-ended-by-practice")
    return int(ended)


@transaction.atomic
def remove_factors_from_desk(
    *, desk: Desk, patient: Patient, person: PersonSeen, reason: str
) -> int:
    """Remove a person's second factors and sign them out, after the desk has checked who they are (ASVS 6.4.4).

    Returns how many there were. They are told by mail; their password stays theirs.
    """
    user = _to_help(desk, patient, person)
    removed = _ask("carespace.remove_factors(%s)", user.pk)
    _ask("carespace.end_sessions(%s, '')", user.pk)
    end_visits_of(user_id=user.pk, by=desk.actor)
    _note(desk, patient, user, "factors.remove", reason, {"removed": removed})
    if removed:
        tell_security_event(user=user, event="factors-removed-by-practice")
    return int(removed)


@transaction.atomic
def unlock_from_desk(*, desk: Desk, patient: Patient, person: PersonSeen, reason: str) -> None:
    """Let a person who typed too many wrong passwords try again at once."""
    user = _to_help(desk, patient, person)
    unlock(email=user.email, by=desk.actor)
    _note(desk, patient, user, "sign-in.unlock", reason, {})


@transaction.atomic
def invite_representative(
    *,
    desk: Desk,
    patient: Patient,
    email: str,
    birth_date: date,
    right: str,
    evidence: str,
    ends_on: date | None,
) -> Invitation:
    """Invite who stands for ``patient`` by law (PRX-1); a parent of a minor until the 18th birthday at most (PRX-5).

    ``ends_on`` is the last day of the access where the practice is. Raises InvitationRefused with the reason's code.
    """
    refuse_own_record(desk, patient)
    one_at_a_time(patient)
    decision = check_representative(desk, patient, email, right)
    if not decision.allowed:
        raise InvitationRefused(decision.reason)
    if again := sent_just_now(desk, patient, email, GrantKind.REPRESENTATIVE):
        return again
    ends = [_end_of(ends_on, desk)] if ends_on else []
    if right == PARENT_OF_A_MINOR and patient.birth_date:
        ends.append(end_of_minority(patient.birth_date, desk.practice.zone))
    return invite(
        patient=patient,
        email=email,
        kind=GrantKind.REPRESENTATIVE,
        birth_date=birth_date,
        origin=Origin.DESK,
        basis=f"{right}; seen: {evidence}",
        access_ends_at=min(ends) if ends else None,
        by=desk.actor,
    )


def check_representative(desk: Desk, patient: Patient, email: str, right: str) -> Decision:
    """Say whether somebody may be invited at ``email`` to stand for ``patient`` by ``right``; a refusal is written."""
    decision = may_stand_for(
        by_minority=right == PARENT_OF_A_MINOR,
        birth_date=patient.birth_date,
        at=timezone.now(),
        zone=desk.practice.zone,
    )
    if not decision.allowed:
        refuse(desk, patient, decision.reason)
        return decision
    return check_invitation(desk, patient, email, kind=GrantKind.REPRESENTATIVE)


def may_help(user_id: UUID) -> bool:
    """Whether the database lets this desk end sessions and factors of a person."""
    return bool(_ask("carespace.may_help(%s)", user_id))


def _to_help(desk: Desk, patient: Patient, person: PersonSeen) -> User:
    refuse_own_record(desk, patient)
    user = user_with_id(person.grant.user_id)
    if user is None or user.pk == desk.actor.user_id or not may_help(user.pk):
        refuse(desk, patient, NOT_YOURS_TO_HELP)
        raise ActRefused(NOT_YOURS_TO_HELP)
    return user


def _note(
    desk: Desk, patient: Patient, user: User, action: str, reason: str, detail: dict[str, int]
) -> None:
    about = About(desk.practice.pk, patient.pk, "access", "User", str(user.pk))
    record(action, by=desk.actor, about=about, reason=reason, detail=detail)


def _seen(
    grant: Grant,
    person: Person,
    locked: Mapping[str, datetime] = MappingProxyType({}),
) -> PersonSeen:
    return PersonSeen(grant, *person, locked.get(person.email))


def _ask(call: str, user_id: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}", [user_id])
        (answer,) = cursor.fetchone()
    return int(answer or 0)


def _end_of(day: date, desk: Desk) -> datetime:
    """Return the moment at which ``day`` is over where the practice is."""
    following = date.fromordinal(day.toordinal() + 1)
    return datetime(following.year, following.month, following.day, tzinfo=desk.practice.zone)
