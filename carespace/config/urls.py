"""Every address of the server, by face."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from carespace.ui import views as ui

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("carespace.portal.urls")),
    path("staff/", include("carespace.staff.urls")),
]
if settings.CARESPACE_MODE in {"demo", "test"}:
    urlpatterns.append(path("demo/", include("carespace.demo.urls")))
if settings.DEBUG or settings.CARESPACE_MODE in {"demo", "test"}:
    urlpatterns.append(path("ui-gallery/", ui.gallery, name="ui-gallery"))

handler400 = "carespace.config.errors.bad_request"
handler403 = "carespace.config.errors.refused"
handler404 = "carespace.config.errors.not_found"
handler500 = "carespace.config.errors.broke"
