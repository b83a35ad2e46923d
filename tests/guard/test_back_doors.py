"""Three ways around the one-way rule that an import checker cannot see (architecture.md, "Rooms").

Signals, a face's URL named from below, and dotted paths in strings. The fourth, foreign keys by
string, needs Django's models and has its own guard.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.guard.tree import (
    FACES,
    ROOT,
    layers,
    modules,
    place,
    plant,
    plant_template,
    room_of,
    templates,
)

FACE_URL = re.compile(rf"^(?:{'|'.join(FACES)}):[\w:-]+$")
FACE_URL_IN_TEMPLATE = re.compile(rf"""{{%\s*url\s+['"](?:{"|".join(FACES)}):[^'"]*['"]""")
DOTTED_PATH = re.compile(r"^carespace\.(\w+)(?:\.\w+)*$")
ABOVE_ALL = {"config", *FACES, "demo"}


def imports_signals(node: ast.AST) -> bool:
    """Whether a statement brings in the machinery of signals, Django's or a library's."""
    if isinstance(node, ast.ImportFrom):
        names = [node.module or "", *(f"{node.module}.{name.name}" for name in node.names)]
    elif isinstance(node, ast.Import):
        names = [name.name for name in node.names]
    else:
        return isinstance(node, ast.Attribute) and node.attr == "signals"
    return any(name == "django.dispatch" or name.split(".")[-1] == "signals" for name in names)


def signals(tree: Path) -> list[str]:
    return [
        f"{place(tree, path, node)} uses signals"
        for path, module in modules(tree)
        for node in ast.walk(module)
        if imports_signals(node)
    ]


def texts(module: ast.Module) -> list[tuple[ast.Constant, str]]:
    """Every string of a module with its value."""
    return [
        (node, node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def face_urls_from_below(tree: Path) -> list[str]:
    """Each name of a face's URL in a room below the faces, in code or in a template."""
    in_code = [
        f"{place(tree, path, node)} names the URL {text}"
        for path, module in modules(tree)
        if room_of(tree, path) not in ABOVE_ALL
        for node, text in texts(module)
        if FACE_URL.match(text)
    ]
    in_templates = [
        f"{place(tree, path, source[: hit.start()].count(chr(10)) + 1)} names {hit.group()}"
        for path, source in templates(tree)
        if room_of(tree, path) not in ABOVE_ALL
        for hit in FACE_URL_IN_TEMPLATE.finditer(source)
    ]
    return in_code + in_templates


def upward_dotted_paths(tree: Path) -> list[str]:
    """Each string such as "carespace.portal.views" that leads upwards or to a sibling."""
    heights = layers()
    found = []
    for path, module in modules(tree):
        room = room_of(tree, path)
        if room not in heights:
            continue
        for node, text in texts(module):
            hit = DOTTED_PATH.match(text)
            other = hit.group(1) if hit else room
            if other != room and heights.get(other, len(heights)) <= heights[room]:
                found.append(f"{place(tree, path, node)} points up to {text}")
    return found


def test_there_are_no_signals() -> None:
    assert signals(ROOT) == []


def test_no_room_below_the_faces_names_a_url_of_theirs() -> None:
    assert face_urls_from_below(ROOT) == []


def test_no_string_leads_upwards() -> None:
    assert upward_dotted_paths(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "from django.dispatch import receiver",
        "from django.db.models.signals import post_save",
        "from django.db.models import signals",
        "import django.core.signals",
        "models.signals.post_save.connect(f)",
        "from allauth.account.signals import user_logged_in",
    ],
)
def test_a_signal_is_found(tmp_path: Path, line: str) -> None:
    plant(tmp_path, carespace__access__apps=f"{line}\n")
    assert signals(tmp_path) == ["carespace/access/apps.py:1 uses signals"]


def test_the_operating_system_s_signals_are_no_offence(tmp_path: Path) -> None:
    plant(tmp_path, carespace__config__serve="import signal\nsignal.signal(15, stop)\n")
    assert signals(tmp_path) == []


def test_a_url_of_a_face_named_from_below_is_found(tmp_path: Path) -> None:
    plant(tmp_path, carespace__notices__actions="reverse('portal:result', args=[1])\n")
    plant_template(tmp_path, "{% url 'staff:inbox' %}", room="ui")
    assert len(face_urls_from_below(tmp_path)) == 2


def test_a_face_may_name_its_own_urls(tmp_path: Path) -> None:
    plant(tmp_path, carespace__portal__views="reverse('portal:result')\n")
    assert face_urls_from_below(tmp_path) == []


@pytest.mark.parametrize("target", ["carespace.portal.views.home", "carespace.access"])
def test_a_string_that_leads_upwards_is_found(tmp_path: Path, target: str) -> None:
    plant(tmp_path, carespace__patients__models=f"path = '{target}'\n")
    assert upward_dotted_paths(tmp_path) == [
        f"carespace/patients/models.py:1 points up to {target}"
    ]


def test_a_string_that_leads_downwards_is_no_offence(tmp_path: Path) -> None:
    plant(
        tmp_path,
        carespace__config__settings="a = 'carespace.ui.context.shell'\n",
        carespace__access__apps="name = 'carespace.access'\n",
    )
    assert upward_dotted_paths(tmp_path) == []
