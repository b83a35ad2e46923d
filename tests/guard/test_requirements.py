"""The hashed requirements hold what pyproject.toml asks for, and each dependency says why it is here.

Compared offline by name and version; `./dev lock` compiles the files again.
"""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.guard.tree import ROOT

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(.*(?:\n[ \t]+.*)*)", re.MULTILINE)
ARRAY = re.compile(r"^(?:dependencies|[\w-]+) = \[\n(.*?)^\]", re.MULTILINE | re.DOTALL)


def pins(text: str) -> dict[str, str]:
    """Each package of a requirements file with its version."""
    return {canonicalize_name(name): version for name, version, _ in PIN.findall(text)}


def unhashed(text: str) -> list[str]:
    return [name for name, _, rest in PIN.findall(text) if "--hash=sha256:" not in rest]


def asked(pyproject: str) -> dict[str, list[Requirement]]:
    """What each requirements file must hold: the run set, and the run and dev sets together."""
    settings = tomllib.loads(pyproject)
    run = settings["project"]["dependencies"]
    dev = settings["dependency-groups"]["dev"]
    return {
        "run": [Requirement(line) for line in run],
        "dev": [Requirement(line) for line in [*run, *dev]],
    }


def missing(wanted: list[Requirement], pinned: dict[str, str]) -> list[str]:
    """Each requirement that no pin satisfies."""
    found = []
    for requirement in wanted:
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            found.append(f"{requirement} (pinned: {version})")
    return found


def without_reason(pyproject: str) -> list[str]:
    """Each dependency line without a comment that says why it is here."""
    head = pyproject.partition("[tool.")[0]
    lines = [line for array in ARRAY.findall(head) for line in array.splitlines()]
    return [
        line.strip()
        for line in lines
        if line.strip().startswith('"') and not re.search(r'",?\s*#\s*\w+', line)
    ]


def requirements(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text()


PYPROJECT = (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("name", ["run", "dev"])
def test_the_requirements_hold_what_the_project_asks_for(name: str) -> None:
    wanted = asked(PYPROJECT)[name]
    assert wanted
    assert missing(wanted, pins(requirements(name))) == [], "run ./dev lock"


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_requirement_is_hashed(name: str) -> None:
    assert pins(requirements(name))
    assert unhashed(requirements(name)) == []


def test_tests_run_against_the_versions_that_people_run() -> None:
    assert set(pins(requirements("run")).items()) <= set(pins(requirements("dev")).items())


def test_every_dependency_says_why_it_is_here() -> None:
    assert without_reason(PYPROJECT) == []


def test_a_missing_and_an_outdated_requirement_are_found() -> None:
    wanted = [Requirement("django>=5.2,<5.3"), Requirement("nh3>=1"), Requirement("click")]
    pinned = pins("Django==5.1.2 \\\n    --hash=sha256:a\nclick==8.1 \\\n    --hash=sha256:b\n")
    assert [line.split(" ")[0] for line in missing(wanted, pinned)] == [
        "django<5.3,>=5.2",
        "nh3>=1",
    ]


def test_a_requirement_without_a_hash_is_found() -> None:
    assert unhashed("click==8.1\nrich==13 ; x == 'y' \\\n    --hash=sha256:b\n") == ["click"]


def test_a_dependency_without_a_reason_is_found() -> None:
    planted = '[project]\ndependencies = [\n    "django", # forms\n    "rich[x]>=1",\n]\n[tool.x]\n'
    assert without_reason(planted) == ['"rich[x]>=1",']
