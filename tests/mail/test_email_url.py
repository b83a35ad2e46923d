"""EMAIL_URL and the portal's address as settings of mail."""

import pytest

from carespace.config.mail import MailAddressProblem, default_sender, mail_settings


@pytest.mark.parametrize(
    ("origin", "sender"),
    [
        ("https://portal.example.org", "noreply@portal.example.org"),
        ("https://Portal.Example.org:8443", "noreply@portal.example.org"),
        ("http://localhost:8000", "noreply@carespaceportal.com"),
        ("http://127.0.0.1:8000", "noreply@carespaceportal.com"),
        ("http://[::1]:8000", "noreply@carespaceportal.com"),
    ],
)
def test_mail_comes_from_the_portals_own_domain(origin: str, sender: str) -> None:
    assert default_sender(origin) == sender


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "tls", "ssl"),
    [
        ("smtp://a%40b:p%2Fw@mail.example.org", "mail.example.org", 587, "a@b", True, False),
        ("smtp://mail.example.org:2525", "mail.example.org", 2525, "", True, False),
        ("smtps://u:p@mail.example.org", "mail.example.org", 465, "u", False, True),
        ("smtp://localhost:25?starttls=off", "localhost", 25, "", False, False),
        ("smtps://mail.example.org?starttls=off", "mail.example.org", 465, "", False, True),
    ],
)
def test_a_url_says_where_and_how(
    url: str, host: str, port: int, user: str, tls: bool, ssl: bool
) -> None:
    found = mail_settings(url)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == (host, port)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_USE_TLS"]) == (user, tls)
    assert found["EMAIL_USE_SSL"] is ssl


@pytest.mark.parametrize(
    "url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp:x"]
)
def test_what_is_no_mail_server_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(MailAddressProblem, match="smtp://user:password@"):
        mail_settings(url)


def test_without_a_url_mail_becomes_files() -> None:
    assert mail_settings("")["EMAIL_BACKEND"].endswith("FileChannel")
