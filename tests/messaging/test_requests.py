"""A request about an appointment: asked once, answered once, read by both sides and nobody else (S-49)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from carespace.access.chart import NotFound, open_chart
from carespace.access.desk import ActRefused, open_desk
from carespace.access.permissions import Permission
from carespace.accounts.models import User
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.messaging.actions import (
    AnsweredAlready,
    AskedAlready,
    Question,
    ask_about_appointment,
    close,
)
from carespace.messaging.models import Communication, Thread
from carespace.messaging.states import (
    TRANSITIONS,
    ThreadState,
    TransitionRefused,
    Wish,
    check_transition,
)
from carespace.outbox.models import OutboxMessage
from carespace.patients.models import Patient
from carespace.practices.actions import add_staff
from tests.appointments.test_page import text_of
from tests.conftest import Answer, WebClient
from tests.people import Cast, let_see, make_cast, make_patient, make_person, sign_in
from tests.records.shelf import put, visit

pytestmark = pytest.mark.django_db
CHANGE = {"wish": "change", "words": "Any morning next week", "phone": "(555) 010-0199"}
FORM_ID = re.compile(r'name="form_id" value="([0-9a-f-]{36})"')


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def infusion(cast: Cast) -> UUID:
    return put(cast.practice, cast.ruths_record, visit("2099-11-24T09:30:00-05:00"))


def page_of(cast: Cast, appointment: UUID) -> str:
    return reverse("portal:appointment-change", args=[cast.ruths_record.pk, appointment])


def send(client: WebClient, address: str, **more: str) -> Answer:
    """Fill the form, look at the page that asks once more, and send it."""
    (form_id,) = FORM_ID.findall(client.get(address).content.decode())
    given = {**CHANGE, "form_id": form_id, **more}
    asked = client.post(address, given)
    assert asked.status_code == 200
    assert Thread.objects.count() == 0, "nothing is sent before the last page"
    assert given["phone"] in text_of(asked)
    return client.post(address, {**given, "confirmed": "yes"})


def test_a_request_reaches_the_desk_and_its_answer_the_patient(
    cast: Cast, client: WebClient, infusion: UUID
) -> None:
    sign_in(client, cast.ruth)
    sent = send(client, page_of(cast, infusion))
    list_page = reverse("portal:appointments", args=[cast.ruths_record.pk])
    assert (sent.status_code, sent["Location"]) == (302, list_page)
    mine = text_of(client.get(list_page))
    assert "You asked to change this on" in mine
    assert "The front desk will call you. They call on the next working day." in mine
    assert "Ask to change or cancel" not in mine

    client.logout()
    sign_in(client, cast.fay)
    listed = client.get(reverse("staff:requests"))
    words = text_of(listed).replace("\N{NO-BREAK SPACE}", " ")
    for each in ("Ruth Adler", "March 4, 1951", "R-1", "(555) 010-0199", "Another day or time"):
        assert each in words, each
    assert "Infusion: Tuesday, November 24, 2099, 9:30 am, Eastern time" in words
    thread = Thread.objects.get()
    one = reverse("staff:request", args=[thread.pk])
    assert "Any morning next week" in text_of(client.get(one))
    assert client.post(one, {"outcome": ""}).status_code == 200
    answer = {"outcome": "We booked you for Thursday"}
    assert client.post(one, answer)["Location"] == reverse("staff:requests")
    assert "Nothing waits." in text_of(client.get(reverse("staff:requests")))

    client.logout()
    sign_in(client, cast.ruth)
    mine = text_of(client.get(list_page))
    assert "Answered: We booked you for Thursday" in mine
    assert "will call you" not in mine
    assert "Ask to change or cancel" in mine, "who was answered may ask again"
    told = AuditEvent.objects.filter(patient_id=cast.ruths_record.pk)
    for action in ("appointment.ask", "request.open", "request.close"):
        assert told.filter(action=action).exists(), action
    assert not OutboxMessage.objects.exists()


def test_the_desk_reads_in_english_what_was_asked_about_in_spanish(
    cast: Cast, client: WebClient
) -> None:
    nameless = put(
        cast.practice,
        cast.ruths_record,
        {**visit("2099-11-24T09:30:00-05:00"), "serviceType": []},
    )
    cast.ruth.language = "es"
    cast.ruth.save()
    sign_in(client, cast.ruth)
    assert send(client, page_of(cast, nameless)).status_code == 302
    subject = Thread.objects.get().subject.replace("\N{NO-BREAK SPACE}", " ")
    assert subject == "Appointment: Tuesday, November 24, 2099, 9:30 am, Eastern time"


def test_the_form_knows_the_patients_number_and_leads_back(
    cast: Cast, client: WebClient, infusion: UUID
) -> None:
    numbers = [
        {"system": "phone", "use": "old", "value": "(555) 010-0100"},
        {"system": "phone", "use": "home", "value": "(555) 010-0101"},
        {"system": "email", "value": "ruth@example.com"},
        {"system": "phone", "use": "mobile", "value": "(555) 010-0102"},
    ]
    person = {"resourceType": "Patient", "id": "R-1", "telecom": numbers}
    put(cast.practice, cast.ruths_record, person)
    sign_in(client, cast.ruth)
    page = client.get(page_of(cast, infusion)).content.decode()
    assert 'value="(555) 010-0102"' in page
    assert "All appointments" in page
    client.logout()
    sign_in(client, cast.luis)
    theirs = client.get(page_of(cast, infusion)).content.decode()
    assert "(555) 010-0102" not in theirs


def test_family_ask_in_their_own_name_for_the_patient(
    cast: Cast, client: WebClient, infusion: UUID
) -> None:
    sign_in(client, cast.luis)
    send(client, page_of(cast, infusion), wish="cancel")
    message = Communication.objects.get()
    assert (message.sender_name, message.on_behalf_of) == ("Luis Adler", "Ruth Adler")
    client.logout()
    sign_in(client, cast.fay)
    page = client.get(reverse("staff:request", args=[Thread.objects.get().pk]))
    assert "Luis Adler for Ruth Adler wrote" in text_of(page)
    assert "Cancel it" in text_of(page)
    client.logout()
    sign_in(client, cast.ruth)
    own = client.get(reverse("portal:appointments", args=[cast.ruths_record.pk]))
    assert "Luis Adler asked to cancel this on" in text_of(own)


def test_a_double_click_asks_once(cast: Cast, client: WebClient, infusion: UUID) -> None:
    sign_in(client, cast.ruth)
    address = page_of(cast, infusion)
    given = {**CHANGE, "form_id": str(uuid4()), "confirmed": "yes"}
    first, second = client.post(address, given), client.post(address, given)
    assert first["Location"] == second["Location"]
    assert Thread.objects.count() == Communication.objects.count() == 1
    assert AuditEvent.objects.filter(action="appointment.ask").count() == 1


def test_a_form_sent_for_another_appointment_asks_about_that_one(
    cast: Cast, client: WebClient, infusion: UUID
) -> None:
    """Never "We sent it" where nothing was stored: a browser may fill in again what it kept of the first form."""
    scan = put(cast.practice, cast.ruths_record, visit("2099-12-01T09:30:00-05:00"))
    sign_in(client, cast.ruth)
    given = {**CHANGE, "form_id": str(uuid4()), "confirmed": "yes"}
    for appointment in (infusion, scan, scan):
        page = client.post(page_of(cast, appointment), given, follow=True)
        assert "We sent it to the front desk." in text_of(page)
    assert {thread.about_id for thread in Thread.objects.all()} == {infusion, scan}
    assert Thread.objects.count() == Communication.objects.count() == 2


def test_the_same_form_sent_after_the_answer_asks_nothing(
    cast: Cast, client: WebClient, infusion: UUID
) -> None:
    sign_in(client, cast.ruth)
    given = {**CHANGE, "form_id": str(uuid4()), "confirmed": "yes"}
    client.post(page_of(cast, infusion), given)
    close_as(cast.fay, Thread.objects.get().pk)
    client.post(page_of(cast, infusion), given)
    assert Thread.objects.get().state == "closed"


def test_while_one_waits_there_is_no_second_one(
    cast: Cast, client: WebClient, infusion: UUID
) -> None:
    sign_in(client, cast.ruth)
    send(client, page_of(cast, infusion))
    client.logout()
    sign_in(client, cast.luis)
    for _ in range(2):
        again = client.get(page_of(cast, infusion))
        assert again.status_code == 302
    given = {**CHANGE, "form_id": str(uuid4()), "confirmed": "yes"}
    client.post(page_of(cast, infusion), given)
    assert Thread.objects.count() == 1


def test_what_is_over_or_cancelled_is_not_asked_about(cast: Cast, client: WebClient) -> None:
    sign_in(client, cast.ruth)
    for more in ({"start": "2020-11-24T09:30:00Z"}, {"status": "cancelled"}):
        one = put(cast.practice, cast.ruths_record, {**visit("2099-11-24T09:30:00Z"), **more})
        assert client.get(page_of(cast, one)).status_code == 302
        given = {**CHANGE, "form_id": str(uuid4()), "confirmed": "yes"}
        assert client.post(page_of(cast, one), given).status_code == 302
    assert not Thread.objects.exists()


def test_an_appointment_of_today_leads_to_the_phone(cast: Cast, client: WebClient) -> None:
    now = datetime.now(cast.practice.zone)
    late = now.replace(hour=23, minute=59, second=59)
    one = put(cast.practice, cast.ruths_record, visit(late.isoformat()))
    sign_in(client, cast.ruth)
    page = client.get(page_of(cast, one))
    assert "This appointment is today. Please call us now:" in text_of(page)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"wish": ""}, "Choose if you want another time, or to cancel"),
        ({"wish": "move"}, "Choose if you want another time, or to cancel"),
        ({"phone": ""}, "Enter a phone number where we can call you"),
        ({"phone": "0199"}, "Check the phone number. Enter it with the area code."),
        ({"words": "x" * 1001}, "Say it in fewer words"),
    ],
)
def test_what_is_missing_is_asked_for(
    cast: Cast, client: WebClient, infusion: UUID, more: dict[str, str], said: str
) -> None:
    sign_in(client, cast.ruth)
    given = {**CHANGE, "form_id": str(uuid4()), "confirmed": "yes", **more}
    page = client.post(page_of(cast, infusion), given)
    assert page.status_code == 200
    assert said in text_of(page)
    assert not Thread.objects.exists()


def test_what_was_typed_can_be_changed_before_it_is_sent(
    cast: Cast, client: WebClient, infusion: UUID
) -> None:
    sign_in(client, cast.ruth)
    given = {**CHANGE, "form_id": str(uuid4())}
    page = client.post(page_of(cast, infusion), {**given, "back": "yes"}).content.decode()
    assert "Any morning next week</textarea>" in page
    assert given["form_id"] in page
    assert not Thread.objects.exists()


def ask(who: User, cast: Cast, **more: Any) -> Thread:
    given: dict[str, Any] = {
        "about_id": uuid4(),
        "subject": "Infusion",
        "starts": None,
        "wish": Wish.CHANGE,
        "words": "",
        "phone": "555-010-0199",
        "form_id": uuid4(),
        **more,
    }
    with transaction.atomic():
        chart = open_chart(who, cast.ruths_record.pk, Permission.MESSAGE_WRITE)
        return ask_about_appointment(chart=chart, question=Question(**given), by=chart.actor)


def close_as(who: User, thread_id: UUID) -> Thread:
    with transaction.atomic():
        desk = open_desk(who, Permission.MESSAGE_ANSWER, second_factor=True)
        return close(desk=desk, thread_id=thread_id, outcome="Done", by=desk.actor)


def test_of_two_forms_about_one_appointment_the_second_is_refused(cast: Cast) -> None:
    about = uuid4()
    ask(cast.ruth, cast, about_id=about)
    with pytest.raises(AskedAlready):
        ask(cast.luis, cast, about_id=about)
    assert ask(cast.luis, cast).state == "open", "another appointment"


def test_what_is_answered_stays_answered(cast: Cast) -> None:
    thread = ask(cast.ruth, cast)
    close_as(cast.fay, thread.pk)
    with pytest.raises(AnsweredAlready):
        close_as(cast.fay, thread.pk)


def test_a_desk_of_another_practice_sees_and_answers_nothing(cast: Cast, client: WebClient) -> None:
    thread = ask(cast.ruth, cast)
    sign_in(client, cast.otto)
    assert "Nothing waits." in text_of(client.get(reverse("staff:requests")))
    one = reverse("staff:request", args=[thread.pk])
    assert client.get(one).status_code == 404
    assert client.post(one, {"outcome": "Hello"}).status_code == 404
    with pytest.raises(NotFound):
        close_as(cast.otto, thread.pk)
    assert Thread.objects.get().state == "open"


def let_in(cast: Cast) -> None:
    let_see(cast.fay, cast.ruths_record, "family")


def with_fays_address(cast: Cast) -> None:
    Patient.objects.filter(pk=cast.ruths_record.pk).update(email="Fay@example.com")


@pytest.mark.parametrize("become", [let_in, with_fays_address])
def test_nobody_reads_or_answers_what_is_asked_about_their_own_record(
    cast: Cast, client: WebClient, become: Callable[[Cast], None]
) -> None:
    """Neither one's own nor one that is seen as family: a colleague does, as with all other work of the desk."""
    become(cast)
    thread = ask(cast.ruth, cast, subject="Canary infusion", words="Canary words")
    ask_for_stan(cast)
    sign_in(client, cast.fay)
    page_of_all = client.get(reverse("staff:requests"))
    listed = text_of(page_of_all)
    assert "Ruth Adler" in listed
    assert "A colleague answers this: it is your own record, or one you see as family." in listed
    assert "Stans scan" in listed
    one = reverse("staff:request", args=[thread.pk])
    for page in (client.get(one), client.post(one, {"outcome": "Yes"})):
        assert page.status_code == 200
        assert "This is your own record, or one you see as family" in text_of(page)
        assert "555-010-0199" not in text_of(page)
        assert "Canary" not in text_of(page)
    assert "Canary" not in listed
    assert one not in page_of_all.content.decode()
    with pytest.raises(ActRefused):
        close_as(cast.fay, thread.pk)
    assert Thread.objects.get(pk=thread.pk).state == "open"
    assert not AuditEvent.objects.filter(action="request.open").exists()
    refused = AuditEvent.objects.filter(action="desk.refuse-act")
    assert {(each.actor_id, each.patient_id) for each in refused} == {
        (cast.fay.pk, cast.ruths_record.pk)
    }


def ask_for_stan(cast: Cast) -> None:
    with transaction.atomic():
        chart = open_chart(cast.stan, cast.stans_record.pk, Permission.MESSAGE_WRITE)
        question = Question(uuid4(), "Stans scan", None, Wish.CHANGE, "", "555-010-0100", uuid4())
        ask_about_appointment(chart=chart, question=question, by=chart.actor)


def test_the_care_team_has_no_front_desk_work(cast: Cast, client: WebClient) -> None:
    nia = make_person("Nia Nurse")
    add_staff(user=nia, practice=cast.practice, role="care-team", by=SYSTEM)
    thread = ask(cast.ruth, cast)
    sign_in(client, nia)
    assert client.get(reverse("staff:requests")).status_code == 404
    assert client.get(reverse("staff:request", args=[thread.pk])).status_code == 404
    assert b"Requests" not in client.get(reverse("staff:patients")).content


def test_a_manager_answers_too(cast: Cast) -> None:
    mina = make_person("Mina Manager")
    add_staff(user=mina, practice=cast.practice, role="manager", by=SYSTEM)
    assert close_as(mina, ask(cast.ruth, cast).pk)


def test_the_longest_waiting_comes_first_and_the_number_is_in_the_navigation(
    cast: Cast, client: WebClient
) -> None:
    for days, name in ((1, "Newest"), (5, "Oldest"), (3, "Middle")):
        thread = ask(cast.ruth, cast, subject=name)
        Thread.objects.filter(pk=thread.pk).update(opened_at=timezone.now() - timedelta(days=days))
    sign_in(client, cast.fay)
    body = client.get(reverse("staff:requests")).content.decode()
    assert body.index("Oldest") < body.index("Middle") < body.index("Newest")
    assert re.search(r'Requests <span class="count">3<', body)


def test_the_list_asks_the_same_of_the_tables_for_many(cast: Cast, client: WebClient) -> None:
    from tests.portal.test_pages import asked_of_the_tables  # noqa: PLC0415

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            patient = make_patient(cast.practice, mrn=f"Q-{number}", born="1970-01-01")
            Thread.objects.create(
                practice=cast.practice,
                patient=patient,
                category="appointment",
                subject="x",
                form_id=uuid4(),
                opened_by_name="x",
            )

    sign_in(client, cast.fay)
    fill(0, 2)
    client.get(reverse("staff:requests"))
    few = asked_of_the_tables(lambda: client.get(reverse("staff:requests")))
    fill(2, 30)
    assert asked_of_the_tables(lambda: client.get(reverse("staff:requests"))) == few


def test_the_lifecycle_is_whole() -> None:
    assert set(TRANSITIONS) == set(ThreadState)
    check_transition(ThreadState.OPEN, ThreadState.CLOSED)
    for state in ThreadState:
        with pytest.raises(TransitionRefused):
            check_transition(state, ThreadState.OPEN)


def test_the_table_itself_refuses_an_answer_without_words(cast: Cast) -> None:
    thread = ask(cast.ruth, cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Thread.objects.filter(pk=thread.pk).update(state="closed", closed_at=datetime.now(UTC))
