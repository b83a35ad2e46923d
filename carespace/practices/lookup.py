"""Which practice a request is for, before anybody has signed in.

Promises: a practice is found by a host it has claimed (``Practice.hosts``); where a server has only one practice, every
host is its host; where it has several, an unknown host belongs to none, and nothing is guessed.
"""

from collections.abc import Sequence

from carespace.practices.models import Practice, StaffMembership


def by_host(host: str) -> Practice | None:
    """Return the practice of ``host`` (without its port, any case), else the only practice, else None."""
    claimed = Practice.objects.filter(hosts__contains=[host.lower()]).first()
    return claimed or only_practice()


def only_practice() -> Practice | None:
    """Return the practice of a server that has exactly one."""
    return _single(Practice.objects.order_by("created_at")[:2])


def works_somewhere(user_id: object) -> bool:
    """Say whether the acting person (``signing.USER`` is set) works for a practice now."""
    return StaffMembership.objects.filter(user_id=user_id, ended_at__isnull=True).exists()


def _single(found: Sequence[Practice]) -> Practice | None:
    practices = list(found)
    return practices[0] if len(practices) == 1 else None
