"""The messaging room as a Django app."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "carespace.messaging"
    label = "messaging"
