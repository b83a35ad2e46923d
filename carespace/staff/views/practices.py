"""For which of several practices somebody works now.

Promises: only a practice they work for can be chosen; the choice holds for this session, and shows at the next page.
"""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from carespace.access.permissions import Permission
from carespace.practices.lookup import workplaces
from carespace.staff.door import choose, open_desk


class PracticeForm(forms.Form):
    """One of the practices of who works here."""

    practice = forms.TypedChoiceField(
        label="Practice",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a practice"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def practices(request: HttpRequest) -> HttpResponse:
    """Ask for which practice the pages are to be, and keep it."""
    desk = open_desk(request, Permission.PATIENT_FIND, "")
    at = {str(each.practice_id): each for each in workplaces(desk.user_id)}
    data = request.POST if request.method == "POST" else None
    form = PracticeForm(data, initial={"practice": str(desk.practice.pk)})
    form.fields["practice"].choices = [  # type: ignore[attr-defined]
        (identity, f"{each.practice.name} ({each.get_role_display()})")
        for identity, each in at.items()
    ]
    if form.is_valid():
        choose(request.session, at[form.cleaned_data["practice"]].practice_id)
        return redirect("staff:patients")
    return render(request, "staff/practices.html", {"form": form})
