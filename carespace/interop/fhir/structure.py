"""Whether a resource is structurally FHIR R4, fast enough to ask of every one at import.

Promise: ``problems`` answers with nothing exactly when elements, types, cardinality, required
elements, required codes and formats are those of R4 (https://hl7.org/fhir/R4/json.html), and
otherwise says where and what is expected, never quoting what was there. Invariants and profiles
are not judged. The table comes from HL7's schema by ``scripts/derive_r4_table.py``.

Every check returns None when all is well, so that a good resource costs little; paths are put
together only on the way out of a problem.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from carespace.interop.fhir.primitives import Check, Found, code_check, primitive_checks

TABLE_FILE = "r4_table.json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not R4: where, a stable code, and a sentence for the practice's IT."""

    path: str
    code: str
    message: str


def problems(resource: object, *, limit: int = 5) -> list[Problem]:
    """Return the first ``limit`` reasons why this JSON value is no R4 resource; empty if it is.

    Decimals must be Decimal or int (``values.parse_json``). Resources inside a Bundle's entries
    are not looked into. Raises nothing for any JSON value of at most 100 levels.
    """
    if type(resource) is not dict:
        return [Problem("", "type", "A FHIR resource is a JSON object; this is something else.")]
    found = _checks().resource(resource)
    if found is None:
        return []
    name = resource.get("resourceType")
    start = name if type(name) is str and name in _checks().resource_types else "resource"
    return [_problem(start, *each) for each in found[:limit]]


def modifier_problems(resource: object) -> list[Problem]:
    """Return where it carries a modifierExtension or implicitRules.

    Both may turn the meaning of what we read into its opposite, and FHIR forbids to go on
    without knowing them: https://hl7.org/fhir/R4/extensibility.html#modifierExtension.
    """
    if type(resource) is not dict or not _names_modifier(resource):
        return []
    return [
        Problem(
            path,
            "modifier",
            f"{path} changes the meaning of this record in a way that is not known here, "
            "so it must not be read without it.",
        )
        for path in _modifier_paths(resource, str(resource.get("resourceType", "resource")))
    ]


def resource_types() -> frozenset[str]:
    """Return the names of all R4 resource types."""
    return _checks().resource_types


def element_names(type_name: str) -> frozenset[str]:
    """Return the names of all elements of an R4 type; KeyError where there is no such type."""
    return _checks().element_names(type_name)


def _problem(start: str, path: str, code: str, message: str) -> Problem:
    return Problem(f"{start}{path}", code, f"{start}{path} {message}.")


MODIFIERS = ("modifierExtension", "implicitRules")


def _names_modifier(resource: dict[str, Any]) -> bool:
    """Whether a modifier is anywhere below; level by level, which is quick when there is none."""
    level: list[Any] = [resource]
    while level:
        below: list[Any] = []
        for container in level:
            if type(container) is dict:
                if any(container.get(name) for name in MODIFIERS):
                    return True
                members = container.values()
            else:
                members = container
            below += [each for each in members if type(each) is dict or type(each) is list]
        level = below
    return False


def _modifier_paths(value: object, path: str) -> Iterator[str]:
    if type(value) is list:
        for index, each in enumerate(value):
            yield from _modifier_paths(each, f"{path}[{index}]")
    elif type(value) is dict:
        for name, each in value.items():
            if name in MODIFIERS and each:
                yield f"{path}.{name}"
            else:
                yield from _modifier_paths(each, f"{path}.{name}")


class _Checks:
    """The table compiled into one function per type, each made when it is first needed."""

    def __init__(self) -> None:
        table = msgspec.json.decode(files(__package__).joinpath(TABLE_FILE).read_bytes())
        self.resource_types: frozenset[str] = frozenset(table["resources"])
        self._types: dict[str, Any] = table["types"]
        self._primitives = dict(primitive_checks())
        for name, codes in table["codes"].items():
            self._primitives[name] = code_check(codes)
        self._made: dict[str, Check] = {}

    def resource(self, value: object) -> Found:
        """Check a whole resource, also one that is contained or a parameter."""
        if type(value) is not dict:
            return [("", "type", "is not a resource: a JSON object with a resourceType")]
        name = value.get("resourceType")
        check = self._made.get(name) if type(name) is str else None
        if check is None:
            if type(name) is not str or name not in self.resource_types:
                return _unknown_type(name)
            check = self._of(name)
        return check(value)

    def element_names(self, name: str) -> frozenset[str]:
        """Return the names of a type's elements, with those it inherits."""
        return frozenset(element for element, _ in self._elements(name))

    def _of(self, name: str) -> Check:
        """The check of a type; made once, and known before its elements are, for recursion."""
        if name in self._primitives:
            return self._primitives[name]
        if name == "ResourceContainer":
            return self.resource
        made = self._made.get(name)
        if made is None:
            shape = _Shape()
            made = self._made[name] = shape.check
            self._fill(shape, name)
        return made

    def _fill(self, shape: "_Shape", name: str) -> None:
        if name in self.resource_types:
            shape.elements["resourceType"] = (_nothing_wrong, None)
        groups: dict[str, bool] = {}
        for element, rule in self._elements(name):
            kind, minimum, maximum, *stem = rule.split()
            group = stem[0] if stem else None
            if group:
                groups[group] = minimum == "1"
            elif minimum == "1":
                shape.required.append(element)
            self._add(shape, element, kind, many=maximum == "*", group=group)
        shape.required_groups = tuple(group for group, needed in groups.items() if needed)
        if name == "Bundle.Entry":
            shape.elements["resource"] = (_nothing_wrong, None)

    def _add(
        self, shape: "_Shape", element: str, kind: str, *, many: bool, group: str | None
    ) -> None:
        check = self._of(kind)
        primitive = kind in self._primitives
        shape.elements[element] = (_list_of(check) if many else check, group)
        # An Element's own id and an Extension's url are XML attributes: they have no sibling.
        if primitive and kind != "xhtml":
            sibling = self._of("Element")
            shape.elements[f"_{element}"] = (
                _list_of(sibling, gaps=True) if many else sibling,
                group,
            )

    def _elements(self, name: str | None) -> Iterator[tuple[str, str]]:
        """The elements of a type with those it inherits, its own last, as they overrule."""
        while name is not None:
            yield from self._types[name]["elements"].items()
            name = self._types[name]["base"]


@cache
def _checks() -> _Checks:
    return _Checks()


def _nothing_wrong(_value: object) -> Found:
    return None


class _Shape:
    """The elements of one object type, and the check over them."""

    def __init__(self) -> None:
        self.elements: dict[str, tuple[Check, str | None]] = {}
        self.required: list[str] = []
        self.required_groups: tuple[str, ...] = ()

    def check(self, value: object) -> Found:
        """Check one object; the common, good case allocates nothing."""
        if type(value) is not dict:
            return [("", "type", "is not one JSON object, as R4 wants here")]
        if not value:
            return [("", "empty", "is empty; R4 allows no empty objects")]
        wrong: list[tuple[str, str, str]] | None = None  # made when there is something to say
        chosen = 0
        get = self.elements.get
        for name, child in value.items():
            rule = get(name)
            if rule is None:
                wrong = wrong or []
                wrong.append(_unknown(name))
                continue
            found = rule[0](child)
            if found is not None:
                wrong = wrong or []
                wrong += _below(name, found, value)
            if rule[1] is not None:
                chosen += 1
        # What is missing or there twice is looked for only where it can be.
        if chosen > 1 or self.required_groups or self.required:
            wrong = self._together(value, wrong or [], several_chosen=chosen > 1)
        return wrong or None

    def _together(
        self, value: dict[str, Any], wrong: list[tuple[str, str, str]], *, several_chosen: bool
    ) -> list[tuple[str, str, str]]:
        """Add what shows only when the elements are seen together."""
        wrong += [
            (f".{name}", "missing", "is missing; R4 requires it")
            for name in self.required
            if name not in value and not _extended(value.get(f"_{name}"))
        ]
        if several_chosen:
            wrong += self._several_chosen(value)
        if self.required_groups:
            wrong += self._none_chosen(value)
        return wrong

    def _several_chosen(self, value: dict[str, Any]) -> list[tuple[str, str, str]]:
        names: dict[str, set[str]] = {}
        for name in value:
            group = self.elements.get(name, (None, None))[1]
            if group is not None:
                names.setdefault(group, set()).add(name.removeprefix("_"))
        return [
            (f".{group}[x]", "choice", "is there in several forms; R4 allows one")
            for group, chosen in names.items()
            if len(chosen) > 1
        ]

    def _none_chosen(self, value: dict[str, Any]) -> list[tuple[str, str, str]]:
        there = {self.elements[name][1] for name in value if name in self.elements}
        return [
            (f".{group}[x]", "missing", "is missing; R4 requires one form of it")
            for group in self.required_groups
            if group not in there
        ]


_NULL: Found = [("", "null", "is null; R4 allows no null here")]
LONGEST_QUOTED_NAME_CHARACTERS = 40


def _is_plain_name(name: str) -> bool:
    return name.isascii() and name.isidentifier() and len(name) <= LONGEST_QUOTED_NAME_CHARACTERS


def _unknown(name: str) -> tuple[str, str, str]:
    """An unknown element; its name is shown only where it looks like one, as keys can be data."""
    if _is_plain_name(name):
        return (f".{name}", "unknown", "is not an element of R4")
    return ("", "unknown", "holds an element that is not in R4")


def _unknown_type(name: object) -> Found:
    if name is None:
        return [(".resourceType", "resourceType", "is missing; it says what the record is")]
    if type(name) is str and _is_plain_name(name):
        wrong = f"is {name}, which R4 does not know (another FHIR version may)"
    else:
        wrong = "is not a type that R4 knows"
    return [(".resourceType", "resourceType", wrong)]


def _extended(sibling: object) -> bool:
    return type(sibling) is dict and bool(sibling.get("extension"))


def _below(
    name: str, found: list[tuple[str, str, str]], value: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """Put the element's name before what was found in it, and let go what its sibling explains."""
    sibling = value.get(f"_{name}")
    return [
        (f".{name}{path}", code, message)
        for path, code, message in found
        if code != "null" or not _explains(sibling, path)
    ]


def _explains(sibling: object, path: str) -> bool:
    """Whether ``_given[1]`` stands for the null at ``given[1]``."""
    position = path[1:-1]
    if type(sibling) is not list or not position.isdecimal():
        return False
    index = int(position)
    return index < len(sibling) and sibling[index] is not None


def _list_of(check: Check, *, gaps: bool = False) -> Check:
    """The check of a repeating element; ``gaps`` allows null, as in ``_given``."""

    def check_all(values: object) -> Found:
        if type(values) is not list:
            return [("", "list", "is not a JSON array, as R4 wants for what may repeat")]
        if not values:
            return [("", "empty", "is empty; R4 allows no empty arrays")]
        wrong: list[tuple[str, str, str]] | None = None
        for index, each in enumerate(values):
            found = (None if gaps else _NULL) if each is None else check(each)
            if found is not None:
                wrong = wrong or []
                wrong += [(f"[{index}]{path}", code, text) for path, code, text in found]
        return wrong

    return check_all
