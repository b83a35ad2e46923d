"""What the person at the server can undo: access, a link that waits, a membership; each is audited with its reason."""

from typing import Any

import pytest
from click.testing import CliRunner, Result

from carespace.access.actions import LinkEnded, invite, note_handed_over, open_link, revoke
from carespace.access.chart import actor_of
from carespace.access.models import Grant, Invitation
from carespace.access.tokens import token_for
from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.config.commands import access, staff
from carespace.config.commands import invite as inviting
from carespace.outbox.jobs import _deliver
from carespace.outbox.models import OutboxMessage
from carespace.practices.models import StaffMembership
from tests.conftest import WebClient
from tests.people import Cast, make_cast, sign_in

pytestmark = pytest.mark.django_db
AT_LAKESIDE = ("--practice", "lakeside")
OF_RUTH = (*AT_LAKESIDE, "--patient", "R-1")
WHY = ("--reason", "they asked")


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def run(command: Any, *words: str) -> Result:
    return CliRunner().invoke(command, words)


def told(action: str) -> AuditEvent:
    event = AuditEvent.objects.filter(action=action).latest("recorded_at")
    assert (event.actor_id, event.actor_kind) == (None, "operator")
    assert event.actor_name.startswith("command line (")
    return event


def test_access_ends_at_the_next_request(client: WebClient, cast: Cast) -> None:
    page = f"/p/{cast.ruths_record.pk}/"
    sign_in(client, cast.luis)
    assert client.get(page).status_code == 200
    answer = run(access.command, "revoke", *OF_RUTH, "--email", "Luis@example.com", *WHY)
    assert answer.exit_code == 0, answer.output
    assert "Luis Adler (luis@example.com) may no longer see the record." in answer.output
    assert client.get(page).status_code == 404
    grant = cast.luis.grants.get()
    event = told("grant.revoke")
    assert (event.reason, event.entity_id) == ("they asked", str(grant.pk))
    assert (grant.revoked_by, grant.revoked_by_name) == (None, event.actor_name)


@pytest.mark.parametrize("email", ["nora@example.com", "stan@example.com", "x@example.com", "luis"])
def test_what_nobody_has_is_not_revoked(cast: Cast, email: str) -> None:
    before = Grant.objects.active().count()
    answer = run(access.command, "revoke", *OF_RUTH, "--email", email, *WHY)
    assert answer.exit_code == 1
    assert email in answer.output
    assert Grant.objects.active().count() == before


@pytest.mark.parametrize("command", [access.command, staff.command, inviting.command])
def test_nothing_ends_without_a_reason(cast: Cast, command: Any) -> None:
    invite(patient=cast.ruths_record, email="fay@example.com", kind="family", by=SYSTEM)
    words = {
        access.command: ("revoke", *OF_RUTH, "--email", "luis@example.com"),
        staff.command: ("end", *AT_LAKESIDE, "--email", "fay@example.com"),
        inviting.command: ("withdraw", *OF_RUTH, "--email", "fay@example.com"),
    }[command]
    assert run(command, *words).exit_code == 2
    answer = run(command, *words, "--reason", " ")
    assert (answer.exit_code, "Give a --reason" in answer.output) == (1, True)
    assert run(command, *words, *WHY).exit_code == 0


def test_the_list_tells_who_may_see_a_record_and_who_could(cast: Cast) -> None:
    invite(patient=cast.ruths_record, email="new@example.com", kind="family", by=SYSTEM)
    answer = run(access.command, "list", *OF_RUTH, "--json")
    for part in (
        '"email": "ruth@example.com", "name": "Ruth Adler", "kind": "self", "state": "may see it"',
        '"email": "nora@example.com", "name": "Nora Quist", "kind": "family", "state": "ended"',
        '"email": "new@example.com", "name": "", "kind": "family", "state": "link queued"',
    ):
        assert part in answer.output
    assert "stan@example.com" not in answer.output
    event = told("access.list")
    assert (event.patient_id, event.detail) == (cast.ruths_record.pk, {"rows": 4})
    assert "Luis Adler" in run(access.command, "list", *OF_RUTH).output


def test_another_practices_patient_is_not_found(cast: Cast) -> None:
    answer = run(access.command, "list", "--practice", "hillside", "--patient", "R-1")
    assert (answer.exit_code, "No patient has" in answer.output) == (1, True)


def test_a_withdrawn_link_no_longer_works_and_its_waiting_mail_is_dropped(cast: Cast) -> None:
    link = invite(patient=cast.ruths_record, email="new@example.com", kind="self", by=SYSTEM)
    note_handed_over(invitation=link, ttl_hours=96, by=SYSTEM)
    assert open_link(token_for(link.pk)) == link
    answer = run(inviting.command, "withdraw", *OF_RUTH, "--email", "new@example.com", *WHY)
    assert answer.exit_code == 0, answer.output
    with pytest.raises(LinkEnded):
        open_link(token_for(link.pk))
    waiting = OutboxMessage.objects.get(template="invitation")
    assert _deliver(str(waiting.pk)) == ""
    waiting.refresh_from_db()
    assert waiting.state == "dropped"
    event = told("invitation.withdraw")
    assert (event.reason, event.entity_id) == ("they asked", str(link.pk))
    again = run(inviting.command, "withdraw", *OF_RUTH, "--email", "new@example.com", *WHY)
    assert (again.exit_code, "No link to new@example.com waits" in again.output) == (1, True)


def test_inviting_needs_no_word_more_than_before(cast: Cast) -> None:
    revoke(grant=cast.ruth.grants.get(), reason="lost", by=actor_of(cast.ruth))
    for words in (OF_RUTH, ("send", *OF_RUTH)):
        assert run(inviting.command, *words, "--email", "new@example.com").exit_code == 0
    assert sorted(Invitation.objects.values_list("state", flat=True)) == ["queued", "replaced"]
    assert "withdraw" in run(inviting.command, "--help").output


def test_who_no_longer_works_there_finds_nothing_at_the_next_request(
    client: WebClient, cast: Cast
) -> None:
    sign_in(client, cast.fay)
    assert client.get("/staff/").status_code == 200
    ended = ("end", *AT_LAKESIDE, "--email", "fay@example.com", *WHY)
    answer = run(staff.command, *ended)
    assert answer.exit_code == 0, answer.output
    assert "Fay Desk (fay@example.com) no longer works for Lakeside" in answer.output
    assert client.get("/staff/").status_code == 404
    event = told("staff.end")
    assert (event.reason, event.practice_id) == ("they asked", cast.practice.pk)
    again = run(staff.command, *ended)
    assert (again.exit_code, "Nobody with the address" in again.output) == (1, True)


def test_a_membership_of_another_practice_goes_on(cast: Cast) -> None:
    answer = run(staff.command, "end", *AT_LAKESIDE, "--email", "otto@example.com", *WHY)
    assert answer.exit_code == 1
    assert StaffMembership.objects.filter(user=cast.otto, ended_at__isnull=True).exists()


ADD = ("add", *AT_LAKESIDE, "--role", "clinician")


def test_a_new_member_of_staff_is_a_new_person(cast: Cast) -> None:
    answer = run(staff.command, *ADD, "--email", "Ida@Example.com", "--name", "Ida Nurse")
    assert answer.exit_code == 0, answer.output
    user = User.objects.get(email="ida@example.com")
    assert (user.name, user.memberships.get().role) == ("Ida Nurse", "clinician")
    assert "Forgot password" in answer.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--email", "ida", "--name", "Ida"), "'ida' is not an email address."),
        (("--email", "RUTH@example.com", "--name", "Ida"), "is the sign-in of Ruth Adler already"),
        (("--email", "ida@example.com"), "Give --name"),
        (("--email", "ida@example.com", "--existing"), "Nobody signs in as ida@example.com"),
    ],
)
def test_a_slip_makes_nobody_staff(cast: Cast, words: tuple[str, ...], says: str) -> None:
    before = User.objects.count(), StaffMembership.objects.count()
    answer = run(staff.command, *ADD, *words)
    assert (answer.exit_code, says in answer.output) == (1, True), answer.output
    assert (User.objects.count(), StaffMembership.objects.count()) == before


def test_who_signs_in_already_becomes_staff_when_that_is_meant(cast: Cast) -> None:
    answer = run(staff.command, *ADD, "--email", "ruth@example.com", "--existing")
    assert answer.exit_code == 0, answer.output
    assert "Ruth Adler (ruth@example.com) works for" in answer.output
    assert cast.ruth.memberships.get().role == "clinician"


def test_a_member_who_cannot_be_added_leaves_no_person_behind(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(staff, "add_staff", refuse)
    run(staff.command, *ADD, "--email", "ida@example.com", "--name", "Ida Nurse")
    assert not User.objects.filter(email="ida@example.com").exists()
