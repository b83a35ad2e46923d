"""The audit room as a Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "carespace.audit"
    label = "audit"
