"""Addresses of the demo room."""

from django.urls import path

from carespace.demo import views

app_name = "demo"
urlpatterns = [
    path("codes/", views.codes, name="codes"),
    path("mail/", views.mailbox, name="mailbox"),
    path("mail/<str:name>/", views.mail, name="mail"),
    path("mail/<str:name>/html/", views.mail_html, name="mail-html"),
]
