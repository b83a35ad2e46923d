"""Addresses of the portal: a record's pages stand under ``/p/<its id>/``."""

from django.urls import URLPattern, URLResolver, include, path

from carespace.portal.views import (
    appointments,
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
    path("resources/", resources.resources, name="resources"),
    path("", include("carespace.portal.record.urls")),
    path("", include("carespace.portal.reports.urls")),
    path("", include("carespace.portal.users.urls")),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", start.start, name="start"),
    path("people/", start.people, name="people"),
    path("settings/", settings.settings, name="settings"),
    path("language/", language.language, name="language"),
    path("p/<uuid:patient_id>/", include(_CHART)),
    path("", include("carespace.portal.help.urls")),
    path("", include("carespace.portal.account.urls")),
    path("", include("carespace.portal.security.urls")),
]
