"""The patients room as a Django app."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "carespace.patients"
    label = "patients"
