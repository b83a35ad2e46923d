"""The cast on stage, and one page asked for as somebody."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from tests.conftest import Answer, WebClient
from tests.people import Cast, make_cast, sign_in


@pytest.fixture(autouse=True)
def plain_static_files(settings) -> None:
    """Link to static files by their own names: hashed names need a collected folder."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def ruths(cast: Cast, client: WebClient) -> Callable[..., Answer]:
    """Ask for a page of Ruth's record as Ruth: ``ruths("portal:labs")``."""
    sign_in(client, cast.ruth)

    def ask(name: str, *arguments: object, **query: str | int) -> Answer:
        return client.get(reverse(name, args=[cast.ruths_record.pk, *arguments]), query)

    return ask


class Outline(HTMLParser):
    """What every page must get right: its title, its headings, its ids, its elements."""

    def __init__(self, response: Answer) -> None:
        super().__init__()
        self.title = ""
        self.text = ""
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self._in: list[str] = []
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.add(tag)
        self._in.append(tag)
        if "id" in values:
            self.ids.append(values["id"] or "")
        if tag == "h1":
            self.headings.append("")
        if tag == "a" and values.get("href"):
            self.links.append(values["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in[-1:] == ["title"]:
            self.title += data
        if "h1" in self._in and self.headings:
            self.headings[-1] += data
