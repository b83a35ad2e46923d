"""A device on which patients and family are not asked for a code for 30 days (AUTH-8, AUTH-14, ASVS 7.5.1).

What it stands for, what it does not, for whom never, and everything it dies with: each through the real pages.
"""

import base64
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from carespace.access.trusted_devices import TrustRefused, trust_device
from carespace.accounts import addresses
from carespace.accounts.actions import add_factor, start_trust
from carespace.accounts.factors import APP, PASSKEY, app_data, factors_of, new_secret
from carespace.accounts.models import User
from carespace.accounts.proof import note_proof
from carespace.accounts.resets import key_for
from carespace.accounts.trusted_devices import epoch_of, is_remembered, remember
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.practices.actions import add_staff, end_staff
from carespace.practices.models import Practice, StaffMembership
from tests.conftest import WebClient
from tests.people import PASSWORD, let_see, make_patient, make_person, make_practice, sign_in
from tests.portal_account.conftest import typed
from tests.portal_security.conftest import (
    CODES,
    CONFIRM,
    FACTORS,
    REFUSED,
    SECOND,
    App,
    CodeClock,
    half_in,
    is_in,
    rows,
)

pytestmark = pytest.mark.django_db
BOX = "Do not ask for a code on this device for 30 days"
END = "/settings/second-factor/every-device/"
END_WORDS = "Ask for a code on every device again"
NEW = "Quiet-Harbor-9!"
COOKIE = "carespace-trust"


@pytest.fixture
def practice() -> Practice:
    return make_practice()


@pytest.fixture
def maria(practice: Practice) -> User:
    maria = make_person("Maria Reyes", date(1961, 4, 27))
    let_see(maria, make_patient(practice, mrn="M-1", born="1961-04-27"), "self")
    return maria


@pytest.fixture
def app(maria: User, code_clock: CodeClock) -> App:
    return App(maria, code_clock)


@pytest.fixture
def phone(maria: User, app: App) -> WebClient:
    """Maria's phone: she ticked the box there, and signed out."""
    return trusted(WebClient(), maria, app)


def show(browser: WebClient, app: App, text: str = "", **more: str) -> Any:
    """Answer the second step with the app's next code, or with ``text``."""
    app.clock.step += 1
    return browser.post(f"{SECOND}?way=totp", {"answer": text or app.code(), **more})


def trusted(browser: WebClient, user: User, app: App) -> WebClient:
    half_in(browser, user)
    show(browser, app, trust="on")
    assert is_in(browser)
    browser.post("/sign-out/")
    return browser


def at_home(maria: User, app: App) -> WebClient:
    """Another browser, in which Maria is signed in, has shown a code, and has just confirmed that it is she."""
    home = WebClient()
    half_in(home, maria)
    show(home, app)
    assert is_in(home)
    session = home.session
    note_proof(session, second_factor="totp", again=True)
    session.save()
    return home


def asks(browser: WebClient, user: User, password: str = PASSWORD) -> bool:
    """Whether ``user`` is asked for a code after the password, and is let in if not."""
    answer = half_in(browser, user, password=password)
    asked = answer["Location"] == SECOND
    assert asked is not is_in(browser)
    if not asked:
        browser.post("/sign-out/")
    return asked


def cookie_of(browser: WebClient) -> str:
    return browser.cookies[COOKIE].value


def browser_with(cookie: str) -> WebClient:
    browser = WebClient()
    browser.cookies[COOKIE] = cookie
    return browser


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


# Given and used


def test_the_box_is_there_and_not_ticked(client: WebClient, maria: User, app: App) -> None:
    half_in(client, maria)
    page = client.get(SECOND).content.decode()
    assert BOX in page
    assert "Only on a device that is yours alone." in page
    assert "checked" not in page


def test_ticked_it_lets_the_person_in_without_a_code(phone: WebClient, maria: User) -> None:
    given = AuditEvent.objects.get(action="device.trust")
    assert (given.actor_id, given.entity_id) == (maria.pk, str(maria.pk))
    assert not asks(phone, maria)
    assert AuditEvent.objects.get(action="device.trust-used").actor_id == maria.pk
    assert AuditEvent.objects.filter(action="factor.use").count() == 1
    assert asks(WebClient(), maria), "another browser"


def test_unticked_nothing_is_kept(client: WebClient, maria: User, app: App) -> None:
    half_in(client, maria)
    show(client, app)
    client.post("/sign-out/")
    assert COOKIE not in client.cookies
    assert asks(client, maria)
    assert epoch_of(factors_of(maria)) == ""


def test_a_wrong_code_gives_nothing_and_keeps_the_tick(
    client: WebClient, maria: User, app: App
) -> None:
    half_in(client, maria)
    answer = show(client, app, app.wrong(), trust="on").content.decode()
    assert REFUSED in answer
    assert "checked" in answer
    assert COOKIE not in client.cookies
    assert not AuditEvent.objects.filter(action="device.trust").exists()


def test_a_recovery_code_may_give_it_too(client: WebClient, maria: User, app: App) -> None:
    half_in(client, maria)
    client.post(f"{SECOND}?way=recovery-code", {"answer": app.recovery_codes[0], "trust": "on"})
    client.post("/sign-out/")
    assert not asks(client, maria)


def test_a_wrong_password_is_answered_as_ever(phone: WebClient, maria: User) -> None:
    answer = half_in(phone, maria, password="Wrong-1-word!")
    stranger = half_in(WebClient(), maria, password="Wrong-1-word!")
    assert answer.status_code == stranger.status_code == 200
    assert "We could not sign you in." in answer.content.decode()
    assert not AuditEvent.objects.filter(action="device.trust-used").exists()


def test_the_birth_date_is_asked_first(phone: WebClient, maria: User) -> None:
    """Where the page could not know to ask it, the device counts only after it was right."""
    classic = make_practice("hillside", "classic")
    let_see(maria, make_patient(classic, mrn="H-1", born="1961-04-27"), "self")
    assert half_in(phone, maria)["Location"] == "/sign-in/birth-date/"
    phone.post("/sign-in/birth-date/", typed("1961-04-28"))
    assert not AuditEvent.objects.filter(action="device.trust-used").exists()
    assert not is_in(phone)
    phone.post("/sign-in/birth-date/", typed("1961-04-27"))
    assert is_in(phone)


def test_two_people_share_a_browser(
    phone: WebClient, maria: User, practice: Practice, code_clock: CodeClock
) -> None:
    luis = make_person("Luis Reyes")
    let_see(luis, make_patient(practice, mrn="L-1", born="1990-01-01"), "self")
    assert not asks(phone, maria)
    luis_app = App(luis, code_clock)
    assert asks(phone, luis), "Maria's trust is not his"
    trusted(phone, luis, luis_app)
    assert not asks(phone, luis)
    assert not asks(phone, maria)
    phone.post("/sign-out/")
    half_in(phone, luis)
    phone.post(END)
    phone.post("/sign-out/")
    assert asks(phone, luis)
    assert not asks(phone, maria)


def test_two_devices_of_one_person(phone: WebClient, maria: User, app: App) -> None:
    tablet = trusted(WebClient(), maria, app)
    assert not asks(phone, maria)
    assert not asks(tablet, maria)


def test_one_browser_keeps_the_last_five_people(maria: User, code_clock: CodeClock) -> None:
    people = [maria] + [make_person(f"{name} Reyes") for name in ("Ana", "Ben", "Cleo", "Dan")]
    kept, epochs = "", {}
    for person in people:
        App(person, code_clock)
        epochs[person] = start_trust(user=person)
        kept = remember(person, epochs[person], kept)
    assert all(is_remembered(person, epochs[person], kept) for person in people)
    eve = make_person("Eve Reyes")
    kept = remember(eve, "an epoch", kept)
    assert is_remembered(eve, "an epoch", kept)
    assert [is_remembered(person, epochs[person], kept) for person in people] == [False] + [
        True
    ] * 4


# What the cookie is


def test_the_cookie_is_closed_to_scripts_and_to_other_hosts(
    maria: User, app: App, settings: Any
) -> None:
    def ticked() -> WebClient:
        browser = WebClient()
        half_in(browser, maria)
        show(browser, app, trust="on")
        return browser

    kept = ticked().cookies[COOKIE]
    assert (kept["httponly"], kept["samesite"], kept["path"]) == (True, "Lax", "/")
    assert (kept["domain"], kept["secure"]) == ("", "")
    assert kept["max-age"] == 30 * 24 * 3600
    settings.SESSION_COOKIE_SECURE = True
    browser = ticked()
    assert browser.cookies["__Host-carespace-trust"]["secure"] is True
    assert COOKIE not in browser.cookies


def test_nothing_of_the_person_can_be_read_in_it(phone: WebClient, maria: User) -> None:
    plain = base64.urlsafe_b64decode(cookie_of(phone))
    epoch = epoch_of(factors_of(maria))
    for secret in (maria.pk.bytes, maria.pk.hex.encode(), b"maria", maria.password.encode()):
        assert secret not in plain
    assert epoch.partition(":")[0].encode() not in plain


def test_a_forged_one_is_asked_for_a_code(phone: WebClient, maria: User) -> None:
    epoch, cookie = epoch_of(factors_of(maria)), cookie_of(phone)
    assert is_remembered(maria, epoch, cookie)
    plain = base64.urlsafe_b64decode(cookie)
    forged = [
        base64.urlsafe_b64encode(
            plain[:place] + bytes([plain[place] ^ 1]) + plain[place + 1 :]
        ).decode()
        for place in range(len(plain))
    ]
    for text in (*forged, "", ".", "x" * 72, cookie[:-1], f"{cookie}A", "A" * 100_000, "….…"):
        assert not is_remembered(maria, epoch, text)
    for text in (forged[0], forged[20], forged[-1], "x" * 72, "'"):
        assert asks(browser_with(text), maria)


def test_neither_cookie_stands_for_the_other(phone: WebClient, maria: User) -> None:
    assert asks(browser_with(phone.cookies["carespace-device"].value), maria)


def test_without_an_epoch_no_mark_counts(maria: User) -> None:
    assert not is_remembered(maria, "", remember(maria, ""))


def test_it_ends_after_thirty_days(
    phone: WebClient, maria: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, moved = timezone.now, timedelta(days=29, hours=23)
    monkeypatch.setattr(timezone, "now", lambda: real() + moved)
    assert not asks(phone, maria), "and using it does not make it last longer"
    moved = timedelta(days=30, minutes=1)
    assert asks(phone, maria)


# What it does not stand for


def test_the_session_has_shown_nothing_and_changes_ask_for_a_code(
    phone: WebClient, maria: User, app: App
) -> None:
    half_in(phone, maria)
    assert is_in(phone)
    assert "second_factor" not in phone.session
    assert "proved_at" not in phone.session
    for path in ("/settings/email/", "/settings/password/", "/settings/second-factor/codes/"):
        assert phone.get(path)["Location"].startswith(CONFIRM), path
    new = {"current_password": PASSWORD, "password": NEW}
    assert phone.post("/settings/password/", new)["Location"].startswith(CONFIRM)
    for path in (
        "/settings/devices/",
        f"/settings/second-factor/{rows(maria).get(type=APP).pk}/remove/",
    ):
        assert phone.post(path)["Location"].startswith(CONFIRM), path
    address = {"email": "maria.new@example.com", "password": PASSWORD}
    assert phone.post("/settings/email/", address)["Location"].startswith(CONFIRM)
    assert not AuditEvent.objects.filter(action="address.ask").exists()
    page = phone.get(CONFIRM).content.decode()
    assert "6-digit code" in page
    assert BOX not in page
    app.clock.step += 1
    wrong = phone.post(CONFIRM, {"password": PASSWORD, "answer": app.wrong(), "trust": "on"})
    assert wrong.status_code == 200
    assert phone.get("/settings/email/").status_code == 302
    phone.post(CONFIRM, {"password": PASSWORD, "answer": app.code()})
    assert phone.session["second_factor"] == "totp"
    assert phone.post("/settings/email/", address)["Location"] == "/settings/email/sent/"


def test_a_proof_of_the_session_before_is_none_after(
    phone: WebClient, maria: User, app: App
) -> None:
    """Somebody else's proof, or an earlier one, is not carried into a sign-in without a code."""
    session = phone.session
    session.update({"proved_at": 2**40, "second_factor": "totp"})
    session.save()
    phone.cookies["carespace"] = str(session.session_key)
    half_in(phone, maria)
    assert is_in(phone)
    assert "second_factor" not in phone.session
    assert "proved_at" not in phone.session


def test_without_a_factor_the_password_is_a_proof_still(client: WebClient, maria: User) -> None:
    half_in(client, maria)
    assert client.get("/settings/email/").status_code == 200


# What it dies with


def change_password(home: WebClient, maria: User) -> None:
    given = {"current_password": PASSWORD, "password": NEW}
    assert home.post("/settings/password/", given).status_code == 302


def reset_password(home: WebClient, maria: User) -> None:
    answer = WebClient().post(f"/new-password/{key_for(fresh(maria))}/", {"password": NEW})
    assert answer.status_code == 302


def confirm_address(home: WebClient, maria: User) -> None:
    key = addresses.key_for(maria, "maria.new@example.com", addresses.asked_by(maria))
    assert home.post(f"/confirm-email/{key}/").status_code == 302


def sign_out_elsewhere(home: WebClient, maria: User) -> None:
    home.post("/settings/devices/")


def new_recovery_codes(home: WebClient, maria: User) -> None:
    assert home.post(CODES)["Location"] == CODES


def add_passkey(home: WebClient, maria: User) -> None:
    add_factor(user=maria, kind=PASSKEY, data={"name": "Key"})


def end_here(home: WebClient, maria: User) -> None:
    assert END_WORDS in home.get(FACTORS).content.decode()
    assert home.post(END)["Location"] == FACTORS
    page = home.get(FACTORS).content.decode()
    assert "Every device asks for a code again." in page
    assert END_WORDS not in page
    assert AuditEvent.objects.get(action="device.trust-end").actor_id == maria.pk
    home.post(END)
    assert AuditEvent.objects.filter(action="device.trust-end").count() == 1


def desk_ends_sessions(home: WebClient, maria: User) -> None:
    at_the_desk(maria, "end-sessions")


def at_the_desk(maria: User, act: str) -> None:
    fay, grant = make_person("Fay Desk"), maria.grants.get()
    add_staff(user=fay, practice=grant.practice, role="front-desk", by=SYSTEM)
    desk = WebClient()
    sign_in(desk, fay)
    path = f"/staff/patients/{grant.patient_id}/people/{grant.pk}/{act}/"
    given = {"reason": "lost phone, passport seen", "checked": "on"}
    assert desk.post(path, given).status_code == 302


ENDS: tuple[Callable[[WebClient, User], None], ...] = (
    change_password,
    reset_password,
    confirm_address,
    sign_out_elsewhere,
    new_recovery_codes,
    add_passkey,
    end_here,
    desk_ends_sessions,
)


@pytest.mark.parametrize("end", ENDS)
def test_it_dies_with(
    phone: WebClient, maria: User, app: App, end: Callable[[WebClient, User], None]
) -> None:
    assert not asks(phone, maria)
    old, home = cookie_of(phone), at_home(maria, app)
    end(home, maria)
    password = NEW if end in (change_password, reset_password) else PASSWORD
    assert asks(phone, fresh(maria), password)
    # It can be given anew, and then counts; what was kept before, here or by a thief, stays dead.
    show(phone, app, trust="on")
    phone.post("/sign-out/")
    assert not asks(phone, fresh(maria), password)
    assert asks(browser_with(old), fresh(maria), password)


def test_it_dies_with_the_password_whoever_sets_it(phone: WebClient, maria: User) -> None:
    maria.set_password(NEW)
    maria.save()
    assert epoch_of(factors_of(maria))
    assert asks(phone, maria, NEW)


def test_it_dies_with_a_removed_factor_also_where_one_is_left(
    maria: User, app: App, client: WebClient
) -> None:
    add_factor(user=maria, kind=PASSKEY, data={"name": "Key"})
    phone = trusted(WebClient(), maria, app)
    assert not asks(phone, maria)
    home = at_home(maria, app)
    passkey = factors_of(maria).passkeys[0]
    assert home.post(f"/settings/second-factor/{passkey.pk}/remove/")["Location"] == FACTORS
    assert END_WORDS not in home.get(FACTORS).content.decode()
    assert asks(phone, maria)


def test_it_dies_where_the_desk_removes_the_second_step(
    phone: WebClient, maria: User, code_clock: CodeClock
) -> None:
    at_the_desk(maria, "remove-factors")
    assert not factors_of(maria)
    secret = new_secret()
    add_factor(user=maria, kind=APP, data=app_data(secret, code_clock.step))
    assert asks(phone, maria)


# Never for staff


def work(user: User, practice: Practice) -> StaffMembership:
    return add_staff(user=user, practice=practice, role="front-desk", by=SYSTEM)


def test_staff_are_offered_no_box_and_ticking_it_does_nothing(
    client: WebClient, maria: User, app: App, practice: Practice
) -> None:
    work(maria, practice)
    half_in(client, maria)
    assert BOX not in client.get(SECOND).content.decode()
    show(client, app, trust="on")
    assert is_in(client)
    assert COOKIE not in client.cookies
    assert not AuditEvent.objects.filter(action="device.trust").exists()
    with pytest.raises(TrustRefused):
        trust_device(user=maria, kept="")


def test_a_patient_who_becomes_staff_is_asked_again_and_the_trust_is_over(
    phone: WebClient, maria: User, practice: Practice
) -> None:
    assert not asks(phone, maria)
    membership = work(maria, practice)
    assert asks(phone, maria)
    assert AuditEvent.objects.filter(action="device.trust-end").count() == 1
    end_staff(membership=membership, reason="left", by=SYSTEM)
    assert asks(phone, maria), "also once she works there no more"


def test_staff_with_a_right_cookie_are_asked(
    client: WebClient, maria: User, app: App, practice: Practice
) -> None:
    work(maria, practice)
    cookie = remember(maria, start_trust(user=maria))
    assert asks(browser_with(cookie), maria)


def test_a_session_on_a_trusted_device_opens_no_desk(
    phone: WebClient, maria: User, practice: Practice
) -> None:
    """She is signed in without a code when the practice hires her: the desk asks for it."""
    half_in(phone, maria)
    assert is_in(phone)
    work(maria, practice)
    answer = phone.get("/staff/")
    assert answer.status_code == 302
    assert answer["Location"].startswith((FACTORS, CONFIRM))
