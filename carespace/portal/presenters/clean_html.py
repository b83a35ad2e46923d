"""Documents that came as HTML, made safe to show (security.md, files; T11).

Promises: what is left is text and its structure: no script, style, picture, form, frame, link or attribute that could
do or load anything. It is shown only in a response of its own, under a policy that permits no script at all.
"""

import nh3

_TAGS = {
    "abbr", "article", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del",
    "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p",
    "pre", "s", "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
_GONE_WITH_CONTENT = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg"}


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
