"""The practices room as a Django app."""

from django.apps import AppConfig


class PracticesConfig(AppConfig):
    name = "carespace.practices"
    label = "practices"
