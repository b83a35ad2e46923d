"""Whether two descriptions are the same person, as pure functions.

Promises: never a guess. An identifier brings two descriptions together, and birth date and name must not speak against
it; without a shared identifier both must agree (V2-13, T18). What disagrees is for a person to decide.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from carespace.values import HumanName, Identifier, PartialDate

NAME_NOT_GIVEN = "Name not given"
MOST_LANGUAGE_CHARACTERS = 10

# Numbers of the state, not of a practice: they are not kept beside the record (data minimisation).
_NOT_KEPT_KINDS = frozenset({"SS", "SB", "DL", "PPN", "TAX"})
_NOT_KEPT_SYSTEMS = frozenset({"http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1"})

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_EMAIL_LETTERS = 254  # RFC 5321
_UNRANKED = 1_000_000


@dataclass(frozen=True, slots=True)
class KnownIdentifier:
    """An identifier by which a practice may know a patient; ``kind`` is the v2-0203 code, such as MR."""

    system: str
    value: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as one message tells it."""

    identifiers: tuple[KnownIdentifier, ...]
    family_name: str
    given_names: str
    display_name: str
    birth_date_text: str
    gender: str
    deceased: bool
    email: str = ""
    language: str = ""

    @property
    def birth_date(self) -> date | None:
        """The birth date where it is known to the day."""
        if not self.birth_date_text:
            return None
        known = PartialDate.parse(self.birth_date_text)
        if known.month is None or known.day is None:
            return None
        return date(known.year, known.month, known.day)

    @property
    def search_name(self) -> str:
        return plain(f"{self.family_name} {self.given_names}") or plain(self.display_name)

    @property
    def is_nameless(self) -> bool:
        return self.display_name == NAME_NOT_GIVEN


def plain(text: str) -> str:
    """Return ``text`` for comparing and finding: small letters, no accents, single spaces."""
    parts = unicodedata.normalize("NFKD", text)
    letters = "".join(mark for mark in parts if not unicodedata.combining(mark))
    return " ".join(letters.casefold().split())


def identity_of(resource: Mapping[str, Any], own_system: str, own_value: str) -> Identity:
    """Read a FHIR Patient; ``own_system|own_value`` names it where it brings no identifier of its own."""
    names = [msgspec.convert(name, HumanName) for name in resource.get("name", ())]
    name = next((n for n in names if n.use in {"official", "usual"}), names[0] if names else None)
    identifiers = _identifiers(resource, own_system)
    deceased = resource.get("deceasedBoolean") is True or "deceasedDateTime" in resource
    return Identity(
        identifiers=identifiers or (KnownIdentifier(own_system, own_value[:200]),),
        family_name=(name.family or "")[:200] if name else "",
        given_names=" ".join(part for part in name.given if part)[:200] if name else "",
        display_name=(_written(name) if name else "")[:400] or NAME_NOT_GIVEN,
        birth_date_text=str(resource.get("birthDate", "")),
        gender=str(resource.get("gender", "")),
        deceased=deceased,
        email=_email(resource),
        language=_language(resource),
    )


def same_person(first: Identity, second: Identity) -> bool:
    """Whether both describe one person.

    With a shared identifier: the same birth date and no other given name (twins share a birth date and a family name, a
    marriage changes the family name), or the same name and a birth date that differs as a slip of the pen does (a
    father and a son share a name). Without one: the same name and the same birth date.
    """
    names = _names_agree(first, second)
    births = _births_agree(first.birth_date_text, second.birth_date_text)
    if not set(_keys(first)) & set(_keys(second)):
        return names and births
    if births:
        return _given_names_agree(first, second)
    return names and _births_near(first.birth_date_text, second.birth_date_text)


def _names_agree(first: Identity, second: Identity) -> bool:
    if first.is_nameless or second.is_nameless:
        return False  # two people without a name are not alike for it
    if not first.search_name or first.search_name != second.search_name:
        family = plain(first.family_name)
        if not family or family != plain(second.family_name):
            return False
        givens = [plain(each.given_names).split() for each in (first, second)]
        return bool(givens[0] and givens[1] and givens[0][0] == givens[1][0])
    return True


def _given_names_agree(first: Identity, second: Identity) -> bool:
    """Whether no given name contradicts another: "Maria E." and "Maria" agree, "Mary Ann" and "Mary Beth" do not."""
    if first.is_nameless or second.is_nameless:
        return True
    givens = [plain(each.given_names).replace(".", "").split() for each in (first, second)]
    if not (givens[0] and givens[1]):
        return _names_agree(first, second) or plain(first.family_name) == plain(second.family_name)
    pairs = zip(givens[0], givens[1], strict=False)
    return all(one == other or _is_initial(one, other) for one, other in pairs)


def _is_initial(one: str, other: str) -> bool:
    return one[0] == other[0] and 1 in (len(one), len(other))


def _births_near(first: str, second: str) -> bool:
    """Whether two birth dates may be one, once written wrong: one part differs, or day and month changed places."""
    if not first or not second:
        return True
    one, other = first.split("-"), second.split("-")
    if len(one) != len(other):
        return False
    wrong = sum(a != b for a, b in zip(one, other, strict=True))
    return len(one) > 1 and (wrong <= 1 or [one[0], *reversed(one[1:])] == other)


def _births_agree(first: str, second: str) -> bool:
    return bool(first) and bool(second) and (first.startswith(second) or second.startswith(first))


def _keys(identity: Identity) -> list[tuple[str, str]]:
    return [(each.system, each.value) for each in identity.identifiers]


def _identifiers(resource: Mapping[str, Any], own_system: str) -> tuple[KnownIdentifier, ...]:
    found: dict[tuple[str, str], KnownIdentifier] = {}
    for item in resource.get("identifier", ()):
        identifier = msgspec.convert(item, Identifier)
        kinds = [c.code or "" for c in identifier.type.coding] if identifier.type else []
        kind = next(iter(kinds), "")
        system = identifier.system or own_system
        if not identifier.value or kind in _NOT_KEPT_KINDS or system in _NOT_KEPT_SYSTEMS:
            continue
        known = KnownIdentifier(system[:300], identifier.value[:200], kind[:20])
        found.setdefault((known.system, known.value), known)
    return tuple(found.values())


def _email(resource: Mapping[str, Any]) -> str:
    """Return the address the practice would write to: no former one, the best ranked, else the first (S-13).

    What is no email address is none. It tells nobody apart: two patients may share one (the email collision).
    """
    found = [
        (point.get("rank", _UNRANKED), str(point.get("value", "")).strip())
        for point in resource.get("telecom", ())
        if point.get("system") == "email" and point.get("use") != "old"
    ]
    for _, address in sorted(found, key=lambda each: each[0]):
        if len(address) <= _EMAIL_LETTERS and _EMAIL.fullmatch(address):
            return address
    return ""


def _written(name: HumanName) -> str:
    given = " ".join(part for part in name.given if part)
    whole = " ".join(part for part in (given, name.family) if part)
    suffix = " ".join(part for part in name.suffix if part)
    return name.text or (f"{whole}, {suffix}" if whole and suffix else whole)


def _language(resource: Mapping[str, Any]) -> str:
    """Return the language in which the practice talks with the patient ("es"), without region; empty where unsaid.

    The preferred one of several (https://hl7.org/fhir/R4/patient-definitions.html#Patient.communication.preferred).
    """
    spoken = sorted(
        (each for each in resource.get("communication", ()) if isinstance(each, Mapping)),
        key=lambda each: each.get("preferred") is not True,
    )
    codes = (
        coding.get("code", "")
        for each in spoken
        for coding in each.get("language", {}).get("coding", ())
    )
    found = next((code for code in codes if code), "")
    return found.partition("-")[0].lower()[:MOST_LANGUAGE_CHARACTERS]
