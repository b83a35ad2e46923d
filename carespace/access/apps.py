"""The access room as a Django app."""

from django.apps import AppConfig

from carespace.outbox.templates import register


class AccessConfig(AppConfig):
    name = "carespace.access"
    label = "access"

    def ready(self) -> None:
        from carespace.access import inviter_mail, owner_mail  # noqa: PLC0415  models exist only now
        from carespace.access.actions import (  # noqa: PLC0415
            ASKED_AGAIN_MAIL,
            INVITATION_MAIL,
            LINK_LOCKED_MAIL,
        )
        from carespace.access.belonging import practice_of_person  # noqa: PLC0415
        from carespace.access.mail import note_undelivered, write_invitation  # noqa: PLC0415
        from carespace.access.owners import ACCESS_MAIL  # noqa: PLC0415
        from carespace.accounts.mail import find_practice_by  # noqa: PLC0415

        register(INVITATION_MAIL, write_invitation, undelivered=note_undelivered)
        find_practice_by(practice_of_person)
        register(ASKED_AGAIN_MAIL, inviter_mail.write_asked_again)
        register(LINK_LOCKED_MAIL, inviter_mail.write_link_locked)
        register(ACCESS_MAIL, owner_mail.write_access_changed)
