"""The interop room as a Django app."""

from django.apps import AppConfig


class InteropConfig(AppConfig):
    name = "carespace.interop"
    label = "interop"
