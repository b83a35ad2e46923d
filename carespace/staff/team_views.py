"""Who works for the practice, in which role, whom it asked, and what each role may do (AUTH-8, AUD-2).

Promises: for managers only; nobody works here without their yes, and until then the page says of them what was typed
and nothing else, whether they have a sign-in or not (T6); each change asks who it is again (ASVS 7.5.1), is asked back
before it is made, and is refused for oneself and where no manager would be left.
"""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from carespace.access.chart import NotFound
from carespace.access.desk import Desk
from carespace.access.desk_team import end_work
from carespace.access.permissions import BY_STAFF_ROLE, IN_WORDS, Permission
from carespace.accounts.proof import require_fresh
from carespace.practices.actions import (
    TeamRefused,
    change_role,
    offer_work,
    withdraw_offer,
)
from carespace.practices.models import StaffOffer, StaffRole
from carespace.practices.policies import may_change
from carespace.practices.team import (
    Colleague,
    colleague_at,
    colleagues_of,
    has_lapsed,
    offers_of,
)
from carespace.staff.door import open_desk
from carespace.staff.team_forms import AddForm, EndForm, RoleForm

REFUSALS = {
    "works-here": "This person works here already. Find them in the list, and change their role there.",
    "asked-already": "This address was asked already. Withdraw that question in the list to ask again.",
    "own": "You cannot change your own role or end your own work here. Ask another manager.",
    "last-manager": "The practice needs a manager. Make somebody else a manager first.",
}
page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """List who works here, and what each role may do."""
    desk = open_desk(request, Permission.STAFF_MANAGE, "team")
    found = colleagues_of(desk.practice)
    managers = sum(each.role == StaffRole.MANAGER for each in found)
    values = {
        "rows": [_row(each, desk, managers) for each in found],
        "offers": [_offered(each, desk) for each in offers_of(desk.practice)],
        "roles": [role.label for role in StaffRole],
        "duties": _duties(),
    }
    return render(request, "staff/team.html", values)


@page
def add(request: HttpRequest) -> HttpResponse:
    """Ask who is to work here, ask back, and ask them."""
    desk = open_desk(request, Permission.STAFF_MANAGE, "team")
    require_fresh(request.session)
    form = AddForm(request.POST if request.method == "POST" else None)
    values: dict[str, object] = {"form": form}
    if not form.is_valid():
        return render(request, "staff/team_add.html", values)
    given = form.cleaned_data
    if "confirmed" not in request.POST:
        role = StaffRole(given["role"])
        return render(request, "staff/team_confirm.html", {**values, **_asked_back(role)})
    try:
        offer = offer_work(practice=desk.practice, by=desk.actor, **given)
    except TeamRefused as refused:
        return render(request, "staff/team_add.html", {**values, "reason": _words(refused)})
    messages.success(request, f"We asked {offer.email} by mail. They work here when they say yes.")
    return redirect("staff:team")


@page
def role(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Give a colleague another role."""
    desk = open_desk(request, Permission.STAFF_MANAGE, "team")
    require_fresh(request.session)
    colleague = _one(desk, membership_id)
    data = request.POST if request.method == "POST" else None
    form = RoleForm(data, initial={"role": colleague.role})
    values: dict[str, object] = {"form": form, "colleague": colleague}
    if form.is_valid():
        wanted = form.cleaned_data["role"]
        try:
            change_role(membership=colleague.membership, role=wanted, by=desk.actor)
        except TeamRefused as refused:
            return render(request, "staff/team_role.html", {**values, "reason": _words(refused)})
        messages.success(request, "The role was changed.")
        return redirect("staff:team")
    return render(request, "staff/team_role.html", values)


@page
def end(request: HttpRequest, membership_id: UUID) -> HttpResponse:
    """Ask why a colleague's work here ends, and end it."""
    desk = open_desk(request, Permission.STAFF_MANAGE, "team")
    require_fresh(request.session)
    colleague = _one(desk, membership_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    values: dict[str, object] = {"form": form, "colleague": colleague}
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            end_work(membership=colleague.membership, reason=reason, by=desk.actor)
        except TeamRefused as refused:
            return render(request, "staff/team_end.html", {**values, "reason": _words(refused)})
        messages.success(request, f"{colleague.email} no longer works here.")
        return redirect("staff:team")
    return render(request, "staff/team_end.html", values)


@page
def withdraw(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Take back a question that waits for an answer."""
    desk = open_desk(request, Permission.STAFF_MANAGE, "team")
    require_fresh(request.session)
    offer = next((each for each in offers_of(desk.practice) if each.pk == offer_id), None)
    if offer is None:
        raise NotFound
    if request.method == "POST":
        withdraw_offer(offer=offer, by=desk.actor)
        messages.success(request, f"The question to {offer.email} is withdrawn.")
        return redirect("staff:team")
    return render(request, "staff/team_withdraw.html", {"offer": offer})


def _one(desk: Desk, membership_id: UUID) -> Colleague:
    colleague = colleague_at(desk.practice, membership_id)
    if colleague is None:
        raise NotFound
    return colleague


def _offered(offer: StaffOffer, desk: Desk) -> dict[str, object]:
    asked = timezone.localtime(offer.created_at, desk.practice.zone)
    return {
        "name": offer.name,
        "email": offer.email,
        "role": StaffRole(offer.role).label,
        "asked": date_format(asked, "F j, Y"),
        "state": "No answer in 14 days" if has_lapsed(offer) else "Waiting for their yes",
        "withdraw_url": reverse("staff:team-withdraw", args=[offer.pk]),
    }


def _row(colleague: Colleague, desk: Desk, managers: int) -> dict[str, object]:
    is_own = colleague.membership.user_id == desk.actor.user_id
    others = managers - (colleague.role == StaffRole.MANAGER)
    allowed = may_change(
        has_ended=False, is_own=is_own, by_manager=True, leaves_a_manager=others > 0
    )
    zone = desk.practice.zone

    def local(moment: datetime, form: str) -> str:
        return date_format(timezone.localtime(moment, zone), form).replace(".", "")

    seen, pk = colleague.last_sign_in, colleague.membership.pk
    return {
        "name": colleague.name,
        "email": colleague.email,
        "role": colleague.role.label,
        "since": local(colleague.membership.started_at, "F j, Y"),
        "last_sign_in": local(seen, "F j, Y, g:i a") if seen else "Not yet",
        "is_own": is_own,
        "may_change": allowed.allowed,
        "role_url": reverse("staff:team-role", args=[pk]),
        "end_url": reverse("staff:team-end", args=[pk]),
    }


def _duties() -> list[tuple[str, list[tuple[str, bool]]]]:
    """Return, for each thing that staff may do, its words and which role may do it."""
    held = set().union(*BY_STAFF_ROLE.values())
    return [
        (IN_WORDS[each], [(str(role.label), each in BY_STAFF_ROLE[role]) for role in StaffRole])
        for each in Permission
        if each in held
    ]


def _asked_back(role: StaffRole) -> dict[str, object]:
    duties = [IN_WORDS[each] for each in Permission if each in BY_STAFF_ROLE[role]]
    return {"role": role.label, "duties": duties}


def _words(refused: TeamRefused) -> str:
    """Return the sentence for a refusal; who is no manager any more, or has ended, finds no page."""
    words = REFUSALS.get(str(refused))
    if words is None:
        raise NotFound from refused
    return words
