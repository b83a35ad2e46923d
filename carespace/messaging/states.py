"""The lifecycle of a Thread, as a table, and what a thread can be about."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models


class Category(models.TextChoices):
    """What a thread is about; it decides who answers."""

    APPOINTMENT = "appointment", "Appointment"


class Wish(models.TextChoices):
    """What is asked of an appointment."""

    CHANGE = "change", "Change"
    CANCEL = "cancel", "Cancel"


class ThreadState(models.TextChoices):
    """Where a thread stands."""

    OPEN = "open", "Waits for an answer"
    CLOSED = "closed", "Answered"


TRANSITIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        ThreadState.OPEN: frozenset({ThreadState.CLOSED}),
        ThreadState.CLOSED: frozenset(),
    }
)


class TransitionRefused(RuntimeError):
    """The lifecycle has no such step."""


def check_transition(current: str, wanted: str) -> None:
    """Raise TransitionRefused unless a thread may go from ``current`` to ``wanted``."""
    if wanted not in TRANSITIONS[current]:
        message = f"A thread cannot go from {current} to {wanted}."
        raise TransitionRefused(message)
