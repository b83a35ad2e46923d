"""Write the pages of ``docs/reference`` that are made from code; a guard compares them with it.

Run it after a change of permissions, states, the inventory of health information or row security:

    .venv/bin/python scripts/write_reference.py
"""

import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
NOTE = "Made from `{source}` by `scripts/write_reference.py`; change it there."


def pages() -> dict[str, str]:
    """Return the text of each page by its file name; Django must be set up."""
    return {
        "permissions.md": _permissions(),
        "states.md": _states(),
        "phi.md": _phi(),
        "row-security.md": _row_security(),
    }


def _permissions() -> str:
    from carespace.access.permissions import (  # noqa: PLC0415  after Django is set up
        BY_GRANT_KIND,
        BY_STAFF_ROLE,
        IN_WORDS,
        Permission,
    )

    holders = {**BY_GRANT_KIND, **BY_STAFF_ROLE}
    rows = [
        (
            f"`{permission}`",
            IN_WORDS[permission],
            *("yes" if permission in held else "" for held in holders.values()),
        )
        for permission in Permission
    ]
    return _page(
        "Permissions",
        "carespace/access/permissions.py",
        "What each kind of grant and each staff role holds. A kind or role that is not here holds nothing.",
        _table(("Permission", "In words", *(f"`{name}`" for name in holders)), rows),
    )


def _states() -> str:
    from carespace.access import states as access  # noqa: PLC0415
    from carespace.messaging import states as messaging  # noqa: PLC0415

    tables = (
        ("## Invitation", access.InvitationState, access.TRANSITIONS),
        ("## Thread", messaging.ThreadState, messaging.TRANSITIONS),
    )
    sections: list[str] = []
    for title, states, transitions in tables:
        rows = [
            (
                f"`{state}`",
                str(state.label),
                ", ".join(f"`{each}`" for each in states if each in transitions[state])
                or "(the end)",
            )
            for state in states
        ]
        sections += [title, _table(("State", "In words", "May become"), rows)]
    return _page(
        "States", "carespace/access/states.py` and `carespace/messaging/states.py", *sections
    )


def _phi() -> str:
    from carespace.config.phi import INVENTORY, KINDS, MEANING  # noqa: PLC0415

    meanings = [(kind, MEANING[kind]) for kind in KINDS]
    rows = [
        (label, *(", ".join(sorted(fields.get(kind, "").split())) for kind in KINDS))
        for label, fields in sorted(INVENTORY.items())
    ]
    return _page(
        "Inventory of health information",
        "carespace/config/phi.py",
        _table(("Class", "What it means"), meanings),
        _table(("Model", *KINDS), rows),
    )


def _row_security() -> str:
    from carespace.config.row_security import OTHER_TABLES, PROTECTIONS  # noqa: PLC0415

    sections = []
    for label, protection in sorted({**PROTECTIONS, **OTHER_TABLES}.items()):
        rows = [
            (
                role,
                command,
                protection.columns.get((role, command), ""),
                f"`{condition}`" + _afterwards(protection.becomes.get((role, command))),
            )
            for role, conditions in (("web", protection.web), ("worker", protection.worker))
            for command, condition in conditions.items()
        ]
        table = (
            _table(("Role", "Command", "Columns", "Rows"), rows)
            if rows
            else "Closed to both roles."
        )
        sections.append(f"## {label}\n\nPolicy: {protection.kind}. {protection.why}.\n\n{table}")
    return _page(
        "Row security",
        "carespace/config/row_security.py",
        "Which rows of each table the `web` and `worker` roles reach. What is not named is refused;"
        " empty columns mean all of them.",
        *sections,
    )


def _afterwards(condition: str | None) -> str:
    return f"; afterwards `{condition}`" if condition else ""


def _page(title: str, source: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", NOTE.format(source=source), *parts)) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line).replace("\n", " ") + " |" for line in lines)


def main() -> None:
    """Write each page that differs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carespace.config.settings")
    os.environ.setdefault("CARESPACE_MODE", "test")
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as home:
        os.environ["CARESPACE_HOME"] = home  # the settings make a key in it
        django.setup()
        REFERENCE.mkdir(parents=True, exist_ok=True)
        for name, text in pages().items():
            (REFERENCE / name).write_text(text, encoding="utf-8")
            print(f"docs/reference/{name}")


if __name__ == "__main__":
    main()
