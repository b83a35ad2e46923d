"""Addresses of the practice's own staff; they stand under ``/staff/team/``, all inside the namespace ``staff``."""

from django.urls import path

from carespace.staff import team_views

urlpatterns = [
    path("", team_views.team, name="team"),
    path("add/", team_views.add, name="team-add"),
    path("offers/<uuid:offer_id>/withdraw/", team_views.withdraw, name="team-withdraw"),
    path("<uuid:membership_id>/role/", team_views.role, name="team-role"),
    path("<uuid:membership_id>/end/", team_views.end, name="team-end"),
]
