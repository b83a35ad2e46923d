"""Documents that came as HTML, made safe to show (security.md, files; T11).

Promises: what is left is text and its structure: no script, style, picture, form, frame, link or attribute that could
do or load anything. Wherever it is shown, in a response of its own or within a page of ours, a policy permits no script
that is not our own file. What
would keep a worker busy (its time grows with tags times nesting) is not cleaned: such a paper is a download only.
"""

import re
from collections.abc import Iterator

import nh3

LONGEST_CHARACTERS = 2_000_000
DEEPEST_NESTING_LEVELS = 256
MOST_TAGS = 20_000  # what a wrong guess at the nesting can cost stays below seconds

_TAGS = {
    "abbr", "article", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del",
    "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p",
    "pre", "s", "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
# What carespace.interop.ccda.narrative writes itself; nothing of it is copied from a document.
_OUR_ROLES = {
    **{name: {"role"} for name in ("table", "thead", "tbody", "tfoot", "tr")},
    "td": {"colspan", "rowspan", "role", "data-label"},
    "th": {"colspan", "rowspan", "scope", "role", "data-label"},
    "div": {"role", "tabindex", "aria-label"},
}
_OUR_CLASSES = {"table": {"fold"}, "div": {"wide"}}
_GONE_WITH_CONTENT = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg"}
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
}  # fmt: skip
# Elements that end without an end tag, by what ends them: html.spec.whatwg.org, 13.1.2.4 Optional tags.
_ENDED_BY = {
    "p": {"p"}, "li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "td": {"td", "th"},
    "th": {"td", "th"}, "tr": {"tr"}, "option": {"option"}, "tbody": {"tbody", "thead", "tfoot"},
    "thead": {"tbody", "thead", "tfoot"}, "tfoot": {"tbody", "thead", "tfoot"},
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})")


class CleanHtml(str):
    """HTML that nh3 has cleaned: the one kind of text that templates print as markup."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def clean_html(text: str) -> CleanHtml:
    """Return ``text`` with nothing left that could do, load or link anything."""
    cleaned = nh3.clean(
        text,
        tags=_TAGS,
        clean_content_tags=_GONE_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        generic_attribute_prefixes=set(),
        strip_comments=True,
        link_rel=None,
    )
    return CleanHtml(cleaned)


def clean_narrative(text: str) -> CleanHtml:
    """Return a section that we have written anew from C-CDA, cleaned like any other, but for its roles and labels."""
    cleaned = nh3.clean(
        text,
        tags=_TAGS,
        clean_content_tags=_GONE_WITH_CONTENT,
        attributes=_OUR_ROLES,
        allowed_classes=_OUR_CLASSES,
        generic_attribute_prefixes=set(),
        strip_comments=True,
        link_rel=None,
    )
    return CleanHtml(cleaned)


def can_be_cleaned(text: str) -> bool:
    """Say whether cleaning ``text`` is quick: at most 2 million characters, 20,000 tags, 256 levels."""
    if len(text) > LONGEST_CHARACTERS:
        return False
    for number, depth in enumerate(_depths(text), 1):
        if number > MOST_TAGS or depth > DEEPEST_NESTING_LEVELS:
            return False
    return True


def _depths(text: str) -> Iterator[int]:
    """Yield the nesting after each start tag; an element never closed counts to the end of the text."""
    opened: list[str] = []
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if tag[1]:
            _close(opened, {name})
        elif name not in _VOID:
            _close(opened, _ENDED_BY.get(name, set()))
            opened.append(name)
        if not tag[1]:
            yield len(opened)


def _close(opened: list[str], names: set[str]) -> None:
    """Close the innermost element of ``names``, through those only that need no end tag of their own."""
    at = len(opened) - 1
    while at >= 0 and opened[at] not in names and opened[at] in _ENDED_BY:
        at -= 1
    if at >= 0 and opened[at] in names:
        del opened[at:]
