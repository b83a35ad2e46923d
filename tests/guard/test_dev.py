"""`./dev` knows when its environment is stale, and an old Python can still read it.

No environment is made here; that is tried in a fresh clone.
"""

import ast
import importlib.machinery
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.guard.tree import ROOT

OLDEST_TO_BE_REFUSED_POLITELY = (3, 7)


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, its checkout an empty folder with two requirements files."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = importlib.machinery.SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec is not None
    script = importlib.util.module_from_spec(spec)
    loader.exec_module(script)
    files = {name: tmp_path / f"{name}.txt" for name in ("run", "dev")}
    for name, path in files.items():
        path.write_text(name)
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    for name, value in {
        "ROOT": tmp_path,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "STAMP": venv / "stamp.json",
        "REQUIREMENTS": files,
    }.items():
        monkeypatch.setattr(script, name, value)
    return script


def finish(dev: ModuleType, wanted: str) -> None:
    dev.STAMP.write_text(json.dumps(dev.stamp_of(wanted)))


def test_an_old_python_can_read_the_script() -> None:
    ast.parse((ROOT / "dev").read_text(), feature_version=OLDEST_TO_BE_REFUSED_POLITELY)


def test_the_script_looks_at_the_python_before_it_defines_anything_else() -> None:
    module = ast.parse((ROOT / "dev").read_text())
    functions = [node.name for node in module.body if isinstance(node, ast.FunctionDef)]
    assert functions[0] == "use_a_new_enough_python"


def test_the_development_set_serves_the_running_one_but_not_the_reverse(dev: ModuleType) -> None:
    finish(dev, "dev")
    assert dev.is_ready("run")
    assert dev.is_ready("dev")
    finish(dev, "run")
    assert dev.is_ready("run")
    assert not dev.is_ready("dev")


@pytest.mark.parametrize("wanted", ["run", "dev"])
def test_changed_requirements_make_the_environment_stale(dev: ModuleType, wanted: str) -> None:
    finish(dev, wanted)
    dev.REQUIREMENTS[wanted].write_text("another version")
    assert not dev.is_ready(wanted)


def test_a_half_made_or_moved_environment_is_not_ready(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not dev.is_ready("run")
    dev.STAMP.write_text("{")
    assert not dev.is_ready("run")
    finish(dev, "run")
    monkeypatch.setattr(dev, "VENV", tmp_path / "elsewhere")
    assert not dev.is_ready("run")


def test_another_project_s_python_does_not_leak_in(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in dev.FOREIGN_SETTINGS:
        monkeypatch.setenv(name, "theirs")
    monkeypatch.setenv("CARESPACE_HOME", "ours")
    variables = dev.our_environment()
    assert variables["CARESPACE_HOME"] == "ours"
    assert variables["PYTHONPATH"] == str(dev.ROOT)
    assert "theirs" not in variables.values()


def test_an_unknown_command_is_named_and_refused() -> None:
    result = subprocess.run(
        [sys.executable, str(ROOT / "dev"), "dmeo"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "“dmeo”" in result.stderr
    assert "usage: ./dev" in result.stderr
