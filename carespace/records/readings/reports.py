"""Report: one diagnostic report (lab, pathology, scan, genes) and what it points at (S-36; VDT-4, VDT-7).

Promises: a report that was taken back says so and gives no value, no conclusion and no file; every part may be absent
and nothing raises over it; a code without words is never shown. https://hl7.org/fhir/R4/diagnosticreport.html,
42 CFR 493.1291(c) for what a lab report must say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carespace.records.policies import ReportKind, kind_of
from carespace.records.readings.contact import Address, ContactPoint, Role
from carespace.records.readings.elements import Element, read_as
from carespace.records.readings.labs import LabResult, lab_result, partial
from carespace.records.readings.names import name_of
from carespace.records.readings.semantic_tags import without_tag
from carespace.records.readings.status_words import status_word
from carespace.records.readings.words import said
from carespace.values import (
    Annotation,
    Attachment,
    CodeableConcept,
    Coding,
    PartialDate,
    Period,
    Reference,
)

WITHDRAWN, CANCELLED = "entered-in-error", "cancelled"
CORRECTED = frozenset({"amended", "corrected", "appended"})
UNTITLED: Mapping[ReportKind, Promise] = {
    "genetics": _("Gene report"),
    "pathology": _("Pathology report"),
    "scan": _("Scan report"),
    "heart": _("Heart report"),
    "lab": _("Lab report"),
    "other": _("Report"),
}
# What a machine for pictures is called: https://dicom.nema.org/medical/dicom/current/output/chtml/part16/sect_CID_29.html
MACHINES: Mapping[str, Promise] = {
    "CT": _("CT scan"),
    "MR": _("MRI scan"),
    "PT": _("PET scan"),
    "NM": _("Nuclear medicine scan"),
    "US": _("Ultrasound"),
    "XA": _("X-ray of blood vessels"),
    "MG": _("Mammogram"),
    "DX": _("X-ray"),
    "CR": _("X-ray"),
    "RF": _("X-ray"),
    "BMD": _("Bone density scan"),
}


class Narrative(Element, frozen=True):
    """A resource in words, as XHTML."""

    status: str = ""
    div: str = ""


class DiagnosticReport(Element, frozen=True):
    """A report as FHIR has it."""

    status: str = ""
    category: tuple[CodeableConcept, ...] = ()
    code: CodeableConcept = CodeableConcept()
    effective_date_time: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    performer: tuple[Reference, ...] = ()
    results_interpreter: tuple[Reference, ...] = ()
    based_on: tuple[Reference, ...] = ()
    specimen: tuple[Reference, ...] = ()
    result: tuple[Reference, ...] = ()
    conclusion: str | None = None
    conclusion_code: tuple[CodeableConcept, ...] = ()
    presented_form: tuple[Attachment, ...] = ()
    text: Narrative | None = None
    note: tuple[Annotation, ...] = ()
    contained: tuple[msgspec.Raw, ...] = ()


class _Head(Element, frozen=True):
    resource_type: str = ""
    id: str = ""


class _Collection(Element, frozen=True):
    collected_date_time: str | None = None
    collected_period: Period | None = None
    body_site: CodeableConcept | None = None
    method: CodeableConcept | None = None


class _Specimen(Element, frozen=True):
    type: CodeableConcept | None = None
    collection: _Collection | None = None
    received_time: str | None = None
    condition: tuple[CodeableConcept, ...] = ()
    note: tuple[Annotation, ...] = ()


class _Place(Element, frozen=True):
    address: tuple[Address, ...] | Address = ()
    telecom: tuple[ContactPoint, ...] = ()


class _Order(Element, frozen=True):
    requester: Reference | None = None


class _Panel(Element, frozen=True):
    has_member: tuple[Reference, ...] = ()
    specimen: Reference | None = None


class _Series(Element, frozen=True):
    modality: Coding | None = None
    body_site: Coding | None = None
    description: str | None = None


class _ImagingStudy(Element, frozen=True):
    status: str = ""
    started: str | None = None
    description: str | None = None
    modality: tuple[Coding, ...] = ()
    procedure_code: tuple[CodeableConcept, ...] = ()
    location: Reference | None = None
    series: tuple[_Series, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """What was examined: VDT-4's specimen source, when it was taken, and what was noted of it."""

    name: str
    site: str
    taken: PartialDate | None
    received: PartialDate | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Where a report was made; each part empty where it is not known."""

    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class Linked:
    """One resource that a report points at: its type and its JSON text; ``id`` None where it travels inside the report."""

    id: UUID | None
    resource_type: str
    topic: str
    content: str


@dataclass(frozen=True)
class Report:
    """One report; what is behind its references is asked for apart."""

    id: UUID
    found: DiagnosticReport
    kind: ReportKind
    received_at: datetime
    contained: Mapping[str, Linked] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the report is called: its code in words, else what kind it is."""
        return said(self.found.code) or str(UNTITLED[self.kind])

    @property
    def tests(self) -> str:
        """The test performed by its other name; empty where the title says it."""
        displays = (without_tag(each.display or "") for each in self.found.code.coding)
        return next((name for name in displays if name and name != self.title), "")

    @property
    def status(self) -> str:
        return self.found.status

    @property
    def status_word(self) -> str:
        """The word for how far the report is; empty for a status that nobody knows."""
        said_by_it = self.status != "unknown"
        return status_word("DiagnosticReport", "status", self.status) if said_by_it else ""

    @property
    def is_withdrawn(self) -> bool:
        return self.status == WITHDRAWN

    @property
    def is_corrected(self) -> bool:
        return self.status in CORRECTED

    @cached_property
    def issued(self) -> PartialDate | None:
        """The date of the report itself."""
        return _first_date(self.found.issued)

    @cached_property
    def taken(self) -> PartialDate | None:
        """When what it reports on was: the blood draw, the scan."""
        period = self.found.effective_period
        ends = (period.start, period.end) if period else ()
        return _first_date(self.found.effective_date_time, *ends)

    @property
    def date(self) -> PartialDate | None:
        """The date to list it by."""
        return self.taken or self.issued

    @property
    def says_nothing(self) -> bool:
        """Whether what stands in the conclusion is none: the report was taken back, or never came about."""
        return self.status in {WITHDRAWN, CANCELLED}

    @property
    def conclusion(self) -> str:
        return "" if self.says_nothing else (self.found.conclusion or "").strip()

    @property
    def conclusion_words(self) -> tuple[str, ...]:
        """The conclusion's codes in words, those that the conclusion does not say itself."""
        if self.says_nothing:
            return ()
        words = dict.fromkeys(said(each) for each in self.found.conclusion_code)
        return tuple(each for each in words if each and each not in self.conclusion)

    @property
    def comments(self) -> tuple[str, ...]:
        notes = () if self.is_withdrawn else self.found.note
        return tuple(text for each in notes if (text := (each.text or "").strip()))

    @property
    def narrative(self) -> str:
        """The report as the source's own XHTML, not yet safe to show."""
        return self.found.text.div if self.found.text and not self.says_nothing else ""

    @property
    def files(self) -> tuple[Attachment, ...]:
        return () if self.is_withdrawn else self.found.presented_form

    def name_inside(self, reference: Reference) -> str:
        """Return what a resource that travels inside the report is called; empty for any other."""
        linked = self.contained.get(reference.reference or "")
        return name_of(linked.content) if linked else ""

    def references(self) -> list[Reference]:
        """Return everything a page about it must look up; of a withdrawn one only who and where."""
        about = [*self.found.performer, *self.found.results_interpreter, *self.found.based_on]
        if not self.is_withdrawn:
            about += [*self.found.specimen, *self.found.result]
        return about


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pictures that were taken (ImagingStudy): what, when, where; their report is another entry."""

    id: UUID
    title: str
    part: str
    when: PartialDate | None
    place: Reference | None
    is_cancelled: bool
    received_at: datetime


def report(identity: UUID, content: str, *, received_at: datetime) -> Report | None:
    """Read one stored DiagnosticReport (JSON text); None where it is not shaped like one."""
    found = read_as(DiagnosticReport, content)
    if found is None:
        return None
    concepts = (coding for each in found.category for coding in each.coding)
    categories = [coding.code for coding in concepts if coding.code]
    codes = [f"{each.system or ''}|{each.code}" for each in found.code.coding if each.code]
    kind = kind_of(categories, codes)
    return Report(identity, found, kind, received_at, contained_in(found.contained))


def contained_in(resources: tuple[msgspec.Raw, ...]) -> dict[str, Linked]:
    """Return the resources that travel inside another one, by the address ("#lab") it gives them."""
    found: dict[str, Linked] = {}
    for raw in resources:
        content = bytes(raw).decode()
        head = read_as(_Head, content)
        if head and head.id:
            found[f"#{head.id.removeprefix('#')}"] = Linked(None, head.resource_type, "", content)
    return found


def pictures(identity: UUID, content: str, received_at: datetime) -> Pictures | None:
    """Read one stored ImagingStudy; None where it is not shaped like one."""
    found = read_as(_ImagingStudy, content)
    if found is None:
        return None
    machines = [*found.modality, *(each.modality for each in found.series if each.modality)]
    named = dict.fromkeys(_machine(each) for each in machines)
    words = ", ".join(name for name in named if name)
    asked = next((name for each in found.procedure_code if (name := said(each))), "")
    sites = dict.fromkeys(each.body_site.display or "" for each in found.series if each.body_site)
    return Pictures(
        id=identity,
        title=(found.description or "").strip() or asked or words or str(_("Pictures")),
        part=", ".join(site for site in sites if site),
        when=_first_date(found.started),
        place=found.location,
        is_cancelled=found.status == CANCELLED,
        received_at=received_at,
    )


def sample_of(linked: Linked) -> Sample | None:
    """Read a Specimen; None where there is nothing of it to say."""
    found = read_as(_Specimen, linked.content)
    if found is None:
        return None
    collected = found.collection or _Collection()
    period = collected.collected_period
    remarks = [*(said(each) for each in found.condition), *((n.text or "") for n in found.note)]
    sample = Sample(
        name=said(found.type),
        site=said(collected.body_site),
        taken=_first_date(collected.collected_date_time, period.start if period else None),
        received=_first_date(found.received_time),
        remarks=tuple(text for each in remarks if (text := each.strip())),
    )
    return sample if any((sample.name, sample.site, sample.taken, sample.remarks)) else None


def laboratory_of(linked: Linked) -> Laboratory:
    """Read where an Organization (or a Practitioner's office) is."""
    found = read_as(_Place, linked.content) or _Place()
    addresses = found.address if isinstance(found.address, tuple) else (found.address,)
    phones = (each.value or "" for each in found.telecom if each.system == "phone")
    texts = (text for each in addresses if (text := _address_text(each)))
    return Laboratory(next(texts, ""), next(phones, ""))


def result_of(linked: Linked) -> LabResult | None:
    """Read an Observation of the report."""
    return lab_result(linked.id or UUID(int=0), linked.topic, linked.content)


def members_of(linked: Linked) -> tuple[Reference, ...]:
    """Return what a panel consists of."""
    panel = read_as(_Panel, linked.content)
    return panel.has_member if panel else ()


def specimen_of(linked: Linked) -> Reference | None:
    """Return what an Observation was found in."""
    found = read_as(_Panel, linked.content)
    return found.specimen if found else None


def requester_of(linked: Linked) -> Reference | None:
    """Return who ordered, from a ServiceRequest."""
    order = read_as(_Order, linked.content)
    return order.requester if order else None


def roles_of(linked: Linked) -> list[Reference]:
    """Return whom and what a PractitionerRole stands for."""
    role = read_as(Role, linked.content) or Role()
    return [each for each in (role.practitioner, role.organization) if each]


def file_id(attachment: Attachment) -> UUID | None:
    """Return the id of the file we hold of ``attachment``; None where its bytes never came."""
    kind, _slash, identity = (attachment.url or "").rpartition("/")
    try:
        return UUID(identity) if kind == "Binary" else None
    except ValueError:
        return None


def _machine(modality: Coding) -> str:
    words = MACHINES.get(modality.code or "")
    return str(words) if words is not None else (modality.display or "")


def _address_text(address: Address) -> str:
    if address.text:
        return address.text.replace("\n", ", ")
    town = " ".join(part for part in (address.state, address.postal_code) if part)
    return ", ".join(part for part in (*address.line, address.city, town) if part)


def _first_date(*texts: str | None) -> PartialDate | None:
    return next((date for text in texts if text and (date := partial(text))), None)
