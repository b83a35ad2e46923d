"""What a list of reports needs beside them, in one query: names, and how much of each lab report is outside its range.

Promises: only what the chart may see counts; of a report whose results are not all asked for nothing is said (S-36).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from carespace.access.chart import Chart
from carespace.records.lab_queries import MOST_AROUND, around
from carespace.records.readings.names import name_of
from carespace.records.readings.reports import Linked, Report, result_of
from carespace.records.report_queries import Entry

_OUTSIDE = frozenset({"high", "low", "outside"})


@dataclass(frozen=True, slots=True)
class BesideReports:
    """``names`` by address; ``outside``: how many results of a report are outside their usual range."""

    names: Mapping[str, str]
    outside: Mapping[UUID, int]


def beside_reports(
    chart: Chart, entries: Sequence[Entry], nameless: Iterable[str]
) -> BesideReports:
    """Return what a list of ``entries`` needs; ``nameless``: the addresses of people and places to be named."""
    people = list(dict.fromkeys(nameless))[:MOST_AROUND]
    wanted: dict[UUID, list[str]] = {}
    room = MOST_AROUND - len(people)
    for each in entries:
        if isinstance(each, Report) and each.kind == "lab" and not each.says_nothing:
            references = {one.reference for one in each.found.result if one.reference}
            room -= len(references)
            if room >= 0:
                wanted[each.id] = list(references)
    linked = around(chart, [*people, *(one for some in wanted.values() for one in some)])
    outside = {one for one, found in linked.items() if _is_outside(found)}
    return BesideReports(
        names={
            one: name for one in people if one in linked and (name := name_of(linked[one].content))
        },
        outside={key: sum(one in outside for one in some) for key, some in wanted.items()},
    )


def _is_outside(linked: Linked) -> bool:
    result = result_of(linked) if linked.resource_type == "Observation" else None
    return result is not None and result.flag in _OUTSIDE
