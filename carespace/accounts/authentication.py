"""Whether an e-mail address and a password belong together.

Promises: one query and exactly one Argon2 hash for every answer, whether the address is known, its password unusable,
its person inactive or nobody's at all, so that neither the clock nor the text tells them apart (T6, AUTH-14).
"""

from django.contrib.auth.hashers import make_password

from carespace.accounts.models import User


def who_is(email: str, password: str) -> User | None:
    """Return the active person with this address and password, else None."""
    user = User.objects.filter(email=User.objects.normalize_email(email)).first()
    if user is None:
        make_password(password)
        return None
    return user if user.check_password(password) and user.is_active else None
