"""The real ``carespace demo`` as a program: its one JSON line, its sign-ins, its mailbox, and that nothing stays.

One home serves all tests: the first start sets everything up, every further one finds it.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bench.browser import Browser
from carespace.accounts.factors import code_at
from carespace.accounts.passwords import unmet_rules
from carespace.config import embedded_postgres
from carespace.demo.cast import PRACTICE_NAME, SIGN_INS
from carespace.demo.web import free_port

ROOT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 10
START_SECONDS = 120
EVERYTHING = """
SELECT (SELECT count(*) FROM records_resource), (SELECT count(*) FROM records_resourceversion),
       (SELECT count(*) FROM interop_delivery), (SELECT count(*) FROM access_grant),
       (SELECT count(*) FROM practices_practice), (SELECT count(*) FROM practices_staffmembership),
       (SELECT count(*) FROM accounts_user), (SELECT count(*) FROM interop_quarantinedentry)
"""


def demo_line(*more: str) -> list[str]:
    line = [sys.executable, "-P", "-m", "carespace.config.command", "demo", "--json"]
    return [*line, "--no-browser", *more]


def demo_environment(home: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CARESPACE_")}
    return {**kept, "CARESPACE_HOME": str(home), "PYTHONPATH": str(ROOT)}


@dataclass
class Demo:
    """A running demo: its process, the home, and what it told."""

    process: subprocess.Popen[bytes]
    home: Path
    told: dict[str, Any]

    @property
    def port(self) -> int:
        return int(self.told["url"].rstrip("/").rpartition(":")[2])

    def stop(self) -> tuple[str, int]:
        """Ask it to stop; return what else it printed, and its exit code."""
        self.process.send_signal(signal.SIGTERM)
        rest, _ = self.process.communicate(timeout=STOP_SECONDS)
        return rest.decode(), self.process.returncode


def start(home: Path) -> Demo:
    process = subprocess.Popen(
        demo_line("--port", str(free_port(0))),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=demo_environment(home),
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        _, said = process.communicate()
        pytest.fail(f"The demo did not start: {said.decode()}")
    return Demo(process, home, json.loads(line))


def family_of(parent: int) -> set[int]:
    """The process and all below it, by number."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text(errors="replace")
        except OSError:
            continue
        parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = {parent}
    while more := {pid for pid, above in parents.items() if above in found} - found:
        found |= more
    return found


def still_there(pids: set[int], patience_seconds: float) -> set[int]:
    """Those of ``pids`` that have not ended by then; one nobody has collected yet has ended."""
    deadline = time.monotonic() + patience_seconds
    while left := {pid for pid in pids if _runs(pid)}:
        if time.monotonic() > deadline:
            return left
        time.sleep(0.1)
    return set()


def _runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def counts(home: Path) -> tuple[int, ...]:
    with psycopg.connect(embedded_postgres.superuser_url(home, "carespace")) as connection:
        row = connection.execute(EVERYTHING).fetchone()
        assert row is not None
        return row


@pytest.fixture
def browsers(demo: "Demo") -> Iterator[Callable[[], Browser]]:
    """Opens browsers of the demo, and closes them."""
    opened: list[Browser] = []

    def open_one() -> Browser:
        opened.append(Browser(demo.port))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="carespace-demo-"))
    folder.chmod(0o711)
    yield folder
    embedded_postgres.stop(folder, patience_seconds=1)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def demos(home: Path) -> Iterator[list[Demo]]:
    """Every demo that was started on the home; the last one may still run."""
    started: list[Demo] = []
    yield started
    if started and started[-1].process.poll() is None:
        started[-1].stop()


@pytest.fixture
def demo(home: Path, demos: list[Demo]) -> Demo:
    """The demo that runs on the home, started where none does."""
    if not demos or demos[-1].process.poll() is not None:
        demos.append(start(home))
    return demos[-1]


def test_the_ready_line_is_one_object_with_all_sign_ins(demo: Demo) -> None:
    assert demo.told["url"] == f"http://localhost:{demo.port}/"
    assert demo.told["mailbox"] == f"http://localhost:{demo.port}/demo/mail/"
    accounts = demo.told["accounts"]
    assert [each["role"] for each in accounts] == [
        "patient",
        "family",
        "front-desk",
        "nurse",
        "manager",
    ]
    assert demo.told["codes"] == f"http://localhost:{demo.port}/demo/codes/"
    keys = {"role", "name", "email", "password", "birth_date", "totp_secret"}
    assert keys == set(accounts[0])
    assert [bool(each["totp_secret"]) for each in accounts] == [False, False, True, True, True]
    assert accounts[0]["birth_date"] == "1961-04-27"


@pytest.mark.parametrize("person", SIGN_INS, ids=lambda person: person.role)
def test_every_sign_in_meets_the_rules_and_works(
    browsers: Callable[[], Browser], person: Any
) -> None:
    assert unmet_rules(person.password, expected_words=[PRACTICE_NAME]) == []
    browser = browsers()
    page = browser.follow(browser.get("/sign-in/"))
    answer = browser.submit(page, {"email": person.email, "password": person.password})
    inside = browser.follow(answer)
    assert answer.status == 302
    assert inside.status == 200
    if person.totp_secret:
        assert inside.path == "/sign-in/second-factor/"
        code = code_at(person.totp_secret, int(time.time()) // 30)
        inside = browser.follow(browser.submit(inside, {"answer": code}))
    assert "/sign-in/" not in inside.path
    if person.relation == "grant":
        assert "Reyes" in inside.body


def test_a_wrong_password_stays_outside(browsers: Callable[[], Browser]) -> None:
    browser = browsers()
    page = browser.follow(browser.get("/sign-in/"))
    answer = browser.submit(page, {"email": "fay.okoro@example.com", "password": "Wrong-Word-1!"})
    assert answer.location == ""
    assert browser.get("/").location != ""


def test_the_codes_of_the_staff_are_shown_and_come_anew(browsers: Callable[[], Browser]) -> None:
    """A code is of the step in which the page was made, or the machine has gone on by one since."""
    before = int(time.time()) // 30
    page = browsers().get("/demo/codes/")
    after = int(time.time()) // 30
    assert page.status == 200
    assert 1 <= int(page.heads["Refresh"]) <= 30
    for person in SIGN_INS:
        shown = {
            code_at(person.totp_secret, step) in page.body
            for step in (before, after)
            if person.totp_secret
        }
        assert (True in shown) is bool(person.totp_secret), person.name


def test_the_mailbox_shows_what_is_in_the_folder_and_nothing_else(
    demo: Demo, browsers: Callable[[], Browser]
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "Lakeside <noreply@example.com>", "ruth@example.com"
    mail["Subject"] = "Your <b>invitation</b>"
    mail.set_content("Complete it here:\nhttp://localhost/register/abc\n")
    mail.add_alternative(
        '<p onclick="x()">Hello<script>alert(1)</script><img src="https://away.example/x">'
        '<a href="http://localhost/register/abc">Complete Your Registration</a>'
        '<a href="javascript:alert(1)">bad</a></p>',
        subtype="html",
    )
    folder = demo.home / "mail"
    folder.mkdir(exist_ok=True)
    (folder / "20260101T000000.0-one.eml").write_bytes(mail.as_bytes())
    browser = browsers()
    listed = browser.get("/demo/mail/")
    assert listed.status == 200
    assert "Your &lt;b&gt;invitation&lt;/b&gt;" in listed.body
    page = browser.get("/demo/mail/20260101T000000.0-one.eml/")
    assert 'href="http://localhost/register/abc"' in page.body
    framed = browser.get("/demo/mail/20260101T000000.0-one.eml/html/")
    assert 'target="_top"' in framed.body
    assert "sandbox" in framed.heads["Content-Security-Policy"]
    for never in ("script", "onclick", "img", "javascript:"):
        assert never not in framed.body
    assert browser.get("/demo/mail/..%2Fkeys%2Fmaster.key/").status == 404
    assert browser.get("/demo/mail/nothing.eml/").status == 404


def test_a_second_demo_on_the_same_home_says_where_the_first_one_is(demo: Demo) -> None:
    second = subprocess.run(
        demo_line("--port", "0"),
        capture_output=True,
        env=demo_environment(demo.home),
        timeout=START_SECONDS,
        check=False,
    )
    assert second.returncode == 1
    assert demo.told["url"] in second.stderr.decode()
    assert second.stdout == b""


def test_stopping_ends_every_child_and_starting_again_changes_nothing(demo: Demo) -> None:
    before = counts(demo.home)
    family = family_of(demo.process.pid)
    database = embedded_postgres.status(demo.home).pid
    assert len(family) >= 5  # the demo, its keeper, web with its workers, worker
    assert database is not None
    rest, code = demo.stop()
    assert (rest, code) == ("", 0)
    assert still_there({*family, database}, STOP_SECONDS) == set()

    again = start(demo.home)
    assert again.told["accounts"] == demo.told["accounts"]
    assert counts(demo.home) == before

    family = family_of(again.process.pid) - {again.process.pid}
    again.process.kill()
    again.process.communicate()
    assert still_there(family, STOP_SECONDS) == set()
    assert not embedded_postgres.status(demo.home).running
