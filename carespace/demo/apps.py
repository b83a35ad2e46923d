"""The demo room as a Django app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "carespace.demo"
    label = "demo"
