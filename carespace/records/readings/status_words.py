"""Our plain words for the codes that FHIR itself defines, by resource type and element."""

from django.utils.functional import Promise

STATUS_WORDS: dict[tuple[str, str], dict[str, Promise]] = {}


def status_word(resource_type: str, element: str, code: str) -> str:
    """Return our word for a code such as ("AllergyIntolerance", "clinicalStatus", "active"); empty if unknown."""
    found = STATUS_WORDS.get((resource_type, element), {}).get(code)
    return str(found) if found is not None else ""
