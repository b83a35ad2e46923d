"""A sheet of the practice's paper: the same words as a tagged PDF, plain text, simple HTML or a picture.

PDFs are typeset by Typst to PDF/UA-1 (ISO 14289-1), with language, title and a fixed date, so that the
same paper gives the same bytes.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import Any

import typst

from carespace.demo.cast import PRACTICE_NAME
from carespace.demo.generate.clock import in_words
from carespace.demo.generate.organisation import LETTERHEAD, Clinician
from carespace.demo.generate.people import Person

TEMPLATES = Path(__file__).parent / "templates"
WORDS = {
    "en": ("Patient", "Record number", "Date of birth", "Date", "Author", "Page", "Signed by"),
    "es": ("Paciente", "Número de expediente", "Fecha de nacimiento", "Fecha", "Autor", "Página",
           "Firmado por"),
}  # fmt: skip
SPANISH_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip

Piece = dict[str, Any]


def heading(text: str) -> Piece:
    """Return a section's heading."""
    return {"kind": "heading", "text": text}


def words(*sentences: str) -> Piece:
    """Return a paragraph made of these sentences."""
    return {"kind": "text", "text": " ".join(each for each in sentences if each)}


def points(*items: str) -> Piece:
    """Return a bulleted list."""
    return {"kind": "list", "items": list(items)}


def table(head: tuple[str, ...], *rows: tuple[str, ...]) -> Piece:
    """Return a table with a header row; every row is as long as the header."""
    return {"kind": "table", "head": list(head), "rows": [list(row) for row in rows]}


def signing_lines(*labels: str) -> Piece:
    """Return blank lines to sign on."""
    return {"kind": "lines", "items": list(labels)}


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: who wrote what about whom, when, in which language, on whose sheet."""

    kind: str
    title: str
    day: date
    author: Clinician
    person: Person
    pieces: tuple[Piece, ...]
    language: str = "en"
    more_facts: tuple[tuple[str, str], ...] = field(default=())
    practice: str = PRACTICE_NAME
    letterhead: tuple[str, ...] = LETTERHEAD

    def date_words(self, day: date) -> str:
        """Return a date as this paper's language writes it."""
        if self.language == "es":
            return f"{day.day} de {SPANISH_MONTHS[day.month - 1]} de {day.year}"
        return in_words(day)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The block at the top: patient, number, birth date, date, author."""
        patient, number, born, dated, author, _, _ = WORDS[self.language]
        return [
            (patient, self.person.name),
            (number, self.person.mrn),
            (born, self.date_words(self.person.birth_date)),
            (dated, self.date_words(self.day)),
            (author, self.author.signature),
            *self.more_facts,
        ]


class Press:
    """Typesets papers; one compiler with its fonts and template is kept for all of them."""

    def __init__(self) -> None:
        self._compiler = typst.Compiler(TEMPLATES / "paper.typ", ignore_system_fonts=True)
        self._cards = typst.Compiler(TEMPLATES / "card.typ", ignore_system_fonts=True)

    def pdf(self, paper: Paper) -> bytes:
        """Return the paper as a tagged PDF/UA-1."""
        moment = datetime(paper.day.year, paper.day.month, paper.day.day, 12, tzinfo=UTC)
        made = self._compiler.compile(
            format="pdf",
            sys_inputs={"paper": json.dumps(_as_data(paper))},
            pdf_standards="ua-1",
            timestamp=moment,
        )
        return _one_file(made)

    def card(self, lines: dict[str, str]) -> bytes:
        """Return a picture (PNG) of an insurance card with these lines."""
        return _one_file(
            self._cards.compile(format="png", ppi=110, sys_inputs={"card": json.dumps(lines)})
        )


def _one_file(made: object) -> bytes:
    if isinstance(made, list):
        made = made[0]
    if not isinstance(made, bytes):
        raise TypeError("Typst returned no document")
    return made


def _as_data(paper: Paper) -> dict[str, Any]:
    signed = {
        "kind": "signature",
        "lead": WORDS[paper.language][6],
        "name": paper.author.signature,
        "role": f"{paper.author.role}, {paper.practice}",
    }
    return {
        "kind": paper.kind,
        "title": paper.title,
        "author": paper.author.signature,
        "year": paper.day.year,
        "month": paper.day.month,
        "day": paper.day.day,
        "language": paper.language,
        "region": "US",
        "practice": paper.practice,
        "letterhead": paper.letterhead,
        "page_word": WORDS[paper.language][5],
        "footer_left": f"{paper.person.name} · {paper.person.mrn} · {paper.title}",
        "facts": paper.facts,
        "pieces": [*paper.pieces, signed],
    }


def plain_text(paper: Paper) -> bytes:
    """Return the paper as UTF-8 plain text."""
    lines = [paper.practice.upper(), paper.title, ""]
    lines += [f"{name}: {value}" for name, value in paper.facts]
    for piece in paper.pieces:
        lines += ["", *_text_lines(piece)]
    lines += ["", f"{WORDS[paper.language][6]}: {paper.author.signature}"]
    return "\n".join(lines).encode() + b"\n"


def _text_lines(piece: Piece) -> list[str]:
    if piece["kind"] == "heading":
        return [str(piece["text"]).upper()]
    if piece["kind"] == "text":
        return [str(piece["text"])]
    if piece["kind"] == "table":
        return [
            "  ".join(f"{cell:<22}" for cell in row).rstrip()
            for row in (piece["head"], *piece["rows"])
        ]
    return [f"- {item}" for item in piece["items"]]


def simple_html(paper: Paper) -> bytes:
    """Return the paper as a small HTML document."""
    facts = "".join(f"<li>{escape(name)}: {escape(value)}</li>" for name, value in paper.facts)
    body = "".join(_html(piece) for piece in paper.pieces)
    return (
        f'<!DOCTYPE html><html lang="{paper.language}"><head><meta charset="utf-8">'
        f"<title>{escape(paper.title)}</title></head><body><h1>{escape(paper.title)}</h1>"
        f"<ul>{facts}</ul>{body}<p>{escape(paper.author.signature)}</p></body></html>\n"
    ).encode()


def _html(piece: Piece) -> str:
    if piece["kind"] == "heading":
        return f"<h2>{escape(piece['text'])}</h2>"
    if piece["kind"] == "text":
        return f"<p>{escape(piece['text'])}</p>"
    if piece["kind"] == "table":
        head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in piece["head"])
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in piece["rows"]
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in piece["items"]) + "</ul>"
