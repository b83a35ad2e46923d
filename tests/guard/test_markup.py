"""No markup made by hand and none inline: templates escape, and the page's policy allows no inline
script or style (house rule 8, security.md).
"""

import ast
import re
from pathlib import Path

import pytest

from tests.guard.tree import ROOT, modules, place, plant, plant_template, templates

UNESCAPED_IN_PYTHON = {"mark_safe", "SafeString", "SafeText", "SafeData"}
UNESCAPED_IN_TEMPLATES = [
    ("the safe filter", re.compile(r"\|\s*safe(?:seq)?\b")),
    ("autoescape off", re.compile(r"{%\s*autoescape\s+off\s*%}")),
]
INLINE = [
    ("an inline script", re.compile(r"<script\b(?![^>]*\bsrc\s*=)[^>]*>", re.IGNORECASE)),
    ("a style element", re.compile(r"<style\b", re.IGNORECASE)),
    ("a style attribute", re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE)),
    ("an event attribute", re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE)),
    ("a javascript: address", re.compile(r"""=\s*["']?\s*javascript:""", re.IGNORECASE)),
]


def patterns_for(path: Path) -> list[tuple[str, re.Pattern[str]]]:
    """What a template may not hold; plain text has nothing to escape and nothing inline."""
    if path.suffix == ".txt":
        return UNESCAPED_IN_TEMPLATES[:1]
    return UNESCAPED_IN_TEMPLATES + ([] if is_mail(path) else INLINE)


def is_mail(path: Path) -> bool:
    """Mail has no style sheet to link to; its programs know only styles written in place."""
    return bool({"mail", "email", "emails"} & set(path.parts))


def unescaped_python(tree: Path) -> list[str]:
    found = []
    for path, module in modules(tree):
        for node in ast.walk(module):
            names = {getattr(node, "id", ""), getattr(node, "attr", "")}
            if isinstance(node, ast.ImportFrom):
                names |= {name.name for name in node.names}
            found += [f"{place(tree, path, node)} {name}" for name in names & UNESCAPED_IN_PYTHON]
    return found


def bad_markup(tree: Path) -> list[str]:
    """Each unescaped value and, but for mail, each inline script or style in a template."""
    found = []
    for path, source in templates(tree):
        for name, pattern in patterns_for(path):
            for hit in pattern.finditer(source):
                line = source[: hit.start()].count("\n") + 1
                found.append(f"{place(tree, path, line)} {name}")
    return found


def test_python_marks_nothing_as_safe() -> None:
    assert unescaped_python(ROOT) == []


def test_templates_escape_everything_and_hold_nothing_inline() -> None:
    assert bad_markup(ROOT) == []


@pytest.mark.parametrize(
    "line",
    ["from django.utils.safestring import mark_safe", "html.mark_safe(x)", "SafeString(x)"],
)
def test_marking_as_safe_is_found(tmp_path: Path, line: str) -> None:
    plant(tmp_path, carespace__ui__shell=f"{line}\n")
    assert len(unescaped_python(tmp_path)) == 1


@pytest.mark.parametrize(
    "markup",
    [
        "{{ note|safe }}",
        "{{ notes | safeseq }}",
        "{% autoescape off %}",
        "<script>go()</script>",
        '<script nonce="1">go()</script>',
        "<style>p {}</style>",
        '<p class="a" style="color: red">',
        '<button type="button"\n onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_bad_markup_is_found(tmp_path: Path, markup: str) -> None:
    assert len(bad_markup(plant_template(tmp_path, f"<p>one</p>\n{markup}\n"))) == 1


def test_plain_text_may_turn_escaping_off(tmp_path: Path) -> None:
    plant_template(tmp_path, "{% autoescape off %}Hello", name="mail.txt")
    assert bad_markup(tmp_path) == []


def test_a_linked_script_and_a_styled_mail_are_no_offence(tmp_path: Path) -> None:
    plant_template(tmp_path, "<script src=\"{% static 'ui/menu.js' %}\" defer></script>")
    plant_template(tmp_path, '<p style="margin: 0">', room="outbox/templates/mail")
    assert bad_markup(tmp_path) == []
