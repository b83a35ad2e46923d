"""The mail folder as a mailbox: what CareSpace would have sent, read back from its ``.eml`` files.

Promises: a name from an address is only ever compared with the names in the folder, so no path can be asked for; HTML
is cleaned (nh3) before anybody sees it, and its links are told apart for the page.
"""

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import nh3

MOST_LISTED = 200
_LINK = re.compile(r"https?://[^\s<>\"')\]]+[^\s<>\"')\].,;:!?]")
# What old mail programs know, and nothing that runs or loads.
_TAGS = nh3.ALLOWED_TAGS - {"img"} | {"center", "font"}
_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    "font": {"color", "face", "size"},
    "table": {"align", "bgcolor", "cellpadding", "cellspacing", "width"},
    "td": {"align", "bgcolor", "colspan", "valign", "width"},
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: its file's name, its heads, both bodies (empty where there is none) and the links in its text."""

    name: str
    sender: str
    to: str
    subject: str
    written_at: datetime
    text: str = ""
    html: str = ""
    links: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """The moment in the clock of this machine, for the screen."""
        moment = self.written_at.astimezone()
        return f"{moment:%b} {moment.day}, {moment.year}, {moment:%I:%M:%S %p}".replace(" 0", " ")


def mails(folder: Path) -> list[Mail]:
    """Return the newest mails, newest first."""
    newest = sorted(_names(folder), reverse=True)[:MOST_LISTED]
    return [_read(folder / name, whole=False) for name in newest]


def mail_named(folder: Path, name: str) -> Mail | None:
    """Return one whole mail, or None if the folder holds none of that name."""
    return _read(folder / name, whole=True) if name in _names(folder) else None


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.eml") if not path.name.startswith(".")}


def _read(path: Path, *, whole: bool) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text = _body(message, "plain") if whole else ""
    return Mail(
        name=path.name,
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        written_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        text=text,
        html=_clean(_body(message, "html")) if whole else "",
        links=tuple(dict.fromkeys(_LINK.findall(text))),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        # A title is for the head of a window; its words would stand on top of the mail.
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        # The frame may not navigate itself: a click opens the page around it.
        set_tag_attribute_values={"a": {"target": "_top"}},
    )
