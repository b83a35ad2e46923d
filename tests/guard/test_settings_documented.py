"""Every variable that CareSpace reads stands in docs/reference/settings.md, and no other does.

Only what is read from the environment counts: ``os.environ.get(…)``, ``os.environ[…]``, ``in
os.environ`` and ``os.getenv(…)``, with a name written there, kept in a constant or built for each
database role. A variable that is only set or passed on is not a setting.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guard.tree import ROOT, modules, plant

PAGE = "docs/reference/settings.md"
NAME = re.compile(r"(?:CARESPACE|DATABASE)_[A-Z_]+|EMAIL_URL")
IN_A_ROW = re.compile(rf"^\| `({NAME.pattern})` \|", re.MULTILINE)
ROLES = ("OWNER", "WEB", "WORKER")
READERS = {"get", "pop", "setdefault"}


def is_environment(node: ast.AST) -> bool:
    """Whether an expression is ``os.environ`` or ``environ``."""
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name == "environ"


def what_is_read(module: ast.Module) -> Iterator[ast.AST]:
    """The expression that names the variable, for each read of the environment."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and node.args:
            of_environment = (
                isinstance(node.func, ast.Attribute)
                and node.func.attr in READERS
                and is_environment(node.func.value)
            )
            if of_environment or ast.unparse(node.func).endswith("getenv"):
                yield node.args[0]
        elif isinstance(node, ast.Subscript) and is_environment(node.value):
            if isinstance(node.ctx, ast.Load):
                yield node.slice
        elif isinstance(node, ast.Compare) and is_environment(node.comparators[-1]):
            yield node.left


def constants(parsed: list[ast.Module]) -> dict[str, ast.AST]:
    """What each name stands for that some module gives at its top."""
    found: dict[str, ast.AST] = {}
    for node in [each for module in parsed for each in module.body]:
        if isinstance(node, ast.Assign):
            names = [each for each in node.targets if isinstance(each, ast.Name)]
            found.update({name.id: node.value for name in names})
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
    return found


def names_in(node: ast.AST, known: dict[str, ast.AST]) -> Iterator[str]:
    """The variable names that an expression may stand for."""
    if isinstance(node, ast.JoinedStr):
        pieces = [str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values]
        for role in ROLES:
            yield "".join(pieces).replace("{}", role)
        return
    if isinstance(node, ast.Name) and node.id in known:
        yield from names_in(known[node.id], {})
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from names_in(child, known)


def read_variables(tree: Path) -> set[str]:
    """Every CARESPACE_…, DATABASE_… and EMAIL_URL that carespace/ or ./dev reads."""
    parsed = [module for _, module in modules(tree)]
    if (tree / "dev").exists():
        parsed.append(ast.parse((tree / "dev").read_text(encoding="utf-8")))
    known = constants(parsed)
    expressions = [each for module in parsed for each in what_is_read(module)]
    names = {name for each in expressions for name in names_in(each, known)}
    return {name for name in names if NAME.fullmatch(name)}


def differences(tree: Path) -> list[str]:
    """Each variable that is read and not documented, or documented and not read."""
    read = read_variables(tree)
    told = IN_A_ROW.findall((tree / PAGE).read_text(encoding="utf-8"))
    return [
        *(f"{name} is read and not in {PAGE}" for name in sorted(read - set(told))),
        *(f"{name} is in {PAGE} and read nowhere" for name in sorted(set(told) - read)),
        *(f"{name} is told twice" for name in sorted({n for n in told if told.count(n) > 1})),
    ]


def plant_page(tree: Path, *names: str) -> Path:
    page = tree / PAGE
    page.parent.mkdir(parents=True)
    page.write_text("".join(f"| `{name}` | none | … |\n" for name in names), encoding="utf-8")
    return tree


def test_the_page_of_settings_and_the_code_name_the_same_variables() -> None:
    assert differences(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        'x = os.environ.get("CARESPACE_MOON", "full")',
        'x = os.environ["CARESPACE_MOON"]',
        'x = "CARESPACE_MOON" in os.environ',
        'x = os.getenv("CARESPACE_MOON")',
        'MOON = "CARESPACE_MOON"\nx = os.environ.get(MOON)',
        'MOONS = {"web": "CARESPACE_MOON"}\nx = os.environ.get(MOONS.get(role, ""))',
    ],
)
def test_a_variable_that_nobody_documented_is_found(tmp_path: Path, line: str) -> None:
    plant(plant_page(tmp_path), carespace__config__night=f"import os\n{line}\n")
    assert differences(tmp_path) == [f"CARESPACE_MOON is read and not in {PAGE}"]


def test_a_variable_of_each_role_is_found(tmp_path: Path) -> None:
    line = 'import os\nx = os.environ.get(f"DATABASE_{role.upper()}_URL")\n'
    plant(plant_page(tmp_path, "DATABASE_OWNER_URL", "DATABASE_WEB_URL"), carespace__config__n=line)
    assert differences(tmp_path) == [f"DATABASE_WORKER_URL is read and not in {PAGE}"]


def test_a_variable_that_only_the_page_knows_is_found(tmp_path: Path) -> None:
    line = 'import os\nos.environ["CARESPACE_MOON"] = "set, not read"\n'
    plant(plant_page(tmp_path, "CARESPACE_MOON"), carespace__config__night=line)
    assert differences(tmp_path) == [f"CARESPACE_MOON is in {PAGE} and read nowhere"]


def test_a_variable_told_once_and_read_is_no_offence(tmp_path: Path) -> None:
    line = 'import os\nx = os.environ.get("EMAIL_URL", os.environ.get("HOME"))\n'
    assert differences(plant(plant_page(tmp_path, "EMAIL_URL"), carespace__config__mail=line)) == []
