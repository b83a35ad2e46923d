"""Invite, mail, replace, accept (S-11 to S-20, D-5, T8, T9, F11)."""

import re
import smtplib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail, signing
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from carespace.access.actions import (
    LinkEnded,
    SeesMoreAlready,
    WrongBirthDate,
    accept,
    check_birth_date,
    grant_access,
    invite,
    note_handed_over,
    open_link,
    revoke,
    withdraw,
)
from carespace.access.chart import actor_of
from carespace.access.models import Grant, Invitation
from carespace.access.policies import asks_birth_date, may_accept, may_invite
from carespace.access.states import InvitationState, TransitionRefused
from carespace.access.tokens import hash_of, token_for
from carespace.access.wording import deadline_text
from carespace.audit.models import AuditEvent
from carespace.audit.recording import SYSTEM, Actor
from carespace.outbox.jobs import SALT, NotHandedOver, _deliver, deliver
from carespace.outbox.models import OutboxMessage
from carespace.outbox.troubles import PATIENCE
from carespace.patients.models import Patient
from carespace.practices.presets import PRESETS
from tests.people import make_patient, make_person, make_practice

pytestmark = pytest.mark.django_db
MARIA = "maria@example.com"
BORN = date(1961, 4, 27)


@pytest.fixture(autouse=True)
def _mailbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def patient() -> Patient:
    return make_patient(make_practice(), mrn="M-1", born="1961-04-27")


def send() -> str:
    """Hand over the newest mail; return the error, if any."""
    links = OutboxMessage.objects.filter(template="invitation")
    return _deliver(str(links.latest("queued_at").pk))


def sent(patient: Patient, email: str = MARIA, **more: Any) -> Invitation:
    invitation = invite(
        patient=patient, email=email, kind=more.pop("kind", "self"), by=SYSTEM, **more
    )
    assert send() == ""
    invitation.refresh_from_db()
    return invitation


def written() -> str:
    """Everything in the newest mail: headers, text and HTML."""
    message = mail.outbox[-1]
    assert isinstance(message, EmailMultiAlternatives)
    html = "".join(str(part) for part, _ in message.alternatives)
    return f"{message.message().as_string()}\n{message.body}\n{html}"


@pytest.mark.parametrize("preset", list(PRESETS))
def test_the_mail_says_who_what_and_until_when(preset: str) -> None:
    patient = make_patient(make_practice(preset=preset), mrn="M-1", born="1961-04-27")
    invitation = sent(patient)
    message = mail.outbox[-1]
    assert message.to == [MARIA]
    assert message.from_email == "Lakeside Cancer Associates <noreply@carespaceportal.com>"
    assert "Complete Your Registration" in message.body
    assert f"http://localhost:8000/register/{token_for(invitation.pk)}/" in message.body
    assert "(555) 010-0142" in message.body
    assert invitation.sent_at is not None
    assert invitation.expires_at == invitation.sent_at + timedelta(hours=96)
    assert deadline_text(invitation.expires_at, patient.practice.zone) in message.body
    assert "(4 days)" in message.body


def test_the_mail_names_no_patient_and_nothing_of_the_record(patient: Patient) -> None:
    sent(patient, birth_date=BORN)
    for secret in ("Maria", "Reyes", "1961", "April 27", "M-1", str(patient.pk)):
        assert secret not in written().replace(MARIA, "")


@pytest.mark.parametrize(
    ("moment", "zone", "text"),
    [
        ("2026-11-24T14:12", "America/New_York", "Tuesday, November 24, 9:12 am EST"),
        ("2026-11-24T14:12", "America/Los_Angeles", "Tuesday, November 24, 6:12 am PST"),
        ("2026-11-25T03:00", "America/New_York", "Tuesday, November 24, 10:00 pm EST"),
        ("2026-07-04T16:00", "America/New_York", "Saturday, July 4, 12:00 pm EDT"),
    ],
)
def test_the_deadline_is_in_the_practices_own_time(moment: str, zone: str, text: str) -> None:
    practice = make_practice()
    practice.time_zone = zone
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert deadline_text(at, practice.zone) == text


def test_the_clock_starts_when_the_mail_is_handed_over(patient: Patient) -> None:
    invitation = invite(patient=patient, email=MARIA, kind="self", by=SYSTEM)
    assert (invitation.state, invitation.expires_at) == (InvitationState.QUEUED, None)
    with pytest.raises(LinkEnded):
        open_link(token_for(invitation.pk))
    send()
    assert open_link(token_for(invitation.pk)) == invitation


def test_only_a_hash_of_the_token_is_kept(patient: Patient) -> None:
    invitation = sent(patient)
    token = token_for(invitation.pk)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert bytes(Invitation.objects.get().token_hash) == hash_of(token)
    assert token not in str(OutboxMessage.objects.values())
    assert token not in str(ProcrastinateJob.objects.values())
    assert token not in str(AuditEvent.objects.values())


def test_a_mail_goes_out_once(patient: Patient) -> None:
    sent(patient)
    assert send() == ""
    assert len(mail.outbox) == 1
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts) == ("sent", 1)
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{message.pk}@carespaceportal.com>"


def test_the_job_takes_a_signed_id_and_nothing_else(patient: Patient) -> None:
    invite(patient=patient, email=MARIA, kind="self", by=SYSTEM)
    message, job = OutboxMessage.objects.get(), ProcrastinateJob.objects.get()
    assert signing.loads(job.args["signed_id"], salt=SALT) == str(message.pk)
    with pytest.raises(signing.BadSignature):
        deliver(str(message.pk))
    deliver(job.args["signed_id"])
    assert len(mail.outbox) == 1


def test_an_act_that_is_not_kept_mails_nothing(patient: Patient) -> None:
    with transaction.atomic():
        invite(patient=patient, email=MARIA, kind="self", by=SYSTEM)
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()
    assert not ProcrastinateJob.objects.exists()


class Unwilling(BaseEmailBackend):
    """A mail server that does not take the mail, each time for the next reason."""

    reasons: list[Exception]

    def send_messages(self, email_messages: Any) -> int:
        raise self.reasons.pop(0)


def test_a_mail_is_tried_again_and_its_clock_starts_anew(
    patient: Patient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Unwilling"
    busy = smtplib.SMTPRecipientsRefused({MARIA: (451, b"busy")})
    reasons: list[Exception] = [OSError(), smtplib.SMTPServerDisconnected(), busy]
    monkeypatch.setattr(Unwilling, "reasons", reasons, raising=False)
    invitation = invite(patient=patient, email=MARIA, kind="self", by=SYSTEM)
    job = ProcrastinateJob.objects.get()
    for words in ("OSError", "SMTPServerDisconnected", "put off: 451"):
        with pytest.raises(NotHandedOver, match=re.escape(words)):
            deliver(job.args["signed_id"])
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts) == ("queued", 3)
    assert message.last_error == "put off: 451"
    invitation.refresh_from_db()
    assert (invitation.state, invitation.expires_at) == (InvitationState.QUEUED, None)
    settings.EMAIL_BACKEND = works
    later = timezone.now() + timedelta(hours=5)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert send() == ""
    invitation.refresh_from_db()
    assert invitation.expires_at == later + timedelta(hours=96)


def test_a_mail_that_no_try_hands_over_is_given_up(
    patient: Patient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Unwilling"
    monkeypatch.setattr(Unwilling, "reasons", [OSError(), OSError()], raising=False)
    invitation = invite(patient=patient, email=MARIA, kind="self", by=SYSTEM)
    job = ProcrastinateJob.objects.get()
    with pytest.raises(NotHandedOver):
        deliver(job.args["signed_id"])
    OutboxMessage.objects.update(queued_at=timezone.now() - PATIENCE)
    deliver(job.args["signed_id"])
    message = OutboxMessage.objects.get()
    assert (message.state, message.attempts) == ("given-up", 2)
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.BOUNCED
    assert message.last_error == "OSError"
    assert AuditEvent.objects.filter(action="mail.given-up").count() == 1


def test_an_address_that_does_not_exist_is_not_tried_again(
    patient: Patient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Unwilling"
    gone = smtplib.SMTPRecipientsRefused({MARIA: (550, b"no such user")})
    monkeypatch.setattr(Unwilling, "reasons", [gone], raising=False)
    invite(patient=patient, email=MARIA, kind="self", by=SYSTEM)
    assert send() == ""
    assert OutboxMessage.objects.get().state == "refused"


def test_a_new_invitation_ends_the_one_before_and_its_waiting_mail(patient: Patient) -> None:
    first = invite(patient=patient, email=MARIA, kind="self", by=SYSTEM)
    waiting = OutboxMessage.objects.get()
    second = sent(patient)
    _deliver(str(waiting.pk))
    waiting.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, waiting.state) == (InvitationState.REPLACED, "dropped")
    assert len(mail.outbox) == 1
    with pytest.raises(LinkEnded):
        open_link(token_for(first.pk))
    assert open_link(token_for(second.pk)) == second


def test_invitations_to_different_people_live_side_by_side(patient: Patient) -> None:
    first, second = sent(patient), sent(patient, "luis@example.com", kind="family")
    assert open_link(token_for(first.pk)) == first
    assert open_link(token_for(second.pk)) == second


def test_the_database_keeps_one_live_link_per_address(patient: Patient) -> None:
    invitation = sent(patient)
    invitation.pk, invitation.token_hash = None, b"other"
    with pytest.raises(IntegrityError), transaction.atomic():
        invitation.save(force_insert=True)


def test_only_the_invited_address_may_accept(patient: Patient) -> None:
    invitation = sent(patient)
    thief, maria = make_person("Thief"), make_person("Maria", email=MARIA)
    with pytest.raises(LinkEnded):
        accept(invitation=invitation, user=thief, by=actor_of(thief))
    assert accept(invitation=invitation, user=maria, by=actor_of(maria)).user == maria
    with pytest.raises(LinkEnded):
        accept(invitation=invitation, user=maria, by=actor_of(maria))
    assert Grant.objects.count() == 1


def test_a_wrong_birth_date_is_counted_although_it_is_refused(patient: Patient) -> None:
    invitation = sent(patient)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongBirthDate) as wrong:
            check_birth_date(invitation=invitation, birth_date=date(1961, 4, 28), by=SYSTEM)
        assert wrong.value.tries_left == left
    invitation.refresh_from_db()
    assert (invitation.wrong_birth_dates, invitation.state) == (5, InvitationState.LOCKED)
    with pytest.raises(LinkEnded):
        check_birth_date(invitation=invitation, birth_date=BORN, by=SYSTEM)
    assert AuditEvent.objects.filter(action="invitation.birth-date").count() == 5


def test_a_revoked_grant_stays_revoked_and_a_new_invitation_makes_a_new_one(
    patient: Patient,
) -> None:
    maria = make_person("Maria", email=MARIA)
    first = grant_access(user=maria, patient=patient, kind="family", basis="test", by=SYSTEM)
    revoke(grant=first, reason="asked for", by=actor_of(maria))
    second = accept(invitation=sent(patient), user=maria, by=actor_of(maria))
    assert second.pk != first.pk
    first.refresh_from_db()
    assert first.revoked_at is not None


def test_a_grant_that_ended_by_itself_makes_room_for_a_new_one(patient: Patient) -> None:
    maria = make_person("Maria", email=MARIA)
    first = grant_access(user=maria, patient=patient, kind="family", basis="test", by=SYSTEM)
    again = grant_access(user=maria, patient=patient, kind="family", basis="test", by=SYSTEM)
    assert again == first
    Grant.objects.update(ends_at=timezone.now())
    second = accept(invitation=sent(patient), user=maria, by=actor_of(maria))
    assert second.pk != first.pk
    assert list(Grant.objects.active()) == [second]
    first.refresh_from_db()
    assert (first.revoked_by, first.reason) == (maria.pk, "ended by itself; a new grant follows")


@pytest.mark.parametrize("had", ["family", "emergency"])
@pytest.mark.parametrize("given", ["self", "representative"])
def test_a_link_that_permits_more_ends_the_old_grant_and_makes_a_new_one(
    patient: Patient, had: str, given: str
) -> None:
    maria = make_person("Maria", email=MARIA)
    first = grant_access(user=maria, patient=patient, kind=had, basis="test", by=SYSTEM)
    second = accept(invitation=sent(patient, kind=given), user=maria, by=actor_of(maria))
    assert (second.kind, list(Grant.objects.active())) == (given, [second])
    first.refresh_from_db()
    assert (first.kind, first.revoked_by) == (had, maria.pk)
    assert first.reason == "a new grant that permits more follows"


@pytest.mark.parametrize(
    ("had", "given"), [("self", "family"), ("representative", "self"), ("family", "emergency")]
)
def test_a_link_that_permits_no_more_changes_nothing_and_is_not_used_up(
    patient: Patient, had: str, given: str
) -> None:
    maria = make_person("Maria", email=MARIA)
    first = grant_access(user=maria, patient=patient, kind=had, basis="test", by=SYSTEM)
    invitation = sent(patient, kind=given)
    with pytest.raises(SeesMoreAlready):
        accept(invitation=invitation, user=maria, by=actor_of(maria))
    assert list(Grant.objects.active()) == [first]
    assert open_link(token_for(invitation.pk)) == invitation


def test_an_operator_revokes_by_name_and_the_system_never(patient: Patient) -> None:
    maria = make_person("Maria", email=MARIA)
    grant = grant_access(user=maria, patient=patient, kind="self", basis="test", by=SYSTEM)
    for nobody in (SYSTEM, Actor(None, "", "operator"), Actor(None, "somebody", "visitor")):
        with pytest.raises(ValueError, match="A person revokes"):
            revoke(grant=grant, reason="x", by=nobody)
    revoke(grant=grant, reason="x", by=Actor(None, "command line (ida)", "operator"))
    grant.refresh_from_db()
    assert (grant.revoked_by, grant.revoked_by_name) == (None, "command line (ida)")
    with pytest.raises(IntegrityError, match="grant_revoked_by_someone"), transaction.atomic():
        Grant.objects.update(revoked_by_name="")


@pytest.mark.parametrize("state", ["accepted", "expired", "replaced", "withdrawn", "locked"])
def test_a_link_that_ended_is_not_withdrawn(patient: Patient, state: str) -> None:
    invitation = sent(patient)
    Invitation.objects.update(state=state)
    with pytest.raises(TransitionRefused):
        withdraw(invitation=invitation, reason="x", by=SYSTEM)
    assert not AuditEvent.objects.filter(action="invitation.withdraw").exists()


def test_whether_a_birth_date_is_asked_and_whether_a_link_is_of_use(patient: Patient) -> None:
    plain, family = Invitation(), Invitation(birth_date=BORN)
    asked = {name: asks_birth_date(plain, preset) for name, preset in PRESETS.items()}
    assert asked == {"echo": False, "highlands": True, "classic": False}
    assert all(asks_birth_date(family, preset) for preset in PRESETS.values())
    nobody_knows = Patient(birth_date=None)
    usable = {name: may_invite(nobody_knows, preset).allowed for name, preset in PRESETS.items()}
    assert usable == {"echo": True, "highlands": False, "classic": True}
    assert may_invite(patient, PRESETS["highlands"]).allowed


@pytest.mark.parametrize("state", InvitationState.values)
def test_only_a_sent_link_in_time_may_be_accepted(state: str) -> None:
    now = timezone.now()
    invitation = Invitation(state=state, expires_at=now + timedelta(seconds=1))
    assert may_accept(invitation, now).allowed is (state == InvitationState.SENT)
    assert not may_accept(invitation, now + timedelta(seconds=1)).allowed


def test_an_invitation_can_be_handed_over_again_without_reviving_one_that_ended(
    patient: Patient,
) -> None:
    invitation = sent(patient)
    Invitation.objects.update(state=InvitationState.WITHDRAWN)
    invitation.refresh_from_db()
    note_handed_over(invitation=invitation, ttl_hours=96, by=SYSTEM)
    with pytest.raises(LinkEnded):
        open_link(token_for(invitation.pk))
