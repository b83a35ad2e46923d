"""One patient at the front desk: who they are, who has access, and what may be done about it (S-13, S-20, S-70, S-71).

Promises: every act shows two identifiers and asks once more before it is done; what ends or opens access asks for a
fresh proof first; nobody acts on their own record (T5, T23).
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from carespace.access.desk import ActRefused, Desk, one_patient, own_record, portal_status
from carespace.access.desk_invitations import Heap, of_patient
from carespace.access.desk_people import (
    PersonSeen,
    end_sessions_from_desk,
    one_person,
    people_who_had_access,
    people_with_access,
    remove_factors_from_desk,
    revoke_from_desk,
    unlock_from_desk,
)
from carespace.access.permissions import Permission
from carespace.access.visits import current_visit
from carespace.accounts.proof import require_fresh
from carespace.patients.finding import near_twins
from carespace.patients.models import Patient
from carespace.staff.door import open_desk
from carespace.staff.forms import CheckedForm, ReasonForm
from carespace.staff.kept import done, refilled
from carespace.staff.rows import PatientRow, invitation_row, patient_row, person_row
from carespace.staff.words import moment_words, refusal
from carespace.ui.keeping import keeps

Do = Callable[[Desk, Patient, PersonSeen, str], str]


@dataclass(frozen=True, slots=True)
class PersonAct:
    """What the desk may do about one person's access: the words of its page, and what it does."""

    title: str
    text: str
    button: str
    do: Do
    form: type[ReasonForm] = ReasonForm
    needs_fresh_proof: bool = False
    is_danger: bool = False


@require_safe
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show a patient: identity, who has access, invitations, and what may be done."""
    desk = open_desk(request, Permission.PATIENT_FIND)
    found = one_patient(desk, patient_id)
    own, now = own_record(desk, found), timezone.now()
    is_own = not own.allowed
    visit = current_visit(desk, found)
    sent = of_patient(desk, patient_id)
    shown = {
        over: [
            invitation_row(desk, each, now, is_own=is_own)
            for each in sent
            if (each.heap is Heap.DONE) is over
        ]
        for over in (False, True)
    }
    values = {
        "row": identity(desk, found),
        "own": refusal(own.reason),
        "people": [
            person_row(desk, each, is_own=is_own) for each in people_with_access(desk, found)
        ],
        "former": [
            person_row(desk, each, is_own=True) for each in people_who_had_access(desk, found)
        ],
        "invitations": shown[False],
        "earlier": shown[True],
        "patient_id": patient_id,
        "may_invite": Permission.PATIENT_INVITE in desk.permissions,
        "may_open": Permission.RECORD_OPEN in desk.permissions,
        "open_until": moment_words(visit.ends_at, desk.practice.zone) if visit else "",
    }
    return render(request, "staff/patient.html", values)


def identity(desk: Desk, found: Patient) -> PatientRow:
    """Return who a patient is, with the state of the portal and a warning of near twins."""
    status = portal_status(desk, [found])[found.pk]
    twins = near_twins(desk.practice.pk, [found])
    return patient_row(found, status, twins.get(found.pk, ""))


@keeps("reason")
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, patient_id: UUID, grant_id: UUID) -> HttpResponse:
    """End a person's access for good, with a reason."""
    return _act(request, patient_id, grant_id, REVOKE)


@keeps("reason")
@require_http_methods(["GET", "HEAD", "POST"])
def end_sessions(request: HttpRequest, patient_id: UUID, grant_id: UUID) -> HttpResponse:
    """Sign a person out on every device."""
    return _act(request, patient_id, grant_id, END_SESSIONS)


@keeps("reason")
@require_http_methods(["GET", "HEAD", "POST"])
def remove_factors(request: HttpRequest, patient_id: UUID, grant_id: UUID) -> HttpResponse:
    """Remove a person's second factors, once it is sure who they are."""
    return _act(request, patient_id, grant_id, REMOVE_FACTORS)


@keeps("reason")
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request: HttpRequest, patient_id: UUID, grant_id: UUID) -> HttpResponse:
    """Let a person who typed too many wrong passwords try again."""
    return _act(request, patient_id, grant_id, UNLOCK)


def _act(request: HttpRequest, patient_id: UUID, grant_id: UUID, act: PersonAct) -> HttpResponse:
    desk = open_desk(request, Permission.ACCESS_END)
    found = one_patient(desk, patient_id)
    person = one_person(desk, found, grant_id)
    if person.grant.revoked_at or person.grant.has_ended(timezone.now()):
        messages.warning(request, "That access has ended already.")
        return redirect("staff:patient", patient_id)
    if act.needs_fresh_proof:
        require_fresh(request.session)
    own = own_record(desk, found)
    form = refilled(request, act.form(request.POST if request.method == "POST" else None))
    values = {
        "act": act,
        "form": form,
        "row": identity(desk, found),
        "person": person_row(desk, person, is_own=True),
        "refusal": refusal(own.reason),
    }
    if not own.allowed or not form.is_valid():
        return render(request, "staff/person_act.html", values)
    try:
        said = act.do(desk, found, person, form.cleaned_data["reason"])
    except ActRefused as refused:
        return render(
            request, "staff/person_act.html", {**values, "refusal": refusal(str(refused))}
        )
    done(request)
    messages.success(request, said)
    return redirect("staff:patient", patient_id)


def _revoke(desk: Desk, found: Patient, person: PersonSeen, reason: str) -> str:
    revoke_from_desk(desk=desk, patient=found, person=person, reason=reason)
    return f"The access of {person.email} has ended. It does not come back."


def _end_sessions(desk: Desk, found: Patient, person: PersonSeen, reason: str) -> str:
    end_sessions_from_desk(desk=desk, patient=found, person=person, reason=reason)
    return f"{person.email} is signed out on every device."


def _remove_factors(desk: Desk, found: Patient, person: PersonSeen, reason: str) -> str:
    removed = remove_factors_from_desk(desk=desk, patient=found, person=person, reason=reason)
    if not removed:
        return (
            f"This desk cannot remove the second step of {person.email}, or there is none."
            " They are signed out on every device."
        )
    return f"The second step of {person.email} is removed. They were told by mail."


def _unlock(desk: Desk, found: Patient, person: PersonSeen, reason: str) -> str:
    unlock_from_desk(desk=desk, patient=found, person=person, reason=reason)
    return f"{person.email} can try to sign in again now."


REVOKE = PersonAct(
    title="Revoke access",
    text="This is permanent. They see nothing more of this record from the next page on, on every device. To give access"
    " again, a new invitation must be sent.",
    button="Revoke access",
    do=_revoke,
    needs_fresh_proof=True,
    is_danger=True,
)
END_SESSIONS = PersonAct(
    title="Sign out everywhere",
    text="They are signed out on every device and can sign in again. We tell them by mail.",
    button="Sign out everywhere",
    do=_end_sessions,
)
REMOVE_FACTORS = PersonAct(
    title="Remove the second step",
    text="For a person who lost their phone and their recovery codes. They then sign in with their password alone, until"
    " they set up a second step again. They are signed out on every device, and we tell them by mail.",
    button="Remove the second step",
    do=_remove_factors,
    form=CheckedForm,
    needs_fresh_proof=True,
    is_danger=True,
)
UNLOCK = PersonAct(
    title="Unlock sign-in",
    text="Too many wrong passwords were tried for this address, so it must wait. If it was not this person, do not"
    " unlock: their own phone or computer can still sign in.",
    button="Unlock sign-in",
    do=_unlock,
)
