"""What a Bundle asks us to take: its entries, one by one, Bundles within Bundles too.

Promise: every entry comes back, as a resource or as Unreadable with the reason, and under a
position that finds it again ("entry 3, entry 2"). https://hl7.org/fhir/R4/bundle.html.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DEEPEST_BUNDLE_LEVELS = 5

TAKEN_BUNDLE_TYPES = frozenset(
    {"transaction", "batch", "collection", "searchset", "message", "document"}
)
_REFUSED_BUNDLE_TYPES = {
    "history": "It is a history Bundle: old versions, which would undo newer ones.",
    "transaction-response": "It is a server's answer to a transaction, not a delivery of records.",
    "batch-response": "It is a server's answer to a batch, not a delivery of records.",
}
_REFUSED_METHODS = {
    "DELETE": "The entry asks us to delete a resource. Nothing is deleted by a delivery; "
    "send the resource again with the status entered-in-error.",
    "PATCH": "The entry asks us to change parts of a resource (PATCH). Send the whole resource.",
    "GET": "The entry asks us to look something up (GET); a delivery gets no answers.",
    "HEAD": "The entry asks us to look something up (HEAD); a delivery gets no answers.",
}


@dataclass(frozen=True, slots=True)
class FhirEntry:
    """One resource as it came, the address its Bundle gave it, and where in the file it stood."""

    resource: dict[str, Any]
    full_url: str | None
    position: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A piece of a file that cannot be taken; ``reason`` is for people and quotes no data."""

    position: str
    code: str
    reason: str


def known_type(resource: dict[str, Any]) -> str | None:
    """Return the resourceType, None where there is none or it is no text."""
    name = resource.get("resourceType")
    return name if type(name) is str and name else None


def entries_of(bundle: dict[str, Any], before: str = "") -> list[FhirEntry | Unreadable]:
    """Return all that a Bundle holds, in order; ``before`` stands before each position."""
    return list(_entries(bundle, before, 1))


def _entries(bundle: dict[str, Any], before: str, level: int) -> Iterator[FhirEntry | Unreadable]:
    refusal = _bundle_refusal(bundle, level)
    if refusal is not None:
        yield Unreadable(before.removesuffix(", ") or "file", *refusal)
        return
    for number, entry in enumerate(bundle.get("entry", ()), start=1):
        place = f"{before}entry {number}"
        found = _entry_refusal(entry)
        if found is not None:
            yield Unreadable(place, *found)
        elif entry["resource"]["resourceType"] == "Bundle":
            yield from _entries(entry["resource"], f"{place}, ", level + 1)
        else:
            address = entry.get("fullUrl")
            yield FhirEntry(entry["resource"], address if type(address) is str else None, place)


def _bundle_refusal(bundle: dict[str, Any], level: int) -> tuple[str, str] | None:
    """Code and reason why no entry of a Bundle can be taken; None if they can."""
    kind = bundle.get("type")
    if level > DEEPEST_BUNDLE_LEVELS:
        return "too-deep", f"Bundles lie in Bundles more than {DEEPEST_BUNDLE_LEVELS} levels deep."
    if type(kind) is str and kind in _REFUSED_BUNDLE_TYPES:
        return "bundle-type", _REFUSED_BUNDLE_TYPES[kind]
    if type(kind) is not str or kind not in TAKEN_BUNDLE_TYPES:
        return "bundle-type", "Bundle.type is missing or not one that R4 knows."
    if bundle.get("implicitRules"):
        return "modifier", "Bundle.implicitRules names rules for reading it that are not known."
    if type(bundle.get("entry", [])) is not list:
        return "bundle-shape", "Bundle.entry is not a JSON array."
    return None


def _entry_refusal(entry: object) -> tuple[str, str] | None:
    """Code and reason why one entry cannot be taken; None if it can."""
    if type(entry) is not dict:
        return "bundle-shape", "The entry is not a JSON object."
    if entry.get("modifierExtension"):
        return "modifier", "The entry has a modifierExtension, which changes what it means."
    request = entry.get("request")
    method = request.get("method") if type(request) is dict else None
    if type(method) is str and method in _REFUSED_METHODS:
        return "request", _REFUSED_METHODS[method]
    return _resource_refusal(entry)


def _resource_refusal(entry: dict[str, Any]) -> tuple[str, str] | None:
    resource = entry.get("resource")
    if resource is None:
        return "no-resource", "The entry holds no resource."
    if type(resource) is not dict or known_type(resource) is None:
        return "no-resource-type", "The entry’s resource has no resourceType: not FHIR."
    search = entry.get("search")
    is_outcome = type(search) is dict and search.get("mode") == "outcome"
    if is_outcome or resource["resourceType"] == "OperationOutcome":
        return "outcome", "The entry is a note on how a search or request went, not a record."
    return None
