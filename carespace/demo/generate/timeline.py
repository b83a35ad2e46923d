"""When everything happened to one patient: infusions, blood draws and visits around today.

Promises that infusions of one patient keep their weekday and interval (moved only by a holiday),
that each treatment that lowers the counts has a draw before it and one at the lowest days, and
that nobody in treatment is without a draw in the five days before today.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from carespace.demo.generate.clock import (
    Clock,
    is_workday,
    nearest_workday,
    workday_after,
    workday_before,
)
from carespace.demo.generate.regimens import REGIMENS, Regimen
from carespace.demo.generate.story import Phase, Story

FOLLOW_UP_DAYS = 84
UPCOMING_TREATMENTS = 4
RECENT_DRAW_DAYS = (2, 1, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment (an infusion, or a check while taking tablets): `number` of `planned`."""

    day: date
    regimen: Regimen
    number: int
    planned: int
    phase: Phase


@dataclass(frozen=True, slots=True)
class Draw:
    """One blood draw and what it is for: 'before', 'lowest', 'follow-up' or 'recent'."""

    day: date
    purpose: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One office visit; `treatment` where the visit is the check before a treatment."""

    day: date
    treatment: Treatment | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything dated; `upcoming` holds treatments on or after today, the rest lies before it."""

    anchor: date
    treatments: tuple[Treatment, ...]
    upcoming: tuple[Treatment, ...]
    draws: tuple[Draw, ...]
    visits: tuple[Visit, ...]

    def week(self, week: int) -> date:
        """Return the working day in that week from the anchor, before it for a negative week."""
        return workday_before(self.anchor + timedelta(weeks=week))


def build_timeline(story: Story, clock: Clock) -> Timeline:
    """Lay out one patient's two years from the story and today."""
    anchor = workday_after(clock.day(story.anchor_days))
    all_treatments = sorted(
        (treatment for phase in story.phases for treatment in _treatments(phase, anchor)),
        key=lambda treatment: (treatment.day, treatment.regimen.name),
    )
    given = tuple(treatment for treatment in all_treatments if treatment.day < clock.today)
    upcoming = tuple(treatment for treatment in all_treatments if treatment.day >= clock.today)
    draws = _draws(story, given, upcoming, clock, anchor)
    return Timeline(anchor, given, upcoming, draws, _visits(story, given, clock, anchor))


def _treatments(phase: Phase, anchor: date) -> list[Treatment]:
    regimen = REGIMENS[phase.regimen]
    first = anchor + timedelta(weeks=phase.start)
    count = min(phase.planned, phase.done + UPCOMING_TREATMENTS)
    return [
        Treatment(
            workday_after(first + timedelta(days=regimen.interval_days * index)),
            regimen,
            index + 1,
            phase.planned,
            phase,
        )
        for index in range(count)
    ]


def _draws(
    story: Story,
    given: tuple[Treatment, ...],
    upcoming: tuple[Treatment, ...],
    clock: Clock,
    anchor: date,
) -> tuple[Draw, ...]:
    purposes: dict[date, str] = {}
    for treatment in given:
        if treatment.regimen.lowers_counts:
            lowest = nearest_workday(treatment.day + timedelta(days=treatment.regimen.nadir_day))
            purposes[lowest] = "lowest"
    for treatment in (*given, *upcoming):
        purposes[workday_before(treatment.day - timedelta(days=1))] = "before"
    for day in (
        consultation_day(story, anchor),
        *_follow_up_days(story, given, clock, anchor),
    ):
        purposes.setdefault(day, "follow-up")
    if story.on_therapy:
        candidates = [clock.day(-days) for days in RECENT_DRAW_DAYS]
        if not any(day in purposes for day in candidates):
            purposes[next(day for day in candidates if is_workday(day))] = "recent"
    past = {day: purpose for day, purpose in purposes.items() if day < clock.today}
    return tuple(Draw(day, past[day]) for day in sorted(past))


def _visits(
    story: Story, given: tuple[Treatment, ...], clock: Clock, anchor: date
) -> tuple[Visit, ...]:
    by_day: dict[date, Visit] = {}
    for day in _follow_up_days(story, given, clock, anchor):
        by_day[day] = Visit(day)
    consultation = consultation_day(story, anchor)
    by_day[consultation] = Visit(consultation)
    for treatment in given:
        by_day[treatment.day] = Visit(treatment.day, treatment)
    return tuple(by_day[day] for day in sorted(by_day) if day < clock.today)


def consultation_day(story: Story, anchor: date) -> date:
    """Return the day of the first long talk, once the pathologist's report is there."""
    return workday_before(anchor + timedelta(weeks=story.specimen_week, days=11))


def _follow_up_days(
    story: Story, given: tuple[Treatment, ...], clock: Clock, anchor: date
) -> list[date]:
    """Return the quarterly visits that lie well away from any treatment."""
    days: list[date] = []
    day = anchor + timedelta(weeks=story.known)
    while day < clock.today:
        if all(abs((day - treatment.day).days) > 40 for treatment in given):
            days.append(workday_before(day))
        day += timedelta(days=FOLLOW_UP_DAYS)
    return days
