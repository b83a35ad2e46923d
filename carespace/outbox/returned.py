"""A mail that came back, as a mail server reports it (RFC 3464), read for one thing: which mail of ours did not arrive.

Promises: only a delivery report with the action "failed" counts; delays, receipts, answers by hand and whatever cannot
be read are None. Nothing in it is believed but the random id of a mail: who knows that id can say that this mail came
back, and nothing else.
"""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from uuid import UUID

MOST_BYTES = 10 * 1024 * 1024
_OUR_ID = re.compile(
    r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@[^<>\s]+>", re.IGNORECASE
)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_MESSAGE_ID = re.compile(r"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
)


@dataclass(frozen=True, slots=True)
class Returned:
    """That the mail ``message_id`` did not arrive, and the status of RFC 3463 ("5.1.1"), empty where none was given."""

    message_id: UUID
    status: str


def read_report(raw: bytes) -> Returned | None:
    """Return which mail ``raw`` reports as failed; None for every other message."""
    message = message_from_bytes(raw[:MOST_BYTES])
    parts = [*message.walk()] if message.is_multipart() else []
    failures = [status for part in parts if (status := _failure(part)) is not None]
    identities = [identity for part in parts if (identity := _our_id(part))]
    return Returned(identities[0], failures[0]) if failures and identities else None


def _failure(part: Message) -> str | None:
    """Return the status of the report's first recipient who got nothing; None where ``part`` reports no failure."""
    if part.get_content_type() in _REPORTS:
        for block in _blocks(part):
            if str(block.get("Action", "")).strip().lower().startswith("failed"):
                found = _STATUS.search(str(block.get("Status", "")))
                return found[0] if found else ""
    return None


def _our_id(part: Message) -> UUID | None:
    """Return the id in the heads of a returned mail, whole or cut after its heads."""
    if part.get_content_type() not in _RETURNED:
        return None
    blocks = _blocks(part)
    heads = f"message-id: {blocks[0].get('Message-ID', '')}" if blocks else _text(part)
    written = _MESSAGE_ID.search(heads)
    ours = _OUR_ID.fullmatch(written[1]) if written else None
    return UUID(ours[1]) if ours else None


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return (
        [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
    )


def _text(part: Message) -> str:
    decoded = part.get_payload(decode=True)
    return decoded.decode("ascii", "replace") if isinstance(decoded, bytes) else ""
