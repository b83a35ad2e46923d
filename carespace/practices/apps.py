"""The practices room as a Django app."""

from django.apps import AppConfig

from carespace.outbox.templates import register


class PracticesConfig(AppConfig):
    name = "carespace.practices"
    label = "practices"

    def ready(self) -> None:
        from carespace.practices.actions import WELCOME_MAIL  # noqa: PLC0415  models exist only now
        from carespace.practices.mail import write_welcome  # noqa: PLC0415

        register(WELCOME_MAIL, write_welcome)
