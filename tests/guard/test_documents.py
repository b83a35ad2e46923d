"""The pages a newcomer reads first are true: the README's two commands, and decisions in order."""

import re

import pytest

from tests.guard.tree import ROOT

README_COMMANDS = ("./dev demo", "./dev test")
DECISION = re.compile(r"^(\d+)-[a-z0-9-]+\.md$")


def commands_missing(readme: str) -> list[str]:
    """Each command that the README does not show on a line of its own."""
    lines = {
        line.strip().removeprefix("$ ").partition("#")[0].strip() for line in readme.splitlines()
    }
    return [command for command in README_COMMANDS if command not in lines]


def numbering_faults(names: list[str]) -> list[str]:
    """What is wrong with the numbers of the decision records; they count 1, 2, 3 without a gap."""
    hits = [DECISION.match(name) for name in sorted(names)]
    numbers = sorted(int(hit.group(1)) for hit in hits if hit)
    strange = [name for name, hit in zip(sorted(names), hits, strict=True) if not hit]
    faults = [f"{name} has no number" for name in strange]
    if numbers != list(range(1, len(numbers) + 1)):
        faults.append(f"the numbers are {numbers}")
    return faults


def test_the_readme_shows_both_commands() -> None:
    assert commands_missing((ROOT / "README.md").read_text(encoding="utf-8")) == []


def test_decisions_are_numbered_without_gap_or_double() -> None:
    names = [path.name for path in (ROOT / "docs" / "adr").glob("*.md")]
    names = [name for name in names if name.lower() not in {"readme.md", "index.md"}]
    assert names
    assert numbering_faults(names) == []


def test_a_readme_without_a_command_is_found() -> None:
    assert commands_missing("Run it:\n\n    ./dev demo\n") == ["./dev test"]


@pytest.mark.parametrize(
    "names",
    [
        ["0001-one.md", "0001-two.md"],
        ["0001-one.md", "0003-three.md"],
        ["0001-one.md", "notes.md"],
        ["0002-two.md"],
    ],
)
def test_doubles_gaps_and_strangers_among_decisions_are_found(names: list[str]) -> None:
    assert numbering_faults(names)


def test_decisions_in_order_are_no_fault() -> None:
    assert numbering_faults(["0002-two.md", "0001-one.md"]) == []
