"""Addresses of the staff room."""

from django.urls import path

from carespace.staff import views

app_name = "staff"
urlpatterns = [
    path("", views.patients, name="patients"),
    path("patients/<uuid:patient_id>/invite/", views.invite, name="invite"),
]
