"""The portal's pages: whole, plain, quick, and nobody else's."""

import gzip
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from carespace.audit.models import AuditEvent
from tests.conftest import Answer, WebClient
from tests.people import Cast, let_see, sign_in
from tests.portal.conftest import Outline
from tests.records.shelf import lab, paper, put, visit

pytestmark = pytest.mark.django_db
CHART_PAGES = ["home", "health", "labs", "documents", "appointments", "resources"]
MOST_QUERIES = 8
MOST_BYTES_GZIPPED = 14_000
Ask = Callable[..., Answer]


def fill(cast: Cast, rows: int) -> uuid.UUID:
    """Give Ruth ``rows`` tests with two results each, documents and visits; return one result's id."""
    usual = [{"low": {"value": 12}, "high": {"value": 16}}]
    performer = {"reference": f"Organization/{put_laboratory(cast)}"}
    for number in range(rows):
        for taken in ("2026-09-08", "2026-08-08"):
            result = lab(
                f"{number}-1", {"value": 11}, taken, referenceRange=usual, performer=[performer]
            )
            last = put(cast.practice, cast.ruths_record, result)
        day = datetime(2026, 9, 1, tzinfo=UTC) - timedelta(days=number)
        paper(
            cast.practice, cast.ruths_record, None, when=f"{day:%Y-%m-%d}", title=f"Note {number}"
        )
        for year in (2025, 2099):
            put(cast.practice, cast.ruths_record, visit(f"{year}-{day:%m-%d}T09:30:00-05:00"))
    return last


def put_laboratory(cast: Cast) -> uuid.UUID:
    return put(cast.practice, None, {"resourceType": "Organization", "name": "Lakeside Laboratory"})


def asked_of_the_tables(ask: Callable[[], Answer]) -> int:
    """Count a request's queries, without the ones by which the test itself takes the web role and gives it back."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert ask().status_code == 200
    own = re.compile(r"SET ROLE|RESET ROLE|set_config\('carespace\.\w+', ''|SAVEPOINT")
    texts = [query["sql"] for query in captured.captured_queries]
    return len([text for text in texts if not own.search(text)])


@pytest.mark.parametrize("name", CHART_PAGES)
def test_a_page_is_whole_and_its_title_names_nobody(cast: Cast, ruths: Ask, name: str) -> None:
    fill(cast, 3)
    response = ruths(f"portal:{name}")
    page = Outline(response)
    assert response.status_code == 200
    assert len(page.headings) == 1
    assert len(page.ids) == len(set(page.ids))
    assert page.title.endswith("· CareSpace")
    assert "Ruth" not in page.title
    assert "Adler" not in page.title
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", [*CHART_PAGES, "record"])
def test_an_ordinary_page_is_light(cast: Cast, ruths: Ask, name: str) -> None:
    fill(cast, 20)
    assert len(gzip.compress(ruths(f"portal:{name}").content, 6)) <= MOST_BYTES_GZIPPED


def test_a_part_with_twenty_entries_is_light(cast: Cast, ruths: Ask) -> None:
    for number in range(20):
        medicine = {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": f"Medicine {number}"},
            "authoredOn": f"2026-01-{number + 1:02}",
            "dosageInstruction": [{"text": f"Take {number + 1} tablets each morning with food"}],
        }
        put(cast.practice, cast.ruths_record, medicine)
    page = ruths("portal:section", "medicines").content
    assert page.count(b'<li id="entry-') == 20
    assert len(gzip.compress(page, 6)) <= MOST_BYTES_GZIPPED


@pytest.mark.parametrize("name", CHART_PAGES)
def test_an_empty_record_has_pages_too(ruths: Ask, name: str) -> None:
    assert ruths(f"portal:{name}").status_code == 200


def test_a_page_asks_as_little_for_200_rows_as_for_20(cast: Cast, ruths: Ask) -> None:
    result = fill(cast, 20)
    ruths("portal:home")  # the first page of a session notes when it began

    def counted() -> dict[str, int]:
        pages: dict[str, list[uuid.UUID]] = {name: [] for name in CHART_PAGES} | {"lab": [result]}
        return {
            name: asked_of_the_tables(partial(ruths, f"portal:{name}", *more))
            for name, more in pages.items()
        }

    with_few = counted()
    fill(cast, 180)
    assert counted() == with_few
    assert max(with_few.values()) <= MOST_QUERIES


def test_the_labs_table_says_value_range_date_and_word(cast: Cast, ruths: Ask) -> None:
    fill(cast, 1)
    page = ruths("portal:labs").content.decode()
    assert '<span class="value">11</span>' in page
    assert "12–16" in page
    assert '<span class="tag low">Low</span>' in page
    assert "Sep 8, 2026" in page
    assert "Aug 8, 2026" in page[page.index("<details") :]


def test_one_test_has_its_words_its_lab_and_all_its_results(cast: Cast, ruths: Ask) -> None:
    last = fill(cast, 1)
    text = Outline(ruths("portal:lab", last)).text
    assert "This result is below the usual range." in text
    assert "Lakeside Laboratory" in text
    assert "What this may mean" in text
    assert "Sep 8, 2026" in text


def test_a_long_history_turns_its_pages(cast: Cast, ruths: Ask) -> None:
    for number in range(25):
        day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        last = put(cast.practice, cast.ruths_record, lab("718-7", f"v{number}", f"{day:%Y-%m-%d}"))
    first = Outline(ruths("portal:lab", last))
    assert "?page=2" in first.links
    assert "1 to 20 of 25" in first.text
    second = Outline(ruths("portal:lab", last, page=2))
    assert "v0" in second.text
    assert "?page=1" in second.links
    for odd in ("0", "-1", "x", "9" * 40, "²"):
        assert ruths("portal:lab", last, page=odd).status_code == 200


def test_the_landing_page_shows_six_documents_and_the_way_to_all(cast: Cast, ruths: Ask) -> None:
    fill(cast, 8)
    page = Outline(ruths("portal:health"))
    assert "View All Documents (8)" in page.text
    assert [f"Note {number}" in page.text for number in range(8)] == [True] * 6 + [False] * 2
    assert "Note 7" in Outline(ruths("portal:documents")).text


def test_a_withdrawn_result_has_a_page_without_its_value(cast: Cast, ruths: Ask) -> None:
    wrong = lab("718-7", "99.9", status="entered-in-error")
    text = Outline(ruths("portal:lab", put(cast.practice, cast.ruths_record, wrong))).text
    assert "Withdrawn: entered in error" in text
    assert "99.9" not in text


@pytest.mark.parametrize(
    ("preset", "tabs"),
    [
        ("highlands", ["Home", "Labs", "Documents", "Appointments", "Resources"]),
        ("classic", ["Home", "Health", "Appointments", "Resources"]),
    ],
)
def test_each_layout_has_its_own_tabs_over_the_same_pages(
    cast: Cast, ruths: Ask, preset: str, tabs: list[str]
) -> None:
    cast.practice.preset = preset
    cast.practice.save()
    html = ruths("portal:labs").content.decode()
    bar = html[html.index('<nav class="tabs"') : html.index("</nav>")]
    assert re.findall(r">([A-Z]\w+)</a>", bar) == tabs
    for name in CHART_PAGES:
        assert ruths(f"portal:{name}").status_code == 200


def test_appointments_can_be_off(cast: Cast, ruths: Ask) -> None:
    cast.practice.overrides = {"feature_appointments": False}
    cast.practice.save()
    assert ruths("portal:appointments").status_code == 404
    assert (
        reverse("portal:appointments", args=[cast.ruths_record.pk])
        not in Outline(ruths("portal:home")).links
    )


def test_a_cancelled_visit_stays_and_says_so(cast: Cast, ruths: Ask) -> None:
    cancelled = visit("2099-11-24T09:30:00-05:00", status="cancelled")
    put(cast.practice, cast.ruths_record, cancelled)
    assert "Cancelled" in Outline(ruths("portal:appointments")).text
    assert "Infusion" not in Outline(ruths("portal:home")).text


def test_family_always_see_whose_record_it_is(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.luis)
    home = client.get(reverse("portal:home", args=[cast.ruths_record.pk])).content.decode()
    bar = "You are viewing <b>Ruth Adler</b> (as family or caregiver), born March 4, 1951."
    assert bar in home
    assert "The latest for Ruth" in home
    assert "Ruth’s care team can help" in home


def test_one_record_opens_at_once_and_several_are_a_choice(cast: Cast, client: WebClient) -> None:
    home = reverse("portal:home", args=[cast.ruths_record.pk])
    sign_in(client, cast.ruth)
    assert client.get(reverse("portal:start"))["Location"] == home
    let_see(cast.ruth, cast.stans_record, "family")
    assert client.get(reverse("portal:start"))["Location"] == reverse("portal:people")
    page = Outline(client.get(reverse("portal:people")))
    assert {home, reverse("portal:home", args=[cast.stans_record.pk])} <= set(page.links)


def test_nobody_and_staff_and_strangers_start_where_they_belong(
    cast: Cast, client: WebClient
) -> None:
    assert client.get(reverse("portal:start"))["Location"] == reverse("portal:sign-in")
    sign_in(client, cast.fay)
    assert client.get(reverse("portal:start"))["Location"] == "/staff/"
    sign_in(client, cast.nora)
    assert client.get(reverse("portal:start"))["Location"] == reverse("portal:people")
    assert "No record to show yet" in Outline(client.get(reverse("portal:people"))).text


def test_a_strangers_answer_is_that_for_what_does_not_exist(cast: Cast, client: WebClient) -> None:
    result = fill(cast, 1)
    document = paper(cast.practice, cast.ruths_record, b"%PDF-1.7 x")
    sign_in(client, cast.stan)

    def answers(patient: Any, result_id: Any, document_id: Any) -> list[tuple[int, bytes]]:
        urls = [reverse(f"portal:{name}", args=[patient]) for name in CHART_PAGES]
        urls.append(reverse("portal:lab", args=[patient, result_id]))
        files = ("document", "document-content", "document-download")
        urls += [reverse(f"portal:{name}", args=[patient, document_id]) for name in files]
        found = [client.get(url) for url in urls]
        return [(each.status_code, each.content) for each in found]

    nothing = answers(uuid.uuid4(), uuid.uuid4(), uuid.uuid4())
    assert {status for status, _ in nothing} == {404}
    assert answers(cast.ruths_record.pk, result, document) == nothing
    # Another person's things under one's own record are not there either.
    own = answers(cast.stans_record.pk, result, document)[len(CHART_PAGES) :]
    assert own == nothing[len(CHART_PAGES) :]


def test_each_look_is_noted(cast: Cast, ruths: Ask) -> None:
    ruths("portal:labs")
    event = AuditEvent.objects.get(action="chart.open", category="labs")
    assert (event.actor_id, event.patient_id) == (cast.ruth.pk, cast.ruths_record.pk)


def test_settings_lead_back_to_the_record(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.ruth)
    home = reverse("portal:home", args=[cast.ruths_record.pk])
    settings = Outline(client.get(reverse("portal:settings")))
    assert home in settings.links
    assert reverse("portal:change-email") in settings.links
    assert "Change email address or password" in settings.text
    let_see(cast.ruth, cast.stans_record, "family")
    several = Outline(client.get(reverse("portal:settings")))
    assert home not in several.links
    assert "Back to Home" in several.text


def test_a_coming_visit_on_the_first_page_leads_to_itself(cast: Cast, ruths: Ask) -> None:
    soon = visit("2099-11-24T08:00:00-05:00", patientInstruction="Drink water")
    key = put(cast.practice, cast.ruths_record, soon)
    put(cast.practice, cast.ruths_record, visit("2020-11-24T08:00:00-05:00", patientInstruction="Fast"))  # fmt: skip
    page = reverse("portal:appointments", args=[cast.ruths_record.pk])
    home = Outline(ruths("portal:home"))
    assert f"{page}#visit-{key}" in home.links
    assert "8:00\N{NO-BREAK SPACE}am" in home.text
    appointments = Outline(ruths("portal:appointments"))
    assert f"visit-{key}" in appointments.ids
    assert "Drink water" in appointments.text
    assert "Before you come: Fast" not in appointments.text


def test_resources_open_elsewhere_and_tell_nothing(ruths: Ask) -> None:
    page = ruths("portal:resources").content.decode()
    for name in ("National Cancer Institute", "American Cancer Society", "CancerCare"):
        assert name in page
    assert page.count('rel="noreferrer noopener"') == 3
    assert "Opens another site" in page


def test_the_chosen_look_is_kept_and_drawn_by_the_server(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.ruth)
    url = reverse("portal:settings")
    assert cast.ruth.email in Outline(client.get(url)).text
    assert 'data-theme="dark"' not in client.get(url).content.decode()
    assert client.post(url, {"look": "dark"}).status_code == 302
    assert 'data-theme="dark"' in client.get(url).content.decode()
    assert (
        'data-theme="dark"' in client.get(reverse("portal:sign-in"), follow=True).content.decode()
    )
    assert client.post(url, {"look": "pink"}).status_code == 200
    client.cookies["carespace-look"] = '"><script>'
    assert "data-theme" not in client.get(url).content.decode()
