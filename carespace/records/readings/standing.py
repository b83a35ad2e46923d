"""How an entry stands: HL7's own code for whether it is active, over, confirmed or ruled out.

Promises: where the record says it in HL7's code system, that is what counts, whatever local codes stand beside it; a
code of another system counts only where it is one of HL7's words (https://hl7.org/fhir/R4/terminologies-systems.html).
"""

from carespace.values import CodeableConcept

_TERMS = "http://terminology.hl7.org/CodeSystem"
CONDITION_CLINICAL = f"{_TERMS}/condition-clinical"
CONDITION_VERIFICATION = f"{_TERMS}/condition-ver-status"
ALLERGY_CLINICAL = f"{_TERMS}/allergyintolerance-clinical"
ALLERGY_VERIFICATION = f"{_TERMS}/allergyintolerance-verification"
_CODES = {
    CONDITION_CLINICAL: frozenset(
        {"active", "recurrence", "relapse", "inactive", "remission", "resolved"}
    ),
    CONDITION_VERIFICATION: frozenset(
        {
            "unconfirmed",
            "provisional",
            "differential",
            "confirmed",
            "refuted",
            "entered-in-error",
        }
    ),
    ALLERGY_CLINICAL: frozenset({"active", "inactive", "resolved"}),
    ALLERGY_VERIFICATION: frozenset(
        {"unconfirmed", "presumed", "confirmed", "refuted", "entered-in-error"}
    ),
}


def standing(concept: CodeableConcept | None, system: str) -> str:
    """Return the code that ``concept`` has in ``system``, one of those above; empty where it says none of HL7's."""
    if concept is None:
        return ""
    known = _CODES[system]
    others = (*(each.code or "" for each in concept.coding), (concept.text or "").strip().lower())
    return concept.code_in(system) or next((each for each in others if each in known), "")
