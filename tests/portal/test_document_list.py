"""The list of documents: found by type and word, new ones marked, earlier versions behind (S-37 to S-39)."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from carespace.records.models import Look, Resource
from tests.conftest import Answer
from tests.interop.ccda.builders import tree_in
from tests.people import Cast
from tests.portal.conftest import Outline
from tests.portal.test_pages import MOST_QUERIES, asked_of_the_tables
from tests.records.shelf import paper

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
Put = Callable[..., uuid.UUID]


@pytest.fixture
def put(cast: Cast) -> Put:
    def put_one(title: str, kind: str = "", *replaces: uuid.UUID, **more: Any) -> uuid.UUID:
        if kind:
            more["type"] = {"text": kind}
        if replaces:
            more["relatesTo"] = [
                {"code": "replaces", "target": {"reference": f"DocumentReference/{each}"}}
                for each in replaces
            ]
        data = more.pop("data", b"plain words")
        return paper(cast.practice, cast.ruths_record, data, "text/plain", title=title, **more)

    return put_one


def titles(answer: Answer) -> list[str]:
    page = tree_in(answer.content.decode())
    return [each.text_content() for each in page.xpath("//main//table//a")]


def test_each_row_says_type_date_and_author_and_nothing_of_the_file(put: Put, ruths: Ask) -> None:
    put("In short", "Visit note", author=[{"display": "Helen Park, MD"}], when="2026-09-08")
    text = Outline(ruths("portal:documents")).text
    for said in ("In short", "Visit note", "Sep 8, 2026", "Helen Park, MD"):
        assert said in text
    assert "kB" not in text


def test_documents_are_found_by_type_and_by_words(put: Put, ruths: Ask) -> None:
    put("Visit in May", "Progress note")
    put("Visit in June", "Progress note", when="2026-09-09")
    put("CT of the chest", "Imaging report")
    page = tree_in(ruths("portal:documents").content.decode())
    assert [each.get("value") for each in page.xpath("//select[@name='type']/option")] == ["", "Progress note", "Imaging report"]  # fmt: skip
    assert titles(ruths("portal:documents", type="Imaging report")) == ["CT of the chest"]
    assert titles(ruths("portal:documents", words="may VISIT")) == ["Visit in May"]
    narrowed = ruths("portal:documents", words="visit", type="Progress note")
    assert titles(narrowed) == ["Visit in June", "Visit in May"]
    assert "2 documents fit." in Outline(narrowed).text
    nothing = ruths("portal:documents", words="<script>")
    assert "No document fits" in Outline(nothing).text
    assert b"<script>" not in nothing.content.replace(b"<script src", b"")


def test_turning_the_page_keeps_what_was_asked(put: Put, ruths: Ask) -> None:
    for number in range(25):
        put(f"Visit {number}", "A & B")
    put("Other", "C")
    first = ruths("portal:documents", type="A & B", words="visit")
    assert "1 to 20 of 25" in Outline(first).text
    (older,) = [link for link in Outline(first).links if "page=2" in link]
    assert older == "?page=2&type=A+%26+B&words=visit"
    assert len(titles(ruths("portal:documents", type="A & B", words="visit", page=2))) == 5


def test_the_list_stands_under_its_years(put: Put, ruths: Ask) -> None:
    put("New", when="2026-01-02")
    put("Old", when="2024-12-31")
    page = tree_in(ruths("portal:documents").content.decode())
    assert [each.text for each in page.xpath("//main//h2")] == ["2026", "2024"]


def test_what_came_since_the_last_look_is_marked(put: Put, ruths: Ask) -> None:
    old = put("Seen before")
    assert "New" not in Outline(ruths("portal:documents")).text
    Look.objects.update(seen_at=timezone.now() - timedelta(hours=2))
    came = put("Just came")
    Resource.objects.filter(pk=came).update(received_at=timezone.now())
    marked = tree_in(ruths("portal:documents").content.decode())
    assert [each.getparent().find("a").text for each in marked.xpath("//span[@class='tag new']")] == ["Just came"]  # fmt: skip
    assert Resource.objects.get(pk=old).received_at < timezone.now() - timedelta(hours=2)


def test_an_earlier_version_is_behind_the_current_one(put: Put, ruths: Ask) -> None:
    first = put("First version", status="superseded")
    second = put("Second version", "", first, docStatus="amended", when="2026-09-09")
    assert titles(ruths("portal:documents")) == ["Second version"]
    assert "Show 1 earlier version" in Outline(ruths("portal:documents")).text
    assert titles(ruths("portal:documents", show="earlier")) == ["First version"]
    current = Outline(ruths("portal:document", second))
    assert "Updated Sep 9, 2026; replaces Sep 8, 2026" in current.text
    assert "Updated Sep 9, 2026; replaces Sep 8, 2026" in Outline(ruths("portal:documents")).text
    assert "Earlier versions" in current.text
    address = [reverse("portal:document", args=[current_patient(second), each]) for each in (first, second)]  # fmt: skip
    assert address[0] in current.links
    earlier = Outline(ruths("portal:document", first))
    assert "This is an earlier version" in earlier.text
    assert address[1] in earlier.links
    assert "Earlier versions" not in earlier.text
    said = earlier.text
    order = [said.index(words) for words in ("This is an earlier version", "Open the current version", "Download")]  # fmt: skip
    assert order == sorted(order)
    primary = tree_in(ruths("portal:document", first).content.decode()).xpath(
        "//main//a[contains(@class, 'primary')]"
    )
    assert [each.get("href") for each in primary] == [address[1]]


def current_patient(document_id: uuid.UUID) -> uuid.UUID:
    found = Resource.objects.get(pk=document_id).patient_id
    assert found
    return found


def test_a_superseded_document_without_its_replacement_is_reached_and_says_so(
    put: Put, ruths: Ask
) -> None:
    alone = put("Alone", status="superseded")
    page = ruths("portal:documents")
    assert "No documents yet" in Outline(page).text
    assert "Show 1 earlier version" in Outline(page).text
    assert titles(ruths("portal:documents", show="earlier")) == ["Alone"]
    assert "We do not have the version that came after it" in Outline(ruths("portal:document", alone)).text  # fmt: skip
    assert ruths("portal:document-download", alone).status_code == 200


def test_a_preliminary_document_says_that_it_may_change(put: Put, ruths: Ask) -> None:
    key = put("Note", docStatus="preliminary")
    for answer in (ruths("portal:documents"), ruths("portal:document", key)):
        assert "Preliminary: it may still change" in Outline(answer).text


def test_the_pages_ask_as_little_for_many_documents_as_for_few(put: Put, ruths: Ask) -> None:
    first = put("Version 0")
    ruths("portal:documents")

    def counted(key: uuid.UUID) -> list[int]:
        asked = [
            lambda: ruths("portal:documents"),
            lambda: ruths("portal:documents", show="earlier"),
            lambda: ruths("portal:documents", words="note", type="x"),
            lambda: ruths("portal:document", key),
        ]
        return [asked_of_the_tables(each) for each in asked]

    few = counted(first)
    last = first
    for number in range(60):
        last = put(f"Version {number + 1}", "x", last)
        put(f"Note {number}", "x")
    assert counted(last) == few
    assert max(few) <= MOST_QUERIES
