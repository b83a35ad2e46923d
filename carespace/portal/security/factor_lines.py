"""A person's second factors in plain words, one line each, for the settings page."""

from dataclasses import dataclass
from datetime import tzinfo

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.accounts.factors import CODES_MADE, Factors
from carespace.ui.dates import day_short

REMOVE = gettext_lazy("Remove")


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One line of a summary list; ``factor_id`` is 0 for the recovery codes, ``url`` empty where nothing can be done."""

    factor_id: int
    term: str
    value: str
    url: str = ""
    label: str | Promise = REMOVE


def lines_of(had: Factors, zone: tzinfo, *, may_remove: bool = True) -> list[FactorLine]:
    """Return a line for each factor, and one for the recovery codes; days are those of ``zone``."""
    named = [(had.app, _("Authenticator app"))] if had.app else []
    named += [
        (each, _("Passkey “%(name)s”") % {"name": each.data["name"]}) for each in had.passkeys
    ]
    lines = [_line(factor, term, zone, may_remove=may_remove) for factor, term in named if factor]
    if had:
        left = _("%(left)s of %(all)s left") % {"left": had.codes_left, "all": CODES_MADE}
        lines.append(
            FactorLine(0, _("Recovery codes"), left, reverse("portal:factor-codes"), _("Renew"))
        )
    return lines


def _line(factor: Authenticator, term: str, zone: tzinfo, *, may_remove: bool) -> FactorLine:
    days = {"added": day_short(factor.created_at.astimezone(zone))}
    value = _("Added %(added)s")
    if factor.last_used_at:
        days["used"] = day_short(factor.last_used_at.astimezone(zone))
        value = _("Added %(added)s, last used %(used)s")
    url = reverse("portal:factor-remove", args=[factor.pk]) if may_remove else ""
    return FactorLine(factor.pk, term, value % days, url)
