"""Goals G6 to G8: each main page beside two floors in the same run, round by round.

The floors are served by the same gunicorn settings from the same database server: ``hello`` (one word) and ``bare page``
(session, one indexed query, one template). G6 and G7 compare with ``hello``; the ratio to ``bare page`` is told too.
"""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.table import Table

from bench.browser import Answer, Browser
from bench.figures import Spread, percentile, surroundings
from bench.house import ROOT, carespace_line, module_line, temporary_home, told_by
from carespace.demo.web import free_port

AMOUNT = 60  # requests of each page a round
WARM_UP_REQUESTS = 12
TARGET_P95, TARGET_CPU, TARGET_QUERIES = 11, 10, 8
START_PATIENCE_SECONDS = 120
HELLO, BARE = "hello (floor)", "bare page (floor)"


@dataclass(frozen=True, slots=True)
class Subject:
    """One page: where it is, on whose connection, served by which process, and a text it must hold."""

    name: str
    path: str
    browser: Browser
    server: int
    holds: str

    def ask(self) -> Answer:
        """Ask once; stop everything when the answer is not the page."""
        answer = self.browser.get(self.path)
        if answer.status != 200 or self.holds not in answer.body:
            sys.exit(f"{self.name} answered {answer.status} without “{self.holds}”.")
        return answer


def measure(rounds: int, requests: int) -> dict[str, Any]:
    """Return for each page its times, CPU and queries, and the ratios to the floors."""
    with temporary_home() as home, _demo(home) as told:
        port = int(told["url"].rstrip("/").rpartition(":")[2])
        with _bare(home) as (bare_port, key, bare_pid):
            served = _serving(port)
            signed_in = _sign_in(port, told["accounts"][0])
            subjects = [
                *_floors(bare_port, key, bare_pid),
                *_pages(port, served, signed_in),
            ]
            for subject in subjects:
                for _ in range(WARM_UP_REQUESTS):
                    subject.ask()
            samples = [_round(subjects, requests) for _ in range(rounds)]
            pages = [each for each in subjects if each.server == served]
            counted = {each.name: _queries(each) for each in pages}
    return {
        "goals": {"G6": TARGET_P95, "G7": TARGET_CPU, "G8": TARGET_QUERIES},
        "pages": {each.name: _summary(each.name, samples, counted) for each in subjects},
        "requests_a_round": requests,
        "rounds": samples,
        **surroundings(),
    }


def table(result: dict[str, Any]) -> Table:
    """Return the result for people."""
    shown = Table(title=f"Pages, one connection, {result['requests_a_round']} requests a round")
    headings = (
        "Page",
        "req/s",
        "p50 ms",
        "p95 ms",
        "CPU ms",
        "queries",
        "p95 ×",
        "CPU ×",
        "bare ×",
    )
    for heading in headings:
        shown.add_column(heading, justify="left" if heading == "Page" else "right", no_wrap=True)
    for name, page in result["pages"].items():
        shown.add_row(
            name,
            f"{page['requests_per_second']:,.0f}",
            f"{page['p50_ms']:.1f}",
            f"{page['p95_ms']:.1f}",
            f"{page['cpu_ms']:.2f}",
            _judged(page["queries"], TARGET_QUERIES, "d"),
            _judged(page["p95_ratio"], TARGET_P95, ".1f"),
            _judged(page["cpu_ratio"], TARGET_CPU, ".1f"),
            f"{page['cpu_ratio_to_bare_page']:.1f}",
        )
    caption = f"Targets: p95 × <= {TARGET_P95}, CPU × <= {TARGET_CPU}, queries <= {TARGET_QUERIES}."
    floor = Spread.of([each[HELLO]["p95_ms"] for each in result["rounds"]])
    noisy = " The floor's p95 is noisy: trust CPU only." if floor.is_noisy else ""
    shown.caption = f"{caption} bare × is CPU beside the bare page.{noisy}"
    return shown


def _judged(value: float | None, target: float, form: str) -> str:
    if value is None:
        return "-"
    return f"{value:{form}}{' !' if value > target else ''}"


def _round(subjects: list[Subject], requests: int) -> dict[str, dict[str, float]]:
    return {subject.name: _sample(subject, requests) for subject in subjects}


def _sample(subject: Subject, requests: int) -> dict[str, float]:
    cpu = _cpu_seconds(subject.server)
    began = time.perf_counter()
    seconds = [subject.ask().seconds for _ in range(requests)]
    wall = time.perf_counter() - began
    return {
        "requests_per_second": requests / wall,
        "p50_ms": percentile(seconds, 0.5) * 1000,
        "p95_ms": percentile(seconds, 0.95) * 1000,
        "cpu_ms": (_cpu_seconds(subject.server) - cpu) / requests * 1000,
    }


def _summary(
    name: str, samples: list[dict[str, dict[str, float]]], queries: dict[str, int]
) -> dict[str, Any]:
    def middle(what: str) -> float:
        return median(each[name][what] for each in samples)

    def ratio(what: str, floor: str) -> float:
        return median(each[name][what] / max(each[floor][what], 1e-6) for each in samples)

    return {
        **{what: middle(what) for what in ("requests_per_second", "p50_ms", "p95_ms", "cpu_ms")},
        "queries": queries.get(name),
        "p95_ratio": ratio("p95_ms", HELLO) if name in queries else None,
        "cpu_ratio": ratio("cpu_ms", HELLO) if name in queries else None,
        "cpu_ratio_to_bare_page": ratio("cpu_ms", BARE),
    }


def _queries(subject: Subject) -> int:
    cookies = json.dumps(subject.browser.cookies)
    return int(told_by(module_line("bench.queries", cookies, subject.path)))


def _floors(port: int, key: str, server: int) -> Iterator[Subject]:
    yield Subject(HELLO, "/hello/", Browser(port), server, "hello")
    yield Subject(BARE, "/page/", Browser(port, {"bare": key}), server, "note ")


def _pages(port: int, server: int, signed_in: Browser) -> Iterator[Subject]:
    chart = signed_in.follow(signed_in.get("/")).path
    health = signed_in.get(f"{chart}health/")
    labs = signed_in.get(f"{chart}labs/")
    documents = signed_in.get(f"{chart}documents/")
    lab = _link(labs if labs.status == 200 else health, rf"{chart}labs/[0-9a-f-]+/")
    document = _link(documents, rf"{chart}documents/[0-9a-f-]+/")
    yield Subject("sign-in", "/sign-in/", Browser(port), server, "password")
    for name, path in {
        "home": chart,
        "health": f"{chart}health/",
        "labs": f"{chart}labs/",
        "lab": lab,
        "documents": f"{chart}documents/",
        "document": document,
        "appointments": f"{chart}appointments/",
    }.items():
        yield Subject(name, path, signed_in, server, "Reyes")


def _link(page: Answer, pattern: str) -> str:
    found = re.search(rf'href="({pattern})', page.body)
    if found is None:
        sys.exit(f"{page.path} ({page.status}) has no link like {pattern}")
    return found[1]


def _sign_in(port: int, account: dict[str, str]) -> Browser:
    browser = Browser(port)
    page = browser.follow(browser.get("/sign-in/"))
    filled = {"email": account["email"], "password": account["password"]}
    answer = browser.submit(page, filled)
    if not answer.location:
        sys.exit(f"Signing in answered {answer.status}.")
    browser.follow(answer)
    return browser


@contextmanager
def _demo(home: Path) -> Iterator[dict[str, Any]]:
    """Run the demo on this home, and yield what it told when it was ready."""
    line = carespace_line("demo", "--json", "--no-browser", "--port", str(free_port(0)))
    process = subprocess.Popen(line, stdout=subprocess.PIPE, cwd=ROOT)
    try:
        told = process.stdout.readline() if process.stdout else b""
        if not told:
            sys.exit(f"The demo did not start; see {home / 'demo' / 'logs'}")
        yield json.loads(told)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@contextmanager
def _bare(home: Path) -> Iterator[tuple[int, str, int]]:
    """Serve the floors; yield port, session key and process."""
    port = free_port(0)
    process = subprocess.Popen(
        module_line("bench.bare", str(port), str(home)), stdout=subprocess.PIPE, cwd=ROOT
    )
    try:
        key = process.stdout.readline().decode().strip() if process.stdout else ""
        _wait_for(port)
        yield port, key, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if Browser(port).get("/hello/").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("The floor does not answer.")


def _serving(port: int) -> int:
    """Return the oldest process that serves ``port`` (the parent of the workers)."""
    wanted = ["serve", "--port", str(port)]
    found = [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if _words(entry)[-len(wanted) :] == wanted
    ]
    if not found:
        sys.exit("The portal's processes are not found (this needs /proc).")
    return min(found)


def _words(entry: Path) -> list[str]:
    try:
        return (entry / "cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError:
        return []


def _cpu_seconds(server: int) -> float:
    """Return the CPU seconds of a process and its children, all threads (schedstat counts nanoseconds)."""
    nanoseconds = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]
            if str(server) not in (entry.name, parent):
                continue
            for each in (entry / "task").iterdir():
                nanoseconds += int((each / "schedstat").read_text().split()[0])
        except OSError:
            continue
    return nanoseconds / 1e9
