"""The accounts room as a Django app."""

from django.apps import AppConfig

from carespace.outbox.templates import register


class AccountsConfig(AppConfig):
    name = "carespace.accounts"
    label = "accounts"

    def ready(self) -> None:
        from carespace.accounts.actions import (  # noqa: PLC0415  models exist only now
            EVENT_MAIL,
            RESET_MAIL,
        )
        from carespace.accounts.mail import write_event, write_reset  # noqa: PLC0415

        register(RESET_MAIL, write_reset)
        register(EVENT_MAIL, write_event)
