"""Staff open a patient's record, with a reason that the patient sees, and close it again (T23)."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from carespace.access.desk import one_patient, own_record
from carespace.access.permissions import Permission
from carespace.access.visits import VISIT_LASTS, close_visit, open_visit
from carespace.staff.door import open_desk
from carespace.staff.forms import OpenRecordForm
from carespace.staff.kept import done, refilled
from carespace.staff.views.patient import identity
from carespace.staff.words import refusal
from carespace.ui.keeping import keeps


@keeps("why", "words")
@require_http_methods(["GET", "HEAD", "POST"])
def open_record(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Ask why, then lead to the record as the patient sees it."""
    desk = open_desk(request, Permission.RECORD_OPEN)
    found = one_patient(desk, patient_id)
    own = own_record(desk, found)
    form = refilled(request, OpenRecordForm(request.POST if request.method == "POST" else None))
    values = {
        "form": form,
        "row": identity(desk, found),
        "refusal": refusal(own.reason),
        "minutes": int(VISIT_LASTS.total_seconds()) // 60,
    }
    if not own.allowed or not form.is_valid():
        return render(request, "staff/open_record.html", values)
    open_visit(desk=desk, patient=found, reason=form.reason)
    done(request)
    return redirect("portal:home", patient_id)


@require_POST
def close_record(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Close the record at once."""
    desk = open_desk(request, Permission.RECORD_OPEN)
    close_visit(desk=desk, patient=one_patient(desk, patient_id))
    messages.success(request, "The record is closed.")
    return redirect("staff:patient", patient_id)
