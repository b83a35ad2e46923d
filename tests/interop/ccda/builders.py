"""Small C-CDA documents for tests, made of what a test is about."""

from collections.abc import Sequence
from typing import Any

from lxml import html

HEAD = """<title>Summary of care</title><effectiveTime value="20260908"/>
<recordTarget><patientRole><patient><name><given>Ruth</given><family>Adler</family></name>
<birthTime value="19510304"/></patient></patientRole></recordTarget>
<author><assignedAuthor><assignedPerson><name><prefix>Dr.</prefix><given>Laura</given><family>Finch</family></name>
</assignedPerson></assignedAuthor></author><custodian><assignedCustodian><representedCustodianOrganization>
<name>Hill Clinic</name></representedCustodianOrganization></assignedCustodian></custodian>"""


def section(text: str, title: str = "Results", inner: str = "") -> str:
    return f"<component><section><title>{title}</title><text>{text}</text>{inner}</section></component>"


def document(*sections: str, head: str = HEAD, before: str = "") -> bytes:
    body = f"<component><structuredBody>{''.join(sections)}</structuredBody></component>"
    return whole(head + body, before)


def enclosing(body: str) -> bytes:
    return whole(f"{HEAD}<component><nonXMLBody>{body}</nonXMLBody></component>")


def whole(inner: str, before: str = "") -> bytes:
    start = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{start}{before}<ClinicalDocument xmlns="urn:hl7-org:v3">{inner}</ClinicalDocument>'.encode()


def table(head: Sequence[str], *rows: Sequence[str]) -> str:
    first = "".join(f"<th>{cell}</th>" for cell in head)
    rest = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{first}</tr></thead><tbody>{rest}</tbody></table>"


def tree_in(text: str) -> Any:
    """Return the tree of a page or a piece of HTML."""
    return html.fromstring(text)
