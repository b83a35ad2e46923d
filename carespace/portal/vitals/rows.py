"""Vital signs as rows and as one page: two numbers of a blood pressure stay one measurement."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from carespace.access.chart import Chart as OpenChart
from carespace.portal.addresses import item_pattern
from carespace.portal.presenters.lab_page import Beside, names_in, was_lines
from carespace.portal.presenters.labs import Past, Reading, Row, reading
from carespace.portal.presenters.trend import (
    Chart,
    Number,
    chart_of,
    moment_of,
    number_of,
    trend_words,
)
from carespace.records.readings.labs import LabResult
from carespace.records.readings.vitals import BLOOD_PRESSURE, TEMPERATURE, Vital, vitals_of
from carespace.records.vital_queries import VitalHistory
from carespace.ui.dates import partial_short, partial_with_time


class VitalPage(TypedDict):
    """One measurement and what became of its kind over time."""

    name: str
    also: str
    about: str
    is_temperature: bool
    latest: Reading
    when: str
    history: list[str]
    charts: list[Chart]


def vital_rows(chart: OpenChart, found: Sequence[VitalHistory]) -> list[Row]:
    """Return the latest measurement of each kind for the table."""
    zone = chart.practice.zone
    before, after = item_pattern("vital-sign", chart.patient.pk)
    return [
        Row(
            name=each.latest.name,
            plain="",
            url=f"{before}{each.latest.first.id}{after}",
            latest=_reading(each.latest, zone),
            new=False,
            earlier=[_earlier(one, zone) for one in each.earlier],
            onward="",
        )
        for each in found
    ]


def vital_page(
    result: LabResult, past: Sequence[Vital], zone: ZoneInfo, beside: Beside
) -> VitalPage:
    """Return one measurement's page; ``past`` are all of its kind, empty where there are too many."""
    same = [each for each in past if result.id in {one.id for one in each.results}]
    vital = same[0] if same else vitals_of([result])[0]
    head = _reading(vital, zone, names_in(beside["linked"]))
    head["was"] = was_lines(result, beside["earlier"].get(result.id, ()), zone)
    return VitalPage(
        name=vital.name,
        also=result.test if result.test.lower() != vital.name.lower() else "",
        about=str(vital.kind.about) if vital.kind else "",
        is_temperature=vital.kind is TEMPERATURE,
        latest=head,
        when=partial_with_time(vital.taken, zone),
        history=_history(vital, past, zone),
        charts=_charts(vital, past, zone),
    )


def vital_past(vitals: Sequence[Vital], zone: ZoneInfo) -> list[Reading]:
    """Return the rows of the table below the drawing; who measured stands on each one's own page."""
    return [{**_reading(each, zone), "by": ""} for each in vitals]


def _reading(vital: Vital, zone: ZoneInfo, names: Mapping[str, str] | None = None) -> Reading:
    said = reading(vital.first, zone, names, whole=True)
    if vital.amounts and vital.kind is BLOOD_PRESSURE:
        return {**said, "value": vital.value, "unit": vital.unit, "parts": ()}
    return said


def _earlier(vital: Vital, zone: ZoneInfo) -> Past:
    said = _reading(vital, zone)
    return Past(
        date=partial_short(vital.taken, zone),
        value=said["value"],
        more=said["unit"],
        kind=said["kind"],
        word=said["word"],
        status=said["status"],
        new=False,
        rare=bool(said["status"]),
        other="",
    )


def _history(vital: Vital, past: Sequence[Vital], zone: ZoneInfo) -> list[str]:
    """Say in words what each number did; of a blood pressure both, each under its name."""
    lines = []
    for series in sorted({amount.series for amount in vital.amounts}):
        words = trend_words(_numbers(past, zone, vital.unit, series))
        if words and vital.kind is BLOOD_PRESSURE:
            words = [f"{_series_names()[series]}:", *words]
        lines += [" ".join(words)] if words else []
    return lines


def _charts(vital: Vital, past: Sequence[Vital], zone: ZoneInfo) -> list[Chart]:
    """Return one chart for each unit; both numbers of a blood pressure stand in the same one."""
    units = dict.fromkeys(amount.unit for each in past for amount in each.amounts)
    double = vital.kind is BLOOD_PRESSURE
    charts = [
        chart_of(
            [*_numbers(past, zone, unit, 0), *_numbers(past, zone, unit, 1)],
            identity=f"trend-{place}",
            name=vital.name,
            unit=unit,
            series=_series_names() if double else (),
        )
        for place, unit in enumerate(units)
    ]
    return [each for each in charts if each]


def _numbers(past: Sequence[Vital], zone: ZoneInfo, unit: str, series: int) -> list[Number]:
    found = []
    for each in past:
        amount = next((a for a in each.amounts if a.series == series and a.unit == unit), None)
        there = moment_of(each.taken, zone)
        if amount is None or amount.value is None or there is None or each.taken is None:
            continue
        plain = number_of(each.first, zone)
        number = plain or Number(amount.value, amount.printed, each.taken, there, each.first.flag)
        found.append(
            replace(number, value=amount.value, printed=amount.printed, series=series, source="")
        )
    return found


def _series_names() -> tuple[str, str]:
    return _("Upper number (systolic)"), _("Lower number (diastolic)")
