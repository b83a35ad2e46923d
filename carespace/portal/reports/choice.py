"""Test results in Settings: to be asked before scans, pathology and gene reports, or not (ui.md section 6 pages 7 and 15).

Promises: it is each person's own choice, for every record they may see; it changes what the portal asks, and never
what it shows.
"""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from carespace.access.entrance import recall
from carespace.accounts.actions import choose_news
from carespace.accounts.models import User
from carespace.portal.shell import signed_in

ASK, AT_ONCE = "ask", "at-once"


class NewsForm(forms.Form):
    """Ask first, or show at once."""

    news = forms.ChoiceField(
        label=gettext_lazy("Some reports may have news about cancer. How should we show them?"),
        widget=forms.RadioSelect,
        choices=(
            (ASK, gettext_lazy("Ask me before scans, pathology and gene reports")),
            (AT_ONCE, gettext_lazy("Show me at once")),
        ),
    )


def news_choice(user: User) -> str:
    """Return what ``user`` has chosen, as the form has it."""
    return AT_ONCE if user.shows_news_at_once else ASK


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the choice; anything else than one of the two changes nothing."""
    form = NewsForm(request.POST)
    if form.is_valid():
        user = signed_in(request)
        recall(user.pk)
        choose_news(user=user, at_once=form.cleaned_data["news"] == AT_ONCE)
        messages.success(request, _("We saved how you want to see reports."))
    return redirect("portal:settings")
