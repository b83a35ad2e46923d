"""What a document's bytes are is decided by the bytes."""

import pytest

from carespace.records.readings.documents import file_of

PDF = b"%PDF-1.7\n%\xe2\xe3\n1 0 obj"


@pytest.mark.parametrize(
    ("claimed", "data", "kind", "media_type"),
    [
        ("application/pdf", PDF, "pdf", "application/pdf"),
        ("text/plain", PDF, "pdf", "application/pdf"),
        ("application/pdf", b"<script>alert(1)</script>", "other", "application/octet-stream"),
        ("application/pdf", b"MZ\x90\x00\x03", "other", "application/octet-stream"),
        (
            "application/pdf",
            b" %PDF-1.7 not at the start \x00",
            "other",
            "application/octet-stream",
        ),
        ("text/plain; charset=utf-8", b"Gr\xc3\xbc\xc3\x9fe", "text", "text/plain"),
        ("text/plain", b"Gr\xfc\xdfe", "text", "text/plain"),
        ("text/plain", b"\x00\x01\x02", "other", "application/octet-stream"),
        ("text/plain", b"<!DOCTYPE html><html><body>x", "html", "text/html"),
        ("text/html", b"<p>Hello</p>", "html", "text/html"),
        ("application/xhtml+xml", b"<p>Hello</p>", "html", "text/html"),
        ("text/xml", b"<ClinicalDocument/>", "other", "application/octet-stream"),
        ("image/svg+xml", b"<svg onload='x'/>", "other", "application/octet-stream"),
        ("image/png", b"<html>", "other", "application/octet-stream"),
        ("image/png", b"\x89PNG\r\n\x1a\n....", "image", "image/png"),
        ("application/octet-stream", b"\xff\xd8\xff\xe0", "image", "image/jpeg"),
        ("application/zip", b"PK\x03\x04", "other", "application/octet-stream"),
        ("", b"just words", "text", "text/plain"),
        ("text/plain", b"", "text", "text/plain"),
    ],
)
def test_the_bytes_decide(claimed: str, data: bytes, kind: str, media_type: str) -> None:
    found = file_of(claimed, data)
    assert (found.kind, found.media_type) == (kind, media_type)


@pytest.mark.parametrize(
    ("claimed", "data"),
    [
        ("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe"),
        ("text/plain", "Grüße".encode()),
        ("text/plain; charset=no-such-thing", "Grüße".encode()),
        ("text/plain", "\ufeffGrüße".encode()),
        ("text/html", b"<meta charset=windows-1252>Gr\xfc\xdfe"),
    ],
)
def test_text_is_read_in_its_own_letters(claimed: str, data: bytes) -> None:
    assert file_of(claimed, data).text.endswith("Grüße")
