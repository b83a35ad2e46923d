"""Ask the front desk to change or cancel an appointment (S-49).

Promises: before it is sent a page says what happens next; the same form sent twice asks once; nothing is changed in
the record by asking, and the page says so.
"""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from carespace.access.chart import Chart
from carespace.access.permissions import Permission
from carespace.accounts import drafts
from carespace.messaging.actions import AskedAlready, Question, ask_about_appointment
from carespace.messaging.queries import requests_about
from carespace.messaging.states import ThreadState, Wish
from carespace.portal.addresses import chart_url
from carespace.portal.door import open_chart
from carespace.portal.presenters.appointments import may_ask, when_text
from carespace.portal.shell import chart_shell, signed_in
from carespace.portal.views.appointment_forms import ChangeForm
from carespace.portal.views.appointments import with_appointments
from carespace.records.appointment_queries import one_visit
from carespace.records.own_phone import phone_on_file
from carespace.records.readings.appointments import Visit
from carespace.ui.keeping import keeps, refill
from carespace.ui.languages import ENGLISH, speaking


@keeps("wish", "words", "phone")
@require_http_methods(["GET", "HEAD", "POST"])
def appointment_change(
    request: HttpRequest, patient_id: UUID, appointment_id: UUID
) -> HttpResponse:
    """Ask what is wished, show what will happen, and send it to the front desk."""
    opened = open_chart(
        request, patient_id, Permission.MESSAGE_WRITE, category="appointment change"
    )
    chart = with_appointments(opened)
    found, now = one_visit(chart, appointment_id), datetime.now(chart.practice.zone)
    form = ChangeForm(
        request.POST if request.method == "POST" else None, initial={"phone": _phone(chart)}
    )
    if form.is_valid() and "confirmed" in request.POST:
        return _ask(request, chart, found, form, now)
    if reason := _why_not(chart, found, now):
        messages.warning(request, reason)
        return redirect("portal:appointments", patient_id)
    if form.is_valid() and "back" not in request.POST:
        return _draw(request, chart, found, form, "appointment_change_confirm")
    refill(form, drafts.restore(user=signed_in(request), place=request.path))
    return _draw(request, chart, found, form, "appointment_change")


def _phone(chart: Chart) -> str:
    """Return the patient's own number on file, to the patient; family has another."""
    return phone_on_file(chart) if chart.is_own else ""


def _ask(
    request: HttpRequest, chart: Chart, found: Visit, form: ChangeForm, now: datetime
) -> HttpResponse:
    """Send it once; a second click says the same as the first."""
    given = form.cleaned_data
    question = Question(
        about_id=found.id,
        subject=_subject(chart, found),
        starts=found.starts,
        wish=Wish(given["wish"]),
        words=given["words"],
        phone=given["phone"],
        form_id=given["form_id"],
    )
    try:
        if not may_ask(chart, found, now):
            messages.warning(request, _not_here(chart))
        else:
            ask_about_appointment(chart=chart, question=question, by=chart.actor)
            messages.success(
                request,
                _("We sent it to the front desk. They will call you. Until then nothing changes."),
            )
    except AskedAlready:
        messages.warning(request, _asked_already(chart))
    drafts.drop(user=signed_in(request), place=request.path)
    return redirect("portal:appointments", chart.patient.pk)


def _subject(chart: Chart, found: Visit) -> str:
    """Return the appointment as the front desk reads it, in English."""
    with speaking(ENGLISH):
        # Read again: its words are those of the language it is read in.
        english = one_visit(chart, found.id)
        return f"{english.what}: {when_text(chart, english)}"[:300]


def _why_not(chart: Chart, found: Visit, now: datetime) -> str:
    """Return why nothing can be asked about this appointment here now; empty where it can."""
    if not may_ask(chart, found, now):
        return _not_here(chart)
    thread = requests_about(chart, [found.id]).get(found.id)
    waits = thread is not None and thread.state == ThreadState.OPEN
    return _asked_already(chart) if waits else ""


def _not_here(chart: Chart) -> str:
    return _("This appointment cannot be changed here. Call us: %(phone)s.") % {
        "phone": chart.practice.phone
    }


def _asked_already(chart: Chart) -> str:
    return _(
        "The front desk has a request about this appointment. If something is new, call %(phone)s."
    ) % {"phone": chart.practice.phone}


def _draw(
    request: HttpRequest, chart: Chart, found: Visit, form: ChangeForm, page: str
) -> HttpResponse:
    today = datetime.now(chart.practice.zone).date()
    context = {
        "shell": chart_shell(request, chart, "appointments"),
        "practice": chart.practice,
        "form": form,
        "what": found.what,
        "when": when_text(chart, found),
        "is_today": found.starts is not None and found.starts.date() == today,
        "cancels": form.is_bound and form.cleaned_data.get("wish") == Wish.CANCEL,
        "cancel_url": chart_url("appointments", chart.patient.pk),
    }
    return render(request, f"portal/{page}.html", context)
