"""All pages of one record as their reader sees them: every address that a link leads to, as words.

Promises: asked through the test client as the web role, from the first page on; pages of long lists are turned to their end.
"""

import re
from collections import deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from tests.conftest import WebClient

LINK = re.compile(r'<a\s[^>]*?href="([^"#]+)', re.DOTALL)
# The same things in another order, another language, another stretch of time; what is saved or leads elsewhere.
PASSED_OVER = re.compile(  # "Show newer" leads back to the first page, which is known
    r"[?&](order|find|show|from|to|kind|type|year|next)=|/(download|calendar|users|activity|change|file)/|/language/|[?&]page=1$|\.ics"
)
MOST_PAGES = 20_000


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style", "head"}
        self.parts.append(" " if tag not in {"b", "span", "a", "i", "em", "strong"} else "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style", "head"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def words_of(html: str) -> str:
    """Return the words of a page, white space as one space."""
    reader = _Words()
    reader.feed(html)
    return " ".join("".join(reader.parts).replace("\N{NO-BREAK SPACE}", " ").split())


@dataclass
class Record:
    """Every page of one record: HTML by address, all with status 200."""

    pages: dict[str, str] = field(default_factory=dict)

    def words(self) -> str:
        return "\n".join(words_of(html) for html in self.pages.values())

    def of(self, start: str) -> dict[str, str]:
        """Return the pages whose addresses begin with ``start``."""
        return {url: html for url, html in self.pages.items() if url.startswith(start)}


def read_record(client: WebClient, home: str) -> Record:
    """Follow every link below ``home``; fails at the first page that is not there."""
    record = Record()
    waiting, seen = deque([home]), {home}
    while waiting:
        url = waiting.popleft()
        answer = client.get(url)
        if answer.status_code == 302:
            continue
        assert answer.status_code == 200, (url, answer.status_code)
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        html = answer.content.decode()
        record.pages[url] = html
        assert len(record.pages) < MOST_PAGES
        for link in LINK.findall(html):
            address = urljoin(url, link.replace("&amp;", "&"))
            if address.startswith(home) and address not in seen and not PASSED_OVER.search(address):
                seen.add(address)
                waiting.append(address)
    return record
