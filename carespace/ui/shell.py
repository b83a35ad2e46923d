"""What the base page needs to know: one frozen value per page, already formatted for the screen.

A face builds one `Shell` per request (through a context processor or in its view) and gives it to
the template as `shell`. This room formats nothing and decides nothing: every string arrives ready,
so no rule of who sees what can hide in a template. Rows S-07 (practice, tagline, phone), S-32 (name
menu in the upper right), S-51 (tabs) and S-60 (emergency line) of product.md are drawn from it.
"""

from dataclasses import dataclass
from typing import Literal

Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Link:
    """A word and where it leads."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class PracticeCard:
    """The practice as its patients know it.

    `phone` is written for people, `phone_url` is its `tel:` address. `emergency_text` follows
    "Medical emergency? Call 911." in the bar on top; the phone link is added after it.
    """

    name: str
    phone: str
    phone_url: str
    tagline: str = ""
    hours: str = ""
    emergency_text: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One of at most five main tabs.

    `short_label` is used in the phone's tab bar. `icon` is the name of an outline heroicon.
    `badge` counts what is new; 0 draws nothing.
    """

    label: str
    short_label: str
    url: str
    icon: str
    current: bool = False
    badge: int = 0


@dataclass(frozen=True, slots=True)
class PersonBar:
    """Whose record is open.

    The name and the birth date are printed on every paper copy. `on_screen` is False for a person
    who can only ever see their own record: then the bar is left out, the paper keeps the name.
    `practice` is named where the reader sees records of more than one practice.
    """

    name: str
    birth_date_text: str
    relation: str = ""
    practice: str = ""
    switch_url: str = ""
    on_screen: bool = True


@dataclass(frozen=True, slots=True)
class VisitBar:
    """That a member of staff reads a patient's record, why, and where a click ends it (T23)."""

    practice: str
    reason: str
    close_url: str


@dataclass(frozen=True, slots=True)
class NameMenu:
    """The menu under the signed-in person's own name. Sign out is always its last line."""

    name: str
    initials: str
    links: tuple[Link, ...]
    sign_out_url: str


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """When the signed-in person's session ends if nothing is done, and what the script asks about it.

    `seconds_left` counts from when the page was made. `is_fixed` is True where nothing extends it
    any more. `keeps` is True where what is typed into this page is kept on the server.
    """

    seconds_left: int
    is_fixed: bool
    keeps: bool
    time_left_url: str
    stay_url: str
    keep_url: str
    sign_in_url: str


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything around the page's own content. Signed-out pages have no tabs and no menu.

    `home_url` is where the brand leads; `letters` and `size` are hooks of the look settings.
    """

    practice: PracticeCard | None = None
    tabs: tuple[Tab, ...] = ()
    person: PersonBar | None = None
    visit: VisitBar | None = None
    menu: NameMenu | None = None
    footer_links: tuple[Link, ...] = ()
    theme: Theme = "system"
    home_url: str = "/"
    letters: str = ""
    size: str = ""


def initials_of(name: str) -> str:
    """Return the first letters of the first and the last word of a name: "ML" for "Mary Ann Lee, RN"."""
    words = name.partition(",")[0].split()
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()
