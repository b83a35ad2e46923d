"""A report and a document that are one and the same paper: where the same bytes came as both, or one names the other.

Promises: only what the chart shows; what is asked for is always among the answers. Laboratories send a report as a
DiagnosticReport with a ``presentedForm``, and its paper once more as a DocumentReference
(https://hl7.org/fhir/R4/documentreference.html: ``context.related``).
"""

from typing import Any
from uuid import UUID

from django.db.models import Q

from carespace.access.chart import Chart
from carespace.files.models import Blob
from carespace.records.models import Resource

REPORT, DOCUMENT = "report", "document"
TYPES = {REPORT: "DiagnosticReport", DOCUMENT: "DocumentReference"}
MOST_FILES = 20


def same_paper(chart: Chart, what: str, identity: UUID) -> list[tuple[str, UUID]]:
    """Return ``what`` ("report" or "document") itself, and each report or document that is the same paper."""
    shown = Resource.objects.visible_in(chart).filter(resource_type__in=TYPES.values())
    content = shown.filter(pk=identity).values_list("content", flat=True).first()
    if content is None:
        return [(what, identity)]
    asked = _named(what, identity, content) | _with_files(_same_bytes(chart, _files(content)))
    others = shown.filter(asked).exclude(pk=identity).values_list("resource_type", "pk")
    kinds = {kind: name for name, kind in TYPES.items()}
    return [(what, identity), *((kinds[kind], key) for kind, key in others)]


def _attachments(content: dict[str, Any]) -> list[dict[str, Any]]:
    inside = [each.get("attachment") or {} for each in content.get("content") or []]
    return [*(content.get("presentedForm") or []), *inside]


def _files(content: dict[str, Any]) -> list[str]:
    urls = (str(each.get("url") or "") for each in _attachments(content))
    names = (url.partition("Binary/")[2] for url in urls)
    return [name for name in names if _is_uuid(name)][:MOST_FILES]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _same_bytes(chart: Chart, files: list[str]) -> list[str]:
    """Return the names of all files of the record that hold the same bytes as ``files``."""
    blobs = Blob.objects.visible_in(chart)
    sums = blobs.filter(Q(pk__in=files) | Q(owner_id__in=files)).values("sha256")
    found = blobs.filter(sha256__in=sums).values_list("pk", "owner_id") if files else []
    return [str(each) for pair in found for each in pair if each][:MOST_FILES]


def _with_files(names: list[str]) -> Q:
    asked = Q(pk__in=[])
    for name in names:
        file = {"url": f"Binary/{name}"}
        asked |= Q(content__contains={"presentedForm": [file]})
        asked |= Q(content__contains={"content": [{"attachment": file}]})
    return asked


def _named(what: str, identity: UUID, content: dict[str, Any]) -> Q:
    if what == REPORT:
        related = {"related": [{"reference": f"DiagnosticReport/{identity}"}]}
        return Q(content__contains={"context": related})
    related_to = (content.get("context") or {}).get("related") or []
    addresses = (str(each.get("reference") or "").rpartition("/")[2] for each in related_to)
    return Q(pk__in=[each for each in addresses if _is_uuid(each)], resource_type=TYPES[REPORT])
