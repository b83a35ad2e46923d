"""Throttles: how often something may be tried, counted before any password is hashed (AUTH-7, T5).

Promises: counts live in one table on an autocommit connection, so that a request that rolls back still counts; keys
are keyed digests, so that the table names nobody. What the numbers buy, and the ways back in for who is kept waiting,
is told in ``docs/explanation/how-sign-in-slows-attackers.md``, which a test compares with them.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F
from django.utils import timezone

from carespace.accounts.models import Throttle
from carespace.audit.recording import ASIDE

IPV4_PREFIX_BITS = 24
IPV6_PREFIX_BITS = 56
# What is given out in one piece: to a site, and to a provider (RFC 6177, and the registries' policies for IPv6).
IPV4_SITE_BITS = 16
IPV6_SITE_BITS = 48
IPV6_PROVIDER_BITS = 32


@dataclass(frozen=True, slots=True)
class Limit:
    """``tries`` are free; after them comes a wait, doubled by each further one from ``first_wait`` to ``longest_wait``.

    They are forgotten after ``window`` without any, which starts only when a wait is over: else a wait as long as the
    window would end in free tries. A ``fixed`` limit knows no doubling: the first try starts ``window``, and whoever
    comes after ``tries`` waits until it is over.
    """

    name: str
    tries: int
    window: timedelta
    first_wait: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(hours=1)
    fixed: bool = False


# Wrong passwords of browsers that the person has not signed in from before, for one address: 11 within the first
# hour, 34 in the first day, 24 on each further day.
SIGN_IN_BY_EMAIL = Limit("sign-in-email", 5, timedelta(hours=24))
# The same tries, counted until one is right: after a hundred in a row one a day is left (AUTH-7, NIST SP 800-63B-4).
SIGN_IN_IN_A_ROW = Limit(
    "sign-in-row", 100, timedelta(days=365), timedelta(days=1), timedelta(days=1)
)
# A network may be a clinic's waiting room or a mobile carrier: its neighbors wait a quarter of an hour at most.
SIGN_IN_BY_NETWORK = Limit(
    "sign-in-network", 60, timedelta(minutes=15), longest_wait=timedelta(minutes=15)
)
# One allocation holds many networks (an IPv6 /48 has 256 of /56), and none may use up what everybody has together: a
# fifth of it for a site, half of it for a provider. A mobile carrier with a quarter of all patients has 90 of the 350
# wrong tries below in ten minutes. Fixed, for who keeps at it from one network must not hold the neighbors for long.
SIGN_IN_BY_SITE = Limit("sign-in-site", 200, timedelta(minutes=10), fixed=True)
SIGN_IN_BY_PROVIDER = Limit("sign-in-provider", 500, timedelta(minutes=10), fixed=True)
# Everybody's wrong tries together. 300 practices with 5,000 people each, one in twenty of whom signs in on a day and a
# sixth of these in the busiest hour, make 2,000 sign-ins in ten minutes; with one in six mistyped, 350 wrong tries:
# a third of this. Spread over ever so many networks and addresses, an attacker has 1,000 tries in ten minutes.
SIGN_IN_EVERYWHERE = Limit("sign-in-everywhere", 1000, timedelta(minutes=10), fixed=True)
# A browser somebody has signed in from: ten wrong ones, then it is a stranger like any other for a month.
SIGN_IN_BY_DEVICE = Limit(
    "sign-in-device", 10, timedelta(days=30), timedelta(days=30), timedelta(days=30)
)
# Codes of a second factor, by person: who tries them knows the password already. A hundred in a row leave one a day.
SECOND_FACTOR = Limit("second-factor", 5, timedelta(hours=24))
SECOND_FACTOR_IN_A_ROW = Limit(
    "second-factor-row", 100, timedelta(days=365), timedelta(days=1), timedelta(days=1)
)
# The waits are shorter than a link lives (30 minutes): whoever may not ask has a link in the mailbox that works.
RESET_BY_EMAIL = Limit("reset-email", 3, timedelta(hours=1), longest_wait=timedelta(minutes=20))
RESET_BY_NETWORK = Limit(
    "reset-network", 30, timedelta(hours=1), longest_wait=timedelta(minutes=15)
)
# By patient: "any number of users" (S-67), no flood.
INVITE = Limit("invite", 20, timedelta(days=1))
LINK_BY_NETWORK = Limit(
    "link-network", 120, timedelta(minutes=15), longest_wait=timedelta(minutes=15)
)
# Nobody is to be sent many mails by somebody who asks for their address, whoever asks (S-31).
ADDRESS_BY_PERSON = Limit("address-person", 5, timedelta(hours=1))
ADDRESS_BY_EMAIL = Limit("address-email", 3, timedelta(hours=1))


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


def site_of(network: str) -> str:
    """Return the /16 (IPv4) or /48 (IPv6) that ``network``, one of ``network_of``, is part of."""
    return _part_of(network, IPV4_SITE_BITS, IPV6_SITE_BITS)


def provider_of(network: str) -> str:
    """Return the /32 (IPv6) that ``network`` is part of; for IPv4, where providers hold scattered pieces, the /16."""
    return _part_of(network, IPV4_SITE_BITS, IPV6_PROVIDER_BITS)


def _part_of(network: str, ipv4_bits: int, ipv6_bits: int) -> str:
    try:
        found = ip_network(network)
    except ValueError:
        return network
    return str(found.supernet(new_prefix=ipv4_bits if found.version == 4 else ipv6_bits))


def check(*subjects: tuple[Limit, str]) -> None:
    """Raise TooManyTries if any subject must wait; counts nothing."""
    if until := waits_until(*subjects):
        raise TooManyTries(until)


def take(*subjects: tuple[Limit, str]) -> tuple[int, ...]:
    """Count one try for each subject and return the counts, or raise TooManyTries if one must wait.

    Call it before the work (a hash above all) and give back what succeeded: counted afterwards, a hundred tries at
    once would all be let through. A try that must wait counts for nothing, and does not make the wait longer.
    """
    if len(subjects) > 1:
        check(*subjects)  # so that the first are not counted for a try that the last refuses
    counts = []
    for limit, subject in subjects:
        with connections[ASIDE].cursor() as cursor:
            cursor.execute(_TAKE_FIXED if limit.fixed else _TAKE, _values(limit, subject))
            row = cursor.fetchone()
        if row is None:
            raise TooManyTries(waits_until((limit, subject)) or timezone.now())
        counts.append(int(row[0]))
    return tuple(counts)


def give_back(*subjects: tuple[Limit, str]) -> None:
    """Uncount one try for each subject: it succeeded, and only what goes wrong counts."""
    for limit, subject in subjects:
        Throttle.objects.using(ASIDE).filter(key=_key(limit, subject), count__gt=0).update(
            count=F("count") - 1, blocked_until=None
        )


def forget(*subjects: tuple[Limit, str], using: str = ASIDE) -> None:
    """Start anew for each subject, after a success; ``using`` the default connection, with the running transaction."""
    keys = [_key(limit, subject) for limit, subject in subjects]
    Throttle.objects.using(using).filter(key__in=keys).delete()


def forget_address(email: str, *, with_transaction: bool = False) -> None:
    """Let everybody try again at once for this address: its person has shown who they are by another way."""
    limits = (SIGN_IN_BY_EMAIL, SIGN_IN_IN_A_ROW, RESET_BY_EMAIL)
    using = DEFAULT_DB_ALIAS if with_transaction else ASIDE
    forget(*((limit, email) for limit in limits), using=using)


def locked_until(email: str) -> datetime | None:
    """Return until when sign-in with this address waits in a browser nobody knows; None when it does not.

    The wait is the address's, whether anybody has it or not; the person's own browsers do not wait with it.
    """
    return locked_among([email]).get(email)


def locked_among(emails: Iterable[str]) -> dict[str, datetime]:
    """Return which of these addresses ``locked_until`` names a moment for, and which, in one query."""
    limits = (SIGN_IN_BY_EMAIL, SIGN_IN_IN_A_ROW)
    whose = {_key(limit, email): email for email in emails for limit in limits}
    blocked = Throttle.objects.using(ASIDE).filter(key__in=whose, blocked_until__gt=timezone.now())
    found: dict[str, datetime] = {}
    for row in blocked.order_by("blocked_until"):
        if row.blocked_until:
            found[whose[row.key]] = row.blocked_until
    return found


def hold(subject: tuple[Limit, str]) -> None:
    """Let ``subject`` wait for the whole window of its limit from now on, as part of the running transaction."""
    until = timezone.now() + subject[0].window
    kept = {"count": 0, "window_ends_at": until, "blocked_until": until}
    Throttle.objects.using(DEFAULT_DB_ALIAS).update_or_create(key=_key(*subject), defaults=kept)


def waits_until(*subjects: tuple[Limit, str]) -> datetime | None:
    """Return until when the last of the subjects must wait; None where none must."""
    keys = [_key(limit, subject) for limit, subject in subjects]
    blocked = Throttle.objects.using(ASIDE).filter(key__in=keys, blocked_until__gt=timezone.now())
    return max((row.blocked_until for row in blocked if row.blocked_until), default=None)


def digest_of(text: str) -> str:
    """Return 64 characters that stand for ``text`` and do not tell it, to whoever has no key."""
    return hmac.new(settings.CARESPACE_THROTTLE_KEY, text.encode(), hashlib.sha256).hexdigest()


def _key(limit: Limit, subject: str) -> str:
    return digest_of(f"{limit.name}:{subject.strip().lower()}")


def _values(limit: Limit, subject: str) -> Mapping[str, str | float | datetime]:
    return {
        "key": _key(limit, subject),
        "now": timezone.now(),
        "window": limit.window.total_seconds(),
        "tries": limit.tries,
        "first": limit.first_wait.total_seconds(),
        "longest": limit.longest_wait.total_seconds(),
    }


# One statement each, so that a hundred tries at once count one after the other; no row comes back while one must wait.
_TAKE = """
INSERT INTO accounts_throttle AS t (key, count, window_ends_at, blocked_until)
VALUES (%(key)s, 1, %(now)s + make_interval(secs => %(window)s), NULL)
ON CONFLICT (key) DO UPDATE SET (count, window_ends_at, blocked_until) = (
    SELECT counted, %(now)s + make_interval(secs => coalesce(wait, 0) + %(window)s),
        %(now)s + make_interval(secs => wait)
    FROM (SELECT CASE WHEN t.window_ends_at < %(now)s THEN 1 ELSE t.count + 1 END AS counted) c,
        LATERAL (SELECT CASE WHEN counted > 1 AND counted >= %(tries)s
            THEN least(%(longest)s, %(first)s * power(2, least(counted - %(tries)s, 20))) END AS wait) w)
WHERE t.blocked_until IS NULL OR t.blocked_until <= %(now)s
RETURNING t.count
"""
_TAKE_FIXED = """
INSERT INTO accounts_throttle AS t (key, count, window_ends_at, blocked_until)
VALUES (%(key)s, 1, %(now)s + make_interval(secs => %(window)s), NULL)
ON CONFLICT (key) DO UPDATE SET (count, window_ends_at, blocked_until) = (
    SELECT counted, ends_at, CASE WHEN counted > 1 AND counted >= %(tries)s THEN ends_at END
    FROM (SELECT t.window_ends_at <= %(now)s AS is_over) o,
        LATERAL (SELECT CASE WHEN is_over THEN 1 ELSE t.count + 1 END AS counted,
            CASE WHEN is_over THEN %(now)s + make_interval(secs => %(window)s)
                ELSE t.window_ends_at END AS ends_at) f)
WHERE t.blocked_until IS NULL OR t.blocked_until <= %(now)s
RETURNING t.count
"""
