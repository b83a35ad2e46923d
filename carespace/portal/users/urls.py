"""Addresses of a record's people and of what they did; they stand under ``/p/<id>/``."""

from django.urls import URLPattern, URLResolver, path

from carespace.portal.users import activity_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("users/", views.users, name="users"),
    path("users/invites/<uuid:invitation_id>/resend/", views.resend, name="users-resend"),
    path("users/invites/<uuid:invitation_id>/withdraw/", views.withdraw, name="users-withdraw"),
    path("users/<uuid:grant_id>/revoke/", views.revoke, name="users-revoke"),
    path("activity/", activity_views.activity, name="activity"),
]
