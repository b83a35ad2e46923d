"""What cannot be read gets the 400 page, before anything of ours has read a field."""

import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory

from carespace.accounts import sessions
from carespace.config import middleware
from carespace.config.logs import set_up_logs
from carespace.config.wsgi import application
from tests.conftest import WebClient
from tests.people import make_person, make_practice, sign_in

pytestmark = pytest.mark.django_db
SIGN_IN = "/sign-in/"
URLENCODED = "application/x-www-form-urlencoded"
PART = 'Content-Disposition: form-data; name="email"'
CODECS = ["punycode", "hex", "idna", "undefined", "unicode_escape", "utf-7", "latin-1", "utf-16"]


def form_of(head: str, value: str) -> bytes:
    return f"--b\r\n{head}\r\n\r\n{value}\r\n--b--\r\n".encode()


def environ_of(path: str) -> dict[str, Any]:
    """Return a plain request as the server hands it over, before Django has looked at it."""
    return {**RequestFactory().get(path).environ}


def served(environ: dict[str, Any]) -> tuple[str, dict[str, str], str]:
    """Ask the application as the server does; a page of errors needs no database."""
    started: list[Any] = []

    def start(*head: Any) -> Callable[[bytes], object]:
        started.append(head)
        return started.append

    body = b"".join(application(environ, start))
    (status, headers) = started[0][:2]
    return status, dict(headers), body.decode()


@pytest.fixture(autouse=True)
def practice() -> None:
    make_practice()


@pytest.mark.parametrize("charset", CODECS)
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", URLENCODED, "text/plain"])
@pytest.mark.parametrize("parameter", ["; charset={}", '; CHARSET="{}"', "; charset='utf-8'; charset={}", "; charset*={}''x"])  # fmt: skip
def test_only_utf_8_is_read(client: WebClient, charset: str, kind: str, parameter: str) -> None:
    content_type = kind + parameter.format(charset)
    body = form_of(PART, "\\ud800-a")
    for method in ("POST", "GET"):
        asked = environ_of(SIGN_IN)
        asked |= {"REQUEST_METHOD": method, "CONTENT_TYPE": content_type}
        asked |= {"QUERY_STRING": "next=%5Cud800-a", "CONTENT_LENGTH": str(len(body))}
        status, headers, page = served({**asked, "wsgi.input": io.BytesIO(body)})
        assert status == "400 Bad Request"
        assert "We cannot read that request" in page
        assert "default-src" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("charset", ["punycode", "latin-1"])
def test_the_check_around_the_views_says_the_same(client: WebClient, charset: str) -> None:
    kind = f"{URLENCODED}; charset={charset}"
    assert client.generic("POST", SIGN_IN, "email=a", kind).status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_utf_8_is_read(client: WebClient, charset: str) -> None:
    kind = f"{URLENCODED}; charset={charset}"
    assert client.post(SIGN_IN, "email=é%40b.c", content_type=kind).status_code == 200


@pytest.mark.parametrize("codec", ["hex", "undefined", "idna", "no-such", "punycode"])
def test_a_part_that_names_a_codec_breaks_nothing(client: WebClient, codec: str) -> None:
    head = f"Content-Disposition: form-data; name*={codec}''a%ff; filename*={codec}''b%ff"
    body = form_of(f"{PART}\r\nContent-Type: text/plain; charset={codec}", "x")
    for each in (body, form_of(head, "x")):
        kind = "multipart/form-data; boundary=b"
        assert client.post(SIGN_IN, each, content_type=kind).status_code in {200, 400}


@pytest.mark.parametrize("text", ["a\0b", "\0"])
def test_no_nul_passes(client: WebClient, text: str) -> None:
    answers = [
        client.post(SIGN_IN, {"email": text}),
        client.post(SIGN_IN, {text: "x"}),
        client.get(SIGN_IN, {"next": text}),
        client.get(f"/register/{text}/"),
    ]
    assert [answer.status_code for answer in answers] == [400] * len(answers)


def test_half_a_surrogate_pair_in_an_address_is_no_text_of_ours(client: WebClient) -> None:
    # UTF-8 has no such bytes: they are replaced before they are a field.
    assert client.get(f"{SIGN_IN}?next=%ED%A0%80").status_code == 200


@pytest.mark.parametrize("kind", [URLENCODED, "multipart/form-data; boundary=b", "image/png"])
def test_a_large_body_is_not_read(client: WebClient, kind: str) -> None:
    file = PART.replace("email", 'f"; filename="f')
    assert client.post(SIGN_IN, form_of(file, "x" * 65_536), content_type=kind).status_code == 400


def test_a_form_of_many_fields_is_not_read(client: WebClient) -> None:
    many = {f"field{number}": "x" for number in range(51)}
    assert client.post(SIGN_IN, many).status_code == 400
    assert client.get(SIGN_IN, many).status_code == 400


@pytest.mark.parametrize("cookie", ["a\0bcdefgh", "short", "a" * 65, "Abcdefghij", "a" * 4_000])
def test_a_cookie_we_never_made_is_no_session(
    client: WebClient, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "row_key", lambda key: pytest.fail(f"looked up {key!r}"))
    client.cookies["carespace"] = cookie
    assert client.get(SIGN_IN).status_code == 200
    assert sessions.SessionStore(cookie).session_key is None


def test_a_session_of_ours_is_one(client: WebClient) -> None:
    sign_in(client, make_person("Maria Reyes"))
    assert client.get(SIGN_IN).status_code == 302


def test_what_breaks_around_a_view_is_logged_by_its_type_and_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: object) -> None:
        message = "quotes Maria Reyes"
        raise RuntimeError(message)

    monkeypatch.setattr(middleware.SessionEnds, "__call__", breaks)
    handlers = logging.getLogger().handlers[:]
    set_up_logs()
    try:
        answer = Client(raise_request_exception=False).get(SIGN_IN)
    finally:
        logging.getLogger().handlers[:] = handlers
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    (line,) = [json.loads(each) for each in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["error"]) == ("request.broke", "RuntimeError")
    assert "test_requests.py" in line["at"][-1]
    assert "Maria" not in json.dumps(line)


def test_an_address_that_is_not_there_is_no_error(
    client: WebClient, capsys: pytest.CaptureFixture[str]
) -> None:
    handlers = logging.getLogger().handlers[:]
    set_up_logs()
    try:
        assert client.get("/nowhere/").status_code == 404
    finally:
        logging.getLogger().handlers[:] = handlers
    assert capsys.readouterr().err == ""


def test_a_method_that_is_not_taken_gets_our_page(client: WebClient) -> None:
    answer = client.delete(SIGN_IN)
    assert answer.status_code == 405
    assert "That page cannot be used like this" in answer.content.decode()
    assert "POST" in answer.headers["Allow"]
