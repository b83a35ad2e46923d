"""Addresses of sign-in, registration and passwords; their names stand under ``portal:``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
