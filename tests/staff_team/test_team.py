"""Who works for the practice: asked, given another role and ended by its managers, on real pages (AUTH-8, AUD-2)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from itertools import product
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction

from carespace.access import signing
from carespace.access.chart import actor_of
from carespace.access.permissions import BY_STAFF_ROLE, IN_WORDS
from carespace.accounts.models import SignIn, User
from carespace.accounts.sessions import row_key
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from carespace.practices.actions import TeamRefused, add_staff, change_role, end_colleague
from carespace.practices.models import StaffMembership, StaffOffer, StaffRole
from carespace.practices.policies import may_change
from tests.conftest import Answer, WebClient
from tests.people import (
    Cast,
    let_see,
    make_cast,
    make_patient,
    make_person,
    make_practice,
    sign_in,
)
from tests.rows.mails import hand_over, link_in, whole

TEAM = "/staff/team/"
NEW = {"name": "Ann Newcomer", "email": "Ann@Example.com", "role": "care-team"}


@dataclass(frozen=True)
class Team:
    """The cast of the practice, with Mina who manages it."""

    cast: Cast
    mina: User

    def of(self, person: User) -> StaffMembership:
        return person.memberships.get(ended_at__isnull=True)

    def of_here(self, person: User) -> StaffMembership:
        return person.memberships.get(ended_at__isnull=True, practice=self.cast.practice)


@pytest.fixture
def team(settings: Any) -> Team:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cast = make_cast()
    mina = make_person("Mina Manager")
    add_staff(user=mina, practice=cast.practice, role="manager", by=SYSTEM)
    return Team(cast, mina)


@pytest.fixture
def mina(client: WebClient, team: Team) -> WebClient:
    """Mina's browser."""
    sign_in(client, team.mina)
    return client


def words(response: Answer) -> str:
    return unescape(response.content.decode())


def path_of(membership: StaffMembership, what: str) -> str:
    return f"{TEAM}{membership.pk}/{what}/"


def give_proof_an_age(client: WebClient, seconds: int) -> None:
    session = client.session
    session["proved_at"] -= seconds
    session.save()


@pytest.mark.parametrize(
    ("has_ended", "is_own", "by_manager", "leaves_a_manager"),
    list(product([False, True], repeat=4)),
)
def test_a_change_is_made_by_a_manager_for_another_and_leaves_one(
    has_ended: bool, is_own: bool, by_manager: bool, leaves_a_manager: bool
) -> None:
    decision = may_change(
        has_ended=has_ended,
        is_own=is_own,
        by_manager=by_manager,
        leaves_a_manager=leaves_a_manager,
    )
    wanted = not has_ended and not is_own and by_manager and leaves_a_manager
    assert decision.allowed is wanted
    assert bool(decision.reason) is not wanted


@pytest.mark.django_db
class TestPage:
    def test_it_lists_who_works_here_and_nobody_else(self, mina: WebClient, team: Team) -> None:
        page = words(mina.get(TEAM))
        for text in ("Fay Desk", "fay@example.com", "Front desk", "Mina Manager", "Not yet"):
            assert text in page
        for other in ("Otto", "otto@example.com", "Ruth", "Luis"):
            assert other not in page

    def test_it_says_what_each_role_may_do(self, mina: WebClient) -> None:
        page = words(mina.get(TEAM))
        for held in BY_STAFF_ROLE.values():
            for permission in held:
                assert IN_WORDS[permission] in page
        row = page.split(IN_WORDS[max(BY_STAFF_ROLE["front-desk"], key=str)])[1].split("</tr>")[0]
        assert [f'data-label="{role.label}"' in row for role in StaffRole] == [True] * 4
        assert (row.count("Yes"), row.count("No")) == (2, 2)

    def test_one_changes_oneself_by_no_button(self, mina: WebClient, team: Team) -> None:
        page = words(mina.get(TEAM))
        assert "Another manager can change this" in page
        assert path_of(team.of(team.mina), "role") not in page
        assert path_of(team.of(team.cast.fay), "role") in page

    @pytest.mark.parametrize("role", [each for each in StaffRole.values if each != "manager"])
    def test_who_is_no_manager_finds_no_page(
        self, client: WebClient, team: Team, role: str
    ) -> None:
        add_staff(user=team.cast.fay, practice=team.cast.practice, role=role, by=SYSTEM)
        sign_in(client, team.cast.fay)
        target = team.of(team.mina)
        for path in (TEAM, f"{TEAM}add/", path_of(target, "role"), path_of(target, "end")):
            assert client.get(path).status_code == 404
            assert client.post(path, {**NEW, "reason": "x"}).status_code in {404, 405}
        assert 'href="/staff/team/"' not in words(client.get("/staff/"))

    @pytest.mark.parametrize("person", ["ruth", "luis", "otto"])
    def test_strangers_find_nothing_of_this_practice(
        self, client: WebClient, team: Team, person: str
    ) -> None:
        """Otto manages another practice: he finds his own people there, and none of these."""
        sign_in(client, getattr(team.cast, person))
        page = client.get(TEAM)
        assert page.status_code == (200 if person == "otto" else 404)
        assert "Fay Desk" not in words(page)
        for what in ("role", "end"):
            path = path_of(team.of(team.cast.fay), what)
            assert client.get(path).status_code == 404
            assert client.post(path, {"role": "manager", "reason": "x"}).status_code == 404
        assert team.of(team.cast.fay).role == "front-desk"

    def test_a_proof_that_is_old_is_asked_for_again(self, mina: WebClient, team: Team) -> None:
        give_proof_an_age(mina, 15 * 60 + 5)
        fays = team.of(team.cast.fay)
        for path in (f"{TEAM}add/", path_of(fays, "role"), path_of(fays, "end")):
            for response in (mina.get(path), mina.post(path, {**NEW, "reason": "x"})):
                assert response["Location"].startswith("/settings/confirm/?next=")
        assert mina.get(TEAM).status_code == 200
        assert team.of(team.cast.fay) == fays


@pytest.mark.django_db
class TestAdding:
    def add(self, browser: WebClient, **more: str) -> Answer:
        return browser.post(f"{TEAM}add/", {**NEW, "confirmed": "yes", **more}, follow=True)

    def test_a_new_person_is_asked_back_first(self, mina: WebClient) -> None:
        page = words(mina.post(f"{TEAM}add/", NEW))
        assert "Is this the right person?" in page
        for text in ("Ann Newcomer", "ann@example.com", "Care team", "Open a patient’s record"):
            assert text in page.replace("Ann@Example.com", "ann@example.com")
        assert not User.objects.filter(email="ann@example.com").exists()

    def test_a_new_person_gets_a_sign_in_without_password_and_a_mail(
        self, mina: WebClient, team: Team
    ) -> None:
        page = words(self.add(mina))
        assert "We asked ann@example.com by mail. They work here when they say yes." in page
        for text in ("Ann Newcomer", "Care team", "Waiting for their yes"):
            assert text in page
        ann = User.objects.get(email="ann@example.com")
        assert not ann.has_usable_password()
        assert not ann.memberships.exists()
        told = AuditEvent.objects.get(action="staff.ask")
        assert (told.actor_id, told.detail["user"]) == (team.mina.pk, str(ann.pk))

    def test_the_mail_says_how_to_come_in_and_holds_no_secret(self, mina: WebClient) -> None:
        self.add(mina)
        (welcome,) = hand_over()
        assert welcome.to == ["ann@example.com"]
        text = whole(welcome)
        assert "a code from an app on your phone, or a passkey" in text
        assert "Ann Newcomer" not in text
        browser = WebClient()
        assert browser.get(link_in(welcome))["Location"].startswith("/sign-in/?next=/join/")
        browser.post("/forgot-password/", {"email": "ann@example.com"})
        (reset,) = hand_over()
        done = browser.post(link_in(reset), {"password": "Orchard-9-lane!"})
        assert done["Location"] == "/sign-in/"
        given = {"email": "ann@example.com", "password": "Orchard-9-lane!"}
        assert browser.post("/sign-in/", given)["Location"] == "/"
        assert browser.get("/staff/").status_code == 404
        assert browser.get("/")["Location"] == link_in(welcome)
        page = words(browser.get(link_in(welcome)))
        assert "Lakeside Cancer Associates asks you to work" in page
        assert "Your role: Care team." in page
        assert browser.post(link_in(welcome), {"answer": "yes"})["Location"] == "/staff/"
        assert browser.get("/staff/")["Location"].startswith("/settings/second-factor/")

    def test_who_worked_here_once_may_come_back(self, mina: WebClient, team: Team) -> None:
        mina.post(path_of(team.of(team.cast.fay), "end"), {"reason": "left"})
        assert "We asked fay@example.com" in words(self.add(mina, email="fay@example.com"))
        fays = WebClient()
        sign_in(fays, team.cast.fay)
        offer = StaffOffer.objects.get()
        fays.post(f"/join/{offer.pk}/", {"answer": "yes"})
        assert team.of(team.cast.fay).role == "care-team"

    def test_who_works_here_already_is_not_asked(self, mina: WebClient, team: Team) -> None:
        page = words(self.add(mina, email="fay@example.com", role="manager"))
        assert "This person works here already." in page
        assert team.of(team.cast.fay).role == "front-desk"

    @pytest.mark.parametrize(
        ("field", "given", "told"),
        [
            ("name", "", "Enter their name"),
            ("email", "ann", "Check their email address"),
            ("role", "", "Choose a role"),
            ("role", "owner", "Select a valid choice"),
        ],
    )
    def test_what_is_missing_is_said(
        self, mina: WebClient, field: str, given: str, told: str
    ) -> None:
        before = User.objects.count()
        assert told in words(self.add(mina, **{field: given}))
        assert User.objects.count() == before


@pytest.mark.django_db
class TestChanging:
    def test_another_role_counts_from_the_next_click(self, mina: WebClient, team: Team) -> None:
        fays = WebClient()
        sign_in(fays, team.cast.fay)
        assert fays.get(TEAM).status_code == 404
        done = mina.post(path_of(team.of(team.cast.fay), "role"), {"role": "manager"})
        assert done["Location"] == TEAM
        assert fays.get(TEAM).status_code == 200
        assert list(
            team.cast.fay.memberships.order_by("started_at").values_list("role", "ended_at")
        )[1] == ("manager", None)

    def test_the_same_role_changes_nothing(self, mina: WebClient, team: Team) -> None:
        before = team.of(team.cast.fay)
        mina.post(path_of(before, "role"), {"role": "front-desk"})
        assert team.of(team.cast.fay) == before

    @pytest.mark.parametrize(("what", "told"), [("role", "front-desk"), ("end", "x")])
    def test_not_ones_own(self, mina: WebClient, team: Team, what: str, told: str) -> None:
        add_staff(user=team.cast.stan, practice=team.cast.practice, role="manager", by=SYSTEM)
        path = path_of(team.of(team.mina), what)
        page = words(mina.post(path, {"role": told, "reason": told}))
        assert "You cannot change your own role" in page
        assert team.of(team.mina).role == "manager"

    def test_an_ended_membership_is_not_there(self, mina: WebClient, team: Team) -> None:
        fays = team.of(team.cast.fay)
        mina.post(path_of(fays, "end"), {"reason": "left"})
        assert mina.get(path_of(fays, "role")).status_code == 404
        assert mina.post(path_of(fays, "role"), {"role": "manager"}).status_code == 404


@pytest.mark.django_db
class TestEnding:
    def test_it_asks_why_and_signs_out_everywhere(self, mina: WebClient, team: Team) -> None:
        fays = WebClient()
        sign_in(fays, team.cast.fay)
        assert fays.get("/staff/").status_code == 200
        SignIn.objects.get_or_create(
            user=team.cast.fay, session_row=row_key(fays.session.session_key or "")
        )
        path = path_of(team.of(team.cast.fay), "end")
        assert "Enter a reason" in words(mina.post(path, {"reason": " "}))
        assert fays.get("/staff/").status_code == 200
        page = words(mina.post(path, {"reason": "Moved to another town"}, follow=True))
        assert "fay@example.com no longer works here." in page
        assert fays.get("/staff/")["Location"].startswith("/sign-in/")
        for action in ("staff.end", "sessions.end"):
            event = AuditEvent.objects.get(action=action)
            assert (event.reason, event.actor_id) == ("Moved to another town", team.mina.pk)
        (told,) = OutboxMessage.objects.filter(to_address="fay@example.com")
        assert told.context["event"] == "sessions-ended-by-practice"

    @pytest.mark.parametrize("tie", ["works", "family"])
    def test_a_session_that_is_another_practices_too_lives_on(
        self, mina: WebClient, team: Team, tie: str
    ) -> None:
        other = team.cast.other_practice
        if tie == "works":
            add_staff(user=team.cast.fay, practice=other, role="front-desk", by=SYSTEM)
        else:
            let_see(team.cast.fay, make_patient(other, mrn="H-1", born="1950-01-01"), "family")
        fays = WebClient()
        sign_in(fays, team.cast.fay)
        page = words(
            mina.post(path_of(team.of_here(team.cast.fay), "end"), {"reason": "x"}, follow=True)
        )
        assert "fay@example.com no longer works here." in page
        assert "is signed out" not in page
        assert fays.get("/settings/").status_code == 200
        assert fays.get("/staff/").status_code == (200 if tie == "works" else 404)
        assert not AuditEvent.objects.filter(action="sessions.end").exists()
        assert not OutboxMessage.objects.filter(to_address="fay@example.com").exists()

    def test_who_comes_back_with_the_password_finds_no_page(
        self, mina: WebClient, team: Team
    ) -> None:
        mina.post(path_of(team.of(team.cast.fay), "end"), {"reason": "left"})
        fays = WebClient()
        sign_in(fays, team.cast.fay)
        assert fays.get("/staff/").status_code == 404
        assert "Fay Desk" not in words(mina.get(TEAM))

    def test_a_look_ends_nothing(self, mina: WebClient, team: Team) -> None:
        page = words(mina.get(path_of(team.of(team.cast.fay), "end")))
        assert "End staff access of Fay Desk?" in page
        assert team.of(team.cast.fay)


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
@pytest.mark.parametrize("act", ["end", "change"])
def test_two_managers_cannot_end_each_other_at_once(act: str) -> None:
    """Each sees the other as a manager when the click is made; the lock lets one be first."""
    practice = make_practice()
    people = [make_person("Mina One"), make_person("Mona Two")]
    memberships = [
        add_staff(user=each, practice=practice, role="manager", by=SYSTEM) for each in people
    ]
    together = Barrier(len(people))

    def click(number: int) -> str:
        by, target = actor_of(people[number]), memberships[1 - number]
        try:
            with transaction.atomic():
                signing.set_signed(signing.USER, people[number].pk)
                signing.work_for_practice(practice.pk, "manager")
                together.wait(timeout=20)
                if act == "end":
                    end_colleague(membership=target, reason="x", by=by)
                else:
                    change_role(membership=target, role="front-desk", by=by)
        except TeamRefused as refused:
            return str(refused)
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(people)) as pool:
        told = sorted(pool.map(click, range(len(people))))
    assert told == ["done", "not-manager"]
    working = StaffMembership.objects.filter(role="manager", ended_at__isnull=True)
    assert working.count() == 1
