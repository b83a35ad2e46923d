"""Keys of reset links: made when the mail is written, so that none lies anywhere at rest (S-28, T8).

Promises: a key works for 30 minutes (``PASSWORD_RESET_TIMEOUT``) and dies with the next password, the next address and
the next sign-in, because Django's token generator signs all three.
"""

from uuid import UUID

from django.contrib.auth.tokens import default_token_generator

from carespace.accounts.authentication import user_with_id
from carespace.accounts.models import User


class ResetEnded(LookupError):
    """The link was used, is too old, or never was."""


def key_for(user: User) -> str:
    """Return the key of a reset link for ``user``, as of now."""
    return f"{user.pk.hex}-{default_token_generator.make_token(user)}"


def user_by(key: str, *, lock: bool = False) -> User:
    """Return whose reset link ``key`` is while it works, else raise ResetEnded.

    ``lock`` holds the row for a change, which only the acting person's transaction can.
    """
    identity, _, token = key.partition("-")
    try:
        wanted = UUID(hex=identity)
    except ValueError:
        raise ResetEnded from None
    user = (
        User.objects.select_for_update().filter(pk=wanted).first() if lock else user_with_id(wanted)
    )
    if user is None or not user.is_active or not default_token_generator.check_token(user, token):
        raise ResetEnded
    return user
