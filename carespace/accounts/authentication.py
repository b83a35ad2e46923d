"""Who somebody is: by email address and password, by the address alone, by a session.

Promises: one query and exactly one Argon2 hash for every answer about a password, whether the address is known, its
password unusable, its person inactive or nobody's at all, so that neither the clock nor the text tells them apart
(T6, AUTH-14). A person is found by functions of the database, for before anybody is known no row is to be seen.
"""

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from carespace.accounts.models import User


def user_with_email(email: str) -> User | None:
    """Return who has this address, whatever its case."""
    found = User.objects.raw(
        "SELECT * FROM carespace.find_user(%s::text)", [User.objects.normalize_email(email)]
    )
    return next(iter(found), None)


def user_with_id(identity: UUID) -> User | None:
    """Return the person with this id."""
    found = User.objects.raw("SELECT * FROM carespace.find_user(%s::uuid)", [identity])
    return next(iter(found), None)


def has_come_in(user: User | None) -> bool:
    """Whether ``user`` has a password, or signed in ever: without either a practice has only written the address down."""
    return user is not None and (user.has_usable_password() or user.last_login is not None)


def if_theirs(user: User | None, password: str) -> User | None:
    """Return ``user`` if they are active and ``password`` is theirs, else None; one hash, for nobody too."""
    if user is None:
        make_password(password)
        return None
    # Not the user's own check: it would write a better hash, and nobody is acting yet.
    return user if check_password(password, user.password) and user.is_active else None


def hash_is_old(user: User) -> bool:
    """Whether the stored hash was made with other settings than today's."""
    return bool(identify_hasher(user.password).must_update(user.password))


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, which finds the person of a session through the database's function."""

    def get_user(self, user_id: UUID) -> User | None:
        """Return the active person of a session, asked before any transaction or setting of theirs is open."""
        user = user_with_id(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
