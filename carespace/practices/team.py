"""Who works for a practice now, as its staff see each other, and whom it asked.

Promises: asked at an open desk (the signed practice and role are set); of who works there it tells name, address and
last sign-in, and nothing else of their row; of who was asked, what the manager typed, and nothing of any sign-in (T6).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from carespace.accounts.others import Person, told_by
from carespace.practices.models import (
    OFFER_LIFE,
    OfferAnswer,
    Practice,
    StaffMembership,
    StaffOffer,
    StaffRole,
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person who works for the practice, and since when in this role."""

    membership: StaffMembership
    name: str
    email: str
    last_sign_in: datetime | None

    @property
    def role(self) -> StaffRole:
        return StaffRole(self.membership.role)


def colleagues() -> dict[UUID, Person]:
    """Return everybody who works now for the practice whose desk is open, by id."""
    return told_by("carespace.colleagues()")


def colleagues_of(practice: Practice) -> list[Colleague]:
    """Return everybody who works for ``practice`` now, by name."""
    people = colleagues()
    working = StaffMembership.objects.filter(practice=practice, ended_at__isnull=True)
    found = [Colleague(each, *people[each.user_id]) for each in working if each.user_id in people]
    return sorted(found, key=lambda each: (each.name.casefold(), each.email))


def colleague_at(practice: Practice, membership_id: UUID) -> Colleague | None:
    """Return the one with this membership; None for another practice's, and for one that has ended."""
    found = colleagues_of(practice)
    return next((each for each in found if each.membership.pk == membership_id), None)


def offers_of(practice: Practice) -> list[StaffOffer]:
    """Return the questions of ``practice`` that wait for an answer, and those that were too old for one, by name."""
    waiting = StaffOffer.objects.filter(practice=practice, answer=OfferAnswer.NONE)
    return sorted(waiting, key=lambda each: (each.name.casefold(), each.email))


def has_lapsed(offer: StaffOffer) -> bool:
    """Whether the time for an answer is over."""
    return offer.created_at <= timezone.now() - OFFER_LIFE
