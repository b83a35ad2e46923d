"""One test's page: what it says of a result in each of its states, its laboratory, its sample, and its drawing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from carespace.records.models import Resource
from tests.conftest import Answer
from tests.interop.fhir_builders import bundle, patient, result, take, write
from tests.people import Cast
from tests.portal.conftest import Outline
from tests.records.shelf import lab, put

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
UCUM = "http://unitsofmeasure.org"
LAB = [{"coding": [{"code": "laboratory"}]}]


def between(low: float, high: float) -> list[dict[str, Any]]:
    return [{"low": {"value": low}, "high": {"value": high}}]


def measured(cast: Cast, value: object, when: str, unit: str = "g/dL", **more: Any) -> UUID:
    code = more.pop("ucum", None)
    found = {"value": value, "unit": unit} | ({"system": UCUM, "code": code} if code else {})
    kept = {name: more.pop(name) for name in ("received_at",) if name in more}
    one = lab("718-7", found, when, **{"referenceRange": between(12, 16)} | more)
    return put(cast.practice, cast.ruths_record, one, **kept)


def shown(ruths: Ask, key: UUID) -> str:
    return " ".join(Outline(ruths("portal:lab", key)).text.split())


def drawn(ruths: Ask, key: UUID) -> list[str]:
    """The wide drawings of the page, one text each."""
    page = ruths("portal:lab", key).content.decode()
    return re.findall(r'<svg class="plot wide".*?</svg>', page, re.DOTALL)


def test_a_correction_through_the_import_shows_the_new_value_and_the_one_it_had(
    cast: Cast, ruths: Ask, tmp_path: Path
) -> None:
    numbers = cast.ruths_record.identifiers.get()
    someone = patient(
        born=cast.ruths_record.birth_date_text,
        family=cast.ruths_record.family_name,
        given=cast.ruths_record.given_names,
        identifier=[{"system": numbers.system, "value": numbers.value}],
    )
    said: dict[str, Any] = {"category": LAB, "referenceRange": between(12, 16)}
    first = result(**said, valueQuantity={"value": 11.2, "unit": "g/dL"})
    then = result(**said, status="corrected", valueQuantity={"value": 12.4, "unit": "g/dL"})
    for number, each in enumerate((first, then)):
        take(cast.practice, write(tmp_path / f"{number}.json", bundle(someone, each)))
    kept = Resource.objects.get(resource_type="Observation")
    assert kept.patient_id == cast.ruths_record.pk
    text = shown(ruths, kept.pk)
    assert "Corrected" in text
    assert "The lab has corrected this result since it first came." in text
    assert re.search(r"Was 11\.2 g/dL until \w{3} \d+, \d{4}\.", text)
    assert text.index("Was 11.2 g/dL") < text.index("12.4 g/dL")
    Resource.objects.filter(pk=kept.pk).update(retracted_at=datetime.now(UTC))
    assert "Was 11.2" not in shown(ruths, kept.pk)


@pytest.mark.parametrize(
    ("status", "said", "has_value"),
    [
        ("preliminary", "This is an early result. It may still change.", True),
        ("cancelled", "This test was cancelled.", True),
        ("entered-in-error", "was taken back. Do not go by it.", False),
        ("registered", "The lab is still working on this test.", True),
    ],
)
def test_each_state_is_said_in_words(
    cast: Cast, ruths: Ask, status: str, said: str, has_value: bool
) -> None:
    text = shown(ruths, measured(cast, 12.7, "2026-09-08", status=status))
    assert said in text
    assert ("12.7" in text) == has_value


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_what_is_no_result_is_in_no_drawing(cast: Cast, ruths: Ask, status: str) -> None:
    measured(cast, 12, "2026-07-08")
    measured(cast, 99, "2026-08-08", status=status)
    pages = drawn(ruths, measured(cast, 13, "2026-09-08"))
    assert len(pages) == 2
    assert not any("99" in re.sub("<[^>]*>", " ", each) for each in pages)


def test_the_page_names_laboratory_address_sample_and_what_is_measured(
    cast: Cast, ruths: Ask
) -> None:
    place = {
        "resourceType": "Organization",
        "name": "Lakeside Laboratory",
        "address": [{"line": ["12 Shore Road"], "city": "Port Alden", "state": "NY"}],
    }
    sample = {
        "resourceType": "Specimen",
        "type": {"text": "Venous blood"},
        "collection": {"collectedDateTime": "2026-09-07"},
        "condition": [{"text": "Sample was hemolyzed"}],
    }
    laboratory = put(cast.practice, None, place)
    specimen = put(cast.practice, cast.ruths_record, sample)
    key = measured(
        cast,
        12.4,
        "2026-09-08",
        performer=[{"reference": f"Organization/{laboratory}"}],
        specimen={"reference": f"Specimen/{specimen}"},
        note=[{"text": "Checked twice"}],
    )
    text = shown(ruths, key)
    for said in (
        "Lakeside Laboratory",
        "12 Shore Road, Port Alden, NY",
        "Venous blood",
        "Collected September 7, 2026",
        "Sample was hemolyzed",
        "Checked twice",
        "carries oxygen",
        "Call us:",
    ):
        assert said in text


def test_anothers_sample_is_not_shown(cast: Cast, ruths: Ask) -> None:
    sample = {"resourceType": "Specimen", "type": {"text": "Secret sample"}}
    theirs = put(cast.practice, cast.stans_record, sample)
    key = measured(cast, 12, "2026-09-08", specimen={"reference": f"Specimen/{theirs}"})
    assert "Secret sample" not in shown(ruths, key)


def test_the_trend_is_said_and_drawn_with_a_table_below(cast: Cast, ruths: Ask) -> None:
    for value, when in ((9.1, "2026-04-01"), (17.5, "2026-06-01")):
        measured(cast, value, when)
    last = measured(cast, 12.4, "2026-09-08")
    text = shown(ruths, last)
    assert "3 results since April 2026. The latest is 12.4. Before: 17.5 on Jun 1, 2026." in text
    assert "Rose" not in text
    assert "The latest is in the usual range." in text
    (line, chart) = drawn(ruths, last)
    assert "12.4 g/dL beside the usual range 12–16" in line
    assert "Usual range 12–16" in chart
    assert chart.count('class="pt high"') == chart.count('class="pt low"') == 1
    assert "17.5 High" in chart
    assert "9.1 Low" in chart
    assert text.index("Before: 17.5") < text.index("Sep 8, 2026")


def test_units_are_joined_by_their_code_and_never_across_it(cast: Cast, ruths: Ask) -> None:
    measured(cast, 13, "2026-05-01", "g/dl", ucum="g/dL")
    measured(cast, 14, "2026-06-01", "g/dL", ucum="g/dL")
    measured(cast, 125, "2026-07-01", "g/L", ucum="g/L", referenceRange=between(120, 160))
    last = measured(cast, 130, "2026-08-01", "g/L", ucum="g/L", referenceRange=between(120, 160))
    charts = drawn(ruths, last)[1:]
    assert len(charts) == 2
    words = [re.sub("<[^>]*>", " ", each) for each in charts]
    assert all(("13 " in each) != ("130 " in each) for each in words)
    assert "2 results in g/L since July 2026. Rose from 125 to 130." in shown(ruths, last)


def test_a_line_is_not_joined_where_the_range_changes(cast: Cast, ruths: Ask) -> None:
    for month, top in ((4, 16), (5, 16), (6, 18), (7, 18)):
        last = measured(cast, 13, f"2026-0{month}-01", referenceRange=between(12, top))
    (_, chart) = drawn(ruths, last)
    assert chart.count('class="trace"') == chart.count('class="band"') == 2
    assert "The lab or its usual range changed in this time" in shown(ruths, last)


def test_limits_and_words_stand_in_the_table_only(cast: Cast, ruths: Ask) -> None:
    measured(cast, 12, "2026-05-01")
    measured(cast, 14, "2026-06-01")
    put(cast.practice, cast.ruths_record, lab("718-7", "Clotted", "2026-07-01"))
    found = {"value": 5, "comparator": "<", "unit": "g/dL"}
    last = put(cast.practice, cast.ruths_record, lab("718-7", found, "2026-08-01"))
    text = shown(ruths, last)
    assert "2 results are not plain numbers with a day. They are in the table only." in text
    assert "<5" in text
    assert "Clotted" in text
    (chart,) = drawn(ruths, last)
    assert chart.count('class="pt ') == 2


def test_one_value_alone_is_no_trend(cast: Cast, ruths: Ask) -> None:
    key = measured(cast, 12, "2026-05-01")
    assert len(drawn(ruths, key)) == 1
    assert "since" not in shown(ruths, key)


def test_a_very_long_history_is_drawn_thinned_and_says_so(cast: Cast, ruths: Ask) -> None:
    start = datetime(2016, 1, 1, tzinfo=UTC)
    for number in range(220):
        day = start + timedelta(hours=18 * number)
        last = measured(cast, 12 + number % 5, f"{day:%Y-%m-%dT%H:%M:%S}Z")
    text = shown(ruths, last)
    assert "The drawing leaves out some of the 220 results" in text
    assert "1 to 20 of 220" in text


def test_a_fall_is_said_where_most_steps_fell_and_old_results_are_in_the_table_only(
    cast: Cast, ruths: Ask
) -> None:
    for month in range(1, 13):
        measured(cast, 40 - month, f"2024-{month:02}-01")
    for day in range(1, 12):
        last = measured(cast, 28 - day, f"2026-09-{day:02}")
    text = shown(ruths, last)
    assert "Fell from 39 to 17. The latest is 17. Before: 18 on Sep 10, 2026." in text
    assert "The drawing begins on Sep 1, 2026. Older results are in the table." in text
    assert drawn(ruths, last)[1].count('class="pt ') == 11


def test_held_results_have_no_part_in_the_drawing(cast: Cast, ruths: Ask) -> None:
    held = lab("718-7", {"value": 77, "unit": "g/dL"}, "2026-07-01")
    put(cast.practice, cast.ruths_record, held, held_at=datetime.now(UTC), held_reason="x")
    last = measured(cast, 12, "2026-08-01")
    assert "77" not in re.sub(r"<[^>]*>", " ", "".join(drawn(ruths, last)))
