"""Every page that somebody can reach by links, one of each kind: nothing is left out because nobody thought of it.

Promises: only GETs, only the demo's own address; a page is known by its route, its slug and the names of its query's
fields, so that one lab stands for all labs and each part of the record for itself.
"""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import APIRequestContext

LINK = re.compile(r'<(?:a|iframe)\s[^>]*?(?:href|src)="([^"#]+)', re.DOTALL)
# Turning the pages of a list, and where to go back to, make no other page.
PASSED_OVER = {"page", "next", "older", "newer"}
MOST_PAGES = 400


@dataclass(frozen=True)
class Kind:
    """What makes a page one of its own."""

    route: str
    slug: str = ""
    asked: frozenset[tuple[str, str]] = frozenset()

    def __str__(self) -> str:
        words = [self.route, self.slug, *(f"{name}={text}" for name, text in sorted(self.asked))]
        return " ".join(word for word in words if word)


@dataclass(frozen=True)
class Found:
    """A page and where it was found."""

    kind: Kind
    url: str


def kind_of(url: str) -> Kind | None:
    """Return which page ``url`` is; None for what is no page of ours."""
    parts = urlsplit(url)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    asked = frozenset(
        (name, text[:20]) for name, text in parse_qsl(parts.query) if name not in PASSED_OVER
    )
    return Kind(match.view_name, str(match.kwargs.get("slug", "")), asked)


def crawl(ask: APIRequestContext, base: str, first: Iterable[str]) -> list[Found]:
    """Return one page of each kind that can be reached from ``first``; each answers 200 and is HTML."""
    found: dict[Kind, str] = {}
    waiting = deque(urljoin(base, path) for path in first)
    seen: set[str] = set()
    while waiting:
        url = waiting.popleft()
        kind = kind_of(url) if urlsplit(url).netloc == urlsplit(base).netloc else None
        if url in seen or kind is None or kind in found or not _is_page(kind):
            continue
        seen.add(url)
        assert len(seen) < MOST_PAGES, "the crawl does not end"
        answer = ask.get(url)
        assert answer.status == 200, (url, answer.status)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        landed = kind_of(answer.url)
        if landed is None or landed in found:
            continue
        found[landed] = answer.url
        waiting.extend(urljoin(answer.url, unescape(link)) for link in LINK.findall(answer.text()))
    return [Found(kind, url) for kind, url in found.items()]


def _is_page(kind: Kind) -> bool:
    # What stands in a frame or is saved is the practice's document, not a page of ours.
    inside = ("-content", "-download", "-file")
    return kind.route.startswith(("portal:", "staff:")) and not kind.route.endswith(inside)


def as_mapping(pages: Iterable[Found]) -> Mapping[str, str]:
    """Return the pages by the words for their kind, in order."""
    return {str(each.kind): each.url for each in sorted(pages, key=lambda each: str(each.kind))}


def session_of(cookies: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the cookies that another browser needs to be signed in as the same person."""
    wanted = {"name", "value", "path"}
    return [{name: each[name] for name in wanted} for each in cookies]
