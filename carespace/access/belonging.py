"""Which practice a person belongs to, for a mail that is to name it and its phone.

Promises: the one practice of their open grants and memberships, or none: who belongs to two gets no mail that names
either. A function of the database answers, for the worker that writes mails sees nobody's grants.
"""

from uuid import UUID

from django.db import connection

from carespace.practices.models import Practice


def practice_of_person(user_id: UUID) -> Practice | None:
    """Return the only practice of ``user_id``, or None where there are none or several."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT carespace.practice_of_person(%s)", [user_id])
        (found,) = cursor.fetchone()
    return Practice.objects.filter(pk=found).first() if found else None
