"""The gallery of components: sample content only, wired by the lead under debug."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carespace.ui.gallery import LISTS, SampleForm, WrongForm, sample_shell, wrong_data


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component once, with invented people and values."""
    wrong = WrongForm(wrong_data())
    wrong.is_valid()
    context = {"shell": sample_shell(), "form": SampleForm(), "wrong": wrong, **LISTS}
    return render(request, "ui/ui_gallery.html", context)
