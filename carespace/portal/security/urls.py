"""Addresses of what a person decides about their own sign-in; all inside the namespace ``portal``."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
