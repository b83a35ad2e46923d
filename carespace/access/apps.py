"""The access room as a Django app."""

from django.apps import AppConfig

from carespace.outbox.templates import register


class AccessConfig(AppConfig):
    name = "carespace.access"
    label = "access"

    def ready(self) -> None:
        from carespace.access.actions import INVITATION_MAIL  # noqa: PLC0415  models exist only now
        from carespace.access.mail import write_invitation  # noqa: PLC0415

        register(INVITATION_MAIL, write_invitation)
