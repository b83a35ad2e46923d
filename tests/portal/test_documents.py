"""A document's page and its bytes: shown in an origin of their own, never run, typed by content."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from carespace.portal.presenters.clean_html import clean_html
from tests.conftest import Answer
from tests.interop.ccda.builders import tree_in
from tests.people import Cast
from tests.portal.conftest import Outline
from tests.records.shelf import paper

pytestmark = pytest.mark.django_db
Ask = Callable[..., Answer]
PDF = b"%PDF-1.7\n%\xe2\xe3 hello"
NASTY_HTML = b"""<html><head><title>t</title><style>p{}</style><script>alert(1)</script></head>
<body onload="alert(2)"><h2 style="color:red" onclick="alert(3)">Visit</h2><p>Take <b>one</b> a day.</p>
<img src="https://example.com/pixel.png" onerror="alert(4)"><a href="javascript:alert(5)">press</a>
<iframe src="https://example.com"></iframe><form action="https://example.com"><input name="password"></form>
<svg><script>alert(6)</script></svg><math><mi xlink:href="javascript:alert(7)">x</mi></math>
<table><tr><th scope="row">A</th><td colspan="2">B</td></tr></table><meta http-equiv="refresh" content="0;url=https://example.com">
<link rel="stylesheet" href="https://example.com/x.css"><base href="https://example.com"><object data="x"></object></body></html>"""
WOULD_ACT = ("script", "alert", "style", "onload", "onclick", "onerror", "img", "href", "iframe", "form", "input", "svg", "math", "meta", "link", "base", "object", "example.com")  # fmt: skip


def test_what_is_left_of_html_can_do_nothing() -> None:
    left = clean_html(NASTY_HTML.decode())
    assert [word for word in WOULD_ACT if word in left.lower()] == []
    assert "<p>Take <b>one</b> a day.</p>" in left
    assert '<td colspan="2">B</td>' in left


def test_an_html_document_is_shown_clean_and_alone_in_an_origin_of_its_own(
    cast: Cast, ruths: Ask
) -> None:
    key = paper(cast.practice, cast.ruths_record, NASTY_HTML, "text/html")
    answer = ruths("portal:document", key)
    page = answer.content.decode()
    shown = page.partition('<div class="document-text">')[2].partition("</section>")[0]
    assert "Take <b>one</b> a day." in shown
    assert [word for word in WOULD_ACT if word in shown.lower()] == []
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert reverse("portal:document-content", args=[cast.ruths_record.pk, key]) in page
    assert "Open the document" in page
    assert "(in a new tab)" in page
    response = ruths("portal:document-content", key)
    assert "Take <b>one</b> a day." in response.content.decode()
    assert b"alert" not in response.content
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_text_is_shown_as_written(cast: Cast, ruths: Ask) -> None:
    key = paper(cast.practice, cast.ruths_record, b"<b>5 < 6</b>\n& more", "text/plain")
    response = ruths("portal:document-content", key)
    assert b"<pre>&lt;b&gt;5 &lt; 6&lt;/b&gt;\n&amp; more</pre>" in response.content


def test_columns_made_of_spaces_stay_columns_and_words_stay_words(cast: Cast, ruths: Ask) -> None:
    written = "Dear Ruth,\n\nTest      Result\nWBC       5.2\n\nYours.  Helen"
    key = paper(cast.practice, cast.ruths_record, written.encode(), "text/plain")
    page = tree_in(ruths("portal:document", key).content.decode())
    (columns,) = page.xpath("//*[@class='columns']")
    assert columns.text_content() == "Test      Result\nWBC       5.2"
    assert columns.get("tabindex") == "0"
    (text,) = page.xpath("//*[contains(@class, 'as-written')]")
    assert "Dear Ruth," in text.text_content()
    assert "Yours.  Helen" in text.text_content()


def test_headings_of_a_web_page_stand_under_ours(cast: Cast, ruths: Ask) -> None:
    written = b"<h1>Visit</h1><h4>Plan</h4><p>Rest.</p>"
    key = paper(cast.practice, cast.ruths_record, written, "text/html")
    page = tree_in(ruths("portal:document", key).content.decode())
    assert len(page.xpath("//h1")) == 1
    assert [each.text for each in page.xpath("//section//h2|//section//h3")] == ["Visit", "Plan"]


def test_a_pdf_is_served_as_one_and_may_run_nothing(cast: Cast, ruths: Ask) -> None:
    key = paper(cast.practice, cast.ruths_record, PDF, "text/html", title='Note "1"\r\nX: y')
    response = ruths("portal:document-content", key)
    assert response.content == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["Content-Disposition"] == 'inline; filename="note-1-x-y.pdf"'


@pytest.mark.parametrize(
    ("data", "claimed", "media_type", "name"),
    [
        (PDF, "application/pdf", "application/pdf", "visit-note.pdf"),
        (b"plain words", "text/plain", "text/plain", "visit-note.txt"),
        (b"<script>1</script>", "application/pdf", "application/octet-stream", "visit-note.bin"),
        (b"<svg onload=x>", "image/svg+xml", "application/octet-stream", "visit-note.bin"),
        (b"\x89PNG\r\n\x1a\n1", "text/html", "image/png", "visit-note.png"),
        (b"PK\x03\x04", "text/html", "application/octet-stream", "visit-note.bin"),
    ],
)
def test_a_download_is_the_same_bytes_typed_by_what_they_are(
    cast: Cast, ruths: Ask, data: bytes, claimed: str, media_type: str, name: str
) -> None:
    key = paper(cast.practice, cast.ruths_record, data, claimed)
    response = ruths("portal:document-download", key)
    assert response.content == data
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [(b"\x89PNG\r\n\x1a\n1", "image/png"), (b"\xff\xd8\xff\xe0 1", "image/jpeg")],
)
def test_a_picture_is_shown_as_what_its_bytes_are(
    cast: Cast, ruths: Ask, data: bytes, media_type: str
) -> None:
    key = paper(cast.practice, cast.ruths_record, data, "text/html", title='Scan "1"')
    content = reverse("portal:document-content", args=[cast.ruths_record.pk, key])
    picture = f'<img class="paper-image" src="{content}" alt="Scan &quot;1&quot;">'
    assert picture in " ".join(ruths("portal:document", key).content.decode().split())
    response = ruths("portal:document-content", key)
    assert response.content == data
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_what_the_title_says_is_not_said_again(cast: Cast, ruths: Ask) -> None:
    titled = "Visit note, September 8, 2026"
    key = paper(cast.practice, cast.ruths_record, PDF, when="2026-09-08", title=titled)
    text = Outline(ruths("portal:document", key)).text
    assert text.count("September 8, 2026") == 1
    assert "PDF, 1\N{NO-BREAK SPACE}kB" in text


def test_what_cannot_be_shown_is_only_offered(cast: Cast, ruths: Ask) -> None:
    key = paper(cast.practice, cast.ruths_record, b"PK\x03\x04", "application/zip")
    page = Outline(ruths("portal:document", key))
    assert "iframe" not in page.tags
    assert reverse("portal:document-download", args=[cast.ruths_record.pk, key]) in page.links
    assert ruths("portal:document-content", key).status_code == 404


def test_a_document_without_its_file_says_whom_to_call(cast: Cast, ruths: Ask) -> None:
    key = paper(cast.practice, cast.ruths_record, None)
    page = Outline(ruths("portal:document", key))
    assert "We do not have this file" in page.text
    assert "(555) 010-0142" in page.text
    assert ruths("portal:document-download", key).status_code == 404


@pytest.mark.parametrize("title", ["", "../../etc/passwd", "診断書", "a" * 500, "con.exe\x00"])
def test_every_title_makes_a_plain_file_name(cast: Cast, ruths: Ask, title: str) -> None:
    key = paper(cast.practice, cast.ruths_record, PDF, title=title.replace("\x00", ""))
    named = ruths("portal:document-download", key).headers["Content-Disposition"]
    name = named.removeprefix('attachment; filename="').removesuffix('"')
    assert name.endswith(".pdf")
    assert len(name) <= 84
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert not name.startswith(".")
