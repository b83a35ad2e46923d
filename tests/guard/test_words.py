"""Words on screen are plain and kind (house rules 4, ui.md): the ones that frighten, blame or claim
too much are not used, neither in templates nor in what Python says to people.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guard.tree import ROOT, called_name, modules, place, plant, plant_template, templates

BANNED = re.compile(
    r"\b(abnormal(?:ly)?|invalid|failed|please be advised|providers?"
    r"|certified|hipaa[- ]compliant|e-mails?)\b",
    re.IGNORECASE,
)
TRANSLATORS = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}
SPOKEN_ARGUMENTS = {"label", "help_text", "empty_label", "verbose_name", "title", "subject"}
COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}|<!--.*?-->", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(
    r"""\b(?:alt|title|placeholder|aria-label|aria-description|content)\s*=\s*"([^"]*)\""""
)
TRANSLATED = re.compile(r"""{%\s*(?:trans|translate)\s+(["'])(.*?)\1""")
TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
HTML_TAG = re.compile(r"<[^>]*>")


def blanked(text: str) -> str:
    """The same number of lines with nothing on them, so that places stay true."""
    return "\n" * text.count("\n")


def spoken(source: str) -> str:
    """What of a template reaches a person: its text, translated words, spoken attributes."""
    source = COMMENT.sub(lambda hit: blanked(hit.group()), source)
    source = TRANSLATED.sub(lambda hit: f"{hit.group(2)} {{% x", source)
    source = TEMPLATE_TAG.sub(lambda hit: f" {blanked(hit.group())}", source)
    return HTML_TAG.sub(
        lambda hit: " ".join([*SPOKEN_ATTRIBUTE.findall(hit.group()), blanked(hit.group())]), source
    )


def words_in_templates(tree: Path) -> list[str]:
    found = []
    for path, source in templates(tree):
        text = spoken(source)
        for hit in BANNED.finditer(text):
            line = text[: hit.start()].count("\n") + 1
            found.append(f"{place(tree, path, line)} says {hit.group()!r}")
    return found


def spoken_in_python(module: ast.Module) -> Iterator[ast.Constant]:
    """The string constants that a person reads: translated ones and those of a form's fields."""
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        parts: list[ast.expr] = [k.value for k in node.keywords if k.arg in SPOKEN_ARGUMENTS]
        if called_name(node) in TRANSLATORS or called_name(node) == "ValidationError":
            parts += node.args
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part


def words_in_python(tree: Path) -> list[str]:
    return [
        f"{place(tree, path, constant)} says {hit.group()!r}"
        for path, module in modules(tree)
        for constant in spoken_in_python(module)
        for hit in BANNED.finditer(str(constant.value))
    ]


def test_templates_use_plain_and_kind_words() -> None:
    assert words_in_templates(ROOT) == []


def test_python_speaks_plain_and_kind_words() -> None:
    assert words_in_python(ROOT) == []


@pytest.mark.parametrize(
    "text",
    [
        "<p>Your result is abnormal.</p>",
        "{% translate 'Invalid date' %}",
        '<img src="x.png" alt="Your providers">',
        "{% blocktranslate %}Sign-in failed{% endblocktranslate %}",
        "Please be advised",
        "HIPAA-compliant",
        "Your E-mail",
    ],
)
def test_a_banned_word_in_a_template_is_found(tmp_path: Path, text: str) -> None:
    assert words_in_templates(plant_template(tmp_path, f"<h1>\nHi</h1>\n{text}")) == [
        f"carespace/portal/templates/portal/page.html:3 says {BANNED.search(text).group()!r}"  # type: ignore[union-attr]
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{# never say invalid #}",
        '<p class="invalid">{{ form.failed }}</p>',
        "{% if provider %}{% endif %}",
        "<p>validity, improvised</p>",
    ],
)
def test_a_word_that_nobody_sees_is_no_offence(tmp_path: Path, text: str) -> None:
    assert words_in_templates(plant_template(tmp_path, text)) == []


@pytest.mark.parametrize(
    "line",
    ["_('Invalid code')", "forms.CharField(label='Provider')", "ValidationError('It failed')"],
)
def test_a_banned_word_in_python_is_found(tmp_path: Path, line: str) -> None:
    assert len(words_in_python(plant(tmp_path, carespace__portal__forms=line))) == 1
