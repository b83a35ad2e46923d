"""Two other engines, driven in their own protocols: Firefox by WebDriver BiDi, WebKit by WebDriver (Debian's packages).

Promises: each opens pages as somebody who is signed in, and runs a script on them; a machine without the browser skips
loudly. WebKit here is GTK's: the same family as Safari, not Safari.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.request import Request, urlopen

import pytest
from websockets.sync.client import ClientConnection, connect

from carespace.demo.web import free_port

FIREFOX = ("firefox-esr", "firefox")
WEBKIT_DRIVER = "WebKitWebDriver"
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
START_SECONDS, ANSWER_SECONDS = 60, 60
WEBKIT_APP = Path(__file__).with_name("webkit_app.py")
# WebKitWebDriver hangs at a screenshot when these are set.
NOT_FOR_WEBKIT = ("WEBKIT_DISABLE_COMPOSITING_MODE", "WEBKIT_DISABLE_DMABUF_RENDERER")


class Engine(Protocol):
    """A browser with one window."""

    def sign_in(self, url: str, cookies: Iterable[Mapping[str, Any]]) -> None:
        """Take over the cookies of somebody who is signed in at ``url``."""

    def open(self, url: str) -> None:
        """Open a page and wait until it is loaded."""

    def run(self, script: str) -> Any:
        """Run a function expression that may give a promise; return its JSON value."""


@contextmanager
def firefox(width: int, height: int) -> Iterator[Engine]:
    """Start Firefox without a window on a screen."""
    program = next((path for name in FIREFOX if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("NO FIREFOX FOUND: pages were not looked at in Gecko")
    home = tempfile.mkdtemp(prefix="carespace-firefox-")
    line = [program, "--headless", "--no-remote", "--profile", home]
    process = subprocess.Popen(
        [*line, f"--width={width}", f"--height={height}", "--remote-debugging-port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "HOME": home, "MOZ_HEADLESS": "1"},
        start_new_session=True,
        text=True,
    )
    try:
        with connect(f"{_listening(process)}/session", max_size=None) as socket:
            yield _Firefox(socket, width, height)
    finally:
        _end(process, home)


class _Firefox:
    def __init__(self, socket: ClientConnection, width: int, height: int) -> None:
        self._socket, self._number = socket, 0
        self._ask("session.new", {"capabilities": {}})
        self._tab = self._ask("browsingContext.getTree", {})["contexts"][0]["context"]
        size = {"width": width, "height": height}
        self._ask("browsingContext.setViewport", {"context": self._tab, "viewport": size})

    def sign_in(self, url: str, cookies: Iterable[Mapping[str, Any]]) -> None:
        host = url.split("/")[2].split(":")[0]
        for each in cookies:
            value = {"type": "string", "value": each["value"]}
            cookie = {"name": each["name"], "value": value, "domain": host, "path": each["path"]}
            self._ask("storage.setCookie", {"cookie": cookie})

    def open(self, url: str) -> None:
        given = {"context": self._tab, "url": url, "wait": "complete"}
        self._ask("browsingContext.navigate", given)

    def run(self, script: str) -> Any:
        text = f"(async () => JSON.stringify((await ({script})()) ?? null))()"
        target = {"context": self._tab}
        answer = self._ask(
            "script.evaluate", {"expression": text, "target": target, "awaitPromise": True}
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"]["value"])

    def _ask(self, method: str, given: Mapping[str, Any]) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": given}))
        while True:
            answer = json.loads(self._socket.recv(timeout=ANSWER_SECONDS))
            if answer.get("id") == self._number:
                assert answer["type"] == "success", answer
                return answer["result"]


@contextmanager
def webkit(width: int, height: int) -> Iterator[Engine]:
    """Start WebKit in a window of our own on a screen that nobody sees."""
    programs = [
        shutil.which(WEBKIT_DRIVER),
        shutil.which("Xvfb"),
        Path("/usr/bin/python3").exists(),
    ]
    if not all(programs) or not _has_webkit():
        pytest.skip("NO WEBKIT FOUND: pages were not looked at in WebKit")
    home = tempfile.mkdtemp(prefix="carespace-webkit-")
    kept = {name: text for name, text in os.environ.items() if name not in NOT_FOR_WEBKIT}
    screen, wakes = _screen()
    port = free_port(0)
    process = subprocess.Popen(
        [WEBKIT_DRIVER, f"--port={port}", "--host=127.0.0.1"],
        env={**kept, "HOME": home, "DISPLAY": screen, "WK_SIZE": f"{width}x{height}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield _WebKit(f"http://127.0.0.1:{port}")
    finally:
        _end(process, home)
        _end(wakes, None)


class _WebKit:
    def __init__(self, address: str) -> None:
        self._address = address
        own = {"binary": str(WEBKIT_APP), "args": ["--automation"]}
        asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": own}}}
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._session = self._ask("POST", "/session", asked)["sessionId"]
            except OSError:
                assert time.monotonic() < deadline, "WebKit did not start"
                time.sleep(0.2)
            else:
                return

    def sign_in(self, url: str, cookies: Iterable[Mapping[str, Any]]) -> None:
        self.open(url)
        for each in cookies:
            cookie = {"name": each["name"], "value": each["value"], "path": each["path"]}
            self._ask("POST", f"/session/{self._session}/cookie", {"cookie": cookie})

    def open(self, url: str) -> None:
        self._ask("POST", f"/session/{self._session}/url", {"url": url})

    def run(self, script: str) -> Any:
        text = (
            "const done = arguments[arguments.length - 1];"
            f"Promise.resolve().then({script}).then(value => done(JSON.stringify(value ?? null)))"
        )
        path = f"/session/{self._session}/execute/async"
        return json.loads(self._ask("POST", path, {"script": text, "args": []}))

    def _ask(self, method: str, path: str, given: Mapping[str, Any]) -> Any:
        request = Request(f"{self._address}{path}", json.dumps(given).encode(), method=method)  # noqa: S310  our own address
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return json.loads(answer.read())["value"]


def _listening(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if match := LISTENING.search(line):
            return match[1]
    pytest.fail("Firefox did not start")


def _has_webkit() -> bool:
    ask = "import gi; gi.require_version('WebKit2', '4.1'); from gi.repository import WebKit2"
    return subprocess.call(["/usr/bin/python3", "-c", ask], stderr=subprocess.DEVNULL) == 0


def _screen() -> tuple[str, "subprocess.Popen[str]"]:
    """Start a screen in memory; it says its own number."""
    ours, theirs = os.pipe()
    line = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1400x1000x24"]
    process = subprocess.Popen(
        [*line, "-nolisten", "tcp"],
        pass_fds=[theirs],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    os.close(theirs)
    with os.fdopen(ours) as told:
        return f":{told.readline().strip()}", process


def _end(process: "subprocess.Popen[str] | subprocess.Popen[bytes]", home: str | None) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stderr:
        process.stderr.close()
    if home:
        shutil.rmtree(home, ignore_errors=True)
