"""The rows of the labs table as markup: each test's latest result, and its earlier ones to unfold (S-33, S-34)."""

from collections.abc import Sequence
from typing import LiteralString

from carespace.portal.presenters.labs import Brief, Row
from carespace.ui.markup import NOTHING, Markup, filled, joined

_LATEST = (
    '<tbody role="rowgroup"><tr class="result" role="row">'
    '<th role="rowheader" scope="row"><a href="{}">{}</a></th><td role="cell">{}{}</td>'
    '<td role="cell"{}>{}</td><td role="cell">{}{}{}</td></tr>\n'
    '<tr class="past" role="row"><td role="cell" colspan="4">{}</td></tr></tbody>'
)
_HISTORY = (
    '<details class="more"><summary>History<span class="visually-hidden"> of {}</span></summary>'
    '<ul class="values">{}{}</ul></details>'
)
_PAST = '<li><span>{}</span><span class="number">{}{}</span>{}{}</li>'
_OLDER = '<li><a class="back" href="{}">{} older<span class="visually-hidden"> results of {}</span></a></li>'
_LABEL = Markup(' data-label="Usual range"')


def lab_bodies(rows: Sequence[Row]) -> Markup:
    """Return one ``tbody`` for each test."""
    return joined(_body(row) for row in rows)


def _body(row: Row) -> Markup:
    last = row["latest"]
    value, unit = last["value"], last["unit"]
    word, status = last["word"], last["status"]
    return filled(
        _LATEST,
        row["url"],
        row["name"],
        filled('<span class="value">{}</span> {}', value, unit) if value else NOTHING,
        _parts('<div>{} <span class="value">{}</span> {}</div>', last),
        _LABEL if last["usual"] else NOTHING,
        last["usual"],
        last["date"],
        filled(' <span class="tag {}">{}</span>', last["kind"], word) if word else NOTHING,
        filled(' <span class="tag">{}</span>', status) if status else NOTHING,
        _history(row) if row["earlier"] else NOTHING,
    )


def _history(row: Row) -> Markup:
    more = row["more"]
    older = filled(_OLDER, row["url"], str(more), row["name"]) if more > 0 else NOTHING
    return filled(_HISTORY, row["name"], joined(_past(each) for each in row["earlier"]), older)


def _past(past: Brief) -> Markup:
    value, word, status = past["value"], past["word"], past["status"]
    return filled(
        _PAST,
        past["date"],
        filled("<b>{}</b> {}", value, past["unit"]) if value else NOTHING,
        _parts("<div>{} <b>{}</b> {}</div>", past),
        filled('<span class="tag {}">{}</span>', past["kind"], word) if word else NOTHING,
        filled('<span class="tag">{}</span>', status) if status else NOTHING,
    )


def _parts(pattern: LiteralString, result: Brief) -> Markup:
    parts = result["parts"]
    return joined(filled(pattern, *part) for part in parts) if parts else NOTHING
