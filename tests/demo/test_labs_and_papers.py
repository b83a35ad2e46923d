"""Counts that fall and recover, planted realities, and papers that open."""

import base64
import hashlib
import re
from datetime import date, timedelta
from decimal import Decimal

from carespace.demo.cast import PHONE, PRACTICE_NAME
from carespace.demo.generate import elsewhere
from carespace.demo.generate.regimens import REGIMENS

ANC, LAB = "751-8", "laboratory"
PHONES = re.compile(r"(?:\(\d{3}\) |\d{3}-)\d{3}-\d{4}")
HARD = {
    drug.name
    for regimen in REGIMENS.values()
    if regimen.lowers_counts
    for drug in regimen.drugs
    if drug.route != "by mouth"
}


def is_lab(item):
    return item["category"][0]["coding"][0]["code"] == LAB


def series(items, loinc):
    found = {}
    for item in items:
        if item["code"]["coding"][0]["code"] == loinc and item["status"] == "final":
            found[date.fromisoformat(item["effectiveDateTime"][:10])] = item["valueQuantity"][
                "value"
            ]
    return found


def treatment_days(generated, mrn):
    """The days on which a treatment that lowers the counts was given, by the regimen's note."""
    names = {regimen.name for regimen in REGIMENS.values() if regimen.lowers_counts}
    return sorted(
        {
            date.fromisoformat(item["effectiveDateTime"][:10])
            for item in generated.of_patient(mrn, "MedicationAdministration")
            if item["note"][0]["text"].split(", treatment")[0] in names
        }
    )


def lowest(counts, day, until):
    """The lowest count on days 6 to 14 after a treatment, before the draw for the next one."""
    first, last = day + timedelta(days=6), min(day + timedelta(days=14), until)
    return min((counts[drawn] for drawn in counts if first <= drawn <= last), default=None)


def test_neutrophils_fall_by_forty_percent_and_recover_in_every_cycle(
    generated, generated_on_another_day
):
    for run in (generated, generated_on_another_day):
        cycles = recoveries = 0
        for patient in run.practice.patients:
            counts = series(run.of_patient(patient.mrn, "Observation"), ANC)
            days = treatment_days(run, patient.mrn)
            for day, following in zip(days, [*days, None][1:], strict=True):
                before = counts[max(drawn for drawn in counts if drawn <= day)]
                if following is None and run.today - day < timedelta(days=14):
                    continue  # this cycle has not reached its lowest day yet
                until = following or run.today
                bottom = lowest(counts, day, until - timedelta(days=4))
                if bottom is None:
                    continue
                cycles += 1
                assert bottom <= before * Decimal("0.6"), (patient.mrn, day)
                if following and following - day <= timedelta(days=24):
                    recoveries += 1
                    later = counts[max(drawn for drawn in counts if drawn <= following)]
                    assert later >= bottom * Decimal("1.4"), (patient.mrn, day)
        assert cycles > 60
        assert recoveries > 50


def test_white_cells_add_up_and_filtration_fits_creatinine(generated):
    parts = ("751-8", "731-0", "742-7", "711-2", "704-7")
    for patient in generated.practice.patients[1:]:
        items = generated.of_patient(patient.mrn, "Observation")
        by_test = {loinc: series(items, loinc) for loinc in (*parts, "6690-2")}
        for day, white in by_test["6690-2"].items():
            total = sum(by_test[part][day] for part in parts)
            assert abs(total - white) <= Decimal("0.06")


def test_everyone_in_treatment_was_tested_in_the_last_five_days(
    generated, generated_on_another_day
):
    for run in (generated, generated_on_another_day):
        for patient in run.practice.patients:
            items = run.of_patient(patient.mrn, "Observation")
            newest = max(item["effectiveDateTime"] for item in items if is_lab(item))
            age_days = (run.today - date.fromisoformat(newest[:10])).days
            if patient.mrn not in {"LCA-100004", "LCA-100012"}:
                assert 1 <= age_days <= 5, patient.mrn


def test_printed_digits_are_kept(generated):
    text = generated.practice.files[1].read_text()
    assert '"value":0.80' in text or '"value":0.90' in text or '"value":1.20' in text
    creatinine = [
        item["valueQuantity"]["value"]
        for item in generated.of_patient("LCA-100002", "Observation")
        if item["code"]["coding"][0]["code"] == "2160-0"
    ]
    assert {value.as_tuple().exponent for value in creatinine} == {-2}


def test_planted_realities_are_there(generated):
    labs = [item for item in generated.resources("Observation") if is_lab(item)]
    statuses = {item["status"] for item in labs}
    assert {"corrected", "preliminary", "entered-in-error", "cancelled", "final"} <= statuses
    corrected = [item for item in labs if item["status"] == "corrected"]
    assert all("First reported as" in item["note"][0]["text"] for item in corrected)
    assert any(item.get("valueString") == "Not detected" for item in labs)
    values = [item["valueQuantity"] for item in labs if "valueQuantity" in item]
    assert any(value.get("comparator") == "<" and value["value"] == 5 for value in values)
    without = [item for item in labs if "valueQuantity" in item and "referenceRange" not in item]
    assert without
    units = {
        item["valueQuantity"]["unit"]
        for item in labs
        if item["code"]["coding"][0]["code"] == "718-7" and "valueQuantity" in item
    }
    assert units == {"g/dL", "g/L"}
    assert all("dataAbsentReason" in item for item in labs if item["status"] == "cancelled")
    onsets = {item["onsetDateTime"] for item in generated.resources("Condition")}
    assert {"1998", "2019-06"} <= onsets


def test_flags_agree_with_the_ranges_printed_beside_them(generated):
    seen = set()
    for item in generated.resources("Observation"):
        if "valueQuantity" not in item or "referenceRange" not in item:
            continue
        value, limits = item["valueQuantity"]["value"], item["referenceRange"][0]
        low, high = (limits.get(key, {}).get("value") for key in ("low", "high"))
        expected = (
            "L"
            if low is not None and value < low
            else "H"
            if high is not None and value > high
            else "N"
        )
        flag = item.get("interpretation", [{"coding": [{"code": "N"}]}])[0]["coding"][0]["code"]
        if not item["valueQuantity"].get("comparator"):
            assert flag[0] == expected, item["id"]
            seen.add(flag)
    assert {"L", "H", "N"} <= seen


def test_markers_respond_to_treatment(generated):
    for mrn, loinc in (
        ("LCA-100013", "10334-1"),
        ("LCA-100006", "2039-6"),
        ("LCA-100010", "2857-1"),
    ):
        values = series(generated.of_patient(mrn, "Observation"), loinc)
        assert values[max(values)] < values[min(values)] / 4


def attachments(generated):
    for item in generated.resources("DocumentReference"):
        yield item["content"][0]["attachment"]
    for item in generated.resources("DiagnosticReport"):
        yield from item.get("presentedForm", [])


def test_attachments_are_whole_and_pdfs_are_tagged(generated):
    kinds = set()
    for item in attachments(generated):
        data = base64.b64decode(item["data"])
        assert len(data) == item["size"]
        assert (
            base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
            == item["hash"]
        )
        kinds.add(item["contentType"].split(";")[0])
        if item["contentType"] == "application/pdf":
            assert data.startswith(b"%PDF")
            assert 10_000 < len(data) < 80_000
            for mark in (b"/StructTreeRoot", b"/Marked true", b"/Lang(", b"pdfuaid"):
                assert mark in data, (item["title"], mark)
    assert kinds == {
        "application/pdf", "text/plain", "text/html", "image/png", "application/octet-stream", "application/rtf",
        "application/hl7-cda+xml", elsewhere.WORD,
    }  # fmt: skip


def test_everyone_has_at_least_eight_documents(generated):
    for patient in generated.practice.patients:
        assert len(generated.of_patient(patient.mrn, "DocumentReference")) >= 8


def test_a_visit_note_quotes_the_counts_of_the_record(generated):
    notes = [
        base64.b64decode(item["content"][0]["attachment"]["data"]).decode()
        for item in generated.of_patient("LCA-100001", "DocumentReference")
        if item["type"]["text"] == "Progress note"
        and item["content"][0]["attachment"]["contentType"].startswith("text/plain")
    ]
    counts = series(generated.of_patient("LCA-100001", "Observation"), ANC)
    assert notes
    assert all(any(f"{value} K/uL" in note for value in counts.values()) for note in notes)


def test_everything_together_stays_small(generated):
    assert sum(path.stat().st_size for path in generated.practice.files) < 20_000_000


def test_no_title_repeats_the_date_and_no_two_of_a_day_are_alike(generated):
    for patient in generated.practice.patients:
        papers = generated.of_patient(patient.mrn, "DocumentReference")
        titles = [(item["content"][0]["attachment"]["title"], item["date"][:10]) for item in papers]
        assert len(set(titles)) == len(titles), patient.mrn
        assert not any(day[:4] in title for title, day in titles)


def test_papers_and_the_directory_name_the_phone_that_the_portal_shows(generated):
    texts = [
        base64.b64decode(file["data"]).decode()
        for file in attachments(generated)
        if file["contentType"].startswith("text/")
    ]
    numbers = {number for text in texts for number in PHONES.findall(text)}
    assert numbers == {PHONE}
    directory = generated.bundles["00-directory.json"]["entry"]
    own = [
        entry["resource"] for entry in directory if entry["resource"].get("name") == PRACTICE_NAME
    ]
    assert [item["telecom"][0]["value"] for item in own] == [PHONE]
