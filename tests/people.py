"""The fixed cast of the access tests, and how to put them on stage.

Ruth is a patient; Luis, her son, may see her record; Nora, once her neighbor's help, may no more; Stan is another
patient of the same practice and a stranger to Ruth; Fay works at its front desk; Otto works for another practice.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.test import Client

from carespace.access.actions import grant_access, revoke
from carespace.access.chart import actor_of
from carespace.accounts.actions import add_user
from carespace.accounts.devices import start
from carespace.accounts.models import SignIn, User
from carespace.accounts.proof import note_proof
from carespace.accounts.sessions import row_key
from carespace.audit.recording import SYSTEM
from carespace.patients.actions import register_patient
from carespace.patients.matching import Identity, KnownIdentifier
from carespace.patients.models import Patient
from carespace.practices.actions import accept_terms, add_practice, add_staff
from carespace.practices.models import Practice

PASSWORD = "Orchard-7-lane!"


@dataclass(frozen=True)
class Cast:
    """Everybody, with the two practices and the two records they are about."""

    practice: Practice
    other_practice: Practice
    ruth: User
    luis: User
    nora: User
    stan: User
    fay: User
    otto: User
    ruths_record: Patient
    stans_record: Patient


def make_practice(slug: str = "lakeside", preset: str = "highlands", **more: Any) -> Practice:
    return add_practice(
        slug=slug,
        name=more.pop("name", f"{slug.title()} Cancer Associates"),
        preset=preset,
        phone="(555) 010-0142",
        time_zone="America/New_York",
        by=SYSTEM,
        **more,
    )


def make_person(name: str, birth_date: date | None = date(1961, 4, 27), **more: Any) -> User:
    email = more.pop("email", f"{name.split()[0].lower()}@example.com")
    return add_user(
        email=email,
        name=name,
        password=more.pop("password", PASSWORD),
        birth_date=birth_date,
        by=SYSTEM,
    )


def make_patient(
    practice: Practice, family: str = "Reyes", given: str = "Maria", *, mrn: str, born: str
) -> Patient:
    identity = Identity(
        identifiers=(KnownIdentifier("urn:mrn", mrn, "MR"),),
        family_name=family,
        given_names=given,
        display_name=f"{given} {family}",
        birth_date_text=born,
        gender="female",
        deceased=False,
    )
    return register_patient(practice=practice, identity=identity, known=None, by=SYSTEM)


def let_see(user: User, patient: Patient, kind: str) -> None:
    grant_access(user=user, patient=patient, kind=kind, basis="test", by=SYSTEM)
    agree(user, patient.practice)


def agree(user: User, practice: Practice) -> None:
    """Let ``user`` have agreed to the practice's terms of today."""
    accept_terms(user=user, practice=practice, version=practice.terms_version, by=SYSTEM)


def make_cast() -> Cast:
    practice, other = make_practice(), make_practice("hillside", "classic")
    ruth, luis = make_person("Ruth Adler", date(1951, 3, 4)), make_person("Luis Adler")
    nora, stan = make_person("Nora Quist"), make_person("Stan Moran", date(1949, 11, 2))
    fay, otto = make_person("Fay Desk"), make_person("Otto Elsewhere")
    ruths = make_patient(practice, "Adler", "Ruth", mrn="R-1", born="1951-03-04")
    stans = make_patient(practice, "Moran", "Stan", mrn="S-1", born="1949-11-02")
    let_see(ruth, ruths, "self")
    let_see(luis, ruths, "family")
    let_see(nora, ruths, "family")
    revoke(grant=nora.grants.get(), reason="moved away", by=actor_of(ruth))
    let_see(stan, stans, "self")
    add_staff(user=fay, practice=practice, role="front-desk", by=SYSTEM)
    add_staff(user=otto, practice=other, role="manager", by=SYSTEM)
    return Cast(practice, other, ruth, luis, nora, stan, fay, otto, ruths, stans)


def sign_in(client: Client, person: User) -> None:
    """Sign ``person`` in as the sign-in page would leave them, without hashing a password or asking a code."""
    enter(client, person)
    session = client.session
    is_staff = person.memberships.filter(ended_at__isnull=True).exists()
    note_proof(session, second_factor="totp" if is_staff else "")
    session.save()


def enter(client: Client, person: User) -> None:
    """Let ``person`` be signed in in a session that has shown nothing lately, as a thief finds it in an open browser."""
    client.force_login(person)
    # Who signs in again in the same session has their line in the list of devices already.
    if not SignIn.objects.filter(session_row=row_key(str(client.session.session_key))).exists():
        start(user=person, session=client.session, user_agent="")
