"""Whether a JSON value is what FHIR R4 says of its primitive type.

Promise: an answer in constant or linear time for any input, and a reason that says what is
expected and never what was there. https://hl7.org/fhir/R4/datatypes.html#primitive.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

# What one check found: (path below the value, code, what is wrong); None where all is well.
Found = list[tuple[str, str, str]] | None
Check = Callable[[Any], Found]

_DAY_IN_EVERY_MONTH = "28"
_BASE64_ALPHABET = (
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"  # spaces may stand
)
_WHITE_SPACE = b" \t\r\n"
_LARGEST_INTEGER = 2**31 - 1
_YEAR = "(?!0000)[0-9]{4}"
_MONTH = "(?:0[1-9]|1[0-2])"
_DAY = "(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_FULL = f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}"
_SAMPLE = r"(?:-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)|[EUL])"

_TEXT = "is not text that FHIR allows here: a JSON string with at least one character"
_ADDRESS = "is not an address (URI): one word without spaces, in a JSON string"


def primitive_checks() -> Mapping[str, Check]:
    """Return the check of each primitive type by its FHIR name."""
    return {
        "boolean": _of_type(bool, "is not a boolean: true or false, without quotes"),
        "string": _string,
        "markdown": _string,
        "xhtml": _string,
        "decimal": _decimal,
        "integer": _whole_number(-_LARGEST_INTEGER - 1, "is not a whole number (32 bits)"),
        "positiveInt": _whole_number(1, "is not a whole number of 1 or more (32 bits)"),
        "unsignedInt": _whole_number(0, "is not a whole number of 0 or more (32 bits)"),
        "base64Binary": _base64,
        "code": _pattern(
            r"[^\s]+(?:\s[^\s]+)*", "is not a code: a JSON string without spaces at its ends"
        ),
        "id": _pattern(
            r"[A-Za-z0-9\-.]{1,64}",
            "is not an id: 1 to 64 letters, digits, hyphens and points",
        ),
        "uri": _pattern(r"\S+", _ADDRESS),
        "url": _pattern(r"\S+", _ADDRESS),
        "canonical": _pattern(r"\S+", _ADDRESS),
        "oid": _pattern(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+", "is not an OID (urn:oid:1.2.3)"),
        "uuid": _pattern(
            r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "is not a UUID (urn:uuid:...)"
        ),
        "time": _pattern(_TIME, "is not a time, like 14:35:00"),
        "date": _calendar(
            f"{_YEAR}(?:-{_MONTH}(?:-{_DAY})?)?",
            "is not a date, like 1980, 1980-03 or 1980-03-04",
        ),
        "dateTime": _calendar(
            f"{_YEAR}(?:-{_MONTH}(?:-{_DAY}(?:T{_TIME}{_ZONE})?)?)?",
            "is not a date or time, like 1980, 1980-03-04 or 1980-03-04T14:35:00-05:00",
        ),
        "instant": _calendar(_FULL, "is not an instant, like 1980-03-04T14:35:00-05:00"),
        "SampledDataDataType": _pattern(f"{_SAMPLE}(?: {_SAMPLE})*", "is not a list of samples"),
    }


def code_check(codes: list[str]) -> Check:
    """Return the check for an element that may only hold one of these codes."""
    allowed = frozenset(codes)
    wrong: Found = [("", "code", f"is not one of the codes R4 allows: {', '.join(codes)}")]

    def check(value: object) -> Found:
        return None if type(value) is str and value in allowed else wrong

    return check


def _of_type(kind: type, expected: str) -> Check:
    wrong: Found = [("", "type", expected)]

    def check(value: object) -> Found:
        return None if type(value) is kind else wrong

    return check


def _pattern(pattern: str, expected: str) -> Check:
    matches = re.compile(pattern, re.ASCII).fullmatch
    wrong: Found = [("", "format", expected)]

    def check(value: object) -> Found:
        return None if type(value) is str and matches(value) else wrong

    return check


def _calendar(pattern: str, expected: str) -> Check:
    matches = re.compile(pattern).fullmatch
    wrong: Found = [("", "format", expected)]
    impossible: Found = [("", "format", "is a day that does not exist in the calendar")]

    def check(value: object) -> Found:
        if type(value) is not str or not matches(value):
            return wrong
        if value[8:10] > _DAY_IN_EVERY_MONTH and not _exists(value[:10]):
            return impossible
        return None

    return check


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _whole_number(smallest: int, expected: str) -> Check:
    wrong: Found = [("", "type", f"{expected}, without quotes")]

    def check(value: object) -> Found:
        return None if type(value) is int and smallest <= value <= _LARGEST_INTEGER else wrong

    return check


_WRONG_TEXT: Found = [("", "type", _TEXT)]
_WRONG_NUMBER: Found = [("", "type", "is not a number, without quotes")]
_WRONG_BASE64: Found = [("", "format", "is not base64, the letters that files are sent in")]


def _string(value: object) -> Found:
    return None if type(value) is str and value else _WRONG_TEXT


def _decimal(value: object) -> Found:
    return None if type(value) is Decimal or type(value) is int else _WRONG_NUMBER


def _base64(value: object) -> Found:
    if type(value) is not str or not value or not value.isascii():
        return _WRONG_BASE64
    letters = value.encode()
    if letters.translate(None, _BASE64_ALPHABET):
        return _WRONG_BASE64
    return _WRONG_BASE64 if len(letters.translate(None, _WHITE_SPACE)) % 4 else None
