"""Manage Users: who can see a record, invite, resend, withdraw, revoke (S-61 to S-71; ui.md page 12).

Promises: letting somebody in asks for a fresh proof of who is at the keyboard, shutting somebody out asks for none: that
must work at once; every answer to a form is a redirect, so that a reload sends nothing; family get the page for what is
not there.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from carespace.access.chart import Chart, NotFound
from carespace.access.people import (
    AcceptedMeanwhile,
    NotInvited,
    NotYoursToEnd,
    end_access,
    invite_family,
    people_invited,
    people_with_access,
    person_invited,
    person_with_access,
    resend_to_family,
    withdraw_invitation,
)
from carespace.access.permissions import Permission
from carespace.accounts import drafts, throttle
from carespace.accounts.proof import is_fresh, require_fresh
from carespace.portal.account.pages import TOO_MANY_TRIES
from carespace.portal.addresses import chart_url
from carespace.portal.door import open_chart
from carespace.portal.presenters.whose import whose
from carespace.portal.shell import chart_shell, signed_in
from carespace.portal.users.forms import InviteForm
from carespace.portal.users.rows import rows_of
from carespace.ui.keeping import date_boxes, keeps, kept_fields, refill, typed_in

REASONS = {
    "no-birth-date": gettext_lazy("Enter their date of birth"),
    "own-address": gettext_lazy(
        "This is your own email address. Enter the address of the person you invite."
    ),
    "has-access": gettext_lazy("This person can already see the record."),
    "invited-otherwise": gettext_lazy(
        "The practice has sent an invite to this address. Call us about it."
    ),
    "over": gettext_lazy("This invite was used or taken back."),
    "right-ended": gettext_lazy("The time this invite was for is over. Call us about it."),
    "own": gettext_lazy("This is your own access. Call us if you no longer want it."),
    "patients-own": gettext_lazy("This is the patient’s own access. Call us about it."),
    "practice-decides": gettext_lazy("The practice decides about this person. Call us about it."),
}
ACCEPTED = gettext_lazy(
    "They have accepted meanwhile and can see this record now. To end that, press “Revoke access” beside their name."
)
TOO_MANY = gettext_lazy("You sent many invites today. Wait a while, then try again.")
page = require_http_methods(["GET", "HEAD", "POST"])


@keeps("email", *date_boxes("birth_date"))
@page
def users(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Show who can see this record, and invite one more."""
    chart, user = _managing(request, patient_id), signed_in(request)
    form = InviteForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        if not is_fresh(request.session):
            # Not by an exception: it would undo that what was typed is kept until they are back.
            typed = typed_in(request.POST, kept_fields(users))
            drafts.keep(user=user, place=request.path, fields=typed)
            return redirect(f"{reverse('portal:confirm')}?{urlencode({'next': request.path})}")
        status = _invite(request, chart, form)
        if form.is_valid():
            drafts.drop(user=user, place=request.path)
            return redirect("portal:users", patient_id)
    refill(form, drafts.restore(user=user, place=request.path))
    values = {
        "form": form,
        "rows": rows_of(chart, people_with_access(chart), people_invited(chart)),
        "whose": whose(chart),
        "patient_id": patient_id,
    }
    return _show(request, chart, "users", values, status)


def shows_list_when_accepted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say kindly, above the list, that who was invited has accepted while a page about the invite was open."""

    @wraps(view)
    def shown(request: HttpRequest, patient_id: UUID, invitation_id: UUID) -> HttpResponse:
        try:
            return view(request, patient_id, invitation_id)
        except AcceptedMeanwhile:
            messages.warning(request, ACCEPTED)
            return redirect("portal:users", patient_id)

    return shown


@page
@shows_list_when_accepted
def resend(request: HttpRequest, patient_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Send a new link to somebody who has not accepted (S-68)."""
    chart = _managing(request, patient_id)
    require_fresh(request.session)
    if request.method == "POST":
        try:
            throttle.take((throttle.INVITE, str(patient_id)))
            sent = resend_to_family(chart=chart, invitation_id=invitation_id)
            sent_to = {"email": sent.email}
            messages.success(request, _("A new invite to %(email)s is on its way.") % sent_to)
        except NotInvited as refusal:
            messages.warning(request, REASONS[str(refusal)])
        except throttle.TooManyTries:
            messages.warning(request, TOO_MANY)
        return redirect("portal:users", patient_id)
    person = person_invited(chart, invitation_id)
    if not person.may_change.allowed:
        raise NotFound
    return _show(request, chart, "resend", {"person": person, "button_kind": "primary"})


@page
@shows_list_when_accepted
def withdraw(request: HttpRequest, patient_id: UUID, invitation_id: UUID) -> HttpResponse:
    """End a link before it is used, after a page that asks."""
    chart = _managing(request, patient_id)
    if request.method == "POST":
        try:
            if ended := withdraw_invitation(chart=chart, invitation_id=invitation_id):
                said = _("The invite to %(email)s no longer works.") % {"email": ended.email}
                messages.success(request, said)
        except NotYoursToEnd as refusal:
            messages.warning(request, REASONS[str(refusal)])
        return redirect("portal:users", patient_id)
    person = person_invited(chart, invitation_id)
    if not person.can_withdraw:
        raise NotFound
    return _show(request, chart, "withdraw", {"person": person})


@page
def revoke(request: HttpRequest, patient_id: UUID, grant_id: UUID) -> HttpResponse:
    """End somebody's access for good, after a page that names them and says what happens (S-70, S-71)."""
    chart = _managing(request, patient_id)
    if request.method == "POST":
        try:
            if ended := end_access(chart=chart, grant_id=grant_id):
                messages.success(
                    request,
                    _("%(name)s (%(email)s) can no longer see this record.")
                    % {"name": ended.name, "email": ended.email},
                )
        except NotYoursToEnd as refusal:
            messages.warning(request, REASONS[str(refusal)])
        return redirect("portal:users", patient_id)
    person = person_with_access(chart, grant_id)
    if not person.may_end.allowed:
        raise NotFound
    return _show(request, chart, "revoke", {"person": person})


def _managing(request: HttpRequest, patient_id: UUID) -> Chart:
    return open_chart(request, patient_id, Permission.USERS_MANAGE, category="users")


def _invite(request: HttpRequest, chart: Chart, form: InviteForm) -> int:
    """Send the invitation and say so, or say at the form why not; return the page's status."""
    given = form.cleaned_data
    try:
        throttle.take((throttle.INVITE, str(chart.patient.pk)))
        sent = invite_family(chart=chart, email=given["email"], birth_date=given["birth_date"])
        # The address, which is no health information: what is said is kept in the session until it is read.
        messages.success(
            request,
            _(
                "The invite to %(email)s is on its way. Tell them to look for an email from"
                " %(practice)s. For privacy it does not say your name. The link works for %(days)s days."
            )
            % {
                "email": sent.email,
                "practice": chart.practice.name,
                "days": chart.practice.settings.invite_ttl_hours // 24,
            },
        )
    except NotInvited as refusal:
        form.add_error("email", REASONS[str(refusal)])
    except throttle.TooManyTries:
        form.add_error(None, TOO_MANY)
        return TOO_MANY_TRIES
    return 200


def _show(
    request: HttpRequest, chart: Chart, name: str, values: dict[str, object], status: int = 200
) -> HttpResponse:
    context = {
        "shell": chart_shell(request, chart, ""),
        "practice": chart.practice,
        "cancel_url": chart_url("users", chart.patient.pk),
        **values,
    }
    return render(request, f"portal/users/{name}.html", context, status=status)
