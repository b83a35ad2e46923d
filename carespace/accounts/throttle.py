"""Throttles: how often something may be tried, counted before any password is hashed (AUTH-7, T5).

Promises: counts live in one table on an autocommit connection, so that a request that rolls back still counts; keys
are keyed digests, so that the table names nobody; after the free tries the wait grows from 30 seconds to an hour.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import connections
from django.db.models import F
from django.utils import timezone

from carespace.accounts.models import Throttle
from carespace.audit.recording import ASIDE

FIRST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 3600
IPV4_PREFIX_BITS = 24
IPV6_PREFIX_BITS = 56


@dataclass(frozen=True, slots=True)
class Limit:
    """``tries`` are free within ``window`` (of the last one); after them comes a wait, doubled by each further one."""

    name: str
    tries: int
    window: timedelta


SIGN_IN_BY_EMAIL = Limit("sign-in-email", 5, timedelta(hours=1))
SIGN_IN_BY_NETWORK = Limit("sign-in-network", 60, timedelta(minutes=15))
RESET_BY_EMAIL = Limit("reset-email", 3, timedelta(hours=1))
RESET_BY_NETWORK = Limit("reset-network", 30, timedelta(hours=1))
LINK_BY_NETWORK = Limit("link-network", 120, timedelta(minutes=15))


class TooManyTries(RuntimeError):
    """Wait until ``until`` before the next try."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many tries")
        self.until = until


def network_of(address: str) -> str:
    """Return the /24 (or /56) an address belongs to: one attacker often holds a whole network."""
    try:
        bits = IPV4_PREFIX_BITS if ip_address(address).version == 4 else IPV6_PREFIX_BITS
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/{bits}", strict=False))


def check(*subjects: tuple[Limit, str]) -> None:
    """Raise TooManyTries if any subject must wait; counts nothing."""
    keys = [_key(limit, subject) for limit, subject in subjects]
    blocked = Throttle.objects.using(ASIDE).filter(key__in=keys, blocked_until__gt=timezone.now())
    if until := [row.blocked_until for row in blocked if row.blocked_until]:
        raise TooManyTries(max(until))


def take(*subjects: tuple[Limit, str]) -> None:
    """Count one try for each subject, or raise TooManyTries if one must wait.

    Call it before the work (a hash above all) and give back what succeeded: counted afterwards, a hundred tries at
    once would all be let through. A try that must wait does not make the wait longer.
    """
    for limit, subject in subjects:
        with connections[ASIDE].cursor() as cursor:
            cursor.execute(_TAKE, _values(limit, subject))
            if cursor.fetchone() is None:
                raise TooManyTries(_blocked_until(limit, subject))


def give_back(*subjects: tuple[Limit, str]) -> None:
    """Uncount one try for each subject: it succeeded, and only what goes wrong counts."""
    for limit, subject in subjects:
        Throttle.objects.using(ASIDE).filter(key=_key(limit, subject), count__gt=0).update(
            count=F("count") - 1, blocked_until=None
        )


def forget(*subjects: tuple[Limit, str]) -> None:
    """Start anew for each subject, after a success."""
    keys = [_key(limit, subject) for limit, subject in subjects]
    Throttle.objects.using(ASIDE).filter(key__in=keys).delete()


def _key(limit: Limit, subject: str) -> str:
    text = f"{limit.name}:{subject.strip().lower()}".encode()
    return hmac.new(settings.CARESPACE_THROTTLE_KEY, text, hashlib.sha256).hexdigest()


def _values(limit: Limit, subject: str) -> Mapping[str, str | float | datetime]:
    return {
        "key": _key(limit, subject),
        "now": timezone.now(),
        "window": limit.window.total_seconds(),
        "tries": limit.tries,
        "first": FIRST_WAIT_SECONDS,
        "longest": LONGEST_WAIT_SECONDS,
    }


def _blocked_until(limit: Limit, subject: str) -> datetime:
    row = Throttle.objects.using(ASIDE).filter(key=_key(limit, subject)).first()
    return row.blocked_until if row and row.blocked_until else timezone.now()


# One statement, so that a hundred tries at once count one after the other; no row comes back while one must wait.
_TAKE = """
INSERT INTO accounts_throttle AS t (key, count, window_ends_at, blocked_until)
VALUES (%(key)s, 1, %(now)s + make_interval(secs => %(window)s), NULL)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN t.window_ends_at < %(now)s THEN 1 ELSE t.count + 1 END,
    window_ends_at = %(now)s + make_interval(secs => %(window)s),
    blocked_until = CASE WHEN t.window_ends_at >= %(now)s AND t.count + 1 >= %(tries)s
        THEN %(now)s + make_interval(
            secs => least(%(longest)s, %(first)s * power(2, least(t.count + 1 - %(tries)s, 20))))
        END
WHERE t.blocked_until IS NULL OR t.blocked_until <= %(now)s
RETURNING t.count
"""
