"""The people who can see a record, as the patient and who stands for them manage them (S-61 to S-71, PRX-5 to PRX-8).

Promises: only a chart that permits it asks here, and the database says the same; an id of another record's is not
there; of one address only the newest link is shown, and none that was used, withdrawn or replaced; a second click
sends nothing a second time.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from carespace.access.actions import (
    in_its_place,
    invite,
    one_at_a_time,
    resend,
    revoke,
    withdraw,
)
from carespace.access.chart import Chart, NotFound
from carespace.access.known_people import people_of
from carespace.access.models import Grant, Invitation, StaffVisit
from carespace.access.permissions import Permission, of_grant
from carespace.access.policies import (
    end_of_minority,
    may_end_access,
    may_invite_family,
    right_has_ended,
)
from carespace.access.states import LIVE, GrantKind, InvitationState, Origin
from carespace.access.wording import state_now
from carespace.accounts.models import User
from carespace.practices.policies import Decision

SECOND_CLICK = timedelta(seconds=30)
IN_MANAGE_USERS = "ended in Manage Users"
SHOWN_FOR = timedelta(days=60)  # what ended unused leaves the list by itself then
OVER = (InvitationState.ACCEPTED, InvitationState.WITHDRAWN, InvitationState.REPLACED)


class NotInvited(ValueError):
    """This address is not invited to this record; the text is the reason's code."""


class NotYoursToEnd(ValueError):
    """This access is not ended in Manage Users; the text is the reason's code."""


class AcceptedMeanwhile(LookupError):
    """Who was invited has accepted, and sees the record: they are no longer among those invited."""


@dataclass(frozen=True, slots=True)
class PersonWithAccess:
    """Somebody who may see the record now. ``may_end`` says whether the person reading may end it."""

    grant: Grant
    name: str
    email: str
    last_sign_in: datetime | None
    is_reader: bool
    may_end: Decision


@dataclass(frozen=True, slots=True)
class PersonInvited:
    """Somebody who has not accepted yet: the newest link to their address, and where it stands."""

    invitation: Invitation
    state: InvitationState
    may_change: Decision

    @property
    def can_withdraw(self) -> bool:
        """Whether there is a link to take back: one that works, or whose time was up."""
        return self.may_change.allowed and self.invitation.state in LIVE


def people_with_access(chart: Chart) -> list[PersonWithAccess]:
    """Return who may see the record now: the patient first, then in the order they came.

    NotFound where the reader's own access ended since the chart was opened.
    """
    _managed(chart)
    grants = Grant.objects.active().filter(patient=chart.patient, practice=chart.practice)
    order = sorted(grants, key=lambda each: (each.kind != GrantKind.SELF, each.starts_at))
    people = people_of(chart.patient)
    if chart.actor.user_id not in people:
        raise NotFound
    # One whose access began or ended between the two queries is told on the next page.
    return [
        _with_access(chart, grant, *people[grant.user_id])
        for grant in order
        if grant.user_id in people
    ]


def people_invited(chart: Chart) -> list[PersonInvited]:
    """Return who was invited and sees the record not yet, the latest first; the patient's own link is not among them."""
    seeing = {person.email for person in people_with_access(chart)}
    waiting = [
        each for each in _newest(chart) if each.state not in OVER and each.email not in seeing
    ]
    return [PersonInvited(each, state_now(each), _may_end(chart, each.kind)) for each in waiting]


def person_with_access(chart: Chart, grant_id: UUID) -> PersonWithAccess:
    """Return one of those who may see the record now; NotFound for anybody else's id."""
    for person in people_with_access(chart):
        if person.grant.pk == grant_id:
            return person
    raise NotFound


def person_invited(chart: Chart, invitation_id: UUID) -> PersonInvited:
    """Return one of those who were invited, as long as their link was not used, withdrawn or replaced; else NotFound.

    AcceptedMeanwhile where they see the record by it.
    """
    _refuse_accepted(chart, invitation_id)
    for person in people_invited(chart):
        if person.invitation.pk == invitation_id:
            return person
    raise NotFound


def reason_of_visit(chart: Chart) -> str:
    """Return why the member of staff who reads has opened this record."""
    visits = StaffVisit.objects.open().filter(user=chart.actor.user_id, patient=chart.patient)
    return visits.order_by("-ends_at").values_list("reason", flat=True).first() or ""


@transaction.atomic
def invite_family(*, chart: Chart, email: str, birth_date: date | None) -> Invitation:
    """Invite family or a caregiver to the open record (S-61, S-65); NotInvited where a rule says no.

    A second click returns what the first one sent. Somebody whose access was ended before gets a new grant (D-7).
    """
    _hold(chart)
    address = User.objects.normalize_email(email)
    people = people_with_access(chart)
    others = Invitation.objects.filter(patient=chart.patient, email=address, state__in=LIVE)
    live = others.filter(kind=GrantKind.FAMILY).first()
    decision = may_invite_family(
        email=address,
        own_email=next((person.email for person in people if person.is_reader), ""),
        seeing=frozenset(person.email for person in people),
        invited_otherwise=others.exclude(kind=GrantKind.FAMILY).exists(),
        birth_date=birth_date,
    )
    if not decision.allowed:
        raise NotInvited(decision.reason)
    if live and live.birth_date == birth_date and timezone.now() - live.created_at < SECOND_CLICK:
        return live
    return invite(
        patient=chart.patient,
        email=address,
        kind=GrantKind.FAMILY,
        birth_date=birth_date,
        origin=Origin.PATIENT,
        by=chart.actor,
    )


@transaction.atomic
def resend_to_family(*, chart: Chart, invitation_id: UUID) -> Invitation:
    """Send a new link in place of one (S-68); a second click returns what the first one sent.

    NotFound for a link that is not this record's; AcceptedMeanwhile; NotInvited where a rule says no, or it was used or
    withdrawn.
    """
    asked = _held(chart, invitation_id)
    newest = next((each for each in _newest(chart) if each.email == asked.email), None)
    if newest is not None and newest.pk != asked.pk and newest.state in LIVE:
        return newest
    if newest is None or newest.pk != asked.pk or asked.state in OVER:
        raise NotInvited("over")
    person = next((each for each in people_invited(chart) if each.invitation.pk == asked.pk), None)
    if person is None:
        raise NotInvited("over")
    if not person.may_change.allowed:
        raise NotInvited(person.may_change.reason)
    if right_has_ended(asked, timezone.now()):
        raise NotInvited("right-ended")
    return resend(invitation=person.invitation, by=chart.actor, origin=Origin.PATIENT)


@transaction.atomic
def withdraw_invitation(*, chart: Chart, invitation_id: UUID) -> Invitation | None:
    """End a link before it is used; one whose time was up leaves the list as well; None where it is over.

    NotFound for a link that is not this record's; AcceptedMeanwhile; NotYoursToEnd where a rule says no.
    """
    link = _held(chart, invitation_id)
    if link.state not in LIVE:
        return None
    may_end = _may_end(chart, link.kind)
    if not may_end.allowed:
        raise NotYoursToEnd(may_end.reason)
    withdraw(invitation=link, reason=IN_MANAGE_USERS, by=chart.actor)
    return link


@transaction.atomic
def end_access(*, chart: Chart, grant_id: UUID) -> PersonWithAccess | None:
    """End somebody's access for good: their next request finds nothing (S-70, S-71, D-7, T4).

    None where it had ended before, by a first click or by itself; NotYoursToEnd where the policy leaves it to the practice.
    """
    _hold(chart)
    here = Grant.objects.filter(patient=chart.patient, pk=grant_id).first()
    if here is None:
        raise NotFound
    standing = in_its_place(here)
    if not Grant.objects.active().filter(pk=standing.pk).exists():
        return None
    person = person_with_access(chart, standing.pk)
    if not person.may_end.allowed:
        raise NotYoursToEnd(person.may_end.reason)
    revoke(grant=person.grant, reason=IN_MANAGE_USERS, by=chart.actor)
    return person


def _managed(chart: Chart) -> None:
    if Permission.USERS_MANAGE not in chart.permissions:
        raise NotFound


def _hold(chart: Chart) -> None:
    """Let nobody else change who sees the record until the transaction ends; NotFound where the reader may no more.

    Of two who end each other's access at once the second finds their own ended.
    """
    _managed(chart)
    one_at_a_time(chart.patient)
    counting = Grant.objects.active().filter(patient=chart.patient)
    own = [each for each in counting if each.user_id == chart.actor.user_id]
    if not any(Permission.USERS_MANAGE in of_grant(each.kind) for each in own):
        raise NotFound


def _held(chart: Chart, invitation_id: UUID) -> Invitation:
    """Return a link to this record as it stands now, and keep it so: a mail that comes back may end it any moment."""
    _hold(chart)
    found = Invitation.objects.select_for_update(of=("self",)).select_related("patient")
    link = found.filter(patient=chart.patient, pk=invitation_id).first()
    if link is None:
        raise NotFound
    _refuse_accepted(chart, invitation_id)
    return link


def _refuse_accepted(chart: Chart, invitation_id: UUID) -> None:
    used = Invitation.objects.filter(
        patient=chart.patient, pk=invitation_id, state=InvitationState.ACCEPTED
    )
    seeing = Grant.objects.active().filter(patient=chart.patient).values("user_id")
    if used.filter(accepted_by__in=seeing).exists():
        raise AcceptedMeanwhile


def _with_access(
    chart: Chart, grant: Grant, name: str, email: str, last_sign_in: datetime | None
) -> PersonWithAccess:
    is_reader = grant.user_id == chart.actor.user_id
    may_end = Decision(False, "own") if is_reader else _may_end(chart, grant.kind)
    return PersonWithAccess(grant, name, email, last_sign_in, is_reader, may_end)


def _may_end(chart: Chart, kind: str) -> Decision:
    born = chart.patient.birth_date
    # Without a birth date nobody can say that the patient is of age: the practice decides then, too.
    of_age = born is not None and end_of_minority(born, chart.practice.zone) <= timezone.now()
    return may_end_access(kind=kind, by_patient=chart.is_own, of_age=of_age)


def _newest(chart: Chart) -> list[Invitation]:
    """Return the newest link to each address, of family's and representatives', the latest first."""
    found: dict[str, Invitation] = {}
    links = Invitation.objects.filter(
        patient=chart.patient,
        practice=chart.practice,
        created_at__gt=timezone.now() - SHOWN_FOR,
    ).exclude(kind=GrantKind.SELF)
    for link in links.select_related("practice", "patient").order_by("-created_at", "pk"):
        found.setdefault(link.email, link)
    return list(found.values())
