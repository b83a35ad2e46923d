"""The languages CareSpace speaks, and how the one of a page or a mail is put into force (LANG-4).

Promises: English is the source and what everything falls back to; a language is kept as its short code ("es"). Django's
own switch (``translation.override``) is all that changes: nothing here knows a request, a person or a table.
"""

from contextlib import AbstractContextManager

from django.utils import translation

ENGLISH, SPANISH = "en", "es"
# Each in its own words, so that whoever needs it can read it.
LANGUAGES: tuple[tuple[str, str], ...] = ((ENGLISH, "English"), (SPANISH, "Español"))
CODES = frozenset(code for code, _name in LANGUAGES)
COOKIE = "carespace-language"


def language_now() -> str:
    """Return the language in force: "en" or "es"."""
    return known(translation.get_language() or "") or ENGLISH


def known(code: str) -> str:
    """Return ``code`` without its region where we speak it ("es-MX" is "es"); empty where we do not."""
    short = code.partition("-")[0].lower()
    return short if short in CODES else ""


def speaking(*codes: str) -> AbstractContextManager[None]:
    """Put the first of ``codes`` that we speak into force while the block runs; English where we speak none."""
    spoken = next(filter(None, map(known, codes)), ENGLISH)
    return translation.override(spoken)
