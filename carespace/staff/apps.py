"""The staff room as a Django app."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "carespace.staff"
    label = "staff"
