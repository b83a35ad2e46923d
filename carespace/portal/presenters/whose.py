"""Words that say whose record a page is about: "you" on one's own, the given name on another person's (S-32)."""

from typing import TypedDict

from django.utils.translation import gettext as _

from carespace.access.chart import Chart


class Whose(TypedDict):
    """Parts of sentences; ``given`` is empty on one's own record."""

    given: str
    new: str
    latest: str
    outside: str
    team: str
    other_results: str


def given_name(chart: Chart) -> str:
    """Return the patient's given name; empty on one's own record."""
    if chart.is_own:
        return ""
    names = chart.patient.given_names.split() or [chart.patient.display_name]
    return names[0]


def whose(chart: Chart) -> Whose:
    """Return the words for the open record."""
    if chart.is_own:
        return Whose(
            given="",
            new=_("What is new"),
            latest=_("Latest result of each test"),
            outside=_("Latest results outside the usual range"),
            team=_("Your care team"),
            other_results=_("your other results"),
        )
    name = given_name(chart)
    return Whose(
        given=name,
        new=_("New for %(name)s") % {"name": name},
        latest=_("%(name)s’s results: the latest of each test") % {"name": name},
        outside=_("%(name)s’s latest results outside the usual range") % {"name": name},
        team=_("%(name)s’s care team") % {"name": name},
        other_results=_("%(name)s’s other results") % {"name": name},
    )
