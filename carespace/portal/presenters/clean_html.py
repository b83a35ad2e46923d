"""Documents that came as HTML, made safe to show (security.md, files; T11).

Promises: what is left is text and its structure: no script, style, picture, form, frame, link or attribute that could
do or load anything. Wherever it is shown, in a response of its own or within a page of ours, a policy permits no script
that is not our own file. What
would keep a worker busy (its time grows with tags times nesting) is not cleaned: such a paper is a download only.
"""

import re

import nh3

LONGEST_CHARACTERS = 2_000_000
DEEPEST_NESTING_LEVELS = 256
MOST_TAGS = 20_000  # what a wrong guess at the nesting can cost stays below seconds
MOST_MARKS = 2 * MOST_TAGS
MOST_ATTRIBUTES = 100
# A browser opens each of them anew in every block that follows, and so does nh3.
MOST_OPEN_FORMATS, MOST_REPEATED_FORMATS = 20, 100_000
LONGEST_CLEANED_CHARACTERS, LONGEST_ESCAPE = 4_000_000, 5

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
_FORMATTING = frozenset(
    {
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    }
)
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.I)
    for name in ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
}
# After these a browser reads by other rules, by which what looks like an end may be none.
_OTHER_RULES = frozenset({"svg", "math", "select", "template", "frameset", "plaintext", "noscript"})
_NAME = r"[a-zA-Z][^\s/>]*+"
_ATTRIBUTE = (
    r"[\s/]*+[^\s/>][^\s/>=]*+"
    r"(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?+)?+"
)
# As html.spec.whatwg.org, 13.2.5 has them: a comment, what is read as one, a tag with its attributes, a tag with too many.
_MARK = re.compile(
    r"<!--(?P<comment>-?>|.*?(?:--!?>|\Z))"
    r"|<(?P<bogus>(?:[!?]|/[^a-zA-Z>])[^>]*+)"
    rf"|<(?P<end>/?)(?P<name>{_NAME})(?P<attributes>(?:{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}+)[\s/]*+>"
    r"|<(?P<endless>/?[a-zA-Z])",
    re.S,
)
_START = re.compile(r"<([a-zA-Z][^\s/>]*)")


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
    """Say whether cleaning ``text`` is quick, and what is left of it short.

    At most 2 million characters, 20,000 tags, 256 levels; in a tag 100 attributes; 20 elements such as ``b`` open at once.
    """
    escaped = sum(text.count(each) for each in "&<>\N{NO-BREAK SPACE}")
    if (
        len(text) > LONGEST_CHARACTERS
        or len(text) + LONGEST_ESCAPE * escaped > LONGEST_CLEANED_CHARACTERS
    ):
        return False
    opened = _Opened()
    number, at = 0, 0
    while mark := _MARK.search(text, at):
        number += 1
        if number > MOST_MARKS or mark["endless"]:
            return False
        at = opened.meet(mark)
        if opened.is_too_much:
            return False
    return True


class _Opened:
    """The elements that may be open: a start counts wherever it stands, an end only where it surely is one."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._starts = 0
        self._formats = 0
        self._repeated = 0
        self._has_sure_ends = True

    @property
    def is_too_much(self) -> bool:
        return (
            self._starts > MOST_TAGS
            or len(self._names) > DEEPEST_NESTING_LEVELS
            or self._formats > MOST_OPEN_FORMATS
            or self._repeated > MOST_REPEATED_FORMATS
        )

    def meet(self, mark: re.Match[str]) -> int:
        """Take in the next comment or tag; return where to look for the one after it."""
        if mark["name"] is None:
            self._has_sure_ends &= not mark[0].startswith("<![CDATA[")
            if not self._has_sure_ends:
                self._start_inside(mark[0])
            return mark.end()
        name = mark["name"].lower()
        self._repeated += self._formats
        if mark["end"]:
            self._end(name)
            return mark.end()
        self._start(name)
        if not self._has_sure_ends:
            self._start_inside(mark["attributes"])
        return self._after_words(mark, name)

    def _after_words(self, mark: re.Match[str], name: str) -> int:
        """Return where an element ends that holds words only; the end of the tag for any other."""
        if name not in _RAW or not self._has_sure_ends:
            return mark.end()
        end = _RAW[name].search(mark.string, mark.end())
        at = end.start() if end else len(mark.string)
        # In a script such a mark can hide an end.
        if name == "script" and mark.string.find("<!--", mark.end(), at) >= 0:
            self._has_sure_ends = False
            return mark.end()
        return at

    def _start_inside(self, text: str) -> None:
        for each in _START.finditer(text):
            self._start(each[1].lower())
            if self.is_too_much:
                return

    def _start(self, name: str) -> None:
        self._starts += 1
        self._has_sure_ends &= name not in _OTHER_RULES
        if name in _VOID:
            return
        _close(self._names, _ENDED_BY.get(name, set()))
        self._names.append(name)
        self._count()

    def _end(self, name: str) -> None:
        if self._has_sure_ends:
            _close(self._names, {name})
            self._count()

    def _count(self) -> None:
        self._formats = sum(name in _FORMATTING for name in self._names)


def _close(opened: list[str], names: set[str]) -> None:
    """Close the innermost element of ``names``, through those only that need no end tag of their own."""
    at = len(opened) - 1
    while at >= 0 and opened[at] not in names and opened[at] in _ENDED_BY:
        at -= 1
    if at >= 0 and opened[at] in names:
        del opened[at:]
