"""From an invitation's link to a sign-in (S-21 to S-24).

Promises: the sign-in gets the invited address and no other (S-19); everything happens in one transaction or not at all;
nobody is signed in by it (S-24). A person who has a sign-in already adds the record to it with their own password; an
address that a practice wrote down and at which nobody has come in yet is no sign-in: its owner makes it theirs here.
"""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, connection, transaction

from carespace.access.actions import HOLDER, LinkEnded, accept, check_birth_date, hold, open_link
from carespace.access.chart import actor_of
from carespace.access.models import Invitation
from carespace.access.policies import asks_birth_date
from carespace.access.signing import USER, set_signed
from carespace.access.states import GrantKind
from carespace.access.wording import deadline_text
from carespace.accounts.actions import add_user, choose_language, note_verified_address
from carespace.accounts.authentication import has_come_in, user_with_email, user_with_id
from carespace.accounts.models import User
from carespace.accounts.passwords import unmet_rules
from carespace.audit.recording import About, record
from carespace.practices.actions import accept_terms
from carespace.practices.models import Practice
from carespace.ui.languages import ENGLISH


class SignInExists(RuntimeError):
    """The address got a sign-in meanwhile, by another invitation: its password is to be asked for."""


SHOWN_LETTERS = 1


@dataclass(frozen=True, slots=True)
class Registration:
    """What the page of a working link asks and shows; never the patient's name."""

    invitation: Invitation
    practice: Practice
    masked_email: str
    deadline: str
    asks_birth_date: bool
    asks_name: bool
    asks_terms: bool
    has_sign_in: bool

    def is_for(self, user: User) -> bool:
        """Whether ``user`` is the person the link was sent to (S-19)."""
        return user.email == self.invitation.email

    def unmet_rules(self, password: str) -> list[str]:
        """Return the words of each rule a new password does not meet, here (AUTH-4)."""
        local_part = self.invitation.email.partition("@")[0]
        return unmet_rules(password, expected_words=(self.practice.name, local_part))


def open_registration(token: str) -> Registration:
    """Return what to ask of the holder of ``token``; raise LinkEnded for one that does not work."""
    invitation = open_link(token)
    settings = invitation.practice.settings
    has_sign_in = has_come_in(user_with_email(invitation.email))
    return Registration(
        invitation=invitation,
        practice=invitation.practice,
        masked_email=masked(invitation.email),
        deadline=deadline_text(invitation.expires_at, invitation.practice.zone),
        asks_birth_date=asks_birth_date(invitation, settings),
        asks_name=invitation.kind != GrantKind.SELF and not has_sign_in,
        asks_terms=settings.tos_required,
        has_sign_in=has_sign_in,
    )


def masked(email: str) -> str:
    """Return an address that its owner knows again and nobody else learns: ``m•••@example.com``."""
    local, _, domain = email.partition("@")
    return f"{local[:SHOWN_LETTERS]}•••@{domain}"


def confirm_birth_date(*, registration: Registration, birth_date: date | None) -> None:
    """Raise WrongBirthDate, which counts, or LinkEnded, unless the date is right or none is asked.

    Not atomic as a whole: the count must stay although the refusal is raised.
    """
    if not registration.asks_birth_date:
        return
    if birth_date is None:
        raise LinkEnded
    check_birth_date(invitation=registration.invitation, birth_date=birth_date, by=HOLDER)


@transaction.atomic
def register(
    *,
    registration: Registration,
    name: str,
    password: str,
    birth_date: date | None,
    language: str = "",
) -> User:
    """Make the sign-in of the invited person, who reads ``language``, and let them see the record.

    Raises LinkEnded if the link was used meanwhile, SignInExists if the address was. Call ``confirm_birth_date`` first: the date given here is kept as the person's own.
    """
    invitation = hold(registration.invitation)
    shown_name = name if registration.asks_name else registration.invitation.patient.display_name
    known_as = shown_name[: User._meta.get_field("name").max_length]  # noqa: SLF001  Django's API
    born = birth_date if registration.asks_birth_date else None
    if user_with_email(invitation.email):
        claimed = _finish(registration, _claimed(known_as, password, born))
        if language != ENGLISH and language:
            choose_language(user=claimed, language=language)
        return claimed
    try:
        user = add_user(
            email=invitation.email,
            name=known_as,
            password=password,
            birth_date=born,
            by=HOLDER,
            language=language,
        )
    except IntegrityError as taken:
        raise SignInExists from taken
    return _finish(registration, user)


@transaction.atomic
def add_record(*, registration: Registration, user: User) -> User:
    """Add the record to the sign-in ``user`` has, whose password has been checked; LinkEnded if it was used."""
    hold(registration.invitation)
    return _finish(registration, user)


def _claimed(name: str, password: str, birth_date: date | None) -> User:
    """Return the person whose address a practice had written down, with what they chose here.

    The link proves the mailbox as one to reset a password would. SignInExists for who has come in by now.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT carespace.claim_sign_in(%s, %s, %s)",
            [name, birth_date, make_password(password)],
        )
        (found,) = cursor.fetchone()
    user = user_with_id(found) if found else None
    if user is None:
        raise SignInExists
    record("user.claim", by=HOLDER, about=About(entity="User", entity_id=str(user.pk)))
    return user


def _finish(registration: Registration, user: User) -> User:
    by = actor_of(user)
    set_signed(USER, user.pk)
    note_verified_address(user=user, by=by)
    if registration.asks_terms:
        practice = registration.practice
        accept_terms(user=user, practice=practice, version=practice.terms_version, by=by)
    accept(invitation=registration.invitation, user=user, by=by)
    return user
