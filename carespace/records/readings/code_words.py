"""Our plain words for codes of HL7's own systems, by system and code."""

from django.utils.functional import Promise

CODE_WORDS: dict[str, dict[str, Promise]] = {}
SPOKEN_BY_US = frozenset(CODE_WORDS)
