"""Addresses of the portal room."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "portal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("carespace.portal.account.urls")),
]
