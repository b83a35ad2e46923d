"""A stored file that is missing or damaged ends in a page with a way out, and is noted."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.urls import path

from carespace.audit.models import AuditEvent
from carespace.config import urls
from carespace.files.models import Blob
from carespace.files.store import INLINE_LIMIT_BYTES, NewFile, keep_files, read_blob
from tests.conftest import WebClient
from tests.people import make_cast, sign_in

pytestmark = pytest.mark.django_db


def test_a_missing_file_is_a_page_with_a_phone_and_an_event(
    client: WebClient, settings: Any, tmp_path: Path
) -> None:
    settings.CARESPACE_FILES_FOLDER = tmp_path
    cast, identity = make_cast(), uuid4()
    plain = b"x" * (INLINE_LIMIT_BYTES + 1)
    keep_files(cast.practice, [NewFile(identity, cast.ruths_record.pk, None, plain)])
    blob = Blob.objects.get(pk=identity)
    (tmp_path / identity.hex[:2] / identity.hex).unlink()
    settings.ROOT_URLCONF = (
        *urls.urlpatterns,
        path("planted/", lambda _: HttpResponse(read_blob(blob))),
    )
    sign_in(client, cast.ruth)
    answer = client.get("/planted/")
    assert answer.status_code == 500
    assert b"We cannot open this document" in answer.content
    assert "no-store" in answer.headers["Cache-Control"]
    event = AuditEvent.objects.get(action="file.unreadable")
    assert (event.patient_id, event.entity_id) == (cast.ruths_record.pk, str(identity))
