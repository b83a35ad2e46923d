"""The config room as a Django app: it carries the templates and the start of logging."""

from django.apps import AppConfig

from carespace.config.logs import set_up_logs


class ConfigConfig(AppConfig):
    name = "carespace.config"
    label = "config"

    def ready(self) -> None:
        set_up_logs()
