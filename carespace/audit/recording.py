"""``record()``: the one way to write an AuditEvent.

Promises: the event is in the same transaction as the act, so that neither can be without the other;
``record_aside()`` uses a connection of its own for refusals, whose request rolls back.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from carespace.audit.models import AuditEvent

ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person, or a part of the system (``user_id`` is then ``None``)."""

    user_id: uuid.UUID | None
    name: str
    kind: str = "person"


SYSTEM = Actor(user_id=None, name="CareSpace", kind="system")


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what an event is about; everything is optional but should be given where known."""

    practice_id: uuid.UUID | None = None
    patient_id: uuid.UUID | None = None
    category: str = ""
    entity: str = ""
    entity_id: str = ""


def record(
    action: str,
    *,
    by: Actor,
    about: About | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write that ``by`` did ``action`` (``object.verb``), inside the running transaction.

    ``detail`` holds codes, counts and ids only: never a name, a value or a text of the record.
    """
    _write(DEFAULT_DB_ALIAS, AuditEvent.Outcome.SUCCESS, action, by, about, reason, detail)


def record_aside(
    action: str,
    *,
    by: Actor,
    about: About | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write a refusal on a connection of its own: it stays although the request rolls back."""
    _write(ASIDE, AuditEvent.Outcome.REFUSED, action, by, about, reason, detail)


def _write(
    alias: str,
    outcome: str,
    action: str,
    by: Actor,
    about: About | None,
    reason: str,
    detail: Mapping[str, Any] | None,
) -> None:
    about = about or About()
    AuditEvent.objects.using(alias).create(
        action=action,
        outcome=outcome,
        actor_id=by.user_id,
        actor_name=by.name,
        actor_kind=by.kind,
        practice_id=about.practice_id,
        patient_id=about.patient_id,
        category=about.category,
        entity=about.entity,
        entity_id=about.entity_id,
        reason=reason,
        detail=dict(detail or {}),
    )
