"""Each mail is written in its reader's language: what they chose, else what the patient speaks, else English."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.utils import translation

from carespace.access.actions import INVITATION_MAIL, invite
from carespace.access.registration import open_registration, register
from carespace.access.signing import forget_settings
from carespace.access.tokens import token_for
from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM
from carespace.outbox.models import OutboxMessage
from carespace.outbox.templates import Mail, write
from carespace.patients.models import Patient
from carespace.practices.actions import WELCOME_MAIL
from tests.mail.test_no_health_information import CASES, Scene, preset, scene

__all__ = ["preset", "scene"]
pytestmark = pytest.mark.django_db
TO_PEOPLE = sorted(CASES.keys() - {WELCOME_MAIL, INVITATION_MAIL})


def written(template: str) -> list[Mail]:
    """Every waiting mail of ``template`` as the worker writes it."""
    mails = []
    for message in OutboxMessage.objects.filter(template=template, state="queued"):
        forget_settings()
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {settings.CARESPACE_WORKER_ROLE}")
        try:
            mail = write(template, {**message.context, "to_address": message.to_address})
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
        assert mail, message.context
        mails.append(mail)
    return mails


def languages(mails: list[Mail]) -> set[str]:
    found = [re.search(r'<html lang="(\w+)"', mail.html) for mail in mails]
    return {match[1] if match else "none" for match in found}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("template", TO_PEOPLE)
def test_a_mail_speaks_what_its_reader_chose(scene: Scene, template: str, language: str) -> None:
    User.objects.update(language=language)
    CASES[template](scene)
    User.objects.update(language=language)  # of those who came in meanwhile
    assert languages(written(template)) == {language}


@pytest.mark.parametrize("template", TO_PEOPLE)
def test_who_chose_nothing_is_written_to_in_english(scene: Scene, template: str) -> None:
    CASES[template](scene)
    with translation.override("es"):
        assert languages(written(template)) == {"en"}


@pytest.mark.parametrize(
    ("kind", "patients", "chosen", "language"),
    [
        ("self", "", "", "en"),
        ("self", "es", "", "es"),
        ("self", "zh", "", "en"),
        ("self", "es", "en", "en"),
        ("self", "", "es", "es"),
        ("family", "es", "", "en"),
        ("family", "", "es", "es"),
    ],
)
def test_an_invitation_speaks_what_the_patient_speaks(
    scene: Scene, kind: str, patients: str, chosen: str, language: str
) -> None:
    Patient.objects.filter(pk=scene.patient.pk).update(language=patients)
    User.objects.filter(pk=scene.manager.pk).update(language=chosen)
    invite(
        patient=scene.patient,
        email=scene.manager.email,
        kind=kind,
        birth_date=scene.person.birth_date,
        by=SYSTEM,
    )
    (mail,) = written(INVITATION_MAIL)
    assert languages([mail]) == {language}
    assert ("de 20" in mail.text or " de " in mail.text) is (language == "es")


@pytest.mark.parametrize("language", ["en", "es"])
def test_who_registers_keeps_the_language_of_the_page(scene: Scene, language: str) -> None:
    made = invite(
        patient=scene.patient,
        email="new@example.org",
        kind="family",
        birth_date=scene.person.birth_date,
        by=SYSTEM,
    )
    made.state, made.expires_at = "sent", None
    made.__class__.objects.filter(pk=made.pk).update(state="sent", expires_at="2099-01-01T00:00Z")
    user = register(
        registration=open_registration(token_for(made.pk)),
        name="New",
        password="Orchard-7-lane!",
        birth_date=None,
        language=language,
    )
    assert User.objects.get(pk=user.pk).language == language
