"""The second step of signing in (AUTH-7, AUTH-8, AUTH-11, AUTH-13, AUTH-14, T7, T10, ASVS-44, ASVS-45)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from carespace.accounts.factors import digest_of
from carespace.accounts.models import User
from carespace.accounts.resets import key_for
from carespace.audit.models import AuditEvent
from carespace.outbox.models import OutboxMessage
from tests.conftest import WebClient
from tests.people import let_see, make_patient, make_person, make_practice
from tests.portal_account.conftest import typed
from tests.portal_security.conftest import (
    FACTORS,
    REFUSED,
    SECOND,
    SIGN_IN,
    App,
    CodeClock,
    half_in,
    is_in,
    rows,
)

pytestmark = pytest.mark.django_db
BORN = date(1961, 4, 27)


@pytest.fixture
def maria() -> User:
    maria = make_person("Maria Reyes", BORN)
    let_see(maria, make_patient(make_practice(), mrn="M-1", born="1961-04-27"), "self")
    return maria


@pytest.fixture
def app(maria: User, code_clock: CodeClock) -> App:
    return App(maria, code_clock)


def answer(client: WebClient, text: str, way: str = "totp") -> Any:
    return client.post(f"{SECOND}?way={way}", {"answer": text})


def test_without_a_factor_the_password_is_enough(client: WebClient, maria: User) -> None:
    assert half_in(client, maria)["Location"] == "/"
    assert is_in(client)
    assert "second_factor" not in client.session


def test_with_an_app_its_code_is_asked_for_and_leads_on(
    client: WebClient, maria: User, app: App
) -> None:
    assert half_in(client, maria, next="/people/")["Location"] == SECOND
    assert not is_in(client)
    page = client.get(SECOND).content.decode()
    assert "Enter your 6-digit code" in page
    assert 'autocomplete="one-time-code"' in page
    assert answer(client, app.code())["Location"] == "/people/"
    assert is_in(client)
    assert client.session["second_factor"] == "totp"
    used = AuditEvent.objects.get(action="factor.use")
    assert (used.actor_id, used.detail) == (maria.pk, {"kind": "totp"})


def test_a_code_may_be_typed_with_a_space(client: WebClient, maria: User, app: App) -> None:
    half_in(client, maria)
    code = app.code()
    assert answer(client, f" {code[:3]} {code[3:]} ").status_code == 302


@pytest.mark.parametrize(
    ("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_good_one_step_to_either_side(
    client: WebClient, maria: User, app: App, steps: int, good: bool
) -> None:
    half_in(client, maria)
    answer(client, app.code(steps))
    assert is_in(client) is good


def test_a_code_works_once_and_so_does_every_earlier_one(
    client: WebClient, maria: User, app: App
) -> None:
    half_in(client, maria)
    answer(client, app.code())
    assert is_in(client)
    elsewhere = WebClient()
    half_in(elsewhere, maria)
    assert REFUSED in answer(elsewhere, app.code()).content.decode()
    assert REFUSED in answer(elsewhere, app.code(-1)).content.decode()
    assert not is_in(elsewhere)
    answer(elsewhere, app.code(1))
    assert is_in(elsewhere)


def test_every_mistake_has_one_answer_and_is_written_down(
    client: WebClient, maria: User, app: App
) -> None:
    half_in(client, maria)
    answers = {
        answer(client, text, way).content.count(REFUSED.encode())
        for text, way in [
            (app.wrong(), "totp"),
            ("not a code", "totp"),
            ("abcd-efgh-jkmn-pqrs", "recovery-code"),
        ]
    }
    assert answers == {1}
    refusals = AuditEvent.objects.filter(action="factor.refuse")
    assert sorted(each.detail["kind"] for each in refusals) == ["recovery-code", "totp", "totp"]
    assert {each.actor_id for each in refusals} == {maria.pk}


def test_nothing_typed_is_no_try(client: WebClient, maria: User, app: App) -> None:
    half_in(client, maria)
    for _ in range(9):
        assert b"Enter the 6 digits that your app shows" in answer(client, "").content
    answer(client, app.code())
    assert is_in(client)


def test_after_five_wrong_codes_even_the_right_one_waits_in_every_browser(
    client: WebClient, maria: User, app: App, code_clock: CodeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = timedelta()
    real = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: real() + moved)
    half_in(client, maria)
    assert [answer(client, app.wrong()).status_code for _ in range(5)] == [200] * 5
    elsewhere = WebClient()
    half_in(elsewhere, maria)
    for browser, text, way in [
        (client, app.code(), "totp"),
        (elsewhere, app.code(), "totp"),
        (elsewhere, app.recovery_codes[0], "recovery-code"),
    ]:
        refused = answer(browser, text, way)
        assert refused.status_code == 429
        assert b"Too many tries. Wait until" in refused.content
        assert not is_in(browser)
    moved = timedelta(seconds=31)
    assert answer(client, app.wrong()).status_code == 200
    moved = timedelta(seconds=31 + 31)
    assert answer(client, app.code()).status_code == 429  # the second wait is a minute
    moved = timedelta(seconds=31 + 61)
    answer(client, app.code())
    assert is_in(client)


def test_a_right_code_forgets_the_wrong_ones(client: WebClient, maria: User, app: App) -> None:
    for steps in (0, 1):
        browser = WebClient()
        half_in(browser, maria)
        for _ in range(4):
            answer(browser, app.wrong())
        answer(browser, app.code(steps))
        assert is_in(browser)


def test_a_recovery_code_works_once_and_its_owner_is_told(
    client: WebClient, maria: User, app: App
) -> None:
    assert len(app.recovery_codes) == len(set(app.recovery_codes)) == 10
    OutboxMessage.objects.all().delete()
    half_in(client, maria)
    page = client.get(f"{SECOND}?way=recovery-code").content.decode()
    assert "Enter a recovery code" in page
    answer(client, app.recovery_codes[3].upper().replace("-", " "), "recovery-code")
    assert is_in(client)
    assert client.session["second_factor"] == "recovery-code"
    mail = OutboxMessage.objects.get()
    assert (mail.to_address, mail.context["event"]) == (maria.email, "recovery-code-used")
    assert b"9 of 10 left" in client.get(FACTORS).content
    elsewhere = WebClient()
    half_in(elsewhere, maria)
    answer(elsewhere, app.recovery_codes[3], "recovery-code")
    assert not is_in(elsewhere)
    answer(elsewhere, app.recovery_codes[4], "recovery-code")
    assert is_in(elsewhere)


def test_recovery_codes_are_kept_as_digests_and_the_secret_sealed(maria: User, app: App) -> None:
    kept = str(list(rows(maria).values_list("data", flat=True)))
    assert digest_of(app.recovery_codes[0]) in kept
    assert app.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in app.recovery_codes)


def test_a_way_the_person_has_not_is_not_asked_for(
    client: WebClient, maria: User, app: App
) -> None:
    half_in(client, maria)
    page = client.get(f"{SECOND}?way=webauthn").content.decode()
    assert "Enter your 6-digit code" in page
    assert "Use a passkey" not in page
    assert answer(client, '{"id": "x"}', "webauthn").content.count(REFUSED.encode()) == 1
    assert not is_in(client)


@pytest.mark.parametrize("way", ["totp", "recovery-code", "webauthn"])
def test_a_birth_date_is_no_second_factor(
    client: WebClient, maria: User, app: App, way: str
) -> None:
    half_in(client, maria)
    for text in ("1961-04-27", "04271961", "042761"):
        client.post(f"{SECOND}?way={way}", {"answer": text, **typed("1961-04-27")})
    assert not is_in(client)


def test_the_birth_date_is_asked_first_and_both_are_needed(
    client: WebClient, code_clock: CodeClock
) -> None:
    maria = make_person("Maria Reyes", BORN)
    let_see(
        maria, make_patient(make_practice(preset="classic"), mrn="M", born="1961-04-27"), "self"
    )
    make_practice("other")  # so that the sign-in page cannot know whose it is
    app = App(maria, code_clock)
    assert half_in(client, maria)["Location"] == "/sign-in/birth-date/"
    assert client.get(SECOND)["Location"] == SIGN_IN
    assert answer(client, app.code())["Location"] == SIGN_IN
    assert client.post("/sign-in/birth-date/", typed("1961-04-27"))["Location"] == SECOND
    assert not is_in(client)
    answer(client, app.code())
    assert is_in(client)


def test_the_step_cannot_be_entered_by_who_gave_no_password(client: WebClient, app: App) -> None:
    assert client.get(SECOND)["Location"] == SIGN_IN
    assert answer(client, app.code())["Location"] == SIGN_IN
    assert not is_in(client)


@pytest.mark.parametrize(
    "path", ["/people/", "/settings/", FACTORS, "/settings/confirm/", "/staff/", "/"]
)
def test_half_a_sign_in_opens_nothing(client: WebClient, maria: User, app: App, path: str) -> None:
    half_in(client, maria)
    for asked in (client.get(path), client.post(path, {})):
        assert asked.status_code in {302, 405}
        assert asked.get("Location", SIGN_IN).startswith(SIGN_IN)
    patient = maria.grants.get().patient_id
    assert client.get(f"/p/{patient}/")["Location"].startswith(SIGN_IN)


def test_half_a_sign_in_ends_after_ten_minutes(client: WebClient, maria: User, app: App) -> None:
    half_in(client, maria)
    session = client.session
    session["account_login"]["initiated_at"] -= 601
    session.save()
    assert answer(client, app.code())["Location"] == SIGN_IN
    assert not is_in(client)


def test_half_a_sign_in_ends_with_the_password_it_began_with(
    client: WebClient, maria: User, app: App
) -> None:
    half_in(client, maria)
    maria.set_password("Meadow-8-lane!")
    maria.save()
    assert answer(client, app.code())["Location"] == SIGN_IN
    assert not is_in(client)


def test_half_a_sign_in_ends_with_the_person(client: WebClient, maria: User, app: App) -> None:
    half_in(client, maria)
    User.objects.filter(pk=maria.pk).update(is_active=False)
    assert answer(client, app.code())["Location"] == SIGN_IN
    assert not is_in(client)


def test_the_session_gets_a_new_key_at_each_step(client: WebClient, maria: User, app: App) -> None:
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies["carespace"] = str(planted)
    half_in(client, maria)
    half = client.session.session_key
    answer(client, app.code())
    whole = client.session.session_key
    assert len({planted, half, whole}) == 3
    for old in (planted, half):
        stale = WebClient()
        stale.cookies["carespace"] = str(old)
        assert stale.get("/people/").status_code == 302
        assert stale.get(SECOND)["Location"] == SIGN_IN


def test_a_second_factor_of_one_person_is_none_of_the_next(
    client: WebClient, maria: User, app: App
) -> None:
    half_in(client, maria)
    session = client.session
    session["second_factor"] = "totp"
    session.save()
    client.post(SIGN_IN, {"email": make_person("Otto Other").email, "password": "Orchard-7-lane!"})
    assert is_in(client)
    assert "second_factor" not in client.session


def test_a_password_reset_does_not_pass_the_second_step(
    client: WebClient, maria: User, app: App
) -> None:
    new = "Meadow-8-lane!"
    answered = client.post(f"/new-password/{key_for(maria)}/", {"password": new})
    assert answered["Location"] == SIGN_IN
    assert not is_in(client)
    assert half_in(client, maria, password=new)["Location"] == SECOND
    assert not is_in(client)
    answer(client, app.code())
    assert is_in(client)
