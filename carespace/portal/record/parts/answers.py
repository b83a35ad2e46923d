"""A form that was filled in: its questions and answers in their order (US Core QuestionnaireResponse).

Promises: every question is shown, one without an answer too; groups keep their heading; nothing is scored by us.
"""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from carespace.portal.record.rows import Around, EntryRow, Fact, Piece, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    day,
    joined,
    moment,
    tags,
    to_name,
    word,
    yes_or_no,
)
from carespace.records.readings.amounts import quantity_text
from carespace.records.readings.elements import plain
from carespace.records.readings.held import Held
from carespace.records.readings.life import Answer, Question, QuestionnaireResponse
from carespace.records.readings.people import name_in
from carespace.records.readings.plain_labs import LOINC
from carespace.records.readings.units import pretty_unit
from carespace.records.readings.when import real
from carespace.records.readings.words import said_code, said_coding
from carespace.values import Reference

ANSWERS = "QuestionnaireResponse"
DISPLAY = "http://hl7.org/fhir/StructureDefinition/display"
_PLAIN_STATUS = {"completed", None}
_WORDS_IN_ADDRESS = re.compile(r"[A-Za-z]{3,}(?:[-_][A-Za-z]+)*")


def answers_row(held: Held[QuestionnaireResponse], around: Around) -> EntryRow:
    """Return one filled form as a row."""
    form, zone = held.found, around.zone
    status = "" if form.status in _PLAIN_STATUS else word(ANSWERS, "status", form.status)
    return EntryRow(
        anchor=f"entry-{held.id}",
        title=_title(form)
        or around.whose(_("Questions you answered"), _("Questions that %(name)s answered")),
        tags=tags(status),
        facts=facts(
            (_("When"), moment(form.authored, zone)),
            (_("Answered by"), _who(form.source, around)),
        ),
        pieces=tuple(_pieces(form.item, "", around)),
        source=source_of(around, form.author, real(form.authored), held.id),
    )


def _title(form: QuestionnaireResponse) -> str:
    """Return what the form is called; the last part of its address where that is made of words."""
    beside = form.beside_questionnaire.extension if form.beside_questionnaire else ()
    shown = next((each.value_string for each in beside if each.url == DISPLAY), None)
    last = (form.questionnaire or "").partition("|")[0].rstrip("/").rpartition("/")[2]
    spoken = re.sub(r"[-_]", " ", last) if _WORDS_IN_ADDRESS.fullmatch(last) else ""
    return shown or spoken[:1].upper() + spoken[1:]


def _who(reference: Reference | None, around: Around) -> str:
    if reference and (reference.reference or "").startswith("Patient/"):
        return around.given or _("You")
    return name_in(reference, around.names)


def _pieces(items: Iterable[Question], title: str, around: Around) -> Iterator[Piece]:
    """Yield the questions in order: those below one heading together."""
    open_facts: list[Fact] = []
    for each in items:
        inner = [*each.item, *(one for answer in each.answer for one in answer.item)]
        if each.answer or not inner:
            open_facts.append(Fact(_question(each), _answers(each, around)))
        if inner:
            if open_facts:
                yield Piece(title, facts=tuple(open_facts))
                open_facts, title = [], ""
            yield from _pieces(inner, _heading(title, each), around)
            title = ""
    if open_facts:
        yield Piece(title, facts=tuple(open_facts))


def _heading(title: str, group: Question) -> str:
    own = "" if group.answer else group.text or ""
    return f"{title}: {own}" if title and own else own or title


def _question(question: Question) -> str:
    if question.text:
        return question.text
    code = (question.link_id or "").strip("/").rpartition("/")[2]
    return said_code(LOINC, code) or _("A question without words")


def _answers(question: Question, around: Around) -> str:
    return joined(*(_answer(each, around) for each in question.answer)) or _("No answer")


def _answer(answer: Answer, around: Around) -> str:
    zone = around.zone
    number = answer.value_decimal
    quantity = answer.value_quantity
    unit = pretty_unit(quantity.unit or quantity.code or "") if quantity else ""
    choices = (
        answer.value_string,
        said_coding(answer.value_coding),
        yes_or_no(answer.value_boolean),
        "" if number is None else plain(number),
        "" if answer.value_integer is None else str(answer.value_integer),
        f"{quantity_text(quantity)} {unit}".strip() if quantity else "",
        day(answer.value_date, zone),
        moment(answer.value_date_time, zone),
        answer.value_time,
        name_in(answer.value_reference, around.names),
        answer.value_attachment.title if answer.value_attachment else "",
        answer.value_uri,
    )
    return next((each for each in choices if each), "")


def answers_refer(held: Held[QuestionnaireResponse]) -> list[str | None]:
    """Return what the row of a form needs the names of."""
    form = held.found
    return to_name([form.author, form.source, *_references(form.item)])


def _references(items: Iterable[Question]) -> Iterator[Reference | None]:
    for each in items:
        for answer in each.answer:
            yield answer.value_reference
            yield from _references(answer.item)
        yield from _references(each.item)
