"""Faces hold no rules: they reach data through rooms, never through the ORM (house rules 2 and 3).

Policies are pure (house rule 6), and a face answers with a rendered response: one that renders or
streams later does so after the transaction, where row security shows nothing (architecture.md).
"""

import ast
from pathlib import Path

import pytest

from tests.guard.tree import FACES, ROOT, called_name, modules, place, plant

MANAGERS = {"objects", "_default_manager", "_base_manager"}
ORM_CALLS = {
    "save",
    "create",
    "delete",
    "filter",
    "exclude",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "raw",
    "cursor",
    "get_object_or_404",
    "get_list_or_404",
}
LATE_RESPONSES = {"TemplateResponse", "SimpleTemplateResponse", "StreamingHttpResponse"}


def is_registration(call: ast.Call) -> bool:
    """`@register.filter(...)` declares a template filter; it asks no table."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id == "register"


def orm_uses(module: ast.Module) -> list[tuple[ast.AST, str]]:
    """Each use of the ORM in a module, with the name by which it was seen."""
    found: list[tuple[ast.AST, str]] = []
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            found.append((node, node.attr))
        elif isinstance(node, ast.Call) and not is_registration(node):
            name = called_name(node)
            if name in ORM_CALLS:
                found.append((node, name))
    return found


def late_responses(module: ast.Module) -> list[tuple[ast.AST, str]]:
    """Each mention of a response that renders or streams after the view has returned."""
    names = [
        (node, node.id if isinstance(node, ast.Name) else node.attr)
        for node in ast.walk(module)
        if isinstance(node, ast.Name | ast.Attribute)
    ]
    return [(node, name) for node, name in names if name in LATE_RESPONSES]


def offences_in_faces(tree: Path) -> list[str]:
    return [
        f"{place(tree, path, node)} a face uses {name}"
        for path, module in modules(tree, *FACES)
        for node, name in [*orm_uses(module), *late_responses(module)]
    ]


def impure_policies(tree: Path) -> list[str]:
    return [
        f"{place(tree, path, node)} a policy uses {name}"
        for path, module in modules(tree)
        if path.name == "policies.py" or path.parent.name == "policies"
        for node, name in orm_uses(module)
    ]


def test_faces_do_not_touch_the_orm() -> None:
    assert offences_in_faces(ROOT) == []


def test_policies_are_pure() -> None:
    assert impure_policies(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "Patient.objects.all()",
        "Patient._default_manager.first()",
        "get_object_or_404(Patient, pk=1)",
        "shortcuts.get_object_or_404(Patient, pk=1)",
        "chart.grants().filter(kind=1)",
        "patient.save()",
        "form.save()",
        "patient.delete()",
        "connection.cursor()",
        "TemplateResponse(request, 'page.html')",
        "http.StreamingHttpResponse(pieces)",
    ],
)
def test_a_face_that_uses_the_orm_or_answers_late_is_found(tmp_path: Path, line: str) -> None:
    plant(tmp_path, carespace__staff__views=f"{line}\n")
    found = offences_in_faces(tmp_path)
    assert len(found) == 1
    assert found[0].startswith("carespace/staff/views.py:1 ")


def test_a_template_filter_in_a_face_is_no_offence(tmp_path: Path) -> None:
    plant(
        tmp_path, carespace__portal__templatetags__words="@register.filter(name='x')\ndef f(): ..."
    )
    assert offences_in_faces(tmp_path) == []


def test_a_policy_that_queries_is_found(tmp_path: Path) -> None:
    plant(tmp_path, carespace__access__policies="Grant.objects.first()\n")
    assert impure_policies(tmp_path) == ["carespace/access/policies.py:1 a policy uses objects"]
