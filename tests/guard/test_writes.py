"""Writes happen in actions, jobs and the two stores, where their audit is (house rule 4)."""

import ast
from pathlib import Path

import pytest

from tests.guard.tree import FACES, ROOT, called_name, modules, place, plant, room_of

WRITES = {
    "save",
    "create",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
WRITING_MODULES = {"actions.py", "jobs.py", "store.py", "inbox.py"}
# Faces have a stricter guard of their own; the rest of these hold no rows of a patient.
OTHER_RULES = {*FACES, "config", "demo", "ui"}

# Frozen: a new line here needs its reason, and one that excuses nothing fails.
EXCUSED: dict[str, str] = {
    "carespace/accounts/throttle.py": "counts attempts on a connection of its own, before any user",
    "carespace/accounts/devices.py": "lists one's own browsers; that one signs in or out, the audit tells",
    "carespace/accounts/drafts.py": "keeps what a person has typed and said to nobody, for themselves, for a day",
    "carespace/accounts/sessions.py": "is Django's store of sessions under another key",
    "carespace/audit/recording.py": "is the audit itself",
    "carespace/interop/quarantine.py": "is the inbox's waiting room: nothing of it is in a record",
}


def is_write(call: ast.Call) -> bool:
    """Whether a call looks like a write through the ORM.

    `update` counts only with named values and nothing else, for `digest.update(data)` and
    `settings.update(more)` write no row.
    """
    name = called_name(call)
    if not isinstance(call.func, ast.Attribute):
        return False
    return name in WRITES or (name == "update" and not call.args and bool(call.keywords))


def may_write(path: Path) -> bool:
    return path.name in WRITING_MODULES or path.parent.name in {"actions", "jobs"}


def writes_elsewhere(tree: Path) -> dict[str, list[str]]:
    """Each module of a domain room that writes though it is no place for it, with the lines."""
    found: dict[str, list[str]] = {}
    for path, module in modules(tree):
        if room_of(tree, path) in OTHER_RULES or may_write(path):
            continue
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and is_write(node):
                name = path.relative_to(tree).as_posix()
                found.setdefault(name, []).append(f"{place(tree, path, node)} {called_name(node)}")
    return found


def test_domain_rooms_write_only_where_the_audit_is() -> None:
    found = writes_elsewhere(ROOT)
    assert {name: lines for name, lines in found.items() if name not in EXCUSED} == {}


def test_every_excuse_is_still_needed() -> None:
    assert sorted(set(EXCUSED) - set(writes_elsewhere(ROOT))) == []


@pytest.mark.parametrize(
    "line",
    [
        "grant.save(update_fields=['ends'])",
        "Grant.objects.create(kind='self')",
        "grants.filter(a=1).update(revoked_at=now)",
        "Grant.objects.bulk_create(rows)",
        "grant.delete()",
        "Grant.objects.update_or_create(kind='self')",
    ],
)
def test_a_write_outside_an_action_is_found(tmp_path: Path, line: str) -> None:
    plant(tmp_path, carespace__access__chart=f"{line}\n")
    assert list(writes_elsewhere(tmp_path)) == ["carespace/access/chart.py"]


def test_writes_in_actions_and_updates_of_a_digest_are_no_offence(tmp_path: Path) -> None:
    plant(
        tmp_path,
        carespace__access__actions="grant.save()\n",
        carespace__records__actions__release="row.save()\n",
        carespace__audit__seal="digest.update(row)\n",
    )
    assert writes_elsewhere(tmp_path) == {}
