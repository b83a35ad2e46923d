"""Addresses of a record's reports; they stand under ``/p/<id>/``."""

from django.urls import URLPattern, URLResolver, path

from carespace.portal.reports import gate, views

_ONE = "reports/<uuid:report_id>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("reports/", views.reports, name="reports"),
    path(_ONE, views.report, name="report"),
    path(f"{_ONE}choose/", gate.choose_report, name="report-choose"),
    path(f"{_ONE}files/<uuid:file_id>/", views.report_file, name="report-file"),
    path(
        f"{_ONE}files/<uuid:file_id>/download/",
        views.report_file_download,
        name="report-file-download",
    ),
    path("documents/<uuid:document_id>/choose/", gate.choose_document, name="document-choose"),
]
