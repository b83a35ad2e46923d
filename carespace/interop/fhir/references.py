"""References between the resources of one feed, and the ids they get here.

Promises: an id follows from practice, feed and the source's own ``Type/id`` (or ``fullUrl`` where there is none), so
that the same input is the same row, references are rewritten without any order, and two feeds that both number from 1
never meet. What points outside the feed, or nowhere, stays as it was written.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid5

_RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]+)?")
_ABSOLUTE = re.compile(
    r"https?://[^?#]+/([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]+)?"
)
_CONTAINERS = (dict, list)


def feed_namespace(practice_id: UUID, feed: str) -> UUID:
    """Return the namespace in which a feed's own ids become ours."""
    return uuid5(practice_id, feed)


def source_key(resource: Mapping[str, Any], full_url: str | None) -> str | None:
    """Return ``Type/id``, else the fullUrl, else None: then it could not be told from the next one."""
    if identity := resource.get("id"):
        return f"{resource['resourceType']}/{identity}"
    return full_url or None


def key_of(reference: str, local: Mapping[str, str]) -> str | None:
    """Return the source key a reference means; ``local`` maps the Bundle's fullUrls to source keys.

    None for what names no resource: contained (``#id``), conditional (``Type?…``), or no address at all.
    """
    if reference in local:
        return local[reference]
    if match := _RELATIVE.fullmatch(reference) or _ABSOLUTE.fullmatch(reference):
        return f"{match[1]}/{match[2]}"
    return reference if reference.startswith("urn:") else None


def rewritten(value: Any, change: Callable[[str], str]) -> Any:
    """Return a copy of ``value`` with ``change`` applied to each reference and each Binary address."""
    if type(value) is dict:
        return {name: _member(name, member, change) for name, member in value.items()}
    return [rewritten(each, change) if type(each) in _CONTAINERS else each for each in value]


def _member(name: str, member: Any, change: Callable[[str], str]) -> Any:
    if type(member) in _CONTAINERS:
        return rewritten(member, change)
    if type(member) is str and (
        name == "reference" or (name == "url" and ("Binary/" in member or member[:4] == "urn:"))
    ):
        return change(member)
    return member
