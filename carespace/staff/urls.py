"""Addresses of the staff room."""

from django.urls import include, path

from carespace.staff.views import invitations, patient, patients, practices, records, requests

app_name = "staff"
PATIENT = "patients/<uuid:patient_id>/"
PERSON = f"{PATIENT}people/<uuid:grant_id>/"
INVITATION = "invitations/<uuid:invitation_id>/"
urlpatterns = [
    path("", patients.patients, name="patients"),
    path(PATIENT, patient.patient, name="patient"),
    path(f"{PATIENT}invite/", invitations.invite, name="invite"),
    path(f"{PATIENT}representative/", invitations.representative, name="representative"),
    path(f"{PATIENT}open-record/", records.open_record, name="open-record"),
    path(f"{PATIENT}close-record/", records.close_record, name="close-visit"),
    path(f"{PERSON}revoke/", patient.revoke, name="revoke"),
    path(f"{PERSON}end-sessions/", patient.end_sessions, name="end-sessions"),
    path(f"{PERSON}remove-factors/", patient.remove_factors, name="remove-factors"),
    path(f"{PERSON}unlock/", patient.unlock, name="unlock"),
    path("practices/", practices.practices, name="practices"),
    path("team/", include("carespace.staff.team_urls")),
    path("requests/", requests.requests, name="requests"),
    path("requests/<uuid:request_id>/", requests.one, name="request"),
    path("invitations/", invitations.invitations, name="invitations"),
    path(f"{INVITATION}resend/", invitations.resend, name="resend"),
    path(f"{INVITATION}fix-address/", invitations.fix_address, name="fix-address"),
    path(f"{INVITATION}withdraw/", invitations.withdraw, name="withdraw"),
]
