"""All of the record, part by part (S-41, VDT-1)."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from carespace.access.chart import Chart, NotFound
from carespace.access.permissions import Permission
from carespace.portal.chips import record_chips
from carespace.portal.door import open_chart
from carespace.portal.record.contents import BY_SLUG, OTHER, PARTS, SHELVES
from carespace.portal.record.gathering import gathered
from carespace.portal.record.rows import Part, grouped, whose_words
from carespace.portal.shell import chart_shell
from carespace.portal.views.paging import turn_of
from carespace.records.entries import entries, tallies
from carespace.records.looks import note_look

ROWS = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """A part of the record as it is offered to the one who reads."""

    slug: str
    title: str
    about: str
    icon: str
    count: int


@require_safe
def record(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """List the parts of the record, each with how much it holds."""
    chart = open_chart(request, patient_id, Permission.RECORD_READ, category="record")
    found = tallies(chart, {part.slug: part.kind for part in PARTS})
    context = {
        "shell": chart_shell(request, chart, "health"),
        "patient_id": patient_id,
        "chips": record_chips(chart, "record"),
        "shelves": [
            (
                whose_words(chart, title, other),
                [
                    _offer(chart, part, found[part.slug].count)
                    for part in shelf
                    if found[part.slug].count
                ],
            )
            for title, other, shelf in (*SHELVES, ("", "", (OTHER,)))
        ],
        "empty": [
            _offer(chart, part, 0)
            for part in PARTS
            if not found[part.slug].count and part is not OTHER
        ],
    }
    return render(request, "portal/record/record.html", context)


@require_safe
def section(request: HttpRequest, patient_id: UUID, slug: str) -> HttpResponse:
    """Show one part of the record, the newest first."""
    part = BY_SLUG.get(slug)
    chart = open_chart(request, patient_id, Permission.RECORD_READ, category=f"record {slug}"[:40])
    if part is None:
        raise NotFound
    turn = turn_of(request, ROWS)
    found = entries(chart, part.kind, part.read, start=turn.start, size=turn.size)
    around = gathered(chart, [(part, found.rows)], note_look(chart, f"record:{slug}"))
    context = {
        "shell": chart_shell(request, chart, "health"),
        "patient_id": patient_id,
        "part": _offer(chart, part, found.total),
        "groups": grouped(part, found.rows, around),
        "unreadable": found.unreadable,
        "withdrawn": found.withdrawn,
        "pages": turn.links(len(found.rows) + found.unreadable, found.total),
    }
    return render(request, "portal/record/section.html", context)


def _offer(chart: Chart, part: Part, count: int) -> Offer:
    return Offer(
        part.slug,
        part.titled(chart),
        part.described(chart),
        part.icon,
        count if part.counted else 0,
    )
