"""What a resource is called where another one points at it: a person, a place, a medicine, a health issue.

Promises: total: any resource has a name or the empty text; a code alone is no name.
"""

import msgspec
from django.utils.translation import gettext as _

from carespace.records.readings.words import said
from carespace.values import CodeableConcept, HumanName, Reference


class _Named(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The elements by which R4's types are called, whichever are there."""

    name: str | tuple[HumanName, ...] = ()
    title: str | None = None
    code: CodeableConcept | None = None
    type: CodeableConcept | tuple[CodeableConcept, ...] | None = None
    vaccine_code: CodeableConcept | None = None
    medication_codeable_concept: CodeableConcept | None = None
    description: CodeableConcept | str | None = None
    device_name: tuple[dict[str, object], ...] = ()
    practitioner: Reference | None = None
    organization: Reference | None = None
    do_not_perform: bool | None = None


_DECODER = msgspec.json.Decoder(_Named)


def name_of(content: str) -> str:
    """Return what the resource in ``content`` (JSON text) is called; empty where it does not say.

    What somebody ordered not to do is never called like a thing to do.
    """
    try:
        found = _DECODER.decode(content)
    except msgspec.ValidationError:
        return ""
    name = _own_name(found) or _described(found) or _stands_for(found)
    return _("Not to be done: %(what)s") % {"what": name} if name and found.do_not_perform else name


def _own_name(found: _Named) -> str:
    if isinstance(found.name, str):
        return found.name
    names = [each.full() for each in found.name]
    devices = [str(each.get("name", "")) for each in found.device_name]
    return next((each for each in (*names, *devices) if each), "") or (found.title or "")


def _described(found: _Named) -> str:
    kinds = found.type if isinstance(found.type, tuple) else (found.type,)
    text = found.description if isinstance(found.description, str) else ""
    concept = found.description if isinstance(found.description, CodeableConcept) else None
    concepts = (found.code, found.medication_codeable_concept, found.vaccine_code, concept, *kinds)
    return next((words for each in concepts if (words := said(each))), text)


def _stands_for(found: _Named) -> str:
    stand_in = found.practitioner or found.organization
    return (stand_in.display or "") if stand_in else ""
