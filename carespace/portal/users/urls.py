"""Addresses of a record's people and of what they did; they stand under ``/p/<id>/``."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
