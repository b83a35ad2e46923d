"""Queue a mail in the running transaction; note that one came back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction

from carespace.outbox.jobs import SALT, deliver, note_settled, tell
from carespace.outbox.models import OutboxMessage
from carespace.outbox.returned import Returned

BOUNCED = "bounced"
MAY_COME_BACK = (OutboxMessage.State.QUEUED, OutboxMessage.State.SENT)


@transaction.atomic
def queue_mail(
    *,
    to_address: str,
    template: str,
    context: Mapping[str, Any],
    dedupe_key: str,
    practice_id: UUID | None = None,
) -> None:
    """Queue one mail; a second call with the same ``dedupe_key`` changes nothing.

    The job is queued in the same transaction: a mail goes out when, and only when, the act is kept.
    """
    message = OutboxMessage(
        to_address=to_address,
        template=template,
        context=dict(context),
        dedupe_key=dedupe_key,
        practice_id=practice_id,
    )
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    deliver.defer(signed_id=signing.dumps(str(message.pk), salt=SALT))


@transaction.atomic
def note_returned(*, returned: Returned) -> bool:
    """Note that a mail came back, and tell whose mail it was; False for one that is not ours or known to have failed.

    One that waits to be sent again may have come back too: of a server that went away before it answered we cannot know
    whether it took the mail.
    """
    found = OutboxMessage.objects.select_for_update().filter(
        pk=returned.message_id, state__in=MAY_COME_BACK
    )
    message = found.first()
    if message is None:
        return False
    message.state = OutboxMessage.State.REFUSED
    message.last_error = f"{BOUNCED}: {returned.status}".rstrip(": ")
    message.save(update_fields=["state", "last_error"])
    note_settled(message, BOUNCED)
    tell(message, BOUNCED)
    return True
