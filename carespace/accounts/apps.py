"""The accounts room as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "carespace.accounts"
    label = "accounts"
