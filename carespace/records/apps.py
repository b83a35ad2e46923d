"""The records room as a Django app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "carespace.records"
    label = "records"
