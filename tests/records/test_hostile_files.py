"""Bytes made to keep a worker busy, or to break it, are read like any others (security.md, files)."""

import subprocess
import sys

import pytest

from carespace.records.readings.documents import file_of

COMMENTS = 20_000
# In a process of its own: a search that goes back over the comments would not end today.
IN_A_PROCESS_SECONDS = 120
READ_COMMENTS = f"""
from carespace.records.readings.documents import file_of
for end, kind in (("x", "text"), ("<html>", "html"), ("<!--", "text")):
    assert file_of("", ("<!---->" * {COMMENTS} + end).encode()).kind == kind, end
"""
UMLAUT = "Grüße"


def test_thousands_of_comments_are_read_once() -> None:
    command = [sys.executable, "-c", READ_COMMENTS]
    done = subprocess.run(command, timeout=IN_A_PROCESS_SECONDS, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<!-- a --> \n<!-- b --><!DOCTYPE html><p>", "html"),
        ("  <BODY>", "html"),
        ("<!-- a <html> ", "text"),
        ("words <html>", "text"),
        ("<htmlx>", "text"),
    ],
)
def test_a_page_is_told_from_text_by_its_start(text: str, kind: str) -> None:
    assert file_of("", text.encode()).kind == kind


@pytest.mark.parametrize(
    "charset",
    ["undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "hex", "rot13", "zlib", "mbcs", "no-such"],
)  # fmt: skip
def test_a_codec_that_is_no_charset_of_documents_is_passed_over(charset: str) -> None:
    found = file_of(f"text/plain; charset={charset}", f"{UMLAUT} \\ud800 +2AA-".encode())
    assert found.text == f"{UMLAUT} \\ud800 +2AA-"
    said_inside = f'<meta charset="{charset}">{UMLAUT}'
    assert file_of("text/html", said_inside.encode()).text == said_inside


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "iso-8859-1", "latin1", "windows-1252"])
def test_a_charset_of_documents_is_used(charset: str) -> None:
    data = UMLAUT.encode(charset)
    assert file_of(f"text/plain; charset={charset}", data).text == UMLAUT
