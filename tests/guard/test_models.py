"""Foreign keys point to the same or a lower room: a string in a model is an import that no checker sees."""

from collections.abc import Iterable

from django.apps import apps
from django.apps.registry import Apps
from django.db import models

from carespace.records.models import Resource
from tests.guard.tree import layers


def room_of_model(model: type[models.Model]) -> str:
    """`carespace.records.models` is in `records`; what is not ours is in no room."""
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "carespace" else ""


def upward_relations(found: Iterable[type[models.Model]]) -> list[str]:
    """Each relation that points to a room above its own, or to a sibling of it."""
    heights = layers()
    faults = []
    for model in found:
        room = room_of_model(model)
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            target = room_of_model(field.related_model)
            if target in {"", room} or heights[target] > heights[room]:
                continue
            faults.append(f"{model._meta.label}.{field.name} points up to {target}")
    return faults


def test_every_relation_points_to_the_same_or_a_lower_room() -> None:
    ours = [each for each in apps.get_models(include_auto_created=True) if room_of_model(each)]
    assert len(ours) >= 15
    assert upward_relations(ours) == []


def test_audit_events_point_at_nobody() -> None:
    """An event outlives what it speaks of (HIP-12)."""
    related = [f.name for f in apps.get_model("audit.AuditEvent")._meta.fields if f.is_relation]
    assert related == []


def test_a_planted_relation_upwards_is_found() -> None:
    class Planted(models.Model):  # noqa: DJ008
        __module__ = "carespace.patients.models"
        newest = models.ForeignKey(Resource, models.PROTECT)

        class Meta:
            app_label = "patients"
            apps = Apps()

    assert upward_relations([Planted]) == ["patients.Planted.newest points up to records"]


def test_a_planted_relation_to_a_sibling_is_found() -> None:
    class Planted(models.Model):  # noqa: DJ008
        __module__ = "carespace.messaging.models"
        about = models.ForeignKey(Resource, models.PROTECT)

        class Meta:
            app_label = "messaging"
            apps = Apps()

    assert upward_relations([Planted]) == ["messaging.Planted.about points up to records"]
