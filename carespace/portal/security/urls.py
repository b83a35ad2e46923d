"""Addresses of what a person decides about their own sign-in; all inside the namespace ``portal``."""

from django.urls import URLPattern, URLResolver, path

from carespace.portal.security import confirm_views, factor_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/confirm/", confirm_views.confirm, name="confirm"),
    path("settings/second-factor/", factor_views.factors, name="factors"),
    path("sign-in/second-factor/", factor_views.second_factor, name="second-factor"),
]
