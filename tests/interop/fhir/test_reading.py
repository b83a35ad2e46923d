"""From a file to entries: every form, every break, and never an exception."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carespace.interop.fhir.reading import GROUP_LINES, FhirEntry, Unreadable, read_file

PATIENT = {"resourceType": "Patient", "id": "1"}
OBSERVATION = {"resourceType": "Observation", "id": "2", "status": "final"}
MEBIBYTE = 1024 * 1024


def groups(folder: Path, content: bytes, name: str = "a.json", **options: int) -> list[list[str]]:
    """Write and read a file; each thing found as "position: Type/id" or "position: !code"."""
    path = folder / name
    path.write_bytes(content)
    return [[_told(each) for each in group] for group in read_file(path, **options)]


def _told(each: FhirEntry | Unreadable) -> str:
    if isinstance(each, Unreadable):
        assert each.reason.endswith(".")
        return f"{each.position}: !{each.code}"
    return f"{each.position}: {each.resource['resourceType']}/{each.resource.get('id')}"


def bundle(*entries: Any, kind: str = "collection") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def lines(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def printed(value: object) -> bytes:
    return json.dumps(value, indent=2).encode()


@pytest.mark.parametrize("name", ["a.json", "a.ndjson", "a", "a.json.gz"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_one_resource_is_one_group_however_it_is_written(
    tmp_path: Path, name: str, packed: bool, mark: bytes
) -> None:
    for written in (printed(PATIENT), json.dumps(PATIENT).encode(), lines(PATIENT) + b"\n\n"):
        content = gzip.compress(mark + written) if packed else mark + written
        ((only,),) = groups(tmp_path, content, name)
        assert only.endswith(": Patient/1")


@pytest.mark.parametrize("name", ["a.json", "a.ndjson", "a.jsonl.gz", "a"])
@pytest.mark.parametrize("packed", [False, True])
def test_lines_are_known_by_what_is_in_them(tmp_path: Path, name: str, packed: bool) -> None:
    content = lines(PATIENT) + b"\r\n \n" + lines(OBSERVATION)
    assert groups(tmp_path, gzip.compress(content) if packed else content, name) == [
        ["line 1: Patient/1", "line 4: Observation/2"]
    ]


def test_many_lines_come_in_small_groups(tmp_path: Path) -> None:
    content = lines(*({"resourceType": "Basic", "id": str(n)} for n in range(GROUP_LINES * 2 + 1)))
    found = groups(tmp_path, content, "a.ndjson")
    assert [len(group) for group in found] == [GROUP_LINES, GROUP_LINES, 1]
    assert found[2] == [f"line {GROUP_LINES * 2 + 1}: Basic/{GROUP_LINES * 2}"]


def test_long_lines_come_in_smaller_groups(tmp_path: Path) -> None:
    long = {"resourceType": "Basic", "id": "x", "language": "x" * 9 * MEBIBYTE}
    assert [len(group) for group in groups(tmp_path, lines(*[long] * 5), "a.ndjson")] == [2, 2, 1]


def test_a_broken_line_leaves_the_others(tmp_path: Path) -> None:
    content = lines(PATIENT) + b'{"resourceType": "Patient", "id"\n[1]\n{}\n' + lines(OBSERVATION)
    assert groups(tmp_path, content, "a.ndjson") == [
        [
            "line 1: Patient/1",
            "line 2: !json",
            "line 3: !not-an-object",
            "line 4: !no-resource-type",
            "line 5: Observation/2",
        ]
    ]


@pytest.mark.parametrize("first", [b'{"resourceType": "Pat', b'{"a": "\\u0000"}', b'{"a": 1}}'])
def test_lines_are_still_lines_when_the_first_is_broken(tmp_path: Path, first: bytes) -> None:
    content = first + b"\n" + lines(PATIENT, OBSERVATION)
    assert groups(tmp_path, content, "a.ndjson") == [
        ["line 1: !json", "line 2: Patient/1", "line 3: Observation/2"]
    ]


def test_a_bundle_that_someone_wrote_over_lines_is_still_one(tmp_path: Path) -> None:
    content = b'{"resourceType": "Bundle", "type": "batch", "entry": [\n{"resource":\n'
    content += json.dumps(PATIENT).encode() + b"\n}]}"
    assert groups(tmp_path, content) == [["entry 1: Patient/1"]]


def test_a_bundle_on_a_line_is_a_group_of_its_own(tmp_path: Path) -> None:
    content = lines(PATIENT, bundle({"resource": OBSERVATION}), PATIENT, OBSERVATION)
    assert groups(tmp_path, content, "a.ndjson") == [
        ["line 1: Patient/1"],
        ["line 2, entry 1: Observation/2"],
        ["line 3: Patient/1", "line 4: Observation/2"],
    ]


@pytest.mark.parametrize(
    "kind", ["transaction", "batch", "collection", "searchset", "message", "document"]
)
def test_a_bundle_gives_its_entries_in_one_group(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.json"
    entry = {"fullUrl": "urn:uuid:1", "resource": PATIENT, "request": {"method": "PUT"}}
    path.write_bytes(printed(bundle(entry, {"resource": OBSERVATION}, kind=kind)))
    assert list(read_file(path)) == [
        [FhirEntry(PATIENT, "urn:uuid:1", "entry 1"), FhirEntry(OBSERVATION, None, "entry 2")]
    ]


def test_bundles_in_bundles_give_their_entries_too(tmp_path: Path) -> None:
    inner = bundle({"resource": PATIENT}, {"resource": bundle(kind="history")}, kind="message")
    content = printed(bundle({"resource": OBSERVATION}, {"resource": inner}))
    assert groups(tmp_path, content) == [
        ["entry 1: Observation/2", "entry 2, entry 1: Patient/1", "entry 2, entry 2: !bundle-type"]
    ]


def test_bundles_in_bundles_end_somewhere(tmp_path: Path) -> None:
    deep = bundle({"resource": PATIENT})
    for _ in range(4):
        deep = bundle({"resource": deep})
    assert groups(tmp_path, printed(deep)) == [[f"{'entry 1, ' * 4}entry 1: Patient/1"]]
    assert groups(tmp_path, printed(bundle({"resource": deep}))) == [
        [f"{'entry 1, ' * 4}entry 1: !too-deep"]
    ]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({}, "no-resource"),
        ({"fullUrl": "urn:uuid:1", "response": {"status": "200"}}, "no-resource"),
        ({"request": {"method": "DELETE", "url": "Patient/1"}}, "request"),
        ({"request": {"method": "PATCH", "url": "Patient/1"}, "resource": PATIENT}, "request"),
        ({"request": {"method": "GET", "url": "Patient/1"}}, "request"),
        ({"resource": PATIENT, "search": {"mode": "outcome"}}, "outcome"),
        ({"resource": {"resourceType": "OperationOutcome"}}, "outcome"),
        ({"resource": PATIENT, "modifierExtension": [{"url": "u"}]}, "modifier"),
        ({"resource": {"id": "1"}}, "no-resource-type"),
        ({"resource": {"resourceType": 1}}, "no-resource-type"),
        ({"resource": [PATIENT]}, "no-resource-type"),
        ("Patient/1", "bundle-shape"),
        (None, "bundle-shape"),
    ],
)
def test_an_entry_that_cannot_be_taken_leaves_the_others(
    tmp_path: Path, entry: object, code: str
) -> None:
    assert groups(tmp_path, printed(bundle(entry, {"resource": PATIENT}))) == [
        [f"entry 1: !{code}", "entry 2: Patient/1"]
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\n", "empty"),
        (gzip.compress(b""), "empty"),
        (b"[]", "not-an-object"),
        (printed([PATIENT]), "not-an-object"),
        (b'"text"', "not-an-object"),
        (b"12", "not-an-object"),
        (b"null", "not-an-object"),
        (b"{}", "no-resource-type"),
        (b'{"resourceType": ["Patient"]}', "no-resource-type"),
        (b'{"a": 1}', "no-resource-type"),
        (b'<?xml version="1.0"?><Patient/>', "xml"),
        (b"%PDF-1.7\n...", "json"),
        (b"MSH|^~\\&|LAB\rPID|1", "json"),
        (b"\xff\xfe{\x00}\x00", "json"),
        (b'{"resourceType": "Patient"', "json"),
        (b'{\n"resourceType": "Patient",\n"id": "1"\n', "json"),
        (printed({**PATIENT, "language": "\0"}), "json"),
        (printed(bundle(kind="history")), "bundle-type"),
        (printed(bundle(kind="batch-response")), "bundle-type"),
        (printed(bundle(kind="heap")), "bundle-type"),
        (b'{"resourceType": "Bundle"}', "bundle-type"),
        (printed({**bundle(), "entry": {"resource": PATIENT}}), "bundle-shape"),
        (printed({**bundle(), "entry": None}), "bundle-shape"),
        (printed({**bundle(), "implicitRules": "http://x"}), "modifier"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(tmp_path: Path, content: bytes, code: str) -> None:
    assert groups(tmp_path, content) == [[f"file: !{code}"]]


def test_an_empty_bundle_holds_nothing(tmp_path: Path) -> None:
    assert groups(tmp_path, b'{"resourceType": "Bundle", "type": "searchset", "total": 0}') == []


def test_a_damaged_gzip_says_so(tmp_path: Path) -> None:
    whole = gzip.compress(printed(bundle(*[{"resource": PATIENT}] * 500)))
    for content in (whole[:-12], whole[:40], whole[:2], whole[:-8] + b"\0" * 8):
        assert groups(tmp_path, content) == [["file: !damaged"]]


def test_a_gzip_cut_off_in_its_lines_keeps_those_before(tmp_path: Path) -> None:
    values = [{"resourceType": "Basic", "id": f"{number * 7919}"} for number in range(5000)]
    content = gzip.compress(lines(*values))
    found = [each for group in groups(tmp_path, content[:-400], "a.ndjson") for each in group]
    assert found[0] == "line 1: Basic/0"
    assert found[-1].endswith(": !damaged")
    assert 1000 < len(found) < 5000


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("spread", [False, True])
def test_a_file_over_the_limit_is_not_taken(tmp_path: Path, packed: bool, spread: bool) -> None:
    value = bundle(*[{"resource": PATIENT}] * 100)
    content = printed(value) if spread else json.dumps(value).encode()
    written = gzip.compress(content) if packed else content
    ((refused,),) = groups(tmp_path, written, bundle_limit_bytes=len(content) - 100)
    assert refused.endswith("!too-large")
    ((*taken,),) = groups(tmp_path, written, bundle_limit_bytes=len(content))
    assert len(taken) == 100


def test_a_line_over_the_limit_leaves_the_others(tmp_path: Path) -> None:
    long = {"resourceType": "Basic", "language": "x" * 3 * MEBIBYTE}
    content = lines(PATIENT, long, OBSERVATION)
    found = groups(tmp_path, content, "a.ndjson", bundle_limit_bytes=MEBIBYTE)
    assert found == [["line 1: Patient/1", "line 2: !too-large", "line 3: Observation/2"]]
    found = groups(tmp_path, lines(long, PATIENT), "a.json", bundle_limit_bytes=MEBIBYTE)
    assert found == [["line 1: !too-large", "line 2: Patient/1"]]


def test_a_missing_file_is_the_callers_to_know(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_file(tmp_path / "none.json"))


def test_no_reason_quotes_the_data(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b'{"name": "Amina"}\n"Amina"\n{"Amina": 1, "Amina": 2}\n{"Amina"\n')
    for group in read_file(path):
        for each in group:
            assert isinstance(each, Unreadable)
            assert "Amina" not in each.reason


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=200)
    | st.lists(
        st.sampled_from(
            [b"{", b"}", b"\n", b"[", b'"resourceType":', b'"Bundle"', b",", b'"entry":', b"\xff"]
        )
    ).map(b"".join),
    st.sampled_from(["a.json", "a.ndjson"]),
    st.booleans(),
)
def test_any_bytes_are_read_without_an_error(
    tmp_path: Path, content: bytes, name: str, packed: bool
) -> None:
    groups(tmp_path, gzip.compress(content)[:-5] if packed else content, name)
