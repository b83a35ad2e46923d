"""Addresses of what a person decides about their own sign-in; all inside the namespace ``portal``."""

from django.urls import URLPattern, URLResolver, path

from carespace.portal.security import (
    address_views,
    confirm_views,
    device_views,
    factor_views,
    second_step_views,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/confirm/", confirm_views.confirm, name="confirm"),
    path("settings/second-factor/", factor_views.factors, name="factors"),
    path(
        "settings/second-factor/every-device/",
        factor_views.end_trusted_devices,
        name="end-trusted-devices",
    ),
    path("settings/second-factor/app/", factor_views.app, name="factor-app"),
    path("settings/second-factor/passkey/", factor_views.passkey, name="factor-passkey"),
    path("settings/second-factor/codes/", factor_views.codes, name="factor-codes"),
    path(
        "settings/second-factor/<int:factor_id>/remove/",
        factor_views.remove,
        name="factor-remove",
    ),
    path("settings/email/", address_views.change_email, name="change-email"),
    path("settings/email/sent/", address_views.change_email_sent, name="change-email-sent"),
    path("settings/password/", address_views.change_password, name="change-password"),
    path("settings/devices/", device_views.devices, name="devices"),
    path("confirm-email/<str:key>/", address_views.confirm_email, name="confirm-email"),
    path("sign-in/second-factor/", second_step_views.second_factor, name="second-factor"),
]
