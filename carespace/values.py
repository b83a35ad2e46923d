"""Frozen FHIR R4 datatypes and JSON that keeps every number as it was printed.

Promises: a result that came as 1.20 leaves as 1.20 (FHIR decimal precision,
https://hl7.org/fhir/R4/datatypes.html#decimal); a date known only to the year is never filled in
with 1 January (``PartialDate``); whatever ``parse_json`` accepts, PostgreSQL's jsonb can keep.

No Django here: every room may import this module.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

import msgspec

# --- JSON ------------------------------------------------------------------------------------

DEEPEST_NESTING_LEVELS = 100
LONGEST_NUMBER_DIGITS = 1000
LARGEST_EXPONENT = 1000
# jsonb writes 1e-1000 out in full, and that must be readable again.
LONGEST_NUMBER_CHARACTERS = 4300

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)
_ERROR_BYTE = re.compile(r"\(byte (\d+)\)")
_NOT_A_NUMBER = re.compile(rb"[-+]?(?:NaN|Infinity)")
_KEY_END = re.compile(rb'"[ \t\r\n]*:')


class JsonRefused(ValueError):
    """JSON we cannot keep; the message is one plain sentence and quotes nothing of the data."""


def parse_json(data: bytes | str) -> Any:  # noqa: ANN401 -- JSON may be anything
    """Return the Python value of one JSON document: numbers with a point or exponent as Decimal.

    Integers stay exact ints, up to Python's own limit of 4300 digits. A leading UTF-8 byte order
    mark is dropped. Duplicate keys are refused: which of two statuses is meant must not be guessed.

    Raises JsonRefused, with the reason in plain words, for anything that is not JSON in UTF-8 or
    that jsonb could not give back: U+0000, half of a surrogate pair, absurd numbers, deep nesting.
    """
    raw = _as_utf8(data)
    if b"\\u0000" in raw and _ESCAPED_NUL.search(raw):
        raise JsonRefused("It contains the null character (U+0000), which no record can keep.")
    try:
        value = _DECODER.decode(raw)
    except RecursionError:
        raise JsonRefused(_TOO_DEEP) from None
    except UnicodeDecodeError:
        raise JsonRefused("It is not UTF-8 text.") from None
    except msgspec.MsgspecError as error:
        raise JsonRefused(_reason(error, raw)) from None
    if type(value) is dict or type(value) is list:
        _refuse_deep_or_duplicate(value, raw)
    return value


def dump_json(value: object, *, canonical: bool = False) -> bytes:
    """Return compact UTF-8 JSON; Decimals as numbers with their own digits (1.20 stays 1.20).

    ``canonical=True`` sorts the keys of every object, so equal content has equal bytes. A Decimal
    below 1e-6 is written with an exponent (1.0E-7), which keeps its value and precision.
    Structs of this module leave out what they do not hold, as FHIR wants.

    Raises JsonRefused for a Decimal that is NaN or infinite, and for half of a surrogate pair.
    """
    encoder = _CANONICAL_ENCODER if canonical else _ENCODER
    try:
        encoded = encoder.encode(value)
    except UnicodeEncodeError:
        raise JsonRefused("It contains half of a surrogate pair, which is not text.") from None
    if (b"NaN" in encoded or b"Infinity" in encoded) and _holds_no_number(value):
        raise JsonRefused("NaN and Infinity are not numbers in JSON.")
    return encoded


def _as_utf8(data: bytes | str) -> bytes:
    if isinstance(data, str):
        try:
            data = data.encode()
        except UnicodeEncodeError:
            raise JsonRefused("It contains half of a surrogate pair, which is not text.") from None
    return data.removeprefix(_BYTE_ORDER_MARK)


def _number(text: str) -> Decimal:
    """Decimal of a JSON number as printed; refuses what jsonb's numeric could not hold."""
    if len(text) > LONGEST_NUMBER_CHARACTERS:
        raise JsonRefused(_ABSURD_LENGTH)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise JsonRefused(_ABSURD_EXPONENT) from None
    if len(text) > LONGEST_NUMBER_DIGITS and len(number.as_tuple().digits) > LONGEST_NUMBER_DIGITS:
        raise JsonRefused(_ABSURD_LENGTH)
    if not -LARGEST_EXPONENT <= number.adjusted() <= LARGEST_EXPONENT:
        raise JsonRefused(_ABSURD_EXPONENT)
    return number


_TOO_DEEP = f"It is nested more than {DEEPEST_NESTING_LEVELS} levels deep."
_ABSURD_LENGTH = f"A number in it is longer than {LONGEST_NUMBER_DIGITS} digits."
_ABSURD_EXPONENT = f"A number in it has an exponent beyond {LARGEST_EXPONENT}."
_DECODER = msgspec.json.Decoder(float_hook=_number)
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_CANONICAL_ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")


def _reason(error: msgspec.MsgspecError, raw: bytes) -> str:
    """Say in plain words why msgspec gave up; its own messages never quote the data."""
    if isinstance(error.__cause__, JsonRefused):
        return str(error.__cause__)
    message = str(error)
    if "out of range" in message:
        return "A whole number in it has more than 4300 digits."
    if not raw.strip():
        return "It is empty."
    if not _is_utf8(raw):
        return "It is not UTF-8 text."
    where = _ERROR_BYTE.search(message)
    # msgspec calls a lone surrogate "truncated" too.
    if (where is None or "surrogate" in message) and _LONE_SURROGATE.search(raw):
        return "It contains half of a surrogate pair, which is not text."
    if where is None:
        return "It is not complete JSON: it ends in the middle."
    byte = int(where[1])
    # msgspec may stop on the letter behind a minus sign.
    if _NOT_A_NUMBER.match(raw, byte) or _NOT_A_NUMBER.match(raw, max(byte - 1, 0)):
        return "NaN and Infinity are not numbers in JSON."
    return f"It is not JSON (the first mistake is near byte {byte})."


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse_deep_or_duplicate(value: object, raw: bytes) -> None:
    """Walk level by level, counting keys: a key seen twice in the text is once in the value."""
    level: list[Any] = [value]
    keys = 0
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST_NESTING_LEVELS:
            raise JsonRefused(_TOO_DEEP)
        below: list[Any] = []
        for container in level:
            if type(container) is dict:
                keys += len(container)
                members = container.values()
            else:
                members = container
            below += [each for each in members if type(each) is dict or type(each) is list]
        level = below
    # Every key ends in a quote and a colon; a text like ": " can only add to the count, so equal
    # counts prove that no key was lost. Only the doubtful few are read again, slowly.
    if len(_KEY_END.findall(raw)) != keys:
        _refuse_duplicate_keys(raw)


def _refuse_duplicate_keys(raw: bytes) -> None:
    _PAIRS_DECODER.decode(raw.decode())


def _refuse_pairs_alike(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise JsonRefused("An object in it has the same key twice.")


_PAIRS_DECODER = json.JSONDecoder(
    object_pairs_hook=_refuse_pairs_alike, parse_int=str, parse_float=str
)


def _holds_no_number(value: object) -> bool:
    """Whether a Decimal NaN or Infinity hides in ``value`` (the words may also stand in a text)."""
    pending = [msgspec.to_builtins(value, builtin_types=(Decimal,))]
    while pending:
        each = pending.pop()
        if isinstance(each, Decimal) and not each.is_finite():
            return True
        if isinstance(each, dict):
            pending.extend(each.values())
        elif isinstance(each, list | tuple):
            pending.extend(each)
    return False


# --- Dates -----------------------------------------------------------------------------------

Precision = Literal["year", "month", "day", "time"]

_DATE_TIME = re.compile(
    r"(?P<year>[0-9]{4})"
    r"(?:-(?P<month>0[1-9]|1[0-2])"
    r"(?:-(?P<day>0[1-9]|[12][0-9]|3[01])"
    r"(?:T(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9]|60)"
    r"(?:\.(?P<fraction>[0-9]+))?"
    r"(?P<zone>Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?"
)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A FHIR date or dateTime exactly as precise as it was printed: "1980", "1980-03", ...

    https://hl7.org/fhir/R4/datatypes.html#dateTime. Two of them are equal only if printed alike;
    they have no order of their own: compare ``start`` or ``end`` in the zone that is meant.
    ``instant`` is set, and aware, only when a time was printed; it keeps the printed offset, and
    holds microseconds (more digits stay in ``text``).
    """

    text: str
    year: int
    month: int | None = None
    day: int | None = None
    instant: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a FHIR date, dateTime or instant; a time needs its zone, and 24:00 is no time.

        Raises ValueError for anything else, and for days that do not exist (1981-02-29).
        """
        match = _DATE_TIME.fullmatch(text)
        if match is None:
            raise ValueError("Not a FHIR date: it is written like 1980, 1980-03 or 1980-03-04.")
        year, month, day = (
            int(part) if part else None for part in match.group("year", "month", "day")
        )
        # The first day checks the year alone (0000 is refused), the last whether the day exists.
        datetime(year or 0, month or 1, day or 1, tzinfo=UTC)
        return cls(text, year or 0, month, day, _instant(match) if match["zone"] else None)

    @property
    def precision(self) -> Precision:
        """The smallest part that was printed."""
        if self.instant is not None:
            return "time"
        if self.day is not None:
            return "day"
        return "year" if self.month is None else "month"

    def start(self, zone: ZoneInfo) -> datetime:
        """Return the first instant this may mean, in UTC; ``zone`` places dates without a time."""
        if self.instant is not None:
            return _in_utc(self.instant)
        return _in_utc(datetime(self.year, self.month or 1, self.day or 1, tzinfo=zone))

    def end(self, zone: ZoneInfo) -> datetime:
        """Return the first instant after it, in UTC: start <= what is meant < end.

        The last day there is (9999-12-31, often written for "no end") ends with datetime.max.
        """
        try:
            if self.instant is not None:
                return _in_utc(self.instant) + self._printed_step()
            return _in_utc(self._next_day(zone))
        except (OverflowError, ValueError):
            return _LATEST

    def _printed_step(self) -> timedelta:
        """One second, or one of the last printed fraction digit, at least a microsecond."""
        _, _, fraction = self.text.partition(".")
        digits = len(fraction.rstrip("Z").partition("+")[0].partition("-")[0])
        return timedelta(microseconds=max(1, 10 ** (6 - digits))) if digits < 6 else _MICROSECOND

    def _next_day(self, zone: ZoneInfo) -> datetime:
        if self.day is not None:
            # Wall-clock arithmetic, so a day of 23 or 25 hours still ends at midnight.
            return datetime(self.year, self.month or 1, self.day, tzinfo=zone) + timedelta(days=1)
        if self.month is None:
            return datetime(self.year + 1, 1, 1, tzinfo=zone)
        december = self.month == 12
        return datetime(self.year + december, 1 if december else self.month + 1, 1, tzinfo=zone)


_MICROSECOND = timedelta(microseconds=1)


def _instant(match: re.Match[str]) -> datetime:
    """Aware datetime of a matched dateTime; a leap second (:60) is the second after :59."""
    if match["second"] != "60":
        return datetime.fromisoformat(match[0])
    hour, minute, second = (int(part) for part in match.group("hour", "minute", "second"))
    microsecond = int((match["fraction"] or "0")[:6].ljust(6, "0"))
    whole = datetime.fromisoformat(
        f"{match['year']}-{match['month']}-{match['day']}"
        f"T{hour:02}:{minute:02}:{min(second, 59):02}.{microsecond:06}{match['zone']}"
    )
    try:
        return whole + timedelta(seconds=second // 60)
    except OverflowError:
        return whole


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC, held within the years that datetime knows."""
    try:
        return moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return _EARLIEST if moment.year == 1 else _LATEST


def local(moment: datetime, zone: ZoneInfo) -> datetime | None:
    """Return an aware ``moment`` on the clock of ``zone``; None where its year there is 1 or 9999, or none at all.

    Feeds write the first and the last year for "not known" and "no end": nothing happened in them.
    """
    try:
        there = moment.astimezone(zone)
    except (OverflowError, ValueError):
        return None
    return there if is_real_year(there.year) else None


def is_real_year(year: int) -> bool:
    """Say whether a year is one to show; 1 and 9999 stand for "not known" and "no end"."""
    return _EARLIEST.year < year < _LATEST.year


# --- Datatypes -------------------------------------------------------------------------------
# https://hl7.org/fhir/R4/datatypes.html. Made from a parsed resource by msgspec.convert(value,
# Coding), or from bytes by msgspec.json.decode(data, type=Coding). Dates stay text here: what
# reads them chooses PartialDate.parse, and what to do when a date is impossible.


class _Datatype(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    omit_defaults=True,
    gc=False,
):
    """Every element may be absent; unknown elements (extensions) are passed over."""


class Coding(_Datatype, frozen=True):
    """One code of one code system."""

    system: str | None = None
    version: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(_Datatype, frozen=True):
    """A concept in words, in codes, or both."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None

    def label(self) -> str | None:
        """The words for it: its text, else the first display; None where it has only codes."""
        if self.text:
            return self.text
        return next((coding.display for coding in self.coding if coding.display), None)

    def code_in(self, system: str) -> str | None:
        """The first code it has in this code system."""
        return next(
            (each.code for each in self.coding if each.system == system and each.code),
            None,
        )


class Quantity(_Datatype, frozen=True):
    """A measured amount; ``value`` keeps the digits it was printed with."""

    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Period(_Datatype, frozen=True):
    """From and until, both as printed; FHIR's end is inclusive."""

    start: str | None = None
    end: str | None = None


class Identifier(_Datatype, frozen=True):
    """A number or name that a system gave to something."""

    use: str | None = None
    type: CodeableConcept | None = None
    system: str | None = None
    value: str | None = None


class Reference(_Datatype, frozen=True):
    """Points at another resource, by address, by identifier, or only by its name."""

    reference: str | None = None
    type: str | None = None
    identifier: Identifier | None = None
    display: str | None = None


class HumanName(_Datatype, frozen=True):
    """A person's name in its parts."""

    use: str | None = None
    text: str | None = None
    family: str | None = None
    given: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    suffix: tuple[str, ...] = ()

    def full(self) -> str:
        """The name as it is written, else its parts in order; empty where there is none."""
        if self.text:
            return self.text
        family = (self.family,) if self.family else ()
        return " ".join((*self.prefix, *self.given, *family, *self.suffix))


class Attachment(_Datatype, frozen=True):
    """A document, inline (``data``, base64) or by address; ``size`` in bytes."""

    content_type: str | None = None
    language: str | None = None
    data: str | None = None
    url: str | None = None
    size: int | None = None
    hash: str | None = None
    title: str | None = None
    creation: str | None = None


class Annotation(_Datatype, frozen=True):
    """A note, by whom and when, in Markdown."""

    text: str | None = None
    author_string: str | None = None
    time: str | None = None


class AgeRange(_Datatype, frozen=True):
    """From one age to another."""

    low: Quantity | None = None
    high: Quantity | None = None


class ReferenceRange(_Datatype, frozen=True):
    """What is usual for a test, and for whom (Observation.referenceRange)."""

    low: Quantity | None = None
    high: Quantity | None = None
    type: CodeableConcept | None = None
    applies_to: tuple[CodeableConcept, ...] = ()
    age: AgeRange | None = None
    text: str | None = None
