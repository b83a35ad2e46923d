"""Addresses of a record's vital signs; they stand under ``/p/<its id>/``."""

from django.urls import URLPattern, path

from carespace.portal.vitals import views

urlpatterns: list[URLPattern] = [
    path("vital-signs/", views.vital_signs, name="vital-signs"),
    path("vital-signs/<uuid:vital_id>/", views.vital_sign, name="vital-sign"),
]
