"""A C-CDA document's head and body are read; XML made to do harm costs nothing and reaches nothing (ASVS-10, CDA-13)."""

import base64
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from carespace.interop.ccda import narrative
from carespace.interop.ccda.document import read_document
from carespace.interop.ccda.parsing import Unreadable, tree_of
from carespace.portal.presenters.clean_html import clean_narrative
from carespace.records.readings.documents import file_of
from tests.interop.ccda.builders import document, enclosing, section, tree_in, whole

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SAMPLES, ATTACKS = SHARED / "ccda", SHARED / "hostile" / "xml-attacks"
ADDED = ("Thereisapicturehere", "Apicturewasmeant", "http")


def test_a_declaration_counts_at_the_start_only() -> None:
    late = '<x>a<y/>  <?xml version="1.0"?></x>'
    with pytest.raises(Unreadable):
        tree_of(late.encode())
    assert tree_of(f'\n <?xml version="1.0"?><x>{" " * 3}</x>'.encode()).tag == "x"


@pytest.mark.parametrize(
    "text", ["<content/>" * 20_001, "<content>" * 66 + "x" + "</content>" * 66]
)
def test_a_text_too_long_or_too_deep_is_not_read(text: str) -> None:
    with pytest.raises(Unreadable, match="too-long"):
        read_document(document(section(text)))


def test_each_element_of_a_text_is_looked_at_once_for_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[object] = []
    asked = narrative._is_block
    monkeypatch.setattr(narrative, "_is_block", lambda each: looked.append(each) or asked(each))  # type: ignore[func-returns-value]
    read_document(document(section("<content>" * 60 + "<br/>" * 500 + "</content>" * 60)))
    assert len(looked) == 561


def test_the_head_says_who_what_when_and_who_keeps_it() -> None:
    found = read_document(document(section("x")))
    assert (found.title, found.patient, found.custodian) == (
        "Summary of care",
        "Ruth Adler",
        "Hill Clinic",
    )
    assert found.authors == ("Dr. Laura Finch",)
    assert found.born
    assert found.written
    assert (found.born.text, found.written.text) == ("1951-03-04", "2026-09-08")


@pytest.mark.parametrize(
    ("stamp", "text"),
    [
        ("2026", "2026"),
        ("202609", "2026-09"),
        ("20260908", "2026-09-08"),
        ("20260908153000-0500", "2026-09-08T15:30:00-05:00"),
        ("202609081530+0100", "2026-09-08T15:30:00+01:00"),
        ("20260908153000", "2026-09-08"),
        ("20261332", ""),
        ("soon", ""),
        ("", ""),
    ],
)
def test_a_time_is_as_precise_as_it_came(stamp: str, text: str) -> None:
    written = read_document(whole(f'<effectiveTime value="{stamp}"/>')).written
    assert (written.text if written else "") == text


def test_a_document_with_nothing_in_it_says_nothing() -> None:
    found = read_document(whole(""))
    assert (found.title, found.patient, found.authors, found.parts, found.enclosed) == (
        "",
        "",
        (),
        (),
        None,
    )


def test_the_file_inside_comes_out_as_its_bytes() -> None:
    coded = base64.b64encode(b"%PDF-1.7 hello").decode()
    inside = read_document(
        enclosing(f'<text mediaType="application/pdf" representation="B64">{coded}</text>')
    ).enclosed
    assert inside
    assert (inside.media_type, inside.data) == ("application/pdf", b"%PDF-1.7 hello")
    plain = read_document(enclosing('<text mediaType="text/plain">Hello</text>')).enclosed
    assert plain
    assert plain.data == b"Hello"


@pytest.mark.parametrize(
    "body",
    [
        '<text mediaType="application/pdf"><reference value="file:///etc/passwd"/></text>',
        '<text mediaType="application/pdf"><reference value="https://example.com/x.pdf"/></text>',
        '<text mediaType="application/pdf" representation="B64">not base64!</text>',
        "",
    ],
)
def test_a_file_that_is_only_named_is_not_fetched(body: str) -> None:
    inside = read_document(enclosing(body)).enclosed
    assert inside
    assert inside.data is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "damaged"),
        (b"<ClinicalDocument>", "damaged"),
        (b"\xff\xfe\x00", "damaged"),
        (b'<?xml version="1.0" encoding="utf-7"?><ClinicalDocument/>', "damaged"),
        (b'<?xml version="1.0" encoding="idna"?><ClinicalDocument/>', "damaged"),
        (b"<html/>", "not-ccda"),
        (b"<!DOCTYPE x><ClinicalDocument/>", "document-type"),
        ("<!DOCTYPE x><ClinicalDocument/>".encode("utf-16"), "document-type"),
        (b"<ClinicalDocument>" + b"<a>" * 300 + b"</a>" * 300 + b"</ClinicalDocument>", "damaged"),
        (b"<ClinicalDocument>" + b"<a/>" * 200_001 + b"</ClinicalDocument>", "too-long"),
        (b"<ClinicalDocument>" + b" " * 12_000_001, "too-long"),
    ],
)  # fmt: skip
def test_what_is_not_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_document(data)
    assert refused.value.reason == reason


BOMB = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)  # fmt: skip


@pytest.mark.parametrize(
    "before",
    [
        f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{BOMB}]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
    ],
)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_document_that_declares_a_type_is_refused_before_it_is_parsed(
    before: str, charset: str
) -> None:
    text = document(section("&i;&a;"), before=before).decode()
    data = text.replace("UTF-8", charset).encode(charset)
    with pytest.raises(Unreadable, match="document-type"):
        read_document(data)


@pytest.mark.parametrize(
    "inner",
    [
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>',
        '<?xml-stylesheet href="http://127.0.0.1:9/x.xsl" type="text/xsl"?>',
        '<x xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="file:///etc/passwd"/>',
    ],
)
def test_what_points_outside_is_not_followed(inner: str) -> None:
    (part,) = read_document(document(section(f"before {inner} after"))).parts
    assert " ".join(tree_in(part.html).text_content().split()) == "before after"


def attacks() -> list[Path]:
    return sorted(ATTACKS.glob("*.xml")) if ATTACKS.is_dir() else []


@pytest.mark.skipif(not ATTACKS.is_dir(), reason="the attack samples are not here")
@pytest.mark.parametrize("path", attacks(), ids=lambda path: path.name)
def test_the_known_attacks_cost_nothing_and_reach_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reached(*_given: object, **_named: object) -> None:
        pytest.fail("the network was asked")

    monkeypatch.setattr(socket, "create_connection", reached)
    monkeypatch.setattr(socket.socket, "connect", reached)
    with pytest.raises(Unreadable):
        read_document(path.read_bytes())


def samples() -> list[Path]:
    found = SAMPLES.rglob("*") if SAMPLES.is_dir() else iter(())
    return sorted(path for path in found if path.is_file() and path.suffix != ".pdf")


def counted(data: bytes) -> Iterator[str]:
    """Every letter that stands in a section's own text, by a count that knows nothing of how it is shown."""
    for found in tree_of(data).iter("{*}section"):
        for text in found.findall("{*}text"):
            yield "".join("".join(str(each) for each in text.itertext()).split())


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample documents are not here")
def test_every_sample_is_shown_in_full_or_refused_in_words() -> None:
    shown = refused = 0
    for path in samples():
        data = path.read_bytes()
        try:
            found = read_document(data)
        except Unreadable:
            refused += 1
            continue
        shown += 1
        assert file_of("application/xml", data).kind == "ccda", path
        said = [
            "".join(tree_in(clean_narrative(part.html)).text_content().split())
            for part in found.parts
            if part.html
        ]
        for wanted, page in zip(counted(data), said, strict=True):
            if not any(word in page for word in ADDED):
                assert page == wanted, path
            letters = iter(page)
            assert all(letter in letters for letter in wanted), path
    assert shown >= 81
    assert shown + refused == len(samples())
