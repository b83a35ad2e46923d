"""What pages ask of a record's documents (S-37 to S-39), each in one query whatever their number.

Promises: every row goes through ``visible_in(chart)``; a document entered in error is in no answer. A document is
*current* where its status is current and no document that is shown replaces it; all others are *earlier versions*. A
superseded document that nothing in the record replaces is an earlier version too: it is never among the current ones,
and is still reached, in the list of earlier versions and by its own address. One whose replacement is held or not
released is what the patient has, and stays current.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from carespace.access.chart import Chart, NotFound, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.files.models import Blob
from carespace.files.store import read_blob
from carespace.records.asking import NEWEST, Page, as_rows, page, within
from carespace.records.models import Resource
from carespace.records.readings.documents import Document, File, document, file_of

REPLACES = "$.relatesTo[*] ? (@.code == \"replaces\").target.reference"  # fmt: skip


@dataclass(frozen=True)
class Papers:
    """All documents of a record that may be shown, newest first."""

    rows: tuple[Document, ...]

    @cached_property
    def _replaced(self) -> frozenset[UUID]:
        return frozenset(identity for each in self.rows for identity in each.replaces)

    @cached_property
    def _replacing(self) -> dict[UUID, list[Document]]:
        """For each document that was replaced, those that replace it."""
        found: dict[UUID, list[Document]] = {}
        for each in self.rows:
            for identity in dict.fromkeys(each.replaces):
                found.setdefault(identity, []).append(each)
        return found

    def is_current(self, paper: Document) -> bool:
        """Whether ``paper`` is the version that counts."""
        return not paper.is_superseded and paper.id not in self._replaced

    @cached_property
    def current(self) -> tuple[Document, ...]:
        """The documents that count, newest first."""
        return tuple(each for each in self.rows if self.is_current(each))

    @cached_property
    def earlier(self) -> tuple[Document, ...]:
        """The earlier versions, newest first: replaced ones, and superseded ones that nothing here replaces."""
        return tuple(each for each in self.rows if not self.is_current(each))

    def behind(self, paper: Document) -> tuple[Document, ...]:
        """Return the versions that ``paper`` replaced, and those that they had replaced, newest first."""
        known = {each.id: each for each in self.rows}
        return self._reached(
            paper, lambda each: [known[one] for one in each.replaces if one in known]
        )

    def newest_of(self, paper: Document) -> Document | None:
        """Return the current version of what ``paper`` once said; None where the record has none."""
        later = self._reached(paper, lambda each: self._replacing.get(each.id, ()))
        return next((each for each in later if self.is_current(each)), None)

    def _reached(
        self, paper: Document, next_to: Callable[[Document], Sequence[Document]]
    ) -> tuple[Document, ...]:
        """Return what is reached from ``paper`` step by step; documents that replace each other end it."""
        reached: set[UUID] = set()
        waiting = list(next_to(paper))
        while waiting:
            each = waiting.pop()
            if each.id not in reached and each.id != paper.id:
                reached.add(each.id)
                waiting += next_to(each)
        return tuple(each for each in self.rows if each.id in reached)


def papers(chart: Chart) -> Papers:
    """Return all documents of the record that may be shown."""
    return Papers(_made(_ALL.rows(within(chart))))


def documents(chart: Chart, *, start: int, size: int) -> Page[Document]:
    """Return ``size`` current documents from number ``start``, newest first."""
    rows = _CURRENT.rows(within(chart), start=start, size=size)
    return page(rows, lambda identity, _topic, body: document(identity, body))


def kinds_of(found: Sequence[Document]) -> list[str]:
    """Return the types that occur among ``found``, the most frequent first, then by name."""
    counted = Counter(each.type for each in found if each.type)
    return sorted(counted, key=lambda kind: (-counted[kind], kind.lower()))


def chosen(found: Sequence[Document], *, kind: str = "", words: str = "") -> list[Document]:
    """Return those of ``found`` that are of ``kind`` and have each of ``words`` in their title or type."""
    wanted = words.casefold().split()
    return [
        each
        for each in found
        if (not kind or each.type == kind)
        and all(word in f"{each.title} {each.type}".casefold() for word in wanted)
    ]


def one_document(chart: Chart, document_id: UUID) -> Document:
    """Return one document, current or an earlier version, or raise NotFound."""
    found = _made(_ONE.rows(within(chart, identity=document_id)))
    if not found:
        raise NotFound
    return found[0]


def document_with_file(chart: Chart, document_id: UUID) -> tuple[Document, File | None]:
    """Return one document and its decrypted bytes (None where they never came), or raise NotFound."""
    found = one_document(chart, document_id)
    return found, file_behind(chart, found)


def file_behind(chart: Chart, paper: Document) -> File | None:
    """Return the decrypted bytes of a document; None where they never came, or are held themselves."""
    if paper.file_id is None:
        return None
    # A Binary of its own counts only while it is shown itself: what is held shows through no document.
    shown = Resource.objects.visible_in(chart).filter(pk=paper.file_id).values("pk")
    holds = Q(pk=paper.file_id) | Q(owner_id__in=shown)
    blob = Blob.objects.visible_in(chart).filter(holds).order_by("-created_at").first()
    return file_of(paper.content_type, read_blob(blob)) if blob else None


def shown_documents(chart: Chart) -> QuerySet[Resource]:
    """Return the documents of ``chart`` that may be shown, earlier versions among them."""
    return (
        Resource.objects.visible_in(chart)
        .filter(
            resource_type="DocumentReference",
            status__in=("current", "superseded"),
            retracted_at__isnull=True,
        )
        .exclude(content__contains={"docStatus": "entered-in-error"})
    )


def current_documents(chart: Chart) -> QuerySet[Resource]:
    """Return the current documents of ``chart``: by the same rule as ``Papers.current``, in SQL."""
    replaced = (
        shown_documents(chart)
        .filter(content__has_key="relatesTo")
        .annotate(replaced=_Replaced(F("content"), Value(REPLACES)))
        .values("replaced")
    )
    address = Concat(Value("DocumentReference/"), Cast("id", TextField()), output_field=TextField())
    current = shown_documents(chart).filter(status="current").annotate(address=address)
    return current.exclude(address__in=replaced)


class _Replaced(Func):
    """The address of each document that a document says it replaces."""

    function = "jsonb_path_query"
    template = "%(function)s(%(expressions)s::jsonpath) #>> '{}'"
    output_field = TextField()
    set_returning = True


def _made(rows: Sequence[tuple[Any, ...]]) -> tuple[Document, ...]:
    found = (document(key, body, received_at) for key, body, received_at in rows)
    return tuple(each for each in found if each is not None)


def _read(found: QuerySet[Resource]) -> QuerySet[Resource, tuple[Any, ...]]:
    return found.order_by(*NEWEST).values_list("pk", "content", "received_at")


_ALL = Statement(lambda: _read(shown_documents(stand_in_chart())))
_CURRENT = Statement(
    lambda: as_rows(current_documents(stand_in_chart()).order_by(*NEWEST)), paged=True
)
_ONE = Statement(lambda: _read(shown_documents(stand_in_chart()).filter(pk=STAND_INS["identity"])))
