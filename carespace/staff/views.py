"""The front desk: find a patient, see whether they have a sign-in, invite them (S-11 to S-13, ui.md page 20).

Promises: every page opens a Desk first; each row and each question names two identifiers besides the name.
"""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from carespace.access.desk import (
    Desk,
    Found,
    check_invitation,
    find_patients,
    invite_from_desk,
    one_patient,
    open_desk,
    portal_status,
)
from carespace.access.permissions import Permission
from carespace.access.policies import may_invite
from carespace.accounts.proof import second_factor_of
from carespace.patients.finding import number_of
from carespace.patients.models import Patient
from carespace.staff.forms import FindForm, InviteForm
from carespace.staff.shell import desk_shell

LONGEST_SEARCH = 200
LAST_PAGE = 100_000


@require_safe
def patients(request: HttpRequest) -> HttpResponse:
    """List the practice's patients."""
    desk = _open(request, Permission.PATIENT_FIND)
    text = request.GET.get("find", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    found = find_patients(desk, text, _page_asked(request))
    values = {
        "form": FindForm(initial={"find": text}, use_required_attribute=False),
        "text": text,
        "rows": [_row(patient, found.status[patient.pk]) for patient in found.patients],
        "may_invite": Permission.PATIENT_INVITE in desk.permissions,
        **_pages(found, text),
    }
    return render(request, "staff/patients.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Ask where the invitation goes, show whom it is for, and send it."""
    desk = _open(request, Permission.PATIENT_INVITE)
    patient = one_patient(desk, patient_id)
    form = InviteForm(request.POST if request.method == "POST" else None)
    status = portal_status(desk, [patient])[patient.pk]
    allowed = may_invite(patient, desk.practice.settings)
    values = {"form": form, "row": _row(patient, status), "reason": allowed.reason}
    if not form.is_valid() or not allowed.allowed:
        return render(request, "staff/invite.html", values)
    email = form.cleaned_data["email"]
    allowed = check_invitation(desk, patient, email)
    if not allowed.allowed:
        return render(request, "staff/invite.html", {**values, "reason": allowed.reason})
    if "confirmed" not in request.POST:
        return render(request, "staff/invite_confirm.html", {**values, "email": email})
    invitation = invite_from_desk(desk=desk, patient=patient, email=email)
    # The address, not the name: what is said is kept in the session until it is read.
    messages.success(request, f"The invitation to {invitation.email} is on its way.")
    return redirect("staff:patients")


def _open(request: HttpRequest, permission: Permission) -> Desk:
    shown = second_factor_of(request.session)
    desk = open_desk(request.user, permission, second_factor=bool(shown))  # type: ignore[arg-type]
    request.shell = desk_shell(desk)  # type: ignore[attr-defined]
    return desk


def _page_asked(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    plain = asked.isascii() and asked.isdigit() and len(asked) <= len(str(LAST_PAGE))
    return max(1, min(int(asked), LAST_PAGE)) if plain else 1


def _row(patient: Patient, status: str) -> dict[str, str]:
    return {
        "name": patient.display_name,
        "birth_date": patient.birth_date_text or "Not on file",
        "number": number_of(patient) or "Not on file",
        "status": status,
        "invite_url": reverse("staff:invite", args=[patient.pk]),
    }


def _pages(found: Found, text: str) -> dict[str, str]:
    def url(page: int) -> str:
        return f"?{urlencode({'find': text, 'page': page})}"

    return {
        "next_url": url(found.page + 1) if found.has_more else "",
        "previous_url": url(found.page - 1) if found.page > 1 else "",
    }
