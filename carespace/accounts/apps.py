"""The accounts room as a Django app."""

from django.apps import AppConfig

from carespace.outbox.templates import register


class AccountsConfig(AppConfig):
    name = "carespace.accounts"
    label = "accounts"

    def ready(self) -> None:
        from carespace.accounts.actions import (  # noqa: PLC0415  models exist only now
            ADDRESS_MAIL,
            EVENT_MAIL,
            RESET_MAIL,
            TRIES_MAIL,
        )
        from carespace.accounts.mail import (  # noqa: PLC0415
            write_address,
            write_event,
            write_many_tries,
            write_reset,
        )

        register(RESET_MAIL, write_reset)
        register(EVENT_MAIL, write_event)
        register(ADDRESS_MAIL, write_address)
        register(TRIES_MAIL, write_many_tries)
