"""The front desk finds a patient (S-11, S-20, ui.md page 20).

Promises: each row names two identifiers besides the name; what was looked for is in no address, for it may be a name or
a birth date: it is sent in the body of a form and kept in the session (ASVS 14.2.1); the address says only that there was a search, so
"Patients" in the navigation begins anew.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from carespace.access.desk import Desk, find_patients
from carespace.access.permissions import Permission
from carespace.staff.door import open_desk
from carespace.staff.forms import FindForm
from carespace.staff.paging import page_asked, page_links
from carespace.staff.rows import patient_row

LONGEST_SEARCH = 200
FIND = "staff_find"
FOUND = "found"  # in the address: show what was looked for last


@require_http_methods(["GET", "HEAD", "POST"])
def patients(request: HttpRequest) -> HttpResponse:
    """List the practice's patients, all or those that were looked for; a search is a form that is sent."""
    desk = open_desk(request, Permission.PATIENT_FIND)
    if request.method == "POST":
        text = request.POST.get("find", "").replace("\0", "").strip()[:LONGEST_SEARCH]
        request.session[FIND] = text
        return redirect(f"{reverse('staff:patients')}?{FOUND}=1" if text else "staff:patients")
    return render(request, "staff/patients.html", _listed(request, desk))


def _listed(request: HttpRequest, desk: Desk) -> dict[str, object]:
    text = str(request.session.get(FIND, "")) if FOUND in request.GET else ""
    more = {FOUND: "1"} if text else {}
    found = find_patients(desk, text, page_asked(request))
    return {
        "form": FindForm(initial={"find": text}, use_required_attribute=False),
        "text": text,
        "rows": [
            patient_row(patient, found.status[patient.pk], found.twins.get(patient.pk, ""))
            for patient in found.patients
        ],
        "may_invite": Permission.PATIENT_INVITE in desk.permissions,
        **page_links(found.page, has_more=found.has_more, **more),
    }
