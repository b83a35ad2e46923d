"""A small browser on one kept-open connection: cookies, redirects, forms, and a stopwatch."""

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

_INPUT = re.compile(r"<input\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([a-z-]+)\s*=\s*"([^"]*)"', re.IGNORECASE)
MOST_REDIRECTS = 8
IDLE_SECONDS = 2.0  # gunicorn closes after 5


@dataclass(slots=True)
class Answer:
    """One answer: status, body, path, headers, and the seconds it took."""

    status: int
    body: str
    path: str
    heads: Mapping[str, str]
    seconds: float

    @property
    def location(self) -> str:
        """Where a redirect leads; empty when it is none."""
        return self.heads.get("Location", "")


@dataclass(slots=True)
class Browser:
    """Talks to 127.0.0.1 only; the host it names is ``localhost``."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None
    _used_at: float = 0.0

    def get(self, path: str) -> Answer:
        """Ask once, without following redirects."""
        return self._ask("GET", path, None)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def follow(self, answer: Answer) -> Answer:
        """Follow redirects to a page."""
        for _ in range(MOST_REDIRECTS):
            if not answer.location:
                return answer
            answer = self.get(urlsplit(urljoin(answer.path, answer.location)).path)
        message = f"{answer.path} redirects without end"
        raise RuntimeError(message)

    def submit(self, page: Answer, filled: dict[str, str]) -> Answer:
        """Send the page's own fields with ``filled`` on top, to the page's own address."""
        data = urlencode({**fields_of(page.body), **filled})
        return self._ask("POST", page.path, data)

    def _ask(self, method: str, path: str, data: str | None) -> Answer:
        connection = self._connected()
        heads = {
            "Host": f"localhost:{self.port}",
            "Origin": f"http://localhost:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if data is not None:
            heads["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        connection.request(method, path, data, heads)
        response = connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - began
        for line in response.headers.get_all("Set-Cookie") or []:
            self.cookies.update({name: each.value for name, each in SimpleCookie(line).items()})
        self._used_at = time.monotonic()
        if response.will_close:
            connection.close()
        return Answer(
            response.status, body.decode(errors="replace"), path, heads_of(response), seconds
        )

    def _connected(self) -> http.client.HTTPConnection:
        """Return an open connection; one that the server is about to close is opened anew, off the clock."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            self._connection.close()
        if self._connection.sock is None:
            self._connection.connect()
        return self._connection


def heads_of(response: http.client.HTTPResponse) -> dict[str, str]:
    """Return the response's headers by their usual names."""
    return dict(response.getheaders())


def fields_of(body: str) -> dict[str, str]:
    """Return the names and values of the page's inputs; later ones of a name win."""
    found = {}
    for tag in _INPUT.findall(body):
        attributes = {name.lower(): unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        if "name" in attributes and attributes.get("type") not in {"submit", "checkbox"}:
            found[attributes["name"]] = attributes.get("value", "")
    return found
