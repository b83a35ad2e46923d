"""Papers as other programs write them: RTF, Word, C-CDA, and one that was changed after it was signed.

The same words always give the same bytes. Word is ECMA-376 by hand, three parts in a zip file; the summary follows the
Continuity of Care Document of C-CDA R2.1 as far as a person reads it: head, sections, narrative.
"""

import io
import zipfile
from datetime import timedelta
from xml.sax.saxutils import escape

from carespace.demo.generate.clock import workday_before
from carespace.demo.generate.organisation import STAFF
from carespace.demo.generate.paper import Paper, Piece, heading, points, table, words
from carespace.demo.generate.people import Person
from carespace.demo.generate.timeline import Timeline

RTF, CCDA = "application/rtf", "application/hl7-cda+xml"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FAMILY_DOCTOR = "Laura Finch, MD"
_LAST_ASCII = 127
_WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ZIP_DATE = (2020, 1, 1, 0, 0, 0)
_ROOT = "2.16.840.1.113883"


def letter(person: Person, timeline: Timeline) -> Paper:
    """Return the letter to the family doctor, which the office writes as RTF."""
    return Paper(
        "Referral note",
        "Letter to your family doctor",
        workday_before(timeline.visits[-1].day - timedelta(days=20)),
        STAFF[person.doctor],
        person,
        (
            words(f"Thank you for looking after {person.title} with us."),
            heading("What we do"),
            words("Treatment goes on as planned. Blood counts are checked before each infusion."),
            heading("What we ask of you"),
            points(
                "Please check the blood pressure once a month.",
                "Please give no live vaccines during treatment.",
                "Call us the same day for a temperature of 100.4 °F or higher.",
            ),
        ),
    )


def meals(person: Person, timeline: Timeline) -> Paper:
    """Return the advice on meals, which the office writes in Word."""
    return Paper(
        "Education sheet",
        "Eating well during treatment",
        workday_before(timeline.visits[-1].day - timedelta(days=34)),
        STAFF["bennett"],
        person,
        (
            heading("When you do not feel like eating"),
            points("Eat small meals, five or six a day.", "Drink between meals, not with them."),
            heading("Foods to try"),
            table(
                ("When", "Try", "Leave out"),
                ("Sore mouth", "Yogurt, eggs, soft rice", "Citrus, hot spices"),
                ("Upset stomach", "Toast, bananas, broth", "Fried or greasy food"),
                ("No taste", "Lemon, herbs, plastic forks", "Metal forks"),
            ),
            words("Ask us before you take vitamins or herbs."),
        ),
    )


def home_plan(person: Person, timeline: Timeline, *, changed: bool) -> Paper:
    """Return the instructions for home; ``changed`` is the second version, two weeks after the first."""
    day = timeline.visits[-1].day - timedelta(days=24 if changed else 38)
    drink = "Drink 8 to 10 glasses of water a day." if changed else "Drink plenty of water."
    return Paper(
        "Treatment plan",
        "Instructions for home",
        workday_before(day),
        STAFF["okafor"],
        person,
        (
            heading("Every day"),
            points("Take your temperature each morning.", drink, "Wash your hands often."),
            heading("Call us at once"),
            points("for a temperature of 100.4 °F (38 °C) or higher", "for bleeding that does not stop"),
        ),
    )  # fmt: skip


def summary(person: Person, timeline: Timeline) -> Paper:
    """Return the summary of care that the family doctor's program sent as C-CDA."""
    return Paper(
        "Summary of care",
        "Summary of care from your family doctor",
        workday_before(timeline.visits[-1].day - timedelta(days=48)),
        STAFF[person.doctor],
        person,
        (
            heading("Allergies"),
            words("As known to the family doctor: " + (", ".join(person.allergies) or "none") + "."),
            heading("Medicines"),
            points(*(person.home_medicines or ("No medicines",))),
            heading("Vital signs"),
            table(
                ("Date", "Blood pressure", "Pulse", "Weight"),
                ("Visit in spring", "128/78 mmHg", "72 per minute", f"{person.weight_pounds} lb"),
                ("Visit in winter", "131/80 mmHg", "74 per minute", f"{person.weight_pounds + 3} lb"),
            ),
            heading("Health issues"),
            points(*(person.comorbidities or ("None",))),
            heading("Plan"),
            words("Flu vaccine each fall. Blood pressure once a month."),
        ),
    )  # fmt: skip


def rich_text(paper: Paper) -> bytes:
    """Return the paper as RTF 1.9."""
    lines = [rf"\b {_rtf(paper.title)}\b0\par\par"]
    lines += [rf"{_rtf(name)}: {_rtf(value)}\par" for name, value in paper.facts]
    for piece in paper.pieces:
        lines += [r"\par", *_rtf_lines(piece)]
    lines.append(rf"\par {_rtf(paper.author.signature)}\par")
    head = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}}\f0\fs22"
    return ("\n".join([head, *lines]) + "}\n").encode("ascii")


def _rtf(text: str) -> str:
    return "".join(
        f"\\u{ord(each)}?" if ord(each) > _LAST_ASCII else f"\\{each}" if each in "\\{}" else each
        for each in text
    )


def _rtf_lines(piece: Piece) -> list[str]:
    if piece["kind"] == "heading":
        return [rf"\b {_rtf(piece['text'])}\b0\par"]
    if piece["kind"] == "text":
        return [rf"{_rtf(piece['text'])}\par"]
    return [rf"\bullet  {_rtf(item)}\par" for item in piece["items"]]


def word(paper: Paper) -> bytes:
    """Return the paper as a Word document."""
    body = _word_words(paper.title, "Heading1")
    body += "".join(_word_words(f"{name}: {value}") for name, value in paper.facts)
    body += "".join(_word_piece(piece) for piece in paper.pieces)
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml"'
            f' ContentType="{WORD}.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Target="word/document.xml"'
            ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>'
            "</Relationships>"
        ),
        "word/document.xml": f'<w:document xmlns:w="{_WORD_NAMESPACE}"><w:body>{body}</w:body></w:document>',
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(
                zipfile.ZipInfo(name, _ZIP_DATE), f'<?xml version="1.0" encoding="UTF-8"?>{text}'
            )
    return packed.getvalue()  # fmt: skip


def _word_words(text: str, style: str = "") -> str:
    styled = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{styled}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _word_piece(piece: Piece) -> str:
    if piece["kind"] == "heading":
        return _word_words(piece["text"], "Heading2")
    if piece["kind"] == "text":
        return _word_words(piece["text"])
    if piece["kind"] == "list":
        return "".join(_word_words(f"• {item}") for item in piece["items"])
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc>{_word_words(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in (piece["head"], *piece["rows"])
    )
    return f"<w:tbl>{rows}</w:tbl>"


def clinical_document(paper: Paper) -> bytes:
    """Return the paper as C-CDA, each heading a section with its narrative."""
    person, day = paper.person, f"{paper.day:%Y%m%d}"
    sections = "".join(
        f"<component><section><title>{escape(title)}</title><text>{text}</text></section></component>"
        for title, text in _sections(paper)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3">'
        f'<realmCode code="US"/><typeId root="{_ROOT}.1.3" extension="POCD_HD000040"/>'
        f'<templateId root="{_ROOT}.10.20.22.1.2" extension="2015-08-01"/><id root="1.3.6.1.4.1.99999.1"'
        f' extension="{person.mrn}-{day}"/><code code="34133-9" codeSystem="{_ROOT}.6.1"/>'
        f'<title>{escape(paper.title)}</title><effectiveTime value="{day}"/>'
        f'<confidentialityCode code="N" codeSystem="{_ROOT}.5.25"/><languageCode code="en-US"/>'
        f'<recordTarget><patientRole><id root="1.3.6.1.4.1.99999.2" extension="{person.mrn}"/><patient><name>'
        f"<given>{escape(person.given)}</given><family>{escape(person.family)}</family></name>"
        f'<birthTime value="{person.birth_date:%Y%m%d}"/></patient></patientRole></recordTarget>'
        f'<author><time value="{day}"/><assignedAuthor><id nullFlavor="NI"/><assignedPerson><name>'
        "<prefix>Dr.</prefix><given>Laura</given><family>Finch</family></name></assignedPerson></assignedAuthor>"
        "</author><custodian><assignedCustodian><representedCustodianOrganization><name>Port Alden Family Medicine"
        "</name></representedCustodianOrganization></assignedCustodian></custodian>"
        f"<component><structuredBody>{sections}</structuredBody></component></ClinicalDocument>\n"
    ).encode()


def _sections(paper: Paper) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for piece in paper.pieces:
        if piece["kind"] == "heading":
            found.append((piece["text"], ""))
        else:
            title, text = found.pop()
            found.append((title, text + _narrative(piece)))
    return found


def _narrative(piece: Piece) -> str:
    if piece["kind"] == "text":
        return f"<paragraph>{escape(piece['text'])}</paragraph>"
    if piece["kind"] == "list":
        items = "".join(f"<item>{escape(item)}</item>" for item in piece["items"])
        return f"<list>{items}</list>"
    head = "".join(f"<th>{escape(cell)}</th>" for cell in piece["head"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in piece["rows"]
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def printed(person: Person, timeline: Timeline) -> list[tuple[Paper, str, bytes]]:
    """Return the papers of one patient that came from elsewhere, with their media types and bytes."""
    written, eaten, told = (
        letter(person, timeline),
        meals(person, timeline),
        summary(person, timeline),
    )
    return [
        (written, RTF, rich_text(written)),
        (eaten, WORD, word(eaten)),
        (told, CCDA, clinical_document(told)),
    ]
