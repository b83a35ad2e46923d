"""The portal room as a Django app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "carespace.portal"
    label = "portal"
