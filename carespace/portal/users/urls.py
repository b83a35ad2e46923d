"""Addresses of a record's people and of what they did; they stand under ``/p/<id>/``."""

from django.urls import URLPattern, URLResolver, path

from carespace.portal.users import activity_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("users/", views.users, name="users"),
    path("activity/", activity_views.activity, name="activity"),
]
