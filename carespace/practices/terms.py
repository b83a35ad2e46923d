"""The terms of service: the text that ships with CareSpace, and which text is a practice's (S-23, D-4).

Promises: a practice's own text is shown where it published one, else the shipped one; a changed shipped text gets a new
version (a guard compares the text's digest with the version it knows), and a migration moves the practices on to it.
"""

import re
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from carespace.practices.models import Practice

Section = tuple[str, tuple[str, ...]]
HEADING = "# "
_BETWEEN_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
CURRENT_VERSION = "2026-12"

TERMS: tuple[tuple[str, str], ...] = (
    (
        gettext_noop("What this is"),
        gettext_noop(
            "This portal shows you your health record. "
            "It does not take the place of a visit or a call."
        ),
    ),
    (
        gettext_noop("Emergencies"),
        gettext_noop(
            "Do not use the portal for an emergency. Call 911. For anything urgent, call our office."
        ),
    ),
    (
        gettext_noop("Your sign-in"),
        gettext_noop(
            "Your sign-in is yours alone. Keep your password to yourself. If someone helps you, "
            "invite them under Manage Users, in the menu under your name. You can end it at any time."
        ),
    ),
    (
        gettext_noop("Who can see your record"),
        gettext_noop(
            "You, the people you choose, and our staff who care for you. "
            "We note each time someone opens your record."
        ),
    ),
    (
        gettext_noop("Results"),
        gettext_noop(
            "Results show as soon as we get them. You may see one before your care team has read it."
        ),
    ),
    (
        gettext_noop("Ending it"),
        gettext_noop(
            "You can stop using the portal at any time. Call our office and we will close your access."
        ),
    ),
)


def sections_of(practice: "Practice | None") -> tuple[Section, ...]:
    """Return the headings and paragraphs of the terms in force at ``practice``; the shipped ones where there is none."""
    own = practice.terms.filter(version=practice.terms_version).first() if practice else None
    if own:
        return sections_in(own.text)
    read = translation.gettext
    return tuple((read(heading), (read(text),)) for heading, text in TERMS)


def is_shipped(practice: "Practice | None") -> bool:
    """Say whether ``sections_of`` returns the text that ships, which is translated: the English one counts."""
    return version_of(practice) == CURRENT_VERSION


def version_of(practice: "Practice | None") -> str:
    """Return the version of the text that ``sections_of`` returns."""
    return practice.terms_version if practice else CURRENT_VERSION


def sections_in(text: str) -> tuple[Section, ...]:
    """Split a plain text at its lines "# Heading", and each part at its empty lines.

    What stands before the first heading has the heading "". Nothing is left out, nothing is markup.
    """
    parts: list[tuple[str, list[str]]] = [("", [])]
    for line in text.splitlines():
        if line.startswith(HEADING):
            parts.append((line.removeprefix(HEADING).strip(), []))
        else:
            parts[-1][1].append(line)
    return tuple(
        (heading, _paragraphs(lines))
        for heading, lines in parts
        if heading or any(map(str.strip, lines))
    )


def _paragraphs(lines: list[str]) -> tuple[str, ...]:
    found = _BETWEEN_PARAGRAPHS.split("\n".join(lines))
    return tuple(" ".join(each.split()) for each in found if each.strip())
