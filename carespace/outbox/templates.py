"""The register of mail templates: a room above says how its mail is written, this room when it is sent.

Promises: a mail is written just before it is sent, from ids, so that nothing goes out after the thing it speaks of
has ended; a writer changes nothing, and answers ``None`` when the mail is no longer wanted. What follows from a mail
that the server took (``Mail.then``) is done in the transaction that notes it as sent: both are kept, or neither.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from carespace.ui.languages import ENGLISH, speaking


@dataclass(frozen=True, slots=True)
class Mail:
    """A written mail: subject, plain text, HTML, the sender's display name, and the sender's own address, if any.

    ``then`` is called once the server has taken it, perhaps ten minutes after it was written: it looks at its rows anew.
    """

    subject: str
    text: str
    html: str
    sender_name: str
    sender_address: str = ""
    then: Callable[[], None] | None = None


Writer = Callable[[Mapping[str, Any]], Mail | None]
# Told what became of a mail that did not arrive: its context, and "refused", "given-up" or "bounced".
Settled = Callable[[Mapping[str, Any], str], None]
_WRITERS: dict[str, Writer] = {}
_SETTLED: dict[str, Settled] = {}


class UnknownTemplate(LookupError):
    """No room has registered this template."""


def register(template: str, writer: Writer, *, undelivered: Settled | None = None) -> None:
    """Let ``writer`` write the mails of ``template``; called once, when the apps are ready.

    ``undelivered`` is called, in the same transaction, when a mail of it was refused, given up or came back.
    """
    _WRITERS[template] = writer
    if undelivered is not None:
        _SETTLED[template] = undelivered


def tell_undelivered(template: str, context: Mapping[str, Any], state: str) -> None:
    """Tell the room whose mail this is that it did not arrive."""
    if told := _SETTLED.get(template):
        told(context, state)


def write(template: str, context: Mapping[str, Any]) -> Mail | None:
    """Return the written mail, or None when it is no longer wanted."""
    try:
        writer = _WRITERS[template]
    except KeyError:
        raise UnknownTemplate(template) from None
    with speaking(
        ENGLISH
    ):  # a writer changes it to its reader's; nothing of the page or mail before stays
        return writer(context)
