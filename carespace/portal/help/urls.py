"""Addresses of the pages that help; inside the namespace ``portal``."""

from django.urls import path

from carespace.portal.help import views

urlpatterns = [
    path("help/", views.help_page, name="help"),
    path("security-and-standards/", views.standards, name="standards"),
]
