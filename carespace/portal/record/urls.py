"""Addresses of the parts of a record, below ``/p/<its id>/``."""

from django.urls import URLPattern, path

from carespace.portal.record import views

urlpatterns: list[URLPattern] = [
    path("record/", views.record, name="record"),
    path("record/<slug:slug>/", views.section, name="section"),
]
