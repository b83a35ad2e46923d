"""Who has looked at this record (VDT-16, VDT-17, PRX-7, AUD-3, T23)."""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from carespace.access.activity import NOT_SHOWN
from carespace.access.chart import actor_of
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM, About, Actor, record, record_aside
from carespace.patients.models import Patient
from carespace.portal.record.contents import BY_SLUG
from carespace.portal.users.deed_words import ANYTHING_ELSE, DOWNLOADS, PAGES, WORDS
from tests.access.records import give_record
from tests.conftest import WebClient
from tests.guard.tree import ROOT, called_name
from tests.people import Cast, make_person, sign_in
from tests.portal_users.conftest import words_of

pytestmark = pytest.mark.django_db

# Acts about no patient's record: nothing of them could ever be on the page.
ABOUT_NO_RECORD = {
    "address.ask",
    "address.change",
    "audit.resume",
    "delivery.finish",
    "delivery.receive",
    "desk.open",
    "device.trust",
    "device.trust-end",
    "device.trust-used",
    "factor.add",
    "factor.remove",
    "factor.remove-all",
    "factor.use",
    "mail.try",
    "user.news",
    "password.ask-reset",
    "password.change",
    "password.rehash",
    "password.reset",
    "practice.add",
    "practice.set-sender",
    "recovery-codes.make",
    "session.end",
    "session.end-others",
    "staff.accept",
    "staff.add",
    "staff.ask",
    "staff.decline",
    "staff.end",
    "staff.withdraw",
    "terms.accept",
    "terms.publish",
    "user.add",
    "user.claim",
    "user.language",
    "user.sign-in",
    "user.sign-out",
    "user.unlock",
    "user.verify-address",
}
# Functions that pass an act's name on to record(), and the one that makes it up from a mail's state.
TELLERS = {"record", "_note", "_tell"}
MADE_UP = {"mail.{what or message.state}"}


def acts_in(tree: Path) -> Iterator[str]:
    """Each name of an act that the code writes as done; what it writes aside was refused."""
    for path in sorted((tree / "carespace").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or called_name(node) not in TELLERS:
                continue
            for given in node.args:
                if isinstance(given, ast.JoinedStr) and "." in ast.unparse(given):
                    if called_name(node) == "record":
                        yield ast.unparse(given)[2:-1]
                elif isinstance(given, ast.Constant) and re.fullmatch(
                    r"[a-z-]+\.[a-z-]+", str(given.value)
                ):
                    yield str(given.value)


def categories_in(tree: Path) -> Iterator[str]:
    """Each category under which the code opens a chart."""
    for path in sorted((tree / "carespace").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and called_name(node) == "open_chart":
                yield from (
                    str(each.value.value)
                    for each in node.keywords
                    if each.arg == "category" and isinstance(each.value, ast.Constant)
                )


def test_every_act_has_words_or_a_reason_not_to_be_shown() -> None:
    found = set(acts_in(ROOT))
    assert found - MADE_UP == WORDS.keys() | NOT_SHOWN.keys() | ABOUT_NO_RECORD


def test_no_act_is_placed_twice() -> None:
    assert not WORDS.keys() & NOT_SHOWN.keys()
    assert not ABOUT_NO_RECORD & (WORDS.keys() | NOT_SHOWN.keys())


def test_every_page_of_a_record_has_words() -> None:
    parts = {f"record {slug}" for slug in BY_SLUG}
    assert parts | set(categories_in(ROOT)) == PAGES.keys() | DOWNLOADS.keys()


def test_a_planted_act_without_words_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "carespace").mkdir()
    (tmp_path / "carespace" / "actions.py").write_text("record('letter.burn', by=who)\n")
    assert list(acts_in(tmp_path)) == ["letter.burn"]


@pytest.fixture
def page(cast: Cast, ruths: WebClient) -> Callable[..., str]:
    """Ask for the page as Ruth, and return its main part."""

    def asked(**query: str) -> str:
        url = f"/p/{cast.ruths_record.pk}/activity/"
        return words_of(ruths.get(url, query)).partition("<main")[2].partition("</main>")[0]

    return asked


def about(patient: Patient, category: str = "labs") -> About:
    return About(patient.practice_id, patient.pk, category)


def at(moment: datetime, by: Actor, patient: Patient, action: str = "chart.open") -> None:
    """Write an act as if ``moment`` were now."""
    record(action, by=by, about=about(patient))
    AuditEvent.objects.filter(pk=AuditEvent.objects.latest("recorded_at").pk).update(
        recorded_at=moment
    )


def test_the_patient_reads_what_family_looked_at_and_took(
    cast: Cast, client: WebClient, page: Callable[..., str], tmp_path: Path
) -> None:
    document = give_record(cast.ruths_record, tmp_path)["document_id"]
    home, luis = f"/p/{cast.ruths_record.pk}/", WebClient()
    sign_in(luis, cast.luis)
    for _ in range(3):
        luis.get(f"{home}labs/")
    luis.get(f"{home}documents/{document}/download/")
    shown = page()
    assert "Luis Adler" in shown
    assert "Looked at Labs, 3 times, last at " in shown
    assert "Downloaded a document at " in shown
    assert '<h2 id="day-1">Today</h2>' in shown


def test_staff_are_shown_with_their_practice_and_their_reason(
    cast: Cast, page: Callable[..., str]
) -> None:
    staff = Actor(cast.fay.pk, cast.fay.name, kind="staff")
    record("patient.look-up", by=staff, about=about(cast.ruths_record, "demographics"))
    reason = "Ruth called about her results"
    record("visit.open", by=staff, about=about(cast.ruths_record, "record"), reason=reason)
    shown = page()
    assert 'Fay Desk</b> <span class="soft">(staff of Lakeside Cancer Associates)' in shown
    assert "Looked up your contact details at " in shown
    assert re.search(rf"Opened this record at [^<]+\. Reason: {reason}<", shown)


def test_changes_of_access_say_by_whom_and_whose(
    cast: Cast, ruths: WebClient, page: Callable[..., str]
) -> None:
    home = f"/p/{cast.ruths_record.pk}/users/"
    typed = {"birth_date_month": "4", "birth_date_day": "1", "birth_date_year": "1990"}
    ruths.post(home, {"email": "ana@example.com", **typed})
    ruths.post(f"{home}{cast.luis.grants.get().pk}/revoke/")
    shown = page()
    assert "Invited ana@example.com to see this record at " in shown
    assert "Ended the access of Luis Adler at " in shown
    assert "Ended the access of Nora Quist at " in shown


def test_family_read_it_too_without_the_addresses_of_others(cast: Cast, ruths: WebClient) -> None:
    home = f"/p/{cast.ruths_record.pk}/"
    typed = {"birth_date_month": "4", "birth_date_day": "1", "birth_date_year": "1990"}
    ruths.post(f"{home}users/", {"email": "ana@example.com", **typed})
    luis = WebClient()
    sign_in(luis, cast.luis)
    shown = words_of(luis.get(f"{home}activity/"))
    assert "Invited someone to see this record at " in shown
    assert "ana@example.com" not in shown
    assert 'Luis Adler</b> <span class="soft">(you)' in shown


def test_refusals_machines_and_other_records_are_left_out(
    cast: Cast, page: Callable[..., str]
) -> None:
    stan = WebClient()
    sign_in(stan, cast.stan)
    assert stan.get(f"/p/{cast.ruths_record.pk}/labs/").status_code == 404
    stan.get(f"/p/{cast.stans_record.pk}/labs/")
    record_aside("chart.refuse", by=actor_of(cast.otto), about=about(cast.ruths_record))
    record("letter.burn", by=SYSTEM, about=about(cast.ruths_record))
    shown = page()
    for name in ("Stan Moran", "Otto", "CareSpace", str(ANYTHING_ELSE)):
        assert name not in shown


def test_an_act_nobody_has_words_for_is_still_told(cast: Cast, page: Callable[..., str]) -> None:
    record("letter.burn", by=actor_of(cast.luis), about=about(cast.ruths_record, "letters"))
    assert f"{ANYTHING_ELSE} at " in page()


def test_accepting_an_invite_is_one_line(cast: Cast, page: Callable[..., str]) -> None:
    made = actor_of(make_person("Ana Adler"))
    for action in ("invitation.accept", "grant.create"):
        record(action, by=made, about=about(cast.ruths_record, "access"))
    shown = page(person=str(made.user_id))
    assert "Accepted an invite to this record at " in shown
    assert "Got access" not in shown


def test_one_person_can_be_chosen_and_nobody_else_guessed(
    cast: Cast, page: Callable[..., str]
) -> None:
    record("chart.open", by=actor_of(cast.luis), about=about(cast.ruths_record))
    page()
    lines = re.sub(r"<option.*?</option>", "", page(person=str(cast.luis.pk)))
    assert "Luis Adler" in lines
    assert "Ruth Adler" not in lines
    for nobody in (str(cast.stan.pk), "x", "", "1' OR 1=1"):
        assert "Ruth Adler" in re.sub(r"<option.*?</option>", "", page(person=nobody))


def test_a_page_is_seven_days_with_anything_and_leads_to_older_ones(
    cast: Cast, page: Callable[..., str]
) -> None:
    noon = datetime.now(UTC).replace(hour=17, minute=0, second=0)
    for days in range(2, 40, 4):
        at(noon - timedelta(days=days), actor_of(cast.luis), cast.ruths_record)
    chosen = str(cast.luis.pk)
    first = page(person=chosen)
    assert first.count("<h2") == 7
    (older,) = re.findall(r'href="\?([^"]+)"[^>]*>Show older', first)
    query = dict(part.split("=") for part in older.replace("&amp;", "&").split("&"))
    assert query["person"] == chosen
    second = page(**query)
    assert second.count("<h2") == 3
    assert "Show older" not in second
    titles = re.findall(r"<h2[^>]*>([^<]+)</h2>", first + second)
    assert len(set(titles)) == 10
    for odd in ("", "x", "2026-02-31", "0001-01-01", "9999-12-31", "2026-11-20'"):
        assert "<h1>" in page(before=odd)


def test_a_day_ends_at_midnight_where_the_practice_is(cast: Cast, page: Callable[..., str]) -> None:
    night = datetime(2026, 3, 4, 4, 30, tzinfo=UTC)  # 11:30 pm of March 3 in New York
    at(night, actor_of(cast.luis), cast.ruths_record)
    shown = page(before="2026-03-05")
    assert "Tuesday, March 3, 2026" in shown
    assert "Looked at Labs at 11:30 pm" in shown


def test_a_name_is_shown_as_text(cast: Cast, page: Callable[..., str]) -> None:
    record(
        "chart.open", by=Actor(cast.luis.pk, "<script>x</script>"), about=about(cast.ruths_record)
    )
    assert "<script>" not in page()
    assert "&lt;script&gt;" in page()


def test_staff_do_not_read_it(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.fay)
    assert client.get(f"/p/{cast.ruths_record.pk}/activity/").status_code == 404


def test_the_footer_of_every_page_of_a_record_leads_there(cast: Cast, ruths: WebClient) -> None:
    home = f"/p/{cast.ruths_record.pk}/"
    for page_url in (home, f"{home}labs/", f"{home}resources/", f"{home}users/"):
        footer = words_of(ruths.get(page_url)).partition("<footer")[2]
        assert f'<a href="{home}activity/">Who has looked at this record</a>' in footer, page_url


def test_many_events_are_counted_by_the_database(
    cast: Cast, ruths: WebClient, page: Callable[..., str]
) -> None:
    """As many queries for 50,000 events as for three, and none that brings them here."""
    few = queries(ruths, cast)
    now, luis = timezone.now(), actor_of(cast.luis)
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                recorded_at=now - timedelta(minutes=10 * number),
                action="chart.open",
                category="labs",
                actor_id=luis.user_id,
                actor_name=luis.name,
                actor_kind="person",
                practice_id=cast.practice.pk,
                patient_id=cast.ruths_record.pk,
            )
            for number in range(50_000)
        ],
        batch_size=5_000,
    )
    assert queries(ruths, cast) == few
    assert page().count("Looked at Labs") <= 7


def queries(browser: WebClient, cast: Cast) -> int:
    url = f"/p/{cast.ruths_record.pk}/activity/"
    browser.get(url)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        browser.get(url)
    return len(caught)
