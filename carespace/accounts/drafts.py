"""What a person has typed into a page and not sent yet, kept on the server for a day (WCAG 2.2.5, 2.2.6).

Promises: a draft is its author's alone, by row security; it is bound to the path of one page and is gone once the form
is done, once its boxes are empty, or after a day; nobody has more than 20, the oldest go. It is text that was not said
to anybody, so that keeping it is no act and the audit does not tell of it. The database must know who acts: an open
chart or desk sees to that, else ``access.entrance.recall()``.

How a form comes to keep what is typed into it, on a page whose form posts to the page's own path:

1. ``@keeps("subject", "text")`` on the view names the boxes (``ui.keeping``): never a password, a code or a file;
2. ``refill(form, drafts.restore(user=user, place=request.path))`` before a form without data is shown;
3. ``drafts.drop(user=user, place=request.path)`` where the form was valid and its work is done;
4. ``<form method="post" data-keep="{% ui_keeps %}">`` in the template.

The script then keeps while one types; without it, what is sent after the session's end is kept instead.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from carespace.accounts.models import Draft, User

KEPT = timedelta(days=1)
MOST_PLACES = 20
LONGEST_PLACE = 300


@transaction.atomic
def keep(*, user: User, place: str, fields: Mapping[str, str]) -> bool:
    """Keep ``fields`` as what ``user`` has typed at the path ``place``; False where there was nothing to keep."""
    if len(place) > LONGEST_PLACE:
        return False
    if not any(text.strip() for text in fields.values()):
        drop(user=user, place=place)
        return False
    values = {"fields": dict(fields), "saved_at": timezone.now()}
    _, is_new = Draft.objects.update_or_create(user=user, place=place, defaults=values)
    if is_new:
        kept = Draft.objects.filter(user=user).order_by("-saved_at", "pk")
        surplus = list(kept.values_list("pk", flat=True)[MOST_PLACES:])
        Draft.objects.filter(pk__in=surplus).delete()
    return True


def restore(*, user: User, place: str) -> dict[str, str]:
    """Return what ``user`` typed at ``place`` within the last day, by the names of the boxes; empty for nothing."""
    found = Draft.objects.filter(user=user, place=place, saved_at__gt=timezone.now() - KEPT).first()
    return dict(found.fields) if found else {}


def drop(*, user: User, place: str) -> None:
    """Forget what ``user`` typed at ``place``: the form is done."""
    Draft.objects.filter(user=user, place=place).delete()


def are_kept_since(*, user: User, moment: int) -> bool:
    """Say whether anything ``user`` typed since ``moment`` (seconds since 1970) is kept."""
    since = datetime.fromtimestamp(moment, UTC)
    return Draft.objects.filter(user=user, saved_at__gte=since).exists()
