"""What a view says of itself to the session: which boxes it keeps, and whether asking it is a sign of life.

Promises: only what a view names is ever kept, and no view can name a password or a code; how these are used is told
in ``accounts.drafts`` and ``accounts.session_ends``. Nothing here reads a request or a table.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.forms import BaseForm

View = TypeVar("View", bound=Callable[..., Any])
PLACE = "place"
_NEVER = re.compile("password|csrf|(^|_)(passcode|code|secret|token|key|otp|pin)(_|$)")


def keeps(*names: str) -> Callable[[View], View]:
    """Let what is typed into the boxes ``names`` of this view's form survive the session's end.

    ``names`` are those of the boxes as the browser sends them. ValueError for one that may hold a secret.
    """
    for name in names:
        if _NEVER.search(name.lower()) or name == PLACE:
            message = f"What is typed into {name} is not kept."
            raise ValueError(message)

    def marked(view: View) -> View:
        view.kept_fields = names  # type: ignore[attr-defined]
        return view

    return marked


def kept_fields(view: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the boxes ``view`` keeps; most keep none."""
    return tuple(getattr(view, "kept_fields", ()))


def date_boxes(name: str) -> tuple[str, str, str]:
    """Return what the three boxes of the date ``name`` are called."""
    return f"{name}_month", f"{name}_day", f"{name}_year"


def typed_in(sent: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """Return of the fields ``sent`` those called ``names``."""
    return {name: str(sent[name]) for name in names if name in sent}


def refill(form: BaseForm, typed: Mapping[str, str]) -> None:
    """Show ``typed`` in the boxes of a form that was not sent; a sent one shows what was sent."""
    if form.is_bound:
        return
    for name, field in form.fields.items():
        boxes = form.add_prefix(name)
        if any(box == boxes or box.startswith(f"{boxes}_") for box in typed):
            form.initial[name] = field.widget.value_from_datadict(typed, {}, boxes)


def no_activity(view: View) -> View:
    """Let asking this view be no sign of life: a page that asks by itself keeps no session going (T10)."""
    view.is_activity = False  # type: ignore[attr-defined]
    return view


def is_activity(view: Callable[..., Any]) -> bool:
    """Say whether asking ``view`` shows that somebody is there."""
    return bool(getattr(view, "is_activity", True))
