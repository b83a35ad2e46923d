"""Addresses of what a person decides about their own sign-in; all inside the namespace ``portal``."""

from django.urls import URLPattern, URLResolver, path

from carespace.portal.security import address_views, confirm_views, device_views, factor_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/confirm/", confirm_views.confirm, name="confirm"),
    path("settings/second-factor/", factor_views.factors, name="factors"),
    path("settings/email/", address_views.change_email, name="change-email"),
    path("settings/email/sent/", address_views.change_email_sent, name="change-email-sent"),
    path("settings/password/", address_views.change_password, name="change-password"),
    path("settings/devices/", device_views.devices, name="devices"),
    path("confirm-email/<str:key>/", address_views.confirm_email, name="confirm-email"),
    path("sign-in/second-factor/", factor_views.second_factor, name="second-factor"),
]
