"""Addresses of the portal: a record's pages stand under ``/p/<its id>/``."""

from django.urls import URLPattern, URLResolver, include, path

from carespace.portal.reports import choice
from carespace.portal.views import (
    appointment_change,
    appointments,
    calendar_feed,
    documents,
    home,
    labs,
    language,
    resources,
    settings,
    start,
)

app_name = "portal"
_CHART: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("health/", labs.health, name="health"),
    path("labs/", labs.labs, name="labs"),
    path("labs/<uuid:result_id>/", labs.lab, name="lab"),
    path("documents/", documents.all_documents, name="documents"),
    path("documents/<uuid:document_id>/", documents.document, name="document"),
    path(
        "documents/<uuid:document_id>/content/",
        documents.document_content,
        name="document-content",
    ),
    path(
        "documents/<uuid:document_id>/download/",
        documents.document_download,
        name="document-download",
    ),
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/calendar/", calendar_feed.calendar_feed, name="calendar-feed"),
    path(
        "appointments/<uuid:appointment_id>/calendar/",
        appointments.appointment_file,
        name="appointment-file",
    ),
    path(
        "appointments/<uuid:appointment_id>/change/",
        appointment_change.appointment_change,
        name="appointment-change",
    ),
    path("resources/", resources.resources, name="resources"),
    path("", include("carespace.portal.record.urls")),
    path("", include("carespace.portal.reports.urls")),
    path("", include("carespace.portal.vitals.urls")),
    path("", include("carespace.portal.users.urls")),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("people/", start.people, name="people"),
    path("settings/", settings.settings, name="settings"),
    path("settings/results/", choice.choose, name="settings-results"),
    path("language/", language.language, name="language"),
    path("p/<uuid:patient_id>/", include(_CHART)),
    path("calendar/<str:token>.ics", calendar_feed.calendar, name="calendar"),
    path("", include("carespace.portal.help.urls")),
    path("", include("carespace.portal.account.urls")),
    path("", include("carespace.portal.security.urls")),
]
