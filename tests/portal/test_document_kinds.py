"""Each kind of document is read on our page, in a frame of its own, or is a download in plain words (S-36; CDA-13)."""

import base64
import io
import zipfile
from collections.abc import Callable

import pytest
from django.urls import reverse

from carespace.demo.generate import elsewhere
from carespace.portal.presenters.office import readable, rtf_text, word_html
from carespace.records.readings.documents import WORD_TYPE, file_of
from carespace.records.readings.packed import MOST_PARTS, parts_of
from tests.conftest import Answer
from tests.interop.ccda.builders import document as ccda
from tests.interop.ccda.builders import enclosing, section, table, tree_in
from tests.people import Cast
from tests.portal.conftest import Outline
from tests.records.shelf import paper

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
PDF = b"%PDF-1.7\n%\xe2\xe3 hello"
RTF = rb"{\rtf1\ansi{\fonttbl{\f0\fcharset0 Arial;}}\f0 Caf\'e9 \b today\b0\par <b>5 < 6</b>\par}"
OPENS = "This kind of file opens on your device"
LABEL = "A document from elsewhere"


def word(body: str, **more: str) -> bytes:
    """A Word document with this body, and other parts of it."""
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    whole = f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'
    parts = _parts() | {"word/document.xml": whole} | more
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return packed.getvalue()


def _parts() -> dict[str, str]:
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Override PartName="/word/document.xml" ContentType="{WORD_TYPE}.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Target="word/document.xml" Type="{office}"/></Relationships>',
    }


def words(text: str, style: str = "") -> str:
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{styled}<w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.fixture
def shown(cast: Cast, ruths: Ask) -> Callable[..., tuple[str, Answer]]:
    """Put a document into Ruth's record; return its page's source and its content's answer."""

    def show(data: bytes, claimed: str = "application/octet-stream") -> tuple[str, Answer]:
        key = paper(cast.practice, cast.ruths_record, data, claimed, title=LABEL)
        page = ruths("portal:document", key)
        assert page.status_code == 200
        outline = Outline(page)
        assert len(outline.headings) == 1
        assert len(outline.ids) == len(set(outline.ids))
        address = reverse("portal:document-download", args=[cast.ruths_record.pk, key])
        assert address in outline.links
        return page.content.decode(), ruths("portal:document-content", key)

    return show


@pytest.mark.parametrize("claimed", ["application/rtf", "application/pdf", "text/plain"])
def test_rtf_is_read_as_its_words(shown, claimed: str) -> None:
    page, content = shown(RTF, claimed)
    assert "Café today\n&lt;b&gt;5 &lt; 6&lt;/b&gt;" in page
    assert content.status_code == 404


def test_word_is_read_with_its_structure(shown) -> None:
    body = words("Plan", "Heading3") + words("Rest &amp; <w:t/>".replace("<w:t/>", "sleep")) + words("Later", "Heading1")  # fmt: skip
    page, content = shown(word(body), WORD_TYPE)
    assert "<h2>Plan</h2><p>Rest &amp; sleep</p><h2>Later</h2>" in page
    assert "Pictures and page headers are not shown here" in page
    assert content.status_code == 404


def test_text_stands_on_the_page_as_written(shown) -> None:
    page, content = shown(b"<b>one</b>\n two", "text/plain")
    assert "&lt;b&gt;one&lt;/b&gt;\n two" in page
    assert "<iframe" not in page
    assert content.status_code == 200


def test_a_clinical_document_is_read_with_its_head_contents_and_sections(shown) -> None:
    parts = [section(table(("Test", "Value"), ("Hemoglobin", "12.4")), f"Part {n}") for n in (1, 2)]
    inner = section("<paragraph>Deep</paragraph>", "Inner")
    source, content = shown(ccda(*parts, section("", "Third", inner)), "application/hl7-cda+xml")
    page = tree_in(source)
    text = " ".join(page.text_content().split())
    for said in ("Ruth Adler", "March 4, 1951", "Dr. Laura Finch", "Hill Clinic", "This part has no text."):  # fmt: skip
        assert said in text
    assert page.xpath("//nav//a[starts-with(@href, '#part-')]/text()") == ["Part 1", "Part 2", "Third", "Inner"]  # fmt: skip
    assert [
        each.tag for each in page.xpath("//main//*[self::h1 or self::h2 or self::h3]")
    ] == ["h1", "h2", "h2", "h2", "h2", "h3"]  # fmt: skip
    assert page.xpath("//main//td[@data-label='Value']/text()") == ["12.4", "12.4"]
    assert content.status_code == 404


@pytest.mark.parametrize("claimed", ["text/xml", "application/xml", "text/plain", "text/html", "application/pdf", ""])  # fmt: skip
def test_a_clinical_document_is_one_whatever_it_is_called(shown, claimed: str) -> None:
    page, _ = shown(ccda(section("<paragraph>Found me</paragraph>")), claimed)
    assert "<p>Found me</p>" in page


def test_a_pdf_inside_a_clinical_document_is_shown_as_one(shown) -> None:
    coded = base64.b64encode(PDF).decode()
    page, content = shown(enclosing(f'<text mediaType="application/pdf" representation="B64">{coded}</text>'))  # fmt: skip
    assert '<iframe class="paper wide-only"' in page
    assert content.content == PDF
    assert content.headers["Content-Type"] == "application/pdf"
    assert "Hill Clinic" in page


def test_text_inside_a_clinical_document_is_read(shown) -> None:
    page, _ = shown(enclosing('<text mediaType="text/plain">A note &lt;b&gt;</text>'))
    assert "A note &lt;b&gt;" in page


def test_a_clinical_document_inside_another_is_not_followed(shown) -> None:
    coded = base64.b64encode(enclosing('<text mediaType="text/plain">deep</text>')).decode()
    page, content = shown(enclosing(f'<text mediaType="text/xml" representation="B64">{coded}</text>'))  # fmt: skip
    assert "names a file that did not come with it" in page
    assert content.status_code == 404


@pytest.mark.parametrize(
    ("data", "words_shown"),
    [
        (b"<ClinicalDocument><title>cut", "did not reach us whole"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><ClinicalDocument/>', OPENS),
        (ccda(), "has no text to read"),
        (ccda(section("<paragraph>x</paragraph>" * 20_001)), "too long to show here"),
        (enclosing('<text><reference value="x.pdf"/></text>'), "names a file that did not come"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 word of 1998", OPENS),
        (b"II*\x00 a scan", OPENS),
        (b"PK\x03\x04 broken", OPENS),
        (b"{\\rtf1 }", OPENS),
        (word(""), OPENS),
        (word(words("x"), **{"word/styles.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), OPENS),
        (word(words("x") * 30_000), OPENS),
        (word("<w:sdt>" * 2_000 + "</w:sdt>" * 2_000), OPENS),
        (word("<w:p>"), OPENS),
        (b"\x00\x01\x02", OPENS),
    ],
)  # fmt: skip
def test_what_is_not_shown_says_so_in_plain_words(shown, data: bytes, words_shown: str) -> None:
    page, content = shown(data, "application/octet-stream")
    assert "This document cannot be shown here" in page
    assert words_shown in page
    assert "<iframe" not in page
    assert content.status_code == 404


@pytest.mark.parametrize(
    ("data", "media_type", "ending"),
    [
        (RTF, "application/rtf", "rtf"),
        (word(words("x")), WORD_TYPE, "docx"),
        (ccda(), "application/xml", "xml"),
        (b"II*\x00", "image/tiff", "tif"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "doc"),
        (b"GIF89a1", "image/gif", "gif"),
        (b"RIFF1234WEBP", "image/webp", "webp"),
        (b"RIFF1234WAVE", "application/octet-stream", "bin"),
    ],
)
def test_a_download_has_a_name_that_opens_on_a_device(
    cast: Cast, ruths: Ask, data: bytes, media_type: str, ending: str
) -> None:
    key = paper(cast.practice, cast.ruths_record, data, "application/octet-stream")
    response = ruths("portal:document-download", key)
    assert response.content == data
    assert response.headers["Content-Type"] == media_type
    named = f'attachment; filename="visit-note.{ending}"'
    assert response.headers["Content-Disposition"] == named
    assert response.headers["Content-Security-Policy"].startswith("sandbox")


NASTY = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.mark.parametrize("payload", [NASTY, "javascript:alert(1)", "' onclick='alert(1)", "\u202eevil", "]]>"])  # fmt: skip
def test_what_is_written_into_a_document_stays_text(shown, payload: str) -> None:
    safe = payload.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for data in (
        word(words(safe)),
        ccda(section(f"<paragraph>{safe}</paragraph>", safe)),
        b"{\\rtf1 " + payload.replace("\u202e", "").encode() + b"}",
        payload.encode(),
    ):
        page = tree_in(shown(data, "text/plain")[0])
        main = page.get_element_by_id("main")
        assert "alert" not in payload or "alert(1)" in main.text_content()
        assert not list(main.iter("script", "img", "object"))
        assert not [name for each in main.iter() for name in each.attrib if name.startswith("on")]


def test_headings_follow_each_other_without_a_gap() -> None:
    made = readable("<h3>a</h3><p>x</p><h1>b</h1><h6>c</h6><h2>d</h2><h2>e</h2>")
    found = [(each.tag, each.text) for each in tree_in(made).iter("h2", "h3", "h4")]
    assert found == [("h2", "a"), ("h2", "b"), ("h3", "c"), ("h3", "d"), ("h3", "e")]


@pytest.mark.parametrize(
    "data",
    [
        rb"{\rtf1{\fonttbl" + rb"\f1" * 100_000,
        rb"{\rtf1 " + rb"{\field{\*\fldinst{ " * 10_000,
        rb"{\rtf1 " + rb"{\field{\*\fldinst HYPERLINK " * 10_000,
        b"{\\rtf1 " + b"{" * 300_000,
        rb"{\rtf1" + rb"{\fonttbl" * 50_000,
        rb"{\rtf1 {\pict\bin" + b"9" * 5_000,
        rb"{\rtf1 {\pict\bin }",
        rb"{\rtf1 \u-99999999 \u99999999 \uc9999999999 \'zz",
        b"{\\rtf1 " + b"x" * 600_001,
        b"{\\rtf1 " + b"a " * 6_000_001,
        rb"{\rtf1 \fonttbl{\f0\fcharset0 x;}} words",
        rb"{\rtf1{\fonttbl" + rb"\f1\fcharset1" * 1_001 + b"}}",
    ],
)
def test_rtf_made_to_keep_a_worker_busy_is_not_read(data: bytes) -> None:
    assert rtf_text(data) is None


def test_a_picture_in_rtf_does_not_hide_its_words() -> None:
    picture = rb"{\pict\wmetafile8 " + b"0a1b2c3d" * 100_000 + b"}"
    assert rtf_text(rb"{\rtf1 before " + picture + rb" after}") == "before  after"


@pytest.mark.parametrize(
    "fonts", [rb"\f1\fcharset1" + b" " * 50_000, rb"\\f1" * 20_000, rb"\f" + b"1" * 100_000]
)
def test_what_is_searched_for_fonts_is_short(fonts: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    monkeypatch.setattr(
        "carespace.portal.presenters.office.rtf_to_text",
        lambda text, **_: searched.append(text) or "",  # type: ignore[func-returns-value]
    )
    rtf_text(rb"{\rtf1{\fonttbl" + fonts + rb"} words}")
    assert len(searched[0]) < 100
    assert searched[0].endswith("} words}")


def test_links_in_rtf_are_never_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    monkeypatch.setattr(
        "carespace.portal.presenters.office.rtf_to_text",
        lambda text, **_: searched.append(text) or "",  # type: ignore[func-returns-value]
    )
    rtf_text(rb"{\rtf1 {\field{\*\FLDINST{HYPERLINK ")
    assert "{HYPERLINK" in searched[0]
    assert "FLDINST{" not in searched[0]


def test_digits_of_a_picture_are_cut_and_words_stay() -> None:
    lines = b"\n".join([b"0a1b2c3d" * 8] * 10)
    assert rtf_text(rb"{\rtf1 \pngblip" + b"\n" + lines + b"\nzest}") == "zest"
    assert (rtf_text(rb"{\rtf1 a bad cafe " + b" " * 200 + b"zest}") or "").split() == [
        "a",
        "bad",
        "cafe",
        "zest",
    ]


def test_a_part_that_is_not_text_by_its_name_is_never_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    relations = f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{kind}" Target="x.bin"/></Relationships>'
    more = {"word/_rels/document.xml.rels": relations, "word/x.bin": "<x/>"}
    data = word(words("x"), **more)
    unpacked: list[str] = []
    opened = zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile,
        "open",
        lambda file, name, *rest, **more: (
            unpacked.append(str(name)) or opened(file, name, *rest, **more)  # type: ignore[func-returns-value]
        ),
    )
    assert word_html(data)
    assert "word/document.xml" in " ".join(unpacked)
    assert "x.bin" not in " ".join(unpacked)


@pytest.mark.parametrize("body", ["<w:p/>" * 20_001, "<w:a/>" * 100_001])
def test_a_word_document_of_very_many_elements_is_not_read(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "carespace.portal.presenters.office.mammoth.convert_to_html",
        lambda *_, **__: pytest.fail("read"),
    )
    assert word_html(word(body)) is None


def test_a_zip_file_that_grows_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = word(words("x"), **{"word/comments.xml": "<x>" + " " * 5_000_000 + "</x>"})
    assert file_of("", bomb).kind == "word"
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("unpacked"))
    assert word_html(bomb) is None


def test_a_zip_file_with_very_many_parts_is_not_listed() -> None:
    many = word(words("x"), **{f"x{number}": "" for number in range(MOST_PARTS + 1)})
    assert parts_of(many) == {}
    assert file_of("", many).kind == "other"


@pytest.mark.parametrize("cut", [5, 50, 200, 400])
def test_a_damaged_zip_file_is_no_word_document(cut: int) -> None:
    assert word_html(word(words("x"))[:-cut]) is None


def test_a_picture_linked_from_a_word_document_is_not_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawing = (
        '<w:p><w:r><w:drawing xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><wp:inline><a:graphic><a:graphicData>'
        '<pic:pic><pic:blipFill><a:blip r:link="r9"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9"'
        ' TargetMode="External" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
        ' Target="file:///etc/hostname"/></Relationships>'
    )
    monkeypatch.setattr("builtins.open", lambda *_, **__: pytest.fail("a file was opened"))
    made = word_html(word(words("Before") + drawing, **{"word/_rels/document.xml.rels": relations}))
    assert made
    assert "Before" in made
    assert "There is a picture here" in made


def test_what_the_demo_writes_is_read(shown) -> None:
    assert file_of(elsewhere.WORD, word(words("x"))).media_type == elsewhere.WORD
