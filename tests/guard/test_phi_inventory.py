"""Every column of ours is classified: health information, identifier, secret or plain."""

from collections.abc import Iterable, Mapping

from django.apps import apps
from django.db import models

from carespace.config.phi import INVENTORY, KINDS, Fields, kinds_of
from tests.guard.tree import ROOT

FREE_TEXT = (models.TextField, models.JSONField)


def our_models() -> list[type[models.Model]]:
    return [each for each in apps.get_models() if each.__module__.startswith("carespace.")]


def inventory_faults(
    found: Iterable[type[models.Model]], inventory: Mapping[str, Fields]
) -> list[str]:
    """What the inventory lacks, has twice, or has of models and fields that are no more."""
    fields = {
        model._meta.label: {field.name for field in model._meta.concrete_fields} for model in found
    }
    faults = [f"{label} is not in the inventory" for label in sorted(fields.keys() - inventory)]
    faults += [f"{label} is no model" for label in sorted(inventory.keys() - fields.keys())]
    for label in sorted(fields.keys() & inventory.keys()):
        placed = kinds_of(inventory[label])
        faults += [f"{label}.{name} is not classified" for name in fields[label] - placed.keys()]
        faults += [f"{label}.{name} is no field" for name in placed.keys() - fields[label]]
        faults += [f"{label}.{name} is {kinds}" for name, kinds in placed.items() if len(kinds) > 1]
        faults += [f"{kind} is no class" for kind in inventory[label].keys() - set(KINDS)]
    return sorted(faults)


def test_every_field_has_one_class() -> None:
    assert inventory_faults(our_models(), INVENTORY) == []


def test_what_the_record_says_is_never_plain() -> None:
    """Free text and JSON may hold anything; where they are plain, it is because we alone write them."""
    ours_alone = {
        "access.Grant.scope",
        "interop.Delivery.counts",
        "practices.Practice.overrides",
        "practices.Terms.text",
    }
    plain = {
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, FREE_TEXT)
        and kinds_of(INVENTORY[model._meta.label]).get(field.name) == ["plain"]
    }
    assert plain == ours_alone


def test_planted_offences_are_found() -> None:
    found = our_models()
    user = INVENTORY["accounts.User"]
    assert inventory_faults(found, {k: v for k, v in INVENTORY.items() if k != "files.Blob"}) == [
        "files.Blob is not in the inventory"
    ]
    less = {**user, "identifier": "id email name"}
    assert inventory_faults(found, {**INVENTORY, "accounts.User": less}) == [
        "accounts.User.birth_date is not classified"
    ]
    twice = {**user, "plain": f"{user['plain']} name"}
    assert inventory_faults(found, {**INVENTORY, "accounts.User": twice})
    assert inventory_faults(found, {**INVENTORY, "accounts.Ghost": {}}) == [
        "accounts.Ghost is no model"
    ]
    gone = {**user, "plain": f"{user['plain']} shoe_size"}
    assert inventory_faults(found, {**INVENTORY, "accounts.User": gone}) == [
        "accounts.User.shoe_size is no field"
    ]


def test_the_page_about_it_is_there() -> None:
    assert "accounts.User" in (ROOT / "docs/reference/phi.md").read_text(encoding="utf-8")
