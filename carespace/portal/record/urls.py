"""Addresses of the parts of a record, below ``/p/<its id>/``."""

from django.urls import URLPattern, path

from carespace.portal.record import by_date_view, views

urlpatterns: list[URLPattern] = [
    path("record/", views.record, name="record"),
    path("record/by-date/", by_date_view.by_date, name="by-date"),
    path("record/<slug:slug>/", views.section, name="section"),
]
