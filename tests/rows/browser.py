"""A browser without scripts that finds things as people do: links, buttons and boxes by the words on them.

Promises: it sends what the page's own form holds and nothing else, hidden values and the pressed button included;
words that fit nothing, or more than one thing, fail the test and say what was there.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from lxml import html

from tests.conftest import Answer, WebClient

Filled = str | bool
_SEEN = ".//text()[not(ancestor::*[contains(@class, 'visually-hidden')])]"
_SUBMITS = ".//button[not(@type) or @type='submit']"


def words_of(element: Any) -> str:
    """Return an element's text as it is read out, on one line."""
    return " ".join(element.text_content().split())


class Browser:
    """One person's browser, with its own cookies."""

    def __init__(self, host: str = "testserver") -> None:
        self.client = WebClient(headers={"host": host})

    def open(self, path: str) -> "Page":
        """Go to ``path``, and on to where it leads."""
        return Page(self, path, self.client.get(path, follow=True))

    def send(self, path: str, values: Mapping[str, Any]) -> "Page":
        """Send a form, and go on to where it leads."""
        return Page(self, path, self.client.post(path, values, follow=True))


class Page:
    """What one address showed."""

    def __init__(self, browser: Browser, asked: str, answer: Answer) -> None:
        self.browser = browser
        self.status = answer.status_code
        query = answer.request.get("QUERY_STRING")
        self.path = str(answer.request["PATH_INFO"]) + (f"?{query}" if query else "")
        self.source = b"".join(answer) if answer.streaming else answer.content

    @cached_property
    def tree(self) -> Any:
        return html.fromstring(self.source.decode())

    @property
    def heading(self) -> str:
        return " ".join(words_of(each) for each in self.tree.iter("h1"))

    @cached_property
    def text(self) -> str:
        """Everything the page says."""
        return words_of(self.tree)

    def says(self, words: str) -> bool:
        return words in self.text

    def links(self) -> list[str]:
        return [words_of(each) for each in self.tree.xpath(".//a[@href]")]

    def buttons(self) -> list[str]:
        return [words_of(each) for each in self.tree.xpath(_SUBMITS)]

    def labels(self) -> list[str]:
        found = [*self.tree.iter("label"), *self.tree.iter("legend")]
        return [words_of(each).removesuffix(" (optional)") for each in found]

    def follow(self, words: str, *, about: str = "", beside: str = "") -> "Page":
        """Click the link with these words: ``about`` is said in the link as well, ``beside`` in its row."""
        found = self._found(".//a[@href]", words, about, beside)
        targets = {each.get("href") for each in found}
        assert len(targets) == 1, (words, self.path, self.heading, self.links())
        return self.browser.open(urljoin(self.path, targets.pop()))

    def choose(self, words: str, *, about: str = "", beside: str = "") -> "Page":
        """Click what has these words, be it a link or a button."""
        if self._found(".//a[@href]", words, about, beside):
            return self.follow(words, about=about, beside=beside)
        return self.press(words, about=about, beside=beside)

    def press(
        self,
        words: str,
        filled: Mapping[str, Filled] | None = None,
        *,
        about: str = "",
        beside: str = "",
    ) -> "Page":
        """Fill the boxes of the button's form by their labels, and press it."""
        found = self._found(_SUBMITS, words, about, beside)
        assert len(found) == 1, (words, self.path, self.heading, self.buttons())
        button = found[0]
        form = self._form_of(button)
        for label, value in (filled or {}).items():
            self._fill(form, label, value)
        values: dict[str, Any] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        if button.get("name"):
            values.setdefault(button.get("name"), []).append(button.get("value") or "")
        target = urljoin(self.path, form.get("action") or self.path)
        if form.method == "GET":
            query = "&".join(f"{name}={each[0]}" for name, each in values.items())
            return self.browser.open(f"{target}?{query}")
        return self.browser.send(target, values)

    def _found(self, path: str, words: str, about: str, beside: str) -> list[Any]:
        fitting = [each for each in self.tree.xpath(path) if _fits(each, words, about)]
        return [each for each in fitting if beside in _row_of(each)]

    def _form_of(self, button: Any) -> Any:
        owner = button.get("form")
        if owner:
            return next(each for each in self.tree.forms if each.get("id") == owner)
        return next(each for each in button.iterancestors("form"))

    def _fill(self, form: Any, label: str, value: Filled) -> None:
        legend = [each for each in form.iter("legend") if _fits(each, label)]
        if legend:
            self._fill_group(legend[0].getparent(), value)
            return
        found = [each for each in form.iter("label") if _fits(each, label)]
        assert len(found) == 1, (label, self.path, self.labels())
        box = self.tree.get_element_by_id(found[0].get("for"))
        if isinstance(value, bool):
            box.checked = value
        else:
            box.value = value

    def _fill_group(self, group: Any, value: Filled) -> None:
        """Fill a birth date's three boxes from an ISO date, or choose by the words beside a radio button."""
        boxes = group.findall(".//input[@type='text']")
        if boxes:
            year, month, day = str(value).split("-")
            for box, part in zip(boxes, (month, day, year), strict=True):
                box.value = part
            return
        chosen = next(each for each in group.iter("label") if _fits(each, str(value)))
        self.tree.get_element_by_id(chosen.get("for")).checked = True


def _fits(element: Any, words: str, about: str = "") -> bool:
    """Whether an element is called ``words``; what is read out only may follow, as in "Revoke access: Luis"."""
    said = " ".join("".join(element.xpath(_SEEN)).split()).removesuffix(" (optional)")
    return words in {said, words_of(element)} and about in words_of(element)


def _row_of(element: Any) -> str:
    row = next(element.iterancestors("tr", "li"), None)
    return "" if row is None else words_of(row)
