"""An action and its event are one: where the event cannot be written, nothing of the act is kept (HIP-1, AUD-1)."""

import ast
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from carespace.access.actions import (
    WrongBirthDate,
    accept,
    ask_again,
    check_birth_date,
    end_visit,
    end_visits_of,
    grant_access,
    invite,
    note_bounced,
    note_handed_over,
    resend,
    revoke,
    start_visit,
    withdraw,
)
from carespace.access.chart import actor_of, open_chart
from carespace.access.desk import open_desk
from carespace.access.models import Invitation, StaffVisit
from carespace.access.permissions import Permission
from carespace.access.signing import work_for_practice
from carespace.access.tokens import token_for
from carespace.accounts.actions import (
    add_factor,
    add_user,
    ask_for_address,
    ask_for_reset,
    change_password,
    choose_language,
    choose_news,
    end_after_time,
    end_session,
    end_trust,
    make_recovery_codes,
    note_verified_address,
    remove_every_factor,
    remove_factor,
    renew_hash,
    reset_password,
    sign_out,
    start_trust,
    use_app_code,
    use_passkey,
    use_recovery_code,
)
from carespace.accounts.factors import APP, PASSKEY, app_data, code_at, digest_of, factors_of
from carespace.accounts.models import SignIn, User
from carespace.accounts.passkeys import (
    added,
    new_challenge,
    options_to_add,
    options_to_show,
)
from carespace.accounts.resets import key_for
from carespace.accounts.sessions import row_key
from carespace.audit import recording
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM
from carespace.interop.actions import discard, retry, settle_as_same_person
from carespace.messaging.actions import Question, ask_about_appointment, close
from carespace.messaging.models import Thread
from carespace.messaging.states import Wish
from carespace.outbox.actions import note_returned
from carespace.outbox.models import OutboxMessage
from carespace.outbox.returned import Returned
from carespace.practices.actions import (
    accept_offer,
    accept_terms,
    add_practice,
    add_staff,
    change_role,
    decline_offer,
    end_colleague,
    end_staff,
    offer_work,
    publish_terms,
    set_sender,
    withdraw_offer,
)
from carespace.practices.models import StaffMembership, StaffOffer
from carespace.records.actions import hold, read_news, release, retract
from carespace.sharing.actions import choose_words, end_feed, make_feed, reset_feed
from tests.accounts.soft_key import SoftKey
from tests.audit.doubted import DOUBT, brought, doubted_entry, send_doubted, stopped_entry
from tests.guard.tree import ROOT
from tests.people import PASSWORD, Cast, make_cast, make_patient

pytestmark = pytest.mark.django_db

Act = Callable[[Cast, Invitation], Any]
ROOMS = (
    "access",
    "practices",
    "accounts",
    "patients",
    "outbox",
    "messaging",
    "records",
    "interop",
    "sharing",
)
WRONG = date(1990, 1, 1)
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238
OF_A_BROWSER = "a" * 32
RECOVERY_CODE = "abcd-efgh-jkmn-pqrs"
KEY = SoftKey(settings.CARESPACE_ORIGIN, urlsplit(settings.CARESPACE_ORIGIN).hostname or "")


@transaction.atomic
def visit(cast: Cast) -> StaffVisit:
    ends_at = timezone.now() + timedelta(hours=1)
    return start_visit(
        patient=cast.ruths_record, reason="x", ends_at=ends_at, by=actor_of(cast.fay)
    )


@transaction.atomic
def visits_ended(cast: Cast) -> None:
    StaffMembership.objects.filter(user=cast.fay).update(role="manager")
    visit(cast)
    end_visits_of(user_id=cast.fay.pk, by=actor_of(cast.fay))


@transaction.atomic
def ended_link_asked_for_again(link: Invitation) -> None:
    """A link whose time is over, and its holder asks for a new one."""
    Invitation.objects.filter(pk=link.pk).update(expires_at=link.sent_at)
    ask_again(token=token_for(link.pk))


@transaction.atomic
def at_a_managers_desk(cast: Cast, act: Callable[[], Any]) -> None:
    """Fay manages the practice, where Stan works as well."""
    StaffMembership.objects.filter(user=cast.fay).update(role="manager")
    StaffMembership(user=cast.stan, practice=cast.practice, role="care-team").save()
    work_for_practice(cast.practice.pk, "manager")
    act()


def offer_to_stan(cast: Cast) -> StaffOffer:
    return StaffOffer.objects.create(
        practice=cast.practice,
        email=cast.stan.email,
        name="Stan",
        role="care-team",
        created_by=cast.fay.pk,
    )


@transaction.atomic
def answered(cast: Cast, act: Callable[..., Any]) -> None:
    act(offer=offer_to_stan(cast), user=cast.stan, by=actor_of(cast.stan))


def with_app(user: User) -> list[str]:
    return add_factor(user=user, kind=APP, data=app_data(SECRET, 0))


@transaction.atomic
def news_read(cast: Cast) -> None:
    chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.RESULT_READ)
    read_news(chart=chart, what="report", identity=uuid4(), by=chart.actor)


def app_of(user: User) -> int:
    app = factors_of(user).app
    assert app
    return app.pk


def show_passkey(user: User) -> bool:
    challenge = new_challenge()
    options = options_to_show(challenge, factors_of(user).passkeys)
    return use_passkey(user=user, challenge=challenge, answer=KEY.show(options))


@pytest.fixture(autouse=True)
def _ruth_has_factors(cast: Cast) -> None:
    """An app, a passkey, a recovery code and a trusted device, for what uses and removes them; Stan has an app."""
    with_app(cast.ruth)
    challenge = new_challenge()
    kept = added(challenge, KEY.make(options_to_add(cast.ruth, challenge, [])))
    add_factor(user=cast.ruth, kind=PASSKEY, data={"name": "Key", **kept})
    codes = Authenticator.objects.get(user=cast.ruth, type=Authenticator.Type.RECOVERY_CODES)
    codes.data = {"digests": [digest_of(RECOVERY_CODE)]}
    codes.save()
    start_trust(user=cast.ruth)
    with_app(cast.stan)


@transaction.atomic
def asked(cast: Cast) -> Thread:
    """Ruth asks to change an appointment."""
    chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.MESSAGE_WRITE)
    question = Question(uuid4(), "Infusion", None, Wish.CHANGE, "", "555-010-0199", uuid4())
    return ask_about_appointment(chart=chart, question=question, by=chart.actor)


@transaction.atomic
def answered_request(cast: Cast) -> None:
    thread = asked(cast)
    desk = open_desk(cast.fay, Permission.MESSAGE_ANSWER, second_factor=True)
    close(desk=desk, thread_id=thread.pk, outcome="Done", by=desk.actor)


@transaction.atomic
def with_feed(cast: Cast, act: Callable[..., Any] | None, **more: Any) -> None:
    """Ruth has a calendar address, and does something about it."""
    chart = open_chart(cast.ruth, cast.ruths_record.pk, Permission.APPOINTMENT_READ)
    make_feed(chart=chart, with_words=False, by=chart.actor)
    if act is not None:
        act(chart=chart, by=chart.actor, **more)


ACTIONS: dict[str, Act] = {
    "messaging.ask_about_appointment": lambda cast, link: asked(cast),
    "messaging.close": lambda cast, link: answered_request(cast),
    "sharing.make_feed": lambda cast, link: with_feed(cast, None),
    "sharing.reset_feed": lambda cast, link: with_feed(cast, reset_feed),
    "sharing.choose_words": lambda cast, link: with_feed(cast, choose_words, with_words=True),
    "sharing.end_feed": lambda cast, link: with_feed(cast, end_feed),
    "access.invite": lambda cast, link: invite(
        patient=cast.ruths_record, email="new@example.com", kind="family", by=SYSTEM
    ),
    "access.resend": lambda cast, link: resend(invitation=link, by=SYSTEM, origin="desk"),
    "access.ask_again": lambda cast, link: ended_link_asked_for_again(link),
    "access.note_handed_over": lambda cast, link: note_handed_over(
        invitation=link, ttl_hours=96, by=SYSTEM
    ),
    "access._count_if_wrong": lambda cast, link: check_birth_date(
        invitation=link, birth_date=WRONG, by=SYSTEM
    ),
    "access.accept": lambda cast, link: accept(invitation=link, user=cast.otto, by=SYSTEM),
    "access.grant_access": lambda cast, link: grant_access(
        user=cast.otto, patient=cast.ruths_record, kind="family", basis="x", by=SYSTEM
    ),
    "access.revoke": lambda cast, link: revoke(
        grant=cast.luis.grants.get(), reason="x", by=actor_of(cast.ruth)
    ),
    "access.start_visit": lambda cast, link: visit(cast),
    "access.end_visit": lambda cast, link: end_visit(visit=visit(cast), by=actor_of(cast.fay)),
    "access.end_visits_of": lambda cast, link: visits_ended(cast),
    "access.withdraw": lambda cast, link: withdraw(invitation=link, reason="x", by=SYSTEM),
    "access.note_bounced": lambda cast, link: note_bounced(
        invitation=link, why="bounced", by=SYSTEM
    ),
    "outbox.note_returned": lambda cast, link: note_returned(
        returned=Returned(OutboxMessage.objects.latest("queued_at").pk, "5.1.1")
    ),
    "practices.add_practice": lambda cast, link: add_practice(
        slug="new",
        name="New",
        preset="echo",
        phone="1",
        time_zone="America/New_York",
        by=SYSTEM,
    ),
    "practices.set_sender": lambda cast, link: set_sender(
        practice=cast.practice, address="noreply@lakeside.example.org", by=SYSTEM
    ),
    "practices.add_staff": lambda cast, link: add_staff(
        user=cast.fay, practice=cast.practice, role="manager", by=SYSTEM
    ),
    "practices.end_staff": lambda cast, link: end_staff(
        membership=cast.fay.memberships.get(), reason="x", by=SYSTEM
    ),
    "practices.offer_work": lambda cast, link: at_a_managers_desk(
        cast,
        lambda: offer_work(
            practice=cast.practice,
            email="new@example.com",
            name="New",
            role="care-team",
            by=actor_of(cast.fay),
        ),
    ),
    "practices.withdraw_offer": lambda cast, link: at_a_managers_desk(
        cast, lambda: withdraw_offer(offer=offer_to_stan(cast), by=actor_of(cast.fay))
    ),
    "practices.accept_offer": lambda cast, link: answered(cast, accept_offer),
    "practices.decline_offer": lambda cast, link: answered(cast, decline_offer),
    "practices.change_role": lambda cast, link: at_a_managers_desk(
        cast,
        lambda: change_role(
            membership=cast.stan.memberships.get(), role="clinician", by=actor_of(cast.fay)
        ),
    ),
    "practices.end_colleague": lambda cast, link: at_a_managers_desk(
        cast,
        lambda: end_colleague(
            membership=cast.stan.memberships.get(), reason="x", by=actor_of(cast.fay)
        ),
    ),
    "practices.publish_terms": lambda cast, link: publish_terms(
        practice=cast.practice, version="2099-01", text="# New\nWords.", by=SYSTEM
    ),
    "practices.accept_terms": lambda cast, link: accept_terms(
        user=cast.ruth, practice=cast.practice, version="1", by=SYSTEM
    ),
    "accounts.add_user": lambda cast, link: add_user(
        email="new@example.com", name="New", password=None, birth_date=None, by=SYSTEM
    ),
    "accounts.note_verified_address": lambda cast, link: note_verified_address(
        user=cast.ruth, by=SYSTEM
    ),
    "accounts.ask_for_reset": lambda cast, link: ask_for_reset(email=cast.ruth.email),
    "accounts.renew_hash": lambda cast, link: renew_hash(user=cast.ruth, password=PASSWORD),
    "accounts.change_password": lambda cast, link: change_password(
        user=cast.ruth, password="Meadow-8-lane!", by=actor_of(cast.ruth)
    ),
    "accounts.choose_language": lambda cast, link: choose_language(user=cast.ruth, language="es"),
    "accounts.choose_news": lambda cast, link: choose_news(
        user=User.objects.get(pk=cast.ruth.pk), at_once=True
    ),
    "accounts.ask_for_address": lambda cast, link: ask_for_address(
        user=cast.ruth, address="ruth.new@example.com", by=actor_of(cast.ruth)
    ),
    "accounts.end_session": lambda cast, link: end_session(
        user=cast.ruth, device_id=cast.ruth.sign_ins.get().pk, by=actor_of(cast.ruth)
    ),
    "accounts.sign_out": lambda cast, link: sign_out(user=cast.ruth, session_key=OF_A_BROWSER),
    "accounts.end_after_time": lambda cast, link: end_after_time(
        user=cast.ruth, session_key=OF_A_BROWSER, why="idle"
    ),
    "accounts.add_factor": lambda cast, link: with_app(cast.luis),
    "accounts.remove_every_factor": lambda cast, link: remove_every_factor(
        user=cast.ruth, reason="lost phone, passport seen", by=SYSTEM
    ),
    "accounts.remove_factor": lambda cast, link: remove_factor(
        user=cast.ruth, factor_id=app_of(cast.ruth), keep_one=False
    ),
    "accounts.make_recovery_codes": lambda cast, link: make_recovery_codes(user=cast.ruth),
    "accounts.use_app_code": lambda cast, link: use_app_code(
        user=cast.ruth, code=code_at(SECRET, int(time.time()) // 30)
    ),
    "accounts.use_recovery_code": lambda cast, link: use_recovery_code(
        user=cast.ruth, code=RECOVERY_CODE
    ),
    "accounts.start_trust": lambda cast, link: start_trust(user=cast.stan),
    "accounts.end_trust": lambda cast, link: end_trust(user=cast.ruth),
    "accounts.use_passkey": lambda cast, link: show_passkey(cast.ruth),
    "accounts.reset_password": lambda cast, link: reset_password(
        key=key_for(cast.ruth), password="Meadow-8-lane!"
    ),
    "patients.register_patient": lambda cast, link: make_patient(
        cast.practice, "New", mrn="N-1", born="1970-01-01"
    ),
    "records.hold": lambda cast, link: hold(
        brought=brought("Observation/shown"), reason=DOUBT, by=SYSTEM
    ),
    "records.release": lambda cast, link: release(
        brought=brought("Observation/held"), held_reason=DOUBT, reason="x", by=SYSTEM
    ),
    "records.retract": lambda cast, link: retract(
        brought=brought("Observation/held"), held_reason=DOUBT, reason="x", by=SYSTEM
    ),
    "records.read_news": lambda cast, link: news_read(cast),
    "interop.discard": lambda cast, link: discard(entry=doubted_entry(), reason="x", by=SYSTEM),
    "interop.retry": lambda cast, link: retry(entries=[stopped_entry()], by=SYSTEM),
    "interop.settle_as_same_person": lambda cast, link: settle_as_same_person(
        entry=doubted_entry(), reason="x", by=SYSTEM
    ),
}
NO_ACT = {
    "records.put_off_news": "writes the event and nothing else",
    "accounts.note_sign_in": "writes the event and nothing else",
    "accounts.note_trust_used": "writes the event and nothing else",
    "accounts.tell_security_event": "part of another action, whose event tells of it",
    "accounts.warn_of_codes": "part of a refusal, whose event tells of it",
    "accounts.warn_of_tries": "part of a refusal, whose event tells of it",
    "accounts.unlock": "forgets counts and nothing else: tests/accounts/test_throttle.py tries it",
    "outbox.queue_mail": "part of another action, whose event tells of it; the mail's own comes when it is sent",
}


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    SignIn.objects.create(user=cast.ruth, session_row=row_key(OF_A_BROWSER))
    return cast


@pytest.fixture
def link(cast: Cast) -> Invitation:
    made = invite(patient=cast.ruths_record, email=cast.otto.email, kind="family", by=SYSTEM)
    note_handed_over(invitation=made, ttl_hours=96, by=SYSTEM)
    return made


@pytest.fixture
def doubted(cast: Cast, tmp_path: Path) -> None:
    send_doubted(cast.practice, tmp_path)


def everything() -> dict[str, str]:
    """A digest of each table's rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"  # noqa: S608
            )
            found[table] = cursor.fetchone()[0]
    return found


def actions_of(room: str) -> set[str]:
    """The functions of a room's `actions.py` that open a transaction."""
    path = ROOT / "carespace" / room / "actions.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        f"{room}.{node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any("atomic" in ast.unparse(each) for each in node.decorator_list)
    }


def test_every_action_is_tried_here() -> None:
    found = set().union(*(actions_of(room) for room in ROOMS))
    assert found == ACTIONS.keys() | NO_ACT.keys()


def test_no_room_with_actions_is_left_out() -> None:
    with_actions = {path.parent.name for path in (ROOT / "carespace").glob("*/actions.py")}
    assert with_actions == set(ROOMS)


@pytest.mark.parametrize("name", ACTIONS)
def test_an_act_whose_event_cannot_be_written_saves_nothing(
    cast: Cast, link: Invitation, doubted: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise DatabaseError("the trail is closed")

    before = everything()
    with monkeypatch.context() as patched:
        patched.setattr(recording, "_write", refuse)
        with pytest.raises(DatabaseError, match="trail is closed"):
            ACTIONS[name](cast, link)
    assert everything() == before
    # With the trail open the same act saves something: it was tried at all.
    told = AuditEvent.objects.count()
    refusals = (WrongBirthDate,) if name == "access._count_if_wrong" else ()
    with suppress(*refusals):
        ACTIONS[name](cast, link)
    after = everything()
    changed = {table for table in after if after[table] != before[table]}
    assert changed > {"audit_auditevent"}, name
    assert AuditEvent.objects.count() > told
