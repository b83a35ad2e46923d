"""What each page of a sample patient must show, counted from the files with nothing but the standard library.

Promises: none of CareSpace's own code is asked: whose a resource is, which page it belongs to and whether it counts are
read from the JSON here, by FHIR's own words.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.interop.test_counts import documents, resources

Json = dict[str, Any]
LABS, VITALS = {"laboratory", "LAB"}, {"vital-signs", "vital-sign"}
# Each part of the record and the types that stand in it, one entry each.
PARTS: Mapping[str, frozenset[str]] = {
    "medicines": frozenset(
        {
            "MedicationRequest",
            "MedicationStatement",
            "MedicationDispense",
            "MedicationAdministration",
        }
    ),
    "allergies": frozenset({"AllergyIntolerance"}),
    "health-issues": frozenset({"Condition"}),
    "procedures": frozenset({"Procedure"}),
    "vaccines": frozenset({"Immunization"}),
    "care-plan": frozenset({"CarePlan"}),
    "goals": frozenset({"Goal"}),
    "care-team": frozenset({"CareTeam"}),
    "visits": frozenset({"Encounter"}),
    "orders": frozenset({"ServiceRequest"}),
    "devices": frozenset({"Device"}),
    "insurance": frozenset({"Coverage"}),
    "bills": frozenset({"Claim", "ExplanationOfBenefit"}),
    "family-history": frozenset({"FamilyMemberHistory"}),
}
_SUBJECTS = ("subject", "patient", "beneficiary", "individual", "for")


def read(files: Iterable[Path]) -> Iterator[Json]:
    """Every resource of the files, in their order."""
    for path in files:
        for document in documents(path):
            yield from resources(document)


def last(reference: str) -> str:
    """The id that a reference ends in."""
    return reference.replace(":", "/").rpartition("/")[2]


def whose(resource: Json) -> str:
    """The patient's id, as the file says it; empty where it names none."""
    if resource.get("resourceType") == "Patient":
        return str(resource["id"])
    for name in _SUBJECTS:
        value = resource.get(name)
        if isinstance(value, dict) and value.get("reference"):
            return last(value["reference"])
    return ""


def by_patient(found: Iterable[Json]) -> dict[str, list[Json]]:
    """Resources of each patient; the same resource told twice counts once."""
    people: dict[str, dict[tuple[str, str], Json]] = {}
    for each in found:
        if each.get("resourceType"):
            key = (each["resourceType"], str(each.get("id") or id(each)))
            people.setdefault(whose(each), {})[key] = each
    return {person: list(things.values()) for person, things in people.items()}


def counts_now(resource: Json) -> bool:
    """Whether it was not taken back."""
    verification = resource.get("verificationStatus", {})
    codes = [coding.get("code") for coding in verification.get("coding", ())]
    return resource.get("status") != "entered-in-error" and "entered-in-error" not in codes


def categories(resource: Json) -> set[str]:
    """The codes of its categories."""
    given = resource.get("category", [])
    concepts = given if isinstance(given, list) else [given]
    return {
        coding.get("code", "")
        for concept in concepts
        if isinstance(concept, dict)
        for coding in concept.get("coding", ())
    }


def says_something(observation: Json) -> bool:
    """Whether it has a value, parts, or a reason why it has none."""
    return any(
        name.startswith("value") or name in {"component", "dataAbsentReason"}
        for name in observation
    )


# A height lying down stands with the height.
_ALIKE = {"http://loinc.org|8306-3": "http://loinc.org|8302-2"}


def test_of(observation: Json) -> str:
    """What makes two results one test: the LOINC code, else the first code, else the text."""
    codings = [each for each in observation["code"].get("coding", ()) if each.get("code")]
    loinc = [each for each in codings if each.get("system") == "http://loinc.org"]
    if loinc or codings:
        chosen = (loinc or codings)[0]
        code = f"{chosen.get('system')}|{chosen['code']}"
        return _ALIKE.get(code, code)
    return str(observation["code"].get("text", observation.get("id"))).strip().lower()


def tests(things: Iterable[Json], wanted: set[str]) -> Counter[str]:
    """How many results each test of the category has; a test with none that counts is left out."""
    found = [
        each
        for each in things
        if each["resourceType"] == "Observation"
        and categories(each) & wanted
        and says_something(each)
    ]
    counted = Counter(test_of(each) for each in found)
    shown = {test_of(each) for each in found if counts_now(each)}
    return Counter({name: many for name, many in counted.items() if name in shown})


def of_types(things: Iterable[Json], types: Iterable[str]) -> int:
    """How many of these types were not taken back."""
    wanted = set(types)
    return sum(each["resourceType"] in wanted and counts_now(each) for each in things)


def current_documents(things: Iterable[Json]) -> int:
    """How many documents are the ones that count."""
    return sum(
        each["resourceType"] == "DocumentReference"
        and each.get("status") == "current"
        and each.get("docStatus") != "entered-in-error"
        for each in things
    )
