"""The pages that are made from code are the ones the code makes now."""

import importlib.util
from types import ModuleType

import pytest

from tests.guard.tree import ROOT


def writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "write_reference", ROOT / "scripts" / "write_reference.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["permissions.md", "states.md", "phi.md", "row-security.md"])
def test_a_page_made_from_code_is_current(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert written == writer().pages()[name], "run .venv/bin/python scripts/write_reference.py"


def test_every_page_the_writer_knows_is_compared() -> None:
    assert set(writer().pages()) == {"permissions.md", "states.md", "phi.md", "row-security.md"}
