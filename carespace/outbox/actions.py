"""Queue a mail in the running transaction."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction

from carespace.outbox.jobs import SALT, deliver
from carespace.outbox.models import OutboxMessage


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
