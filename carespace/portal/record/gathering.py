"""Everything that the rows of one page need to know of other resources, asked for at once.

Promises: at most four queries for a page (names, people in two, where entries come from), whatever it shows.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from carespace.access.chart import Chart
from carespace.portal.record.rows import Around, Part
from carespace.records.contacts import contacts_for
from carespace.records.entries import resources_and
from carespace.records.names import names_in
from carespace.records.provenance import provenance_for

Shown = Sequence[tuple[Part, Sequence[Any]]]


def gathered(chart: Chart, shown: Shown, since: datetime | None = None) -> Around:
    """Return what the readings of ``shown`` (part, its readings on this page) refer to."""
    pairs = [(part, each) for part, readings in shown for each in readings]
    sent = provenance_for(chart, [identity for _, each in pairs if (identity := _id_of(each))])
    refers = [reference for part, each in pairs for reference in part.refers(each)]
    refers += [who.reference for each in sent.values() for who in each.references if who]
    also = next((part.also for part, _ in shown if part.also), None)
    others, more = resources_and(chart, refers, also)
    people = [who for part, each in pairs for who in part.contacts(each)]
    return Around(
        chart=chart,
        names=names_in(others),
        since=since,
        others=others,
        contacts=contacts_for(chart, people),
        sent=sent,
        also=more,
    )


def _id_of(reading: object) -> UUID | None:
    found = getattr(reading, "id", None)
    return found if isinstance(found, UUID) else None
