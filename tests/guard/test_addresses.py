"""No committed file names a package index or a path of somebody's machine.

Which index a machine asks is that machine's business, and a path of ours helps nobody else.
The forbidden words are put together from pieces, so that this file does not hold them.
"""

import re
from pathlib import Path

import pytest

from tests.guard.tree import ROOT, committed_files

DOT = "."
HOSTS = [
    DOT.join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("python" + "hosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
        ("archive", "ubuntu", "com"),
        ("proxy", "golang", "org"),
    )
]
INDEX_OPTIONS = ["--" + option for option in ("index-url", "extra-index-url", "find-links")]
MACHINE_PATHS = ["/" + folder + "/" for folder in ("work", "root")]
PATTERN = re.compile(
    "|".join(
        [
            *(re.escape(host) for host in HOSTS),
            *(rf"(?<![\w.\-/}}]){re.escape(path)}" for path in MACHINE_PATHS),
        ]
    )
)


def addresses(tree: Path) -> list[str]:
    """Each place in a committed file that names an index or a machine's path."""
    found = []
    for path in committed_files(tree):
        text = path.read_bytes().decode("utf-8", errors="replace")
        words = set(PATTERN.findall(text))
        if path.parent.name == "requirements":
            words |= {option for option in INDEX_OPTIONS if option in text}
        found += [f"{path.relative_to(tree)} names {word}" for word in sorted(words)]
    return found


def test_no_committed_file_names_an_index_or_a_machine_path() -> None:
    assert addresses(ROOT) == []


@pytest.mark.parametrize("word", [*HOSTS, *MACHINE_PATHS])
def test_a_planted_address_is_found(tmp_path: Path, word: str) -> None:
    (tmp_path / "notes.md").write_text(f"see {word}simple and more")
    assert addresses(tmp_path) == [f"notes.md names {word}"]


def test_an_index_option_in_the_requirements_is_found(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.txt").write_text(f"{INDEX_OPTIONS[0]} somewhere\n")
    assert addresses(tmp_path) == [f"requirements/run.txt names {INDEX_OPTIONS[0]}"]


def test_a_path_inside_our_own_tree_is_no_offence(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("docs" + MACHINE_PATHS[0] + "plan.md")
    assert addresses(tmp_path) == []
