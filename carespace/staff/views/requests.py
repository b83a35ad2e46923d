"""What patients ask about their appointments: the longest waiting first, read one, and answer it (S-49).

Promises: each shows whom it is about, with two identifiers; what is answered is read by the patient, and the page says
so; where a colleague was quicker nothing is answered twice; what is asked about one's own record shows no words.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from carespace.access.desk import ActRefused
from carespace.access.permissions import Permission
from carespace.messaging.actions import AnsweredAlready, close
from carespace.messaging.desk import one_request, waiting
from carespace.messaging.states import ThreadState
from carespace.staff.door import open_desk
from carespace.staff.forms import OutcomeForm
from carespace.staff.kept import done, refilled
from carespace.staff.paging import page_asked, page_links
from carespace.staff.request_rows import request_page, request_row
from carespace.staff.words import refusal
from carespace.ui.keeping import keeps

QUICKER = "A colleague has answered this meanwhile."


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List what waits for an answer."""
    desk = open_desk(request, Permission.MESSAGE_ANSWER, "requests")
    found, now = waiting(desk, page_asked(request)), timezone.now()
    values = {
        "rows": [request_row(each, now, is_own=each.pk in found.own) for each in found.threads],
        **page_links(found.page, has_more=found.has_more),
    }
    return render(request, "staff/requests.html", values)


@keeps("outcome")
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Show one question with its words, and answer it."""
    desk = open_desk(request, Permission.MESSAGE_ANSWER, "requests")
    try:
        found = one_request(desk, request_id)
    except ActRefused as refused:
        return render(request, "staff/request.html", {"refusal": refusal(str(refused))})
    form = refilled(request, OutcomeForm(request.POST if request.method == "POST" else None))
    if form.is_valid():
        outcome = form.cleaned_data["outcome"]
        try:
            close(desk=desk, thread_id=request_id, outcome=outcome, by=desk.actor)
            messages.success(request, "Answered. The patient reads it on the Appointments page.")
        except AnsweredAlready:
            messages.warning(request, QUICKER)
        done(request)
        return redirect("staff:requests")
    values = {
        "form": form,
        "is_open": found.thread.state == ThreadState.OPEN,
        **request_page(desk, found, timezone.now()),
    }
    return render(request, "staff/request.html", values)
