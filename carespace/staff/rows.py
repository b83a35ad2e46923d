"""What the pages of the staff room show of a patient, a person and an invitation: ready words, two identifiers each."""

from datetime import datetime
from typing import TypedDict

from django.urls import reverse

from carespace.access.desk import NO_SIGN_IN, Desk
from carespace.access.desk_invitations import NEEDING, Heap, Waiting, can_withdraw, why_not_resend
from carespace.access.desk_people import PersonSeen
from carespace.access.permissions import Permission
from carespace.access.states import GrantKind, InvitationState
from carespace.access.wording import ASKED_TAG, WORDS, state_words
from carespace.patients.finding import number_of
from carespace.patients.models import Patient
from carespace.staff.words import (
    NOT_ON_FILE,
    age_words,
    birth_date_words,
    day_words,
    until_words,
)

TWINS = {
    "same-name": "Two people with this name: check the date of birth",
    "near": "Another patient has nearly this name and the same date of birth: check the record number",
}
PATIENTS_OWN = "The patient can send a new one in Manage Users."
HEAPS = {
    Heap.ASKED: (ASKED_TAG, "stop"),
    Heap.BOUNCED: (WORDS[InvitationState.BOUNCED].tag, "stop"),
    Heap.EXPIRED: (WORDS[InvitationState.EXPIRED].tag, "care"),
    Heap.LOCKED: (WORDS[InvitationState.LOCKED].tag, "stop"),
    Heap.WAITING: (WORDS[InvitationState.QUEUED].tag, ""),
    Heap.SENT: (WORDS[InvitationState.SENT].tag, ""),
    Heap.ACCEPTED: (WORDS[InvitationState.ACCEPTED].tag, "ok"),
    Heap.DONE: ("Ended", ""),
}


class Link(TypedDict):
    """A word, where it leads, and whether it ends something."""

    label: str
    url: str
    danger: bool


class PatientRow(TypedDict):
    """Who a patient is."""

    name: str
    birth_date: str
    number: str
    status: str
    email: str
    has_email: bool
    url: str
    invite_url: str
    twin: str


class PersonRow(TypedDict):
    """One person's access to a record."""

    name: str
    email: str
    kind: str
    since: str
    last_sign_in: str
    locked: str
    until: str
    ended: str
    unlock_url: str
    actions: list[Link]


class InvitationRow(TypedDict):
    """One invitation, whom it is for and where it stands."""

    patient: PatientRow
    email: str
    kind: str
    tag: str
    tag_kind: str
    words: str
    age: str
    sender: str
    note: str
    basis: str
    actions: list[Link]


def patient_row(patient: Patient, status: str = "", twin: str = "") -> PatientRow:
    """Return who ``patient`` is; the invitation is offered where there is no sign-in yet."""
    return PatientRow(
        name=patient.display_name,
        birth_date=birth_date_words(patient.birth_date_text),
        number=number_of(patient) or NOT_ON_FILE,
        status=status,
        email=patient.email or NOT_ON_FILE,
        has_email=bool(patient.email),
        url=reverse("staff:patient", args=[patient.pk]),
        invite_url=reverse("staff:invite", args=[patient.pk]) if status == NO_SIGN_IN else "",
        twin=TWINS.get(twin, ""),
    )


def person_row(desk: Desk, person: PersonSeen, *, is_own: bool) -> PersonRow:
    """Return one person's access, with what may be done about it from this desk."""
    grant, zone = person.grant, desk.practice.zone
    may_end = Permission.ACCESS_END in desk.permissions and not is_own and not grant.revoked_at
    return PersonRow(
        name=person.name,
        email=person.email,
        kind=str(GrantKind(grant.kind).label),
        since=day_words(grant.starts_at, zone),
        last_sign_in=day_words(person.last_sign_in, zone),
        locked=until_words(person.locked_until, zone) if person.locked_until else "",
        until=day_words(grant.ends_at, zone) if grant.ends_at else "",
        ended=day_words(grant.revoked_at or grant.ends_at, zone),
        unlock_url=_unlock_url(person) if may_end else "",
        actions=_person_actions(person) if may_end else [],
    )


def invitation_row(desk: Desk, waiting: Waiting, at: datetime, *, is_own: bool) -> InvitationRow:
    """Return one invitation as it stands at ``at``, with what may be done about it from this desk."""
    invitation = waiting.invitation
    tag, tag_kind = HEAPS[waiting.heap] if waiting.heap in NEEDING else ("", "")
    patients_own = why_not_resend(waiting) == "patients-own"
    may_act = Permission.PATIENT_INVITE in desk.permissions and not is_own
    return InvitationRow(
        patient=patient_row(invitation.patient),
        email=invitation.email,
        kind=str(GrantKind(invitation.kind).label),
        tag=str(tag),
        tag_kind=tag_kind,
        words=state_words(invitation, at),
        age=age_words(at - invitation.created_at),
        sender=waiting.sender,
        note=PATIENTS_OWN if patients_own and waiting.heap is not Heap.ACCEPTED else "",
        basis=invitation.basis,
        actions=_invitation_actions(waiting, at) if may_act else [],
    )


def _unlock_url(person: PersonSeen) -> str:
    ids = [person.grant.patient_id, person.grant.pk]
    return reverse("staff:unlock", args=ids) if person.locked_until else ""


def _person_actions(person: PersonSeen) -> list[Link]:
    ids = [person.grant.patient_id, person.grant.pk]

    def link(label: str, name: str, *, danger: bool = False) -> Link:
        return Link(label=label, url=reverse(f"staff:{name}", args=ids), danger=danger)

    return [
        link("Sign out everywhere", "end-sessions"),
        link("Remove second step", "remove-factors"),
        link("Revoke access", "revoke", danger=True),
    ]


def _invitation_actions(waiting: Waiting, at: datetime) -> list[Link]:
    def link(label: str, name: str, *, danger: bool = False) -> Link:
        url = reverse(f"staff:{name}", args=[waiting.invitation.pk])
        return Link(label=label, url=url, danger=danger)

    links = []
    if not why_not_resend(waiting):
        links += [link("Resend invite", "resend"), link("Fix address", "fix-address")]
    if can_withdraw(waiting, at):
        links.append(link("Withdraw", "withdraw", danger=True))
    return links
