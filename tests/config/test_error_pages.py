"""The pages for what went wrong name whom to call, and stand without a database."""

import logging
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from carespace.config import errors
from carespace.config.logs import set_up_logs
from tests.people import make_cast, sign_in

PHONE = "(555) 010-0142"
PAGES = [
    (errors.not_found, 404),
    (errors.refused, 403),
    (errors.csrf_failure, 403),
    (errors.broke, 500),
]


@pytest.mark.django_db
def test_a_page_that_is_not_there_names_the_practice_to_anybody(client: Client) -> None:
    cast = make_cast()
    practice = cast.ruths_record.practice
    practice.hosts = ["testserver"]
    practice.save()
    for _ in range(2):
        page = client.get(f"/nowhere/{uuid4()}/")
        assert page.status_code == 404
        assert practice.name in page.content.decode()
        assert PHONE in page.content.decode()
        sign_in(client, cast.ruth)


@pytest.mark.parametrize(("page", "status"), PAGES)
def test_a_page_stands_while_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch, page: object, status: int
) -> None:
    def away(_request: HttpRequest) -> None:
        raise OperationalError

    monkeypatch.setattr(errors, "practice_of", away)
    assert callable(page)
    answer: HttpResponse = page(RequestFactory().get("/"))
    assert answer.status_code == status
    assert "Call 911" in answer.content.decode()
    assert "<h1>" in answer.content.decode()


@pytest.mark.django_db
def test_a_request_under_a_foreign_name_gets_a_page_and_no_traceback(
    client: Client, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ALLOWED_HOSTS = ["localhost"]  # type: ignore[attr-defined]
    handlers = logging.getLogger().handlers[:]
    set_up_logs()
    try:
        answer = client.get("/", headers={"host": "elsewhere.example"})
    finally:
        logging.getLogger().handlers[:] = handlers
    assert answer.status_code == 400
    assert "We cannot read that request" in answer.content.decode()
    assert "elsewhere.example" not in answer.content.decode()
    assert capsys.readouterr().err == ""
