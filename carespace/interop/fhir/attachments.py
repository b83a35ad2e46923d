"""Attachments that travel inside a resource: their bytes become Blobs, the resource keeps the address.

Promises: base64 is decoded strictly and a stated size or SHA-1 must fit (SEC-4), else the entry is refused; the
address left behind is ``Binary/<blob id>``; the same bytes of the same resource are the same blob.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

# type -> where its attachments stand (https://hl7.org/fhir/R4/datatypes.html#Attachment)
_PLACES: dict[str, tuple[str, ...]] = {
    "Communication": ("payload", "contentAttachment"),
    "Consent": ("sourceAttachment",),
    "DiagnosticReport": ("presentedForm",),
    "DocumentReference": ("content", "attachment"),
    "Media": ("content",),
    "Patient": ("photo",),
    "Practitioner": ("photo",),
    "RelatedPerson": ("photo",),
}


SHOWING_TYPES = frozenset({*_PLACES, "Binary"})


class AttachmentRefused(ValueError):
    """The attachment is not what it says; the message is for the practice's IT person."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes taken out of a resource, to be kept as one blob; ``owner`` stands for a whole Binary."""

    id: UUID
    owner: UUID | None
    data: bytes


def take_attachments(resource: dict[str, Any], identity: UUID) -> list[Content]:
    """Replace inline data in ``resource`` (our own copy of it) by addresses; return the bytes."""
    if resource["resourceType"] == "Binary":
        data = _decoded(resource.pop("data", ""))
        return [Content(uuid5(identity, hashlib.sha256(data).hexdigest()), identity, data)]
    taken = []
    for attachment in _attachments(resource):
        if isinstance(text := attachment.get("data"), str):
            data = _decoded(text)
            _check(attachment, data)
            content = Content(uuid5(identity, hashlib.sha256(data).hexdigest()), None, data)
            del attachment["data"]
            attachment["url"] = f"Binary/{content.id}"
            attachment["size"] = len(data)
            taken.append(content)
    return list({content.id: content for content in taken}.values())


def attachment_targets(resource: dict[str, Any]) -> list[str]:
    """Return the addresses of Binaries that ``resource`` shows as its own."""
    return [
        url
        for attachment in _attachments(resource)
        if isinstance(url := attachment.get("url"), str)
    ]


def _attachments(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    level: list[Any] = [resource]
    for name in _PLACES.get(resource["resourceType"], ()):
        found = [each[name] for each in level if isinstance(each, dict) and name in each]
        level = [one for each in found for one in (each if isinstance(each, list) else [each])]
    yield from (each for each in level if each is not resource and isinstance(each, dict))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        message = "A document in it is not base64, so its bytes cannot be read."
        raise AttachmentRefused(message) from None


def _check(attachment: dict[str, Any], data: bytes) -> None:
    size, digest = attachment.get("size"), attachment.get("hash")
    if isinstance(size, int) and size != len(data):
        message = f"A document in it says it has {size} bytes but has {len(data)}."
        raise AttachmentRefused(message)
    # FHIR R4 asks for SHA-1 here; it proves transport, not authorship.
    sha1 = hashlib.sha1(data, usedforsecurity=False).digest()
    if isinstance(digest, str) and base64.b64encode(sha1).decode() != digest:
        message = "A document in it does not fit its own checksum (Attachment.hash)."
        raise AttachmentRefused(message)
