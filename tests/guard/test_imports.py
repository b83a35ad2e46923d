"""The one-way rule between rooms (architecture.md, "Rooms"), and proof that its checker bites."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guard.tree import ROOT, layers

LINT = "from importlinter.cli import lint_imports_command as run; run()"


def lint_imports(tree: Path) -> tuple[int, str]:
    """The exit code and the words of import-linter over a tree."""
    result = subprocess.run(
        [sys.executable, "-P", "-c", LINT, "--no-logo", "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.returncode, re.sub(r"\x1b\[[0-9;]*m", "", result.stdout + result.stderr)


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """A tree with every room of the contract and nothing in them."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for room in layers():
        (tmp_path / "carespace" / room).mkdir(parents=True)
        (tmp_path / "carespace" / room / "__init__.py").touch()
    (tmp_path / "carespace" / "__init__.py").touch()
    return tmp_path


def test_rooms_import_only_downwards() -> None:
    code, words = lint_imports(ROOT)
    assert code == 0, words


def test_an_empty_house_keeps_the_contract(empty_house: Path) -> None:
    code, words = lint_imports(empty_house)
    assert code == 0, words


@pytest.mark.parametrize(
    ("room", "other"),
    [("patients", "access"), ("values", "audit"), ("portal", "staff"), ("records", "portal")],
)
def test_an_upward_or_sideways_import_is_caught(empty_house: Path, room: str, other: str) -> None:
    planted = empty_house / "carespace" / room / "models.py"
    planted.write_text(f"import carespace.{other}\n")
    code, words = lint_imports(empty_house)
    assert code == 1
    assert f"carespace.{room}.models -> carespace.{other}" in words


def test_a_room_that_nobody_placed_is_caught(empty_house: Path) -> None:
    (empty_house / "carespace" / "billing").mkdir()
    (empty_house / "carespace" / "billing" / "__init__.py").touch()
    code, words = lint_imports(empty_house)
    assert code == 1
    assert "billing" in words
