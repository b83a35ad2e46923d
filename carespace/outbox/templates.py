"""The register of mail templates: a room above says how its mail is written, this room when it is sent.

Promises: a mail is written at the moment it is sent, from ids, so that nothing goes out after the thing it speaks of
has ended; a writer answers ``None`` when the mail is no longer wanted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mail:
    """A written mail: subject, plain text, HTML, and the sender's display name."""

    subject: str
    text: str
    html: str
    sender_name: str


Writer = Callable[[Mapping[str, Any]], Mail | None]
_WRITERS: dict[str, Writer] = {}


class UnknownTemplate(LookupError):
    """No room has registered this template."""


def register(template: str, writer: Writer) -> None:
    """Let ``writer`` write the mails of ``template``; called once, when the apps are ready."""
    _WRITERS[template] = writer


def write(template: str, context: Mapping[str, Any]) -> Mail | None:
    """Return the written mail, or None when it is no longer wanted."""
    try:
        writer = _WRITERS[template]
    except KeyError:
        raise UnknownTemplate(template) from None
    return writer(context)
