"""The front desk finds a patient (S-11, S-20, ui.md page 20).

Promises: each row names two identifiers besides the name; what was looked for is in no address, for it may be a name or
a birth date: it is sent in the body of a form and kept in the session (ASVS 14.2.1).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from carespace.access.desk import Desk, find_patients
from carespace.access.permissions import Permission
from carespace.staff.door import open_desk
from carespace.staff.forms import FindForm
from carespace.staff.paging import page_asked, page_links
from carespace.staff.rows import patient_row

LONGEST_SEARCH = 200
FIND = "staff_find"


@require_http_methods(["GET", "HEAD", "POST"])
def patients(request: HttpRequest) -> HttpResponse:
    """List the practice's patients, all or those that were looked for; a search is a form that is sent."""
    desk = open_desk(request, Permission.PATIENT_FIND)
    if request.method == "POST":
        text = request.POST.get("find", "").replace("\0", "").strip()[:LONGEST_SEARCH]
        request.session[FIND] = text
        return redirect("staff:patients")
    return render(request, "staff/patients.html", _listed(request, desk))


def _listed(request: HttpRequest, desk: Desk) -> dict[str, object]:
    text = str(request.session.get(FIND, ""))
    found = find_patients(desk, text, page_asked(request))
    return {
        "form": FindForm(initial={"find": text}, use_required_attribute=False),
        "text": text,
        "rows": [
            patient_row(patient, found.status[patient.pk], found.twins.get(patient.pk, ""))
            for patient in found.patients
        ],
        "may_invite": Permission.PATIENT_INVITE in desk.permissions,
        **page_links(found.page, has_more=found.has_more),
    }
