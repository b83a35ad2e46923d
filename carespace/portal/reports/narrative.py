"""A report in its source's own XHTML, told inside one of our pages (FHIR Narrative; VDT-7).

Promises: what ``clean_html`` leaves, without headings: the page's own order of headings stays whole. What would keep a
worker busy is not told at all.
"""

import re

from carespace.portal.presenters.clean_html import CleanHtml, can_be_cleaned, clean_html

LONGEST_IN_PAGE_CHARACTERS = 200_000
_HEADING = re.compile(r"<(/?)h[1-6](?:\s[^<>]*)?>", re.I)
_SAYS = re.compile(r"<[^<>]*>|\s|&nbsp;")


def can_be_told(markup: str) -> bool:
    """Say whether ``markup`` is short and plain enough to stand in a page."""
    return len(markup) <= LONGEST_IN_PAGE_CHARACTERS and can_be_cleaned(markup)


def told(markup: str) -> CleanHtml | str:
    """Return ``markup`` safe to print in a page, its headings as bold lines; empty where it says nothing."""
    if not markup or not can_be_told(markup):
        return ""
    cleaned = clean_html(_HEADING.sub(lambda tag: "</b></p>" if tag[1] else "<p><b>", markup))
    return cleaned if _SAYS.sub("", cleaned) else ""
