"""Invitations at the front desk: send one, and see to those that wait, ended or came back (S-12 to S-20).

Promises: before a link goes out the page shows whom it is for, with two identifiers, and the address; a second click
sends no second link; to another address than the one on file, or the one it went to, a link goes only after a fresh proof
(ASVS 7.5.1), for whoever has that mailbox has the record; a page of invitations lists the oldest need first.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from carespace.access.desk import (
    ActRefused,
    Desk,
    check_invitation,
    invite_from_desk,
    one_patient,
    own_record,
)
from carespace.access.desk_invitations import (
    NEEDING,
    Heap,
    Queue,
    Waiting,
    can_withdraw,
    one_invitation,
    queue,
    resend_from_desk,
    why_not_resend,
    withdraw_from_desk,
)
from carespace.access.desk_people import check_representative, invite_representative
from carespace.access.models import Invitation
from carespace.access.permissions import Permission
from carespace.access.policies import may_invite, may_stand_for, plain_address
from carespace.access.states import GrantKind, InvitationState
from carespace.accounts.proof import require_fresh
from carespace.patients.models import Patient
from carespace.staff.door import open_desk
from carespace.staff.forms import InviteForm, ReasonForm, RepresentativeForm
from carespace.staff.kept import done, refilled
from carespace.staff.paging import page_asked, page_links
from carespace.staff.rows import HEAPS, invitation_row
from carespace.staff.views.patient import identity
from carespace.staff.words import refusal
from carespace.ui.keeping import date_boxes, keeps

ALWAYS_SHOWN = (Heap.WAITING, Heap.SENT, Heap.ACCEPTED)
CHIPS = (
    Heap.ASKED,
    Heap.EXPIRED,
    Heap.BOUNCED,
    Heap.LOCKED,
    Heap.WAITING,
    Heap.SENT,
    Heap.ACCEPTED,
)


@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    """List invitations by where they stand; those that need somebody unless another list is asked for."""
    desk = open_desk(request, Permission.PATIENT_INVITE, "invitations")
    asked = request.GET.get("show", "")
    heap = next((each for each in CHIPS if each == asked), None)
    found, now = queue(desk, heap, page_asked(request)), timezone.now()
    more = {"show": heap.value} if heap else {}
    values = {
        "chips": _chips(found, heap),
        "rows": [
            invitation_row(desk, each, now, is_own=_is_own(desk, each)) for each in found.rows
        ],
        "title": HEAPS[heap][0] if heap else "Needs attention",
        **page_links(found.page, has_more=found.has_more, **more),
    }
    return render(request, "staff/invitations.html", values)


def _is_own(desk: Desk, waiting: Waiting) -> bool:
    return plain_address(waiting.invitation.email) == plain_address(desk.email)


def _chips(found: Queue, current: Heap | None) -> list[dict[str, object]]:
    """Return the lists there are: what needs somebody, each kind of need that is there, and what runs by itself."""
    needing = sum(found.counts.get(each, 0) for each in NEEDING)
    chips = [{"label": "Needs attention", "url": "?", "count": needing, "current": current is None}]
    for each in CHIPS:
        count = found.counts.get(each, 0)
        if count or each is current or each in ALWAYS_SHOWN:
            url = f"?show={each.value}"
            label = HEAPS[each][0]
            chips.append({"label": label, "url": url, "count": count, "current": each is current})
    return chips


@keeps("email")
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Ask where the invitation goes, show whom it is for, and send it."""
    desk = open_desk(request, Permission.PATIENT_INVITE)
    found = one_patient(desk, patient_id)
    form = _invite_form(request, found.email)
    reason = own_record(desk, found).reason or may_invite(found, desk.practice.settings).reason
    values = _who(desk, found, form, reason)
    if reason or not form.is_valid():
        return render(request, "staff/invite.html", values)
    email = form.cleaned_data["email"]
    if email.casefold() != found.email.strip().casefold():
        require_fresh(request.session)  # not to the address on file
    checked = check_invitation(desk, found, email)
    if not checked.allowed:
        return render(request, "staff/invite.html", {**values, "refusal": refusal(checked.reason)})
    if "confirmed" not in request.POST:
        return render(request, "staff/invite_confirm.html", {**values, "email": email})
    try:
        invitation = invite_from_desk(desk=desk, patient=found, email=email)
    except ActRefused as refused:  # somebody else was quicker
        return render(request, "staff/invite.html", {**values, "refusal": refusal(str(refused))})
    return _on_its_way(request, desk, invitation)


@keeps(
    "email",
    *date_boxes("birth_date"),
    "right",
    "other_right",
    "evidence",
    *date_boxes("ends_on"),
)
@require_http_methods(["GET", "HEAD", "POST"])
def representative(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Invite who stands for a patient by law (PRX-1, PRX-5)."""
    desk = open_desk(request, Permission.PATIENT_INVITE)
    require_fresh(request.session)
    found = one_patient(desk, patient_id)
    form = refilled(request, RepresentativeForm(_sent(request), for_minor=_is_minor(desk, found)))
    values = _who(desk, found, form, own_record(desk, found).reason)
    if values["refusal"] or not form.is_valid():
        return render(request, "staff/representative.html", values)
    given = {name: form.cleaned_data[name] for name in GIVEN}
    checked = check_representative(desk, found, given["email"], given["right"])
    if not checked.allowed:
        values = {**values, "refusal": refusal(checked.reason)}
        return render(request, "staff/representative.html", values)
    if "confirmed" not in request.POST:
        return _ask_once_more(request, values, form)
    try:
        invitation = invite_representative(desk=desk, patient=found, **given)
    except ActRefused as refused:
        values = {**values, "refusal": refusal(str(refused))}
        return render(request, "staff/representative.html", values)
    return _on_its_way(request, desk, invitation)


@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send a new link to the same address, after one look at whom it is for."""
    desk = open_desk(request, Permission.PATIENT_INVITE, "invitations")
    waiting = one_invitation(desk, invitation_id)
    reason = why_not_resend(waiting) or own_record(desk, waiting.invitation.patient).reason
    values = _about(desk, waiting, reason)
    if reason or request.method != "POST":
        return render(request, "staff/resend.html", values)
    return _resent(request, desk, waiting, "", values, "staff/resend.html")


@keeps("email")
@require_http_methods(["GET", "HEAD", "POST"])
def fix_address(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """End the link at a wrong address, and send a new one to the right one (S-20)."""
    desk = open_desk(request, Permission.PATIENT_INVITE, "invitations")
    waiting = one_invitation(desk, invitation_id)
    reason = why_not_resend(waiting) or own_record(desk, waiting.invitation.patient).reason
    require_fresh(request.session)
    values, page = _about(desk, waiting, reason), "staff/fix_address.html"
    if reason:
        return render(request, page, values)
    form = _invite_form(request, waiting.invitation.email)
    values["form"] = form
    if not form.is_valid():
        return render(request, page, values)
    email, invitation = form.cleaned_data["email"], waiting.invitation
    checked = check_invitation(desk, invitation.patient, email, kind=invitation.kind)
    if not checked.allowed:
        return render(request, page, {**values, "refusal": refusal(checked.reason)})
    if "confirmed" not in request.POST:
        for_another = invitation.kind != GrantKind.SELF
        values = {**values, "email": email, "for_another": for_another}
        return render(request, "staff/invite_confirm.html", values)
    return _resent(request, desk, waiting, email, values, page)


@keeps("reason")
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """End a link before it is used, with a reason."""
    desk = open_desk(request, Permission.PATIENT_INVITE, "invitations")
    waiting = one_invitation(desk, invitation_id)
    found = waiting.invitation.patient
    if waiting.invitation.state == InvitationState.ACCEPTED:
        return _accepted_meanwhile(request, waiting)
    if not can_withdraw(waiting, timezone.now()):
        messages.warning(request, "That link has ended already.")
        return redirect("staff:patient", found.pk)
    reason = own_record(desk, found).reason
    form = refilled(request, ReasonForm(_sent(request)))
    values = {**_about(desk, waiting, reason), "form": form}
    if reason or not form.is_valid():
        return render(request, "staff/withdraw.html", values)
    try:
        given = form.cleaned_data["reason"]
        withdraw_from_desk(desk=desk, invitation=waiting.invitation, reason=given)
    except ActRefused as refused:
        if str(refused) == "accepted":
            return _accepted_meanwhile(request, waiting)
        values = {**values, "refusal": refusal(str(refused))}
        return render(request, "staff/withdraw.html", values)
    done(request)
    messages.success(request, f"The link at {waiting.invitation.email} works no more.")
    return redirect("staff:patient", found.pk)


def _is_minor(desk: Desk, found: Patient) -> bool:
    return may_stand_for(
        by_minority=True, birth_date=found.birth_date, at=timezone.now(), zone=desk.practice.zone
    ).allowed


GIVEN = ("email", "birth_date", "right", "evidence", "ends_on")


def _invite_form(request: HttpRequest, email: str) -> InviteForm:
    return refilled(request, InviteForm(_sent(request), initial={"email": email}))


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _ask_once_more(
    request: HttpRequest, values: dict[str, object], form: RepresentativeForm
) -> HttpResponse:
    """Show whom the link is for; what was typed goes along, unseen, and is read anew when it is sent."""
    typed = {name: text for name, text in request.POST.items() if name != "csrfmiddlewaretoken"}
    values = {**values, **form.cleaned_data, "posted": list(typed.items())}
    return render(request, "staff/representative_confirm.html", values)


def _who(desk: Desk, found: Patient, form: object, reason: str) -> dict[str, object]:
    return {
        "row": identity(desk, found),
        "form": form,
        "refusal": refusal(reason),
        "days": desk.practice.settings.invite_ttl_hours // 24,
    }


def _about(desk: Desk, waiting: Waiting, reason: str) -> dict[str, object]:
    row = invitation_row(desk, waiting, timezone.now(), is_own=False)
    return {**_who(desk, waiting.invitation.patient, None, reason), "invitation": row}


def _resent(
    request: HttpRequest,
    desk: Desk,
    waiting: Waiting,
    email: str,
    values: dict[str, object],
    page: str,
) -> HttpResponse:
    """Send the new link, or draw ``page`` again with why not."""
    try:
        made = resend_from_desk(desk=desk, invitation=waiting.invitation, email=email)
    except ActRefused as refused:
        if str(refused) == "accepted":
            return _accepted_meanwhile(request, waiting)
        return render(request, page, {**values, "refusal": refusal(str(refused))})
    return _on_its_way(request, desk, made)


def _accepted_meanwhile(request: HttpRequest, waiting: Waiting) -> HttpResponse:
    messages.warning(request, "They have accepted meanwhile. Below is who has access now.")
    return redirect("staff:patient", waiting.invitation.patient_id)


def _on_its_way(request: HttpRequest, desk: Desk, invitation: Invitation) -> HttpResponse:
    done(request)
    # The address, not the name: what is said is kept in the session until it is read.
    days = desk.practice.settings.invite_ttl_hours // 24
    messages.success(
        request,
        f"The invitation to {invitation.email} is on its way. The link works for {days} days from when the mail is"
        " sent; the mail says until when.",
    )
    return redirect("staff:patient", invitation.patient_id)
