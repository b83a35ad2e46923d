"""Nobody works for a practice unasked, and asking tells its manager nothing of anybody's sign-in (T6)."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from carespace.practices.actions import add_staff
from carespace.practices.models import StaffOffer
from tests.conftest import Answer, WebClient
from tests.people import PASSWORD, Cast, make_cast, sign_in
from tests.portal_account.conftest import mailed_link, typed

pytestmark = pytest.mark.django_db

ADD = "/staff/team/add/"
CHANGES_EACH_TIME = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|[0-9a-f-]{36}'
)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def otto(client: WebClient, cast: Cast) -> WebClient:
    """The browser of Otto, who manages a practice at which nobody of the others has ever been."""
    sign_in(client, cast.otto)
    return client


def browser_of(person: User) -> WebClient:
    browser = WebClient()
    sign_in(browser, person)
    return browser


def words(response: Answer) -> str:
    return unescape(response.content.decode())


def ask(otto: WebClient, email: str, role: str = "front-desk") -> StaffOffer:
    given = {"name": "Some Body", "email": email, "role": role, "confirmed": "yes"}
    assert otto.post(ADD, given)["Location"] == "/staff/team/"
    return StaffOffer.objects.get(email=email, answer="")


def at(offer: StaffOffer) -> str:
    return f"/join/{offer.pk}/"


def test_asking_shows_nothing_of_a_sign_in(otto: WebClient, cast: Cast) -> None:
    """Known and unknown: the same page, the same mail, the same trail, but for the address itself."""
    seen = []
    for email in ("luis@example.com", "none@example.com"):
        offer = ask(otto, email)
        page = words(otto.get("/staff/team/")).replace(email, "ADDRESS")
        for secret in ("Luis", "Adler"):
            assert secret not in page
        told = OutboxMessage.objects.get(to_address=email)
        acts = AuditEvent.objects.filter(actor_id=cast.otto.pk).values_list("action", flat=True)
        seen.append(
            (CHANGES_EACH_TIME.sub("", page), told.template, sorted(told.context), list(acts))
        )
        AuditEvent.objects.all().delete()
        offer.delete()
    assert seen[0] == seen[1]
    assert "Waiting for their yes" in seen[0][0]


def test_nobody_is_conscripted(otto: WebClient, cast: Cast) -> None:
    luis = browser_of(cast.luis)
    offer = ask(otto, "luis@example.com")
    assert not cast.luis.memberships.exists()
    assert luis.get("/staff/").status_code == 404
    page = words(otto.get("/staff/team/"))
    assert "/end/" not in page.replace("/sessions/", "")
    otto.post(f"/staff/team/{offer.pk}/end/", {"reason": "x"})
    assert luis.get("/settings/").status_code == 200
    fay = browser_of(cast.fay)
    grant = cast.luis.grants.get()
    path = f"/staff/patients/{cast.ruths_record.pk}/people/{grant.pk}/end-sessions/"
    done = fay.post(path, {"reason": "at the library"}, follow=True)
    assert "luis@example.com is signed out on every device." in words(done)


def test_the_person_asked_says_yes_and_is_asked_for_a_second_step(
    otto: WebClient, cast: Cast
) -> None:
    offer = ask(otto, "stan@example.com", "care-team")
    stan = browser_of(cast.stan)
    for path in ("/people/", "/settings/"):
        page = words(stan.get(path))
        assert "Hillside Cancer Associates asks you to work there as: Care team." in page
        assert at(offer) in page
    assert "Will you work for Hillside Cancer Associates?" in words(stan.get(at(offer)))
    assert not cast.stan.memberships.exists()
    assert stan.post(at(offer), {"answer": "yes"})["Location"] == "/staff/"
    membership = cast.stan.memberships.get()
    assert (membership.practice, membership.role) == (cast.other_practice, "care-team")
    assert stan.get("/staff/")["Location"].startswith("/settings/second-factor/")
    assert "Practice side" in words(stan.get("/people/"))
    assert "Stan Moran" in words(otto.get("/staff/team/"))
    acts = AuditEvent.objects.filter(actor_id=cast.stan.pk).values_list("action", flat=True)
    assert {"staff.accept", "staff.add"} <= set(acts)
    assert stan.get(at(offer)).status_code == 404


def test_the_person_asked_says_no(otto: WebClient, cast: Cast) -> None:
    offer = ask(otto, "stan@example.com")
    stan = browser_of(cast.stan)
    assert stan.post(at(offer), {"answer": "no"})["Location"] == "/"
    assert not cast.stan.memberships.exists()
    assert "Some Body" not in words(otto.get("/staff/team/"))
    assert stan.post(at(offer), {"answer": "yes"}).status_code == 404


@pytest.mark.parametrize("why", ["another's", "withdrawn", "too old"])
def test_what_is_no_question_to_this_person_is_not_there(
    otto: WebClient, cast: Cast, why: str
) -> None:
    offer = ask(otto, "luis@example.com" if why == "another's" else "stan@example.com")
    if why == "withdrawn":
        path = f"/staff/team/offers/{offer.pk}/withdraw/"
        assert "Withdraw the question to Some Body?" in words(otto.get(path))
        assert otto.post(path)["Location"] == "/staff/team/"
    elif why == "too old":
        StaffOffer.objects.update(created_at=timezone.now() - timedelta(days=14))
        assert "No answer in 14 days" in words(otto.get("/staff/team/"))
    stan = browser_of(cast.stan)
    assert stan.get(at(offer)).status_code == 404
    assert stan.post(at(offer), {"answer": "yes"}).status_code == 404
    assert "asks you to work" not in words(stan.get("/settings/"))
    assert not cast.stan.memberships.exists()


def test_an_old_proof_is_asked_for_again(otto: WebClient, cast: Cast) -> None:
    offer = ask(otto, "stan@example.com")
    stan = browser_of(cast.stan)
    session = stan.session
    session["proved_at"] -= 15 * 60 + 5
    session.save()
    for response in (stan.get(at(offer)), stan.post(at(offer), {"answer": "yes"})):
        assert response["Location"].startswith("/settings/confirm/?next=")
    assert not cast.stan.memberships.exists()


def test_one_question_waits_at_a_time_and_an_old_one_makes_room(
    otto: WebClient, cast: Cast
) -> None:
    ask(otto, "stan@example.com")
    given = {"name": "S", "email": "Stan@example.com", "role": "manager", "confirmed": "yes"}
    assert "This address was asked already." in words(otto.post(ADD, given))
    StaffOffer.objects.update(created_at=timezone.now() - timedelta(days=14))
    assert otto.post(ADD, given)["Location"] == "/staff/team/"
    assert StaffOffer.objects.get(answer="").role == "manager"


def test_a_question_of_another_practice_cannot_be_withdrawn(otto: WebClient, cast: Cast) -> None:
    offer = ask(otto, "stan@example.com")
    add_staff(user=cast.fay, practice=cast.practice, role="manager", by=SYSTEM)
    fay = browser_of(cast.fay)
    assert fay.post(f"/staff/team/offers/{offer.pk}/withdraw/").status_code == 404
    assert StaffOffer.objects.get().answer == ""


def test_who_works_for_two_practices_chooses_one(cast: Cast) -> None:
    add_staff(user=cast.fay, practice=cast.other_practice, role="manager", by=SYSTEM)
    fay = browser_of(cast.fay)
    page = words(fay.get("/staff/"))
    assert "Switch practice" in page
    assert "Lakeside Cancer Associates" in page
    assert fay.get("/staff/team/").status_code == 404
    choice = words(fay.get("/staff/practices/"))
    assert "Hillside Cancer Associates (Manager)" in choice
    fay.post("/staff/practices/", {"practice": str(cast.other_practice.pk)})
    assert "Otto Elsewhere" in words(fay.get("/staff/team/"))
    cast.fay.memberships.filter(practice=cast.other_practice).update(ended_at=timezone.now())
    page = words(fay.get("/staff/"))
    assert "Hillside" not in page
    assert "Switch practice" not in page


def test_the_host_says_which_practice_before_anything_is_chosen(cast: Cast, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["hillside.example.org"]
    cast.other_practice.hosts = ["hillside.example.org"]
    cast.other_practice.save()
    add_staff(user=cast.fay, practice=cast.other_practice, role="manager", by=SYSTEM)
    fay = browser_of(cast.fay)
    page = words(fay.get("/staff/", headers={"host": "hillside.example.org"}))
    assert "Hillside Cancer Associates" in page


def test_a_practice_that_is_not_ones_own_cannot_be_chosen(cast: Cast) -> None:
    fay = browser_of(cast.fay)
    page = fay.post("/staff/practices/", {"practice": str(cast.other_practice.pk)})
    assert "Select a valid choice" in words(page)
    session = fay.session
    session["desk"] = str(cast.other_practice.pk)
    session.save()
    assert "Lakeside Cancer Associates" in words(fay.get("/staff/"))


@pytest.mark.parametrize("kind", ["self", "family"])
def test_an_address_that_was_only_written_down_is_no_sign_in(
    otto: WebClient, cast: Cast, kind: str
) -> None:
    ask(otto, "new@example.com")
    given = {"password": PASSWORD, "terms": "on", **typed("1951-03-04")}
    more: dict[str, Any] = {}
    if kind == "family":
        given |= {"name": "Nell Adler", **typed("1988-02-03")}
        more = {"kind": kind, "birth_date": date(1988, 2, 3)}
    token = mailed_link(cast.ruths_record, "new@example.com", **more)
    browser = WebClient()
    assert "You already have a sign-in" not in words(browser.get(f"/register/{token}/"))
    assert browser.post(f"/register/{token}/", given)["Location"] == "/sign-in/"
    person = User.objects.get(email="new@example.com")
    assert person.name == ("Nell Adler" if kind == "family" else "Ruth Adler")
    assert person.birth_date
    assert person.check_password(PASSWORD)
    assert person.grants.get().kind == kind
    assert not person.memberships.exists()
    assert AuditEvent.objects.filter(action="user.claim").exists()


def test_a_sign_in_with_a_password_is_not_claimed_by_a_link(cast: Cast) -> None:
    token = mailed_link(cast.ruths_record, "stan@example.com")
    before = User.objects.get(pk=cast.stan.pk).password
    given = {"password": "Another-8-lane!", "terms": "on", **typed("1951-03-04")}
    page = WebClient().post(f"/register/{token}/", given)
    assert "You already have a sign-in." in words(page)
    assert User.objects.get(pk=cast.stan.pk).password == before
