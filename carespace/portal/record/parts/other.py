"""Everything else: what the record holds and no other part shows, so that nothing is out of sight (VDT-1).

Promises: a type that no part takes is here as long as it is not among ``NOT_SHOWN``, each with the reason; each entry
has its kind in words, what it is called, its date, its state and what was written about it, cleaned.
"""

import re
from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.interop.fhir.elements import EITHER_TYPES, SUBJECT_ELEMENTS, THROUGH_OTHERS
from carespace.portal.presenters.clean_html import CleanHtml, can_be_cleaned, clean_html
from carespace.portal.record.rows import Around, EntryRow, Part, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import moment, notes_of, stretch, tags, word
from carespace.records.entries import Kind
from carespace.records.readings.elements import Element
from carespace.records.readings.held import Held, reader
from carespace.records.readings.names import name_of
from carespace.records.readings.plans import Narrative
from carespace.records.readings.words import listed
from carespace.values import Annotation, CodeableConcept, Period

HAS_A_PAGE = frozenset({"Appointment", "DiagnosticReport", "DocumentReference", "Observation"})
"""Types whose entries stand on pages of their own: appointments, reports, documents, labs and vital signs."""

NOT_SHOWN: Mapping[str, str] = {
    "Provenance": "says where another entry comes from, and stands below that entry",
    "Binary": "the bytes of a document, which the document shows",
    "Specimen": "what a lab took; its report says so",
    "MessageHeader": "the envelope of a delivery",
    "Linkage": "says that two entries are one, to programs",
    "VerificationResult": "how a program checked an entry",
    "Schedule": "a clinic's calendar, without anybody's visits",
    "AppointmentResponse": "an answer to an invitation; the appointment shows what came of it",
    "ClaimResponse": "between practice and insurer; the insurer's answer to the patient is among the bills",
    "CoverageEligibilityRequest": "between practice and insurer, about the insurance shown",
    "CoverageEligibilityResponse": "between practice and insurer, about the insurance shown",
    "EnrollmentRequest": "between practice and insurer, about the insurance shown",
    "ChargeItem": "a line of a bill; the bills show their totals",
    "Account": "how the practice keeps its books",
    "MeasureReport": "figures about the practice's work",
    "GuidanceResponse": "a hint of a program to a clinician, no word on the patient",
    "Basic": "of no kind that FHIR names: nobody can say what it is",
}
"""Types of a record that are not shown, each with the reason."""

_WORDS: Mapping[str, Promise] = {
    "AdverseEvent": gettext_lazy("Something that went wrong in your care"),
    "BodyStructure": gettext_lazy("Part of the body"),
    "Communication": gettext_lazy("Message on file"),
    "CommunicationRequest": gettext_lazy("Message to be sent"),
    "Composition": gettext_lazy("Document"),
    "Consent": gettext_lazy("What you agreed to"),
    "Contract": gettext_lazy("Agreement"),
    "DetectedIssue": gettext_lazy("Point to watch"),
    "DeviceRequest": gettext_lazy("Device ordered"),
    "DeviceUseStatement": gettext_lazy("How you use a device"),
    "DocumentManifest": gettext_lazy("Set of documents"),
    "EpisodeOfCare": gettext_lazy("Time in care"),
    "Flag": gettext_lazy("Note for your care team"),
    "ImagingStudy": gettext_lazy("Scan or X-ray"),
    "ImmunizationEvaluation": gettext_lazy("Check of a vaccine"),
    "ImmunizationRecommendation": gettext_lazy("Vaccines that are due"),
    "Invoice": gettext_lazy("Bill"),
    "List": gettext_lazy("List"),
    "Media": gettext_lazy("Picture or recording"),
    "MolecularSequence": gettext_lazy("Gene sequence"),
    "NutritionOrder": gettext_lazy("Food plan"),
    "RequestGroup": gettext_lazy("Set of orders"),
    "ResearchSubject": gettext_lazy("Research study"),
    "RiskAssessment": gettext_lazy("Assessment of a risk"),
    "SupplyDelivery": gettext_lazy("Supplies delivered"),
    "SupplyRequest": gettext_lazy("Supplies ordered"),
    "Task": gettext_lazy("Task"),
    "VisionPrescription": gettext_lazy("Glasses or contact lenses"),
}
_TAG = re.compile(r"<[^>]*>")


class Anything(Element, frozen=True):
    """What many of R4's types have in common; a type that means something else by a name is read without it."""

    text: Narrative | None = None
    status: str | CodeableConcept | None = None
    category: CodeableConcept | tuple[CodeableConcept, ...] = ()
    reason_code: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()
    period: Period | None = None
    date: str | None = None
    date_time: str | None = None
    created: str | None = None
    authored_on: str | None = None
    recorded: str | None = None
    started: str | None = None
    sent: str | None = None
    issued: str | None = None
    occurrence_date_time: str | None = None
    description: str | CodeableConcept | None = None
    do_not_perform: bool | None = None


def _row(held: Held[Anything], around: Around) -> EntryRow:
    found, kind = held.found, held.stored.resource_type
    name = name_of(held.stored.content)
    about = found.description if isinstance(found.description, str) else ""
    categories = found.category if isinstance(found.category, tuple) else (found.category,)
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=name or _title(found, kind),
        tags=tags(word(kind, "status", found.status) if isinstance(found.status, str) else ""),
        summary=about if about != name else "",
        facts=facts(
            (_("What it is"), _kind_words(kind) if name else ""),
            (_("Kind"), listed(categories)),
            (_("When"), _when(found, around)),
            (_("Why"), listed(found.reason_code)),
        ),
        notes=notes_of(found.note, around.zone),
        narrative=_narrative(found),
        source=source_of(around, None, None, held.id),
    )


def _title(found: Anything, kind: str) -> str:
    words = _kind_words(kind)
    return _("Not to be done: %(what)s") % {"what": words} if found.do_not_perform else words


def _kind_words(kind: str) -> str:
    words = _WORDS.get(kind)
    return str(words) if words else _("Other entry")


def _when(found: Anything, around: Around) -> str:
    zone = around.zone
    dates = (
        found.occurrence_date_time, found.date_time, found.date, found.started, found.sent,
        found.authored_on, found.created, found.recorded, found.issued,
    )  # fmt: skip
    shown = stretch(found.period, zone)
    return shown or next((text for each in dates if (text := moment(each, zone))), "")


def _narrative(found: Anything) -> CleanHtml | None:
    text = found.text.div if found.text else None
    if not text or not can_be_cleaned(text):
        return None
    cleaned = clean_html(text)
    return cleaned if _TAG.sub("", cleaned).strip() else None


def other_part(parts: Iterable[Part]) -> Part:
    """Return the part that shows what none of ``parts`` does."""
    taken = {each for part in parts for each in (*part.kind.types, *part.kind.beside)}
    known = {*SUBJECT_ELEMENTS, *EITHER_TYPES, *THROUGH_OTHERS}
    return Part(
        slug="other",
        title=gettext_lazy("Other entries"),
        about=gettext_lazy("What else the practice holds about you."),
        about_of_other=gettext_lazy("What else the practice holds about %(name)s."),
        icon="archive-box",
        kind=Kind(tuple(sorted(known - taken - HAS_A_PAGE - NOT_SHOWN.keys()))),
        read=reader(Anything),
        row=_row,
    )
