"""Who can see a record, as rows of words: state as a word and a shape, then since when (ui.md sections 2 and 6).

Promises: every time is the practice's own; a sentence for each state and each reason, and none that blames.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.access.chart import Chart
from carespace.access.people import PersonInvited, PersonWithAccess
from carespace.access.states import GrantKind, InvitationState
from carespace.access.wording import ASKED_TAG, WORDS, state_words
from carespace.ui.dates import day_long_or_today

# The look of the tag, and a shape where the look brings none.
LOOKS = {
    InvitationState.QUEUED: ("", "○"),
    InvitationState.SENT: ("", "○"),
    InvitationState.EXPIRED: ("low", ""),
    InvitationState.LOCKED: ("high", ""),
    InvitationState.BOUNCED: ("high", ""),
}
ASKED = ("new", "●", ASKED_TAG)
ACTIVE = ("ok", "✓", gettext_lazy("Active"))


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the list."""

    name: str
    email: str
    kind: str
    is_reader: bool
    tag: tuple[str, str, str | Promise]
    lines: tuple[str, ...]
    resend_url: str = ""
    end_url: str = ""
    end_label: str = ""


def rows_of(
    chart: Chart, seeing: Sequence[PersonWithAccess], invited: Sequence[PersonInvited]
) -> list[Row]:
    """Return a row for each person: those who can see the record, then those who were invited."""
    return [_active(chart, each) for each in seeing] + [_invited(chart, each) for each in invited]


def _active(chart: Chart, person: PersonWithAccess) -> Row:
    zone = chart.practice.zone
    since = _("Since %(day)s") % {"day": _day(person.grant.starts_at, zone)}
    seen = _("Has not signed in yet")
    if person.last_sign_in:
        seen = _("Last signed in %(day)s") % {"day": _day(person.last_sign_in, zone)}
    until = ""
    if person.grant.ends_at:
        until = _("Ends by itself %(day)s") % {"day": _day(person.grant.ends_at, zone)}
    url = reverse("portal:users-revoke", args=[chart.patient.pk, person.grant.pk])
    return Row(
        name=person.name,
        email=person.email,
        kind=str(GrantKind(person.grant.kind).label),
        is_reader=person.is_reader,
        tag=ACTIVE,
        lines=tuple(line for line in (since, seen, until) if line),
        end_url=url if person.may_end.allowed else "",
        end_label=_("Revoke access"),
    )


def _invited(chart: Chart, person: PersonInvited) -> Row:
    invitation, zone = person.invitation, chart.practice.zone
    arguments = [chart.patient.pk, invitation.pk]
    ended = person.state == InvitationState.EXPIRED
    change = person.may_change.allowed
    return Row(
        name="",
        email=invitation.email,
        kind=str(GrantKind(invitation.kind).label),
        is_reader=False,
        tag=ASKED if invitation.asked_again_at else (*LOOKS[person.state], WORDS[person.state].tag),
        lines=(
            _("Invited %(day)s") % {"day": _day(invitation.created_at, zone)},
            state_words(invitation),
        ),
        resend_url=reverse("portal:users-resend", args=arguments) if change else "",
        end_url=reverse("portal:users-withdraw", args=arguments) if person.can_withdraw else "",
        end_label=_("Remove from list") if ended else _("Withdraw invite"),
    )


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return "February 2, 2026", or "today"."""
    if moment is None:
        return ""
    now = timezone.localtime(timezone.now(), zone)
    return day_long_or_today(timezone.localtime(moment, zone).date(), now.date())
