"""Words that say whose record a page is about: "you" on one's own, the given name on another person's (S-32)."""

from typing import TypedDict

from carespace.access.chart import Chart


class Whose(TypedDict):
    """Parts of sentences; ``given`` is empty on one's own record."""

    given: str
    new: str
    latest: str
    outside: str
    team: str
    other_results: str


def whose(chart: Chart) -> Whose:
    """Return the words for the open record."""
    if chart.is_own:
        return Whose(
            given="",
            new="What is new",
            latest="Latest result of each test",
            outside="Latest results outside the usual range",
            team="Your care team",
            other_results="your other results",
        )
    names = chart.patient.given_names.split() or [chart.patient.display_name]
    name = names[0]
    return Whose(
        given=name,
        new=f"New for {name}",
        latest=f"{name}’s results: the latest of each test",
        outside=f"{name}’s latest results outside the usual range",
        team=f"{name}’s care team",
        other_results=f"{name}’s other results",
    )
