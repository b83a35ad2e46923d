"""The design system as a Django app: layout, components, template tags and static files."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers the room under the label `ui`."""

    name = "carespace.ui"
    label = "ui"
