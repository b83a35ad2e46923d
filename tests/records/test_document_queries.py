"""Which documents count, and which are earlier versions: the same answer in the list and on the first pages (S-37 to S-39)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from carespace.access.chart import Chart, NotFound, open_chart
from carespace.access.permissions import Permission
from carespace.records.document_queries import (
    Papers,
    chosen,
    current_documents,
    kinds_of,
    one_document,
    papers,
)
from carespace.records.models import Resource
from carespace.records.readings.documents import Document, document
from tests.people import Cast, make_cast
from tests.records.shelf import paper

pytestmark = pytest.mark.django_db
SAFETY = 50


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def chart(cast: Cast) -> Chart:
    return open_chart(cast.ruth, cast.ruths_record.pk, Permission.DOCUMENT_READ)


def put(chart: Chart, title: str, *replaces: UUID, **more: Any) -> UUID:
    if replaces:
        more["relatesTo"] = [
            {"code": "replaces", "target": {"reference": f"DocumentReference/{each}"}}
            for each in replaces
        ]
    return paper(chart.practice, chart.patient, None, title=title, **more)


def titles(found: tuple[Document, ...]) -> list[str]:
    return sorted(each.title for each in found)


def in_sql(chart: Chart) -> list[str]:
    """What the first pages show, by the rule in SQL."""
    rows = current_documents(chart).values_list("content", flat=True)
    return sorted(row["content"][0]["attachment"]["title"] for row in rows)


def both(chart: Chart) -> tuple[list[str], list[str]]:
    found = papers(chart)
    assert in_sql(chart) == titles(found.current)
    return titles(found.current), titles(found.earlier)


def test_what_is_replaced_stands_behind_what_replaced_it(chart: Chart) -> None:
    first = put(chart, "First", status="superseded")
    second = put(chart, "Second", first, when="2026-09-09")
    third = put(chart, "Third", second, when="2026-09-10")
    put(chart, "Another")
    assert both(chart) == (["Another", "Third"], ["First", "Second"])
    found = papers(chart)
    newest = one_document(chart, third)
    assert [each.title for each in found.behind(newest)] == ["Second", "First"]
    assert found.behind(one_document(chart, first)) == ()
    for earlier in (first, second):
        current = found.newest_of(one_document(chart, earlier))
        assert current
        assert current.id == third


def test_a_superseded_document_that_nothing_replaces_is_still_reached(chart: Chart) -> None:
    alone = put(chart, "Alone", status="superseded")
    put(chart, "Current")
    assert both(chart) == (["Current"], ["Alone"])
    assert one_document(chart, alone).is_superseded
    assert papers(chart).newest_of(one_document(chart, alone)) is None


def test_an_appended_document_replaces_nothing(chart: Chart) -> None:
    first = put(chart, "First")
    relation = [{"code": "appends", "target": {"reference": f"DocumentReference/{first}"}}]
    put(chart, "Second", relatesTo=relation)
    assert both(chart) == (["First", "Second"], [])


@pytest.mark.parametrize(
    "hidden",
    [
        {"held_at": timezone.now(), "held_reason": "doubted"},
        {"released_at": None},
        {"retracted_at": timezone.now()},
    ],
)
def test_where_the_replacement_is_not_shown_the_patient_keeps_what_they_have(
    chart: Chart, hidden: dict[str, Any]
) -> None:
    first = put(chart, "First")
    second = put(chart, "Second", first)
    assert both(chart) == (["Second"], ["First"])
    Resource.objects.filter(pk=second).update(**hidden)
    assert both(chart) == (["First"], [])
    with pytest.raises(NotFound):
        one_document(chart, second)


def test_a_replacement_entered_in_error_replaces_nothing(chart: Chart) -> None:
    first = put(chart, "First")
    put(chart, "Second", first, docStatus="entered-in-error")
    assert both(chart) == (["First"], [])


def test_another_patients_document_replaces_nothing(cast: Cast, chart: Chart) -> None:
    mine = put(chart, "Mine")
    theirs = open_chart(cast.stan, cast.stans_record.pk, Permission.DOCUMENT_READ)
    put(theirs, "Theirs", mine)
    again = open_chart(cast.ruth, cast.ruths_record.pk, Permission.DOCUMENT_READ)
    assert both(again) == (["Mine"], [])


def test_documents_that_replace_each_other_end() -> None:
    one, two = uuid4(), uuid4()

    def made(identity: UUID, other: UUID) -> Document:
        body = (
            '{"resourceType":"DocumentReference","status":"current","relatesTo":[{"code":"replaces","target":'
            f'{{"reference":"DocumentReference/{other}"}}}},{{"code":"replaces"}},{{"code":"replaces","target":'
            f'{{"reference":"DocumentReference/{identity}"}}}}]}}'
        )
        found = document(identity, body)
        assert found
        return found

    found = Papers((made(one, two), made(two, one)))
    assert titles(found.behind(found.rows[0])) == [found.rows[1].title]
    assert found.newest_of(found.rows[0]) is None
    assert found.current == ()
    assert len(found.earlier) == 2


def test_types_and_words_find_documents(chart: Chart) -> None:
    for title, kind in (("Visit in May", "Note"), ("Visit in June", "Note"), ("CT of the chest", "Imaging"), ("Plain", "")):  # fmt: skip
        put(chart, title, **({"type": {"text": kind}} if kind else {}))
    rows = papers(chart).current
    assert kinds_of(rows) == ["Note", "Imaging"]
    assert titles(tuple(chosen(rows, kind="Note"))) == ["Visit in June", "Visit in May"]
    assert titles(tuple(chosen(rows, words="VISIT may"))) == ["Visit in May"]
    assert titles(tuple(chosen(rows, words="imaging"))) == ["CT of the chest"]
    assert chosen(rows, kind="Imaging", words="visit") == []
    assert len(chosen(rows)) == 4
