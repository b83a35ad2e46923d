"""What every guard needs to read a tree: its committed files, its modules, its rooms.

A guard is a function from a tree (a folder laid out like the checkout) to a list of sentences, one
for each offence. It is tried twice: on this checkout, where it must find nothing, and on a small
planted tree, where it must find what was planted.
"""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FACES = ("portal", "staff", "api")
NEVER_OURS = {".git", ".venv", "__pycache__", "node_modules"}


def committed_files(tree: Path) -> list[Path]:
    """Every file that is or would be committed; in a tree without git, every file."""
    git = shutil.which("git")
    if git and (tree / ".git").exists():
        # The checkout may belong to another user than the one who tests it.
        line = [git, "-c", "safe.directory=*", "-C", str(tree), "ls-files", "-z"]
        listed = subprocess.run(
            [*line, "--cached", "--others", "--exclude-standard"], check=True, capture_output=True
        )
        names = [tree / name for name in listed.stdout.decode().split("\0") if name]
        return sorted({path for path in names if path.is_file()})
    return sorted(
        path
        for path in tree.rglob("*")
        if path.is_file() and not NEVER_OURS & set(path.relative_to(tree).parts)
    )


def room_of(tree: Path, path: Path) -> str:
    """The room a file of `carespace/` belongs to: `carespace/portal/x.py` is in `portal`."""
    return path.relative_to(tree / "carespace").parts[0].removesuffix(".py")


def modules(tree: Path, *rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    """Each Python module of `carespace/` (or of some of its rooms) but migrations, parsed."""
    for path in sorted((tree / "carespace").rglob("*.py")):
        if "migrations" in path.parts or (rooms and room_of(tree, path) not in rooms):
            continue
        yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def templates(tree: Path) -> Iterator[tuple[Path, str]]:
    """Each template of `carespace/`, HTML and text, with its source."""
    for path in sorted((tree / "carespace").rglob("templates/**/*")):
        if path.suffix in {".html", ".txt", ".svg"}:
            yield path, path.read_text(encoding="utf-8")


def place(tree: Path, path: Path, node: ast.AST | int) -> str:
    """Where an offence is, as an editor opens it: `carespace/portal/views.py:12`."""
    line = node if isinstance(node, int) else getattr(node, "lineno", 1)
    return f"{path.relative_to(tree).as_posix()}:{line}"


def layers(tree: Path = ROOT) -> dict[str, int]:
    """How high each room stands, by the contract in pyproject.toml; 0 is the top."""
    settings = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]["contracts"][0]
    return {
        room.strip(" ()"): height
        for height, layer in enumerate(contract["layers"])
        for room in re.split(r"[|:]", layer)
    }


def called_name(call: ast.Call) -> str:
    """The last name of what is called: `create` for `Grant.objects.create(...)`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def plant(tree: Path, **files: str) -> Path:
    """Write a small tree for a guard to bite on; `__` in a name stands for a folder.

    `plant(tmp_path, carespace__portal__views="...")` writes `carespace/portal/views.py`.
    """
    for name, text in files.items():
        path = tree / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tree


def plant_template(tree: Path, text: str, room: str = "portal", name: str = "page.html") -> Path:
    """Write one template into a room of a small tree."""
    path = tree / "carespace" / room / "templates" / room / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return tree
