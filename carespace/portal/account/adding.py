"""A link opened by somebody who has a sign-in: what is said when the record was added, or was theirs already.

Promises: nobody is signed in by a link (S-24), and nobody is signed out by one for their own address; who is signed in
as the invited person, and has just shown it, is not asked for the password again (ASVS 7.5.1).
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from carespace.access.chart import own_grants
from carespace.access.registration import Registration
from carespace.accounts.models import User
from carespace.accounts.proof import is_fresh
from carespace.portal.account.pages import show
from carespace.portal.shell import note_grants, signed_in


def reads_here(request: HttpRequest, registration: Registration) -> bool:
    """Say whether the invited person is signed in in this browser."""
    return request.user.is_authenticated and registration.is_for(signed_in(request))


def is_proved(request: HttpRequest, registration: Registration) -> bool:
    """Say whether the invited person is signed in here and has just shown who they are."""
    return reads_here(request, registration) and is_fresh(request.session)


def added(request: HttpRequest, registration: Registration, user: User) -> HttpResponse:
    """Lead the person who was signed in all along to the record that is new to them."""
    note_grants(request, own_grants(user))
    messages.success(request, _("The record was added to your sign-in."))
    return redirect("portal:home", registration.invitation.patient_id)


def sees_already(request: HttpRequest, registration: Registration) -> HttpResponse:
    """Tell somebody, whose password was right, that the link gives nothing they do not have."""
    values = {"reads_here": reads_here(request, registration)}
    return show(request, "sees_already", registration.practice, values)
