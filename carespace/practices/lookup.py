"""Which practice a request is for, before anybody has signed in.

Promises: a practice is found by a host it has claimed (``Practice.hosts``); where a server has only one practice, every
host is its host; where it has several, an unknown host or one that two have claimed belongs to none: nothing is guessed.
"""

from uuid import UUID

from django.utils import timezone

from carespace.practices.models import (
    OFFER_LIFE,
    OfferAnswer,
    Practice,
    StaffMembership,
    StaffOffer,
    TermsAcceptance,
)


def by_host(host: str) -> Practice | None:
    """Return the practice of ``host`` (without its port, any case), else the only practice, else None."""
    claimed = list(Practice.objects.filter(hosts__contains=[host.lower()])[:2])
    if claimed:
        return claimed[0] if len(claimed) == 1 else None
    return only_practice()


def only_practice() -> Practice | None:
    """Return the practice of a server that has exactly one."""
    found = list(Practice.objects.order_by("created_at")[:2])
    return found[0] if len(found) == 1 else None


def works_somewhere(user_id: UUID) -> bool:
    """Say whether the acting person (the signed user setting is set) works for a practice now."""
    return StaffMembership.objects.filter(user_id=user_id, ended_at__isnull=True).exists()


def workplaces(user_id: UUID) -> list[StaffMembership]:
    """Return where the acting person (the signed user setting is set) works now, the oldest first."""
    found = StaffMembership.objects.filter(user_id=user_id, ended_at__isnull=True)
    return list(found.select_related("practice").order_by("started_at"))


def offers_to(email: str) -> list[StaffOffer]:
    """Return the practices' questions to the acting person, whose address is ``email``, that wait for an answer."""
    waiting = StaffOffer.objects.filter(
        email=email, answer=OfferAnswer.NONE, created_at__gt=timezone.now() - OFFER_LIFE
    )
    return list(waiting.select_related("practice").order_by("created_at"))


def by_slug(slug: str) -> Practice | None:
    """Return the practice with this short name."""
    return Practice.objects.filter(slug=slug).first()


def has_agreed(user_id: UUID, practice: Practice) -> bool:
    """Say whether the acting person (the signed user setting is set) agreed to the practice's terms as they are now."""
    accepted = TermsAcceptance.objects.filter(user_id=user_id, practice=practice)
    return accepted.filter(version=practice.terms_version).exists()
