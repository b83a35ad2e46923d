"""The parts of a record, offered above each of them (D-1: with one Health page for all, or with Labs and Documents apart)."""

from typing import Literal

from django.utils.translation import gettext as _

from carespace.access.chart import Chart
from carespace.portal.addresses import chart_url
from carespace.ui.shell import Tab

Place = Literal["all", "labs", "reports", "documents", "record"]


def record_chips(chart: Chart, place: Place) -> tuple[Tab, ...]:
    """Return the parts of the open record, the one that is shown marked."""

    def chip(label: str, name: str, of: Place) -> Tab:
        return Tab(label, label, chart_url(name, chart.patient.pk), "", current=of == place)

    found = [
        chip(_("Labs"), "labs", "labs"),
        chip(_("Reports"), "reports", "reports"),
        chip(_("Documents"), "documents", "documents"),
        chip(_("All of the record"), "record", "record"),
    ]
    if chart.practice.settings.nav_layout == "health":
        found.insert(0, chip(_("Overview"), "health", "all"))
    return tuple(found)
