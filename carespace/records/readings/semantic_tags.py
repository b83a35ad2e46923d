"""The kind of thing that SNOMED CT writes at the end of its full names: "Chemotherapy (procedure)".

Promises: only a tag of SNOMED CT's own closed list is taken away, only at the end, and never all of the words
(SNOMED CT Editorial Guide, "Semantic tag").
"""

import re

_TAGS = (
    "administration method", "assessment scale", "attribute", "basic dose form", "body structure", "cell structure",
    "cell", "clinical drug", "contextual qualifier", "disorder", "disposition", "dose form", "environment / location",
    "environment", "ethnic group", "event", "finding", "geographic location", "intended site", "life style",
    "medicinal product form", "medicinal product", "morphologic abnormality", "observable entity", "occupation",
    "organism", "person", "physical force", "physical object", "procedure", "product", "qualifier value", "qualifier",
    "racial group", "record artifact", "regime/therapy", "religion/philosophy", "role", "situation", "social concept",
    "specimen", "staging scale", "state of matter", "substance", "transformation", "tumor staging",
    "unit of presentation",
)  # fmt: skip
_TAG = re.compile(rf"(?<=\S)\s\((?:{'|'.join(map(re.escape, _TAGS))})\)$")


def without_tag(words: str) -> str:
    """Return ``words`` without the kind of thing at their end."""
    return _TAG.sub("", words) if words.endswith(")") else words
