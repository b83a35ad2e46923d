"""Show a second factor: one answer for whatever is wrong with it, and only so many tries (AUTH-7, ASVS-45).

Promises: a try is counted for the person before anything is compared, and only one that was right is forgotten; a wrong
one is written to the trail though the request may roll back; passkeys and recovery codes share the count. From the tenth
wrong one in a row the person is told by mail, once a day: whoever tries them knows the password.
"""

from carespace.accounts import throttle
from carespace.accounts.actions import (
    use_app_code,
    use_passkey,
    use_recovery_code,
    warn_of_codes,
)
from carespace.accounts.factors import APP, PASSKEY, Way
from carespace.accounts.models import User
from carespace.accounts.tries import WARNED_AFTER
from carespace.audit.recording import About, Actor, record_aside


def is_shown(*, user: User, way: Way, answer: str, challenge: str = "") -> bool:
    """Whether ``answer`` is a second factor of ``user``, which is used by it; raise TooManyTries when they must wait.

    ``challenge`` is what a passkey was asked with; empty where none was.
    """
    subjects = (
        (throttle.SECOND_FACTOR, str(user.pk)),
        (throttle.SECOND_FACTOR_IN_A_ROW, str(user.pk)),
    )
    *_, in_a_row = throttle.take(*subjects)
    if way == APP:
        right = use_app_code(user=user, code=answer)
    elif way == PASSKEY:
        right = bool(challenge) and use_passkey(user=user, challenge=challenge, answer=answer)
    else:
        right = use_recovery_code(user=user, code=answer)
    if right:
        throttle.forget(*subjects)
        return True
    by = Actor(user_id=user.pk, name=user.name)
    about = About(entity="User", entity_id=str(user.pk))
    record_aside("factor.refuse", by=by, about=about, detail={"kind": way})
    if in_a_row >= WARNED_AFTER:
        warn_of_codes(user=user)
    return False
