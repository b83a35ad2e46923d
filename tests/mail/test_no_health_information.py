"""No mail holds health information, a patient's name or a birth date (product S-15, security.md rule 6): every one is searched.

Each registered template has a case below that makes its mails by the real actions; a new one without a case fails. The
mails are sent as the worker's own role to a real mail server, and what that took is searched: heads, text, HTML, links.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings as live
from django.core import signing
from django.db import connection
from django.utils import timezone
from lxml import html as markup

from carespace.access.actions import (
    ASKED_AGAIN_MAIL,
    INVITATION_MAIL,
    LINK_LOCKED_MAIL,
    WrongBirthDate,
    accept,
    ask_again,
    check_birth_date,
    invite,
    note_handed_over,
    revoke,
)
from carespace.access.chart import actor_of
from carespace.access.models import Invitation
from carespace.access.owners import ACCESS_MAIL
from carespace.access.signing import forget_settings, work_for_practice
from carespace.access.tokens import token_for
from carespace.accounts.actions import (
    ADDRESS_MAIL,
    EVENT_MAIL,
    RESET_MAIL,
    TRIES_MAIL,
    ask_for_address,
    ask_for_reset,
    tell_security_event,
    warn_of_tries,
)
from carespace.accounts.models import User
from carespace.accounts.security_events import WORDS
from carespace.audit.recording import SYSTEM
from carespace.outbox import templates
from carespace.outbox.jobs import SALT, deliver
from carespace.outbox.models import OutboxMessage
from carespace.patients.models import Patient
from carespace.practices.actions import WELCOME_MAIL, add_staff, offer_work, set_sender
from carespace.practices.models import Practice
from carespace.practices.presets import PRESETS
from tests.access.records import canary, give_record
from tests.mail.post import Office, Taken
from tests.people import let_see, make_patient, make_person, make_practice

pytestmark = pytest.mark.django_db
ORIGIN = "https://portal.lakeside.example.org"
BORN = date(1947, 8, 13)
FAMILY_BORN = date(1979, 2, 26)
GIVEN, FAMILY, NUMBER = "Quintessa Oriole", "Zephyrdale", "MRN77Q31X"
BASIS = "Power of attorney of Quillfeather"


@dataclass(frozen=True)
class Scene:
    """A practice, its patient with a full record, whose sign-in has the patient's own name, and a manager."""

    practice: Practice
    patient: Patient
    person: User
    manager: User
    ids: frozenset[str]


@pytest.fixture
def preset() -> str:
    return "highlands"


@pytest.fixture
def scene(preset: str, tmp_path: Path) -> Scene:
    practice = make_practice(preset=preset)
    set_sender(practice=practice, address="noreply@lakeside.example.org", by=SYSTEM)
    patient = make_patient(practice, FAMILY, GIVEN, mrn=NUMBER, born=BORN.isoformat())
    record = give_record(patient, tmp_path)
    person = make_person(f"{GIVEN} {FAMILY}", BORN, email="reader@example.org")
    let_see(person, patient, "self")
    manager = make_person("Mona Manager", None, email="manager@example.org")
    add_staff(user=manager, practice=practice, role="manager", by=SYSTEM)
    ids = frozenset(str(each) for each in (patient.pk, *record.values()))
    return Scene(practice, patient, person, manager, ids)


def invitations(scene: Scene) -> None:
    for kind in ("self", "family", "representative"):
        invite(
            patient=scene.patient,
            email=f"{kind}@example.org",
            kind=kind,
            birth_date=None if kind == "self" else FAMILY_BORN,
            basis=BASIS,
            access_ends_at=timezone.now() + timedelta(days=30),
            by=actor_of(scene.person),
        )


def link_of_the_patient(scene: Scene) -> Invitation:
    """A link that the patient has sent to a family member."""
    link = invite(
        patient=scene.patient,
        email="luis@example.org",
        kind="family",
        birth_date=FAMILY_BORN,
        origin="patient",
        by=actor_of(scene.person),
    )
    note_handed_over(invitation=link, ttl_hours=96, by=SYSTEM)
    return link


def asks_again(scene: Scene) -> None:
    link = link_of_the_patient(scene)
    Invitation.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    ask_again(token=token_for(link.pk))


def access_changes(scene: Scene) -> None:
    """Each change that a patient hears of: somebody invited, by them and by others, and in; their own access ended."""
    link = link_of_the_patient(scene)
    luis = make_person("Luis", FAMILY_BORN, email="luis@example.org")
    accept(invitation=link, user=luis, by=actor_of(luis))
    invite(patient=scene.patient, email="new@example.org", kind="family", by=actor_of(luis))
    own = scene.person.grants.get()
    revoke(grant=own, reason=f"{GIVEN} asked", by=actor_of(scene.manager))


def wrong_birth_dates(scene: Scene) -> None:
    link = link_of_the_patient(scene)
    for _ in range(5):
        with pytest.raises(WrongBirthDate):
            check_birth_date(invitation=link, birth_date=date(2001, 1, 1), by=SYSTEM)


def new_addresses(scene: Scene) -> None:
    for address in ("new@example.org", scene.manager.email):
        ask_for_address(user=scene.person, address=address, by=actor_of(scene.person))


def events(scene: Scene) -> None:
    for event in WORDS:
        for user in (scene.person, scene.manager):
            tell_security_event(user=user, event=event)


def welcome(scene: Scene) -> None:
    work_for_practice(scene.practice.pk, "manager")
    offer_work(
        practice=scene.practice,
        email="nurse@example.org",
        name="Nina Nurse",
        role="care-team",
        by=actor_of(scene.manager),
    )


CASES: dict[str, Callable[[Scene], None]] = {
    INVITATION_MAIL: invitations,
    ASKED_AGAIN_MAIL: asks_again,
    ACCESS_MAIL: access_changes,
    LINK_LOCKED_MAIL: wrong_birth_dates,
    RESET_MAIL: lambda scene: ask_for_reset(email=scene.person.email),
    EVENT_MAIL: events,
    ADDRESS_MAIL: new_addresses,
    TRIES_MAIL: lambda scene: warn_of_tries(email=scene.person.email),
    WELCOME_MAIL: welcome,
}


def test_every_template_has_a_case_here() -> None:
    assert sorted(templates._WRITERS) == sorted(CASES)


def sent_by_the_worker(office: Office, template: str) -> list[Taken]:
    """Send every waiting mail of ``template`` with the worker's rights; return what the server took."""
    waiting = OutboxMessage.objects.filter(template=template, state="queued")
    for message in list(waiting.order_by("queued_at")):
        forget_settings()
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {live.CARESPACE_WORKER_ROLE}")
        try:
            deliver(signing.dumps(str(message.pk), salt=SALT))
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
        message.refresh_from_db()
        assert message.state == "sent", (message.template, message.context, message.last_error)
    return office.taken


@pytest.mark.parametrize("preset", list(PRESETS))
@pytest.mark.parametrize("template", sorted(CASES))
def test_no_mail_tells_anything_of_a_patient(
    scene: Scene, office: Office, settings: Any, template: str
) -> None:
    settings.CARESPACE_ORIGIN = ORIGIN
    CASES[template](scene)
    taken = sent_by_the_worker(office, template)
    assert taken, template
    for each in taken:
        assert found_in(each, scene) == [], each.mail.as_string()
        assert strange_links(each) == [], each.mail.as_string()


def found_in(taken: Taken, scene: Scene) -> list[str]:
    """Each planted word that stands anywhere in a mail; years and short forms only where people read."""
    everything, read = in_whole(taken), as_read(taken)
    words = [*GIVEN.split(), FAMILY, NUMBER, "Quillfeather", canary(scene.patient), *scene.ids]
    words += [each.replace("-", "") for each in scene.ids]
    shown = [*spellings(BORN), *spellings(FAMILY_BORN), "11.2", "718-7", "g/dL"]
    return [
        *(word for word in words if word.casefold() in everything),
        *(word for word in shown if re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", read)),
    ]


def spellings(born: date) -> list[str]:
    """How people and programs write a birth date, and its parts that say enough."""
    month, day, year = f"{born:%B}", born.day, born.year
    short = month[:3]
    return [
        *(f"{born:%Y-%m-%d}", f"{born:%Y%m%d}", f"{born:%Y/%m/%d}", f"{born:%m%d%Y}"),
        *(f"{born:%m/%d/%Y}", f"{born.month}/{day}/{year}", f"{born.month}/{day}/{year % 100}"),
        *(f"{born:%d.%m.%Y}", f"{born:%m-%d-%Y}", f"{born.month}/{day}"),
        *(
            f"{month} {day}",
            f"{short} {day}",
            f"{short}. {day}",
            f"{day} {month}",
            f"{day} {short}",
        ),
        str(year),
    ]


def in_whole(taken: Taken) -> str:
    """A mail as it came and as it is decoded: heads, bodies, and what its links carry in another alphabet."""
    mail = taken.mail
    parts = [taken.raw.decode("utf-8", "replace"), *(f"{n}: {v}" for n, v in mail.items())]
    parts += [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
    links = links_in(taken)
    parts += [unquote(link) for link in links]
    parts += [
        told for link in links for piece in re.split(r"[/:?=&]", link) for told in opened(piece)
    ]
    return " ".join(unescape(" ".join(parts)).split()).casefold()


def as_read(taken: Taken) -> str:
    """What a person reads: subject, sender, and both bodies without their links."""
    mail = taken.mail
    text, page = bodies(taken)
    shown = [str(mail["Subject"]), str(mail["From"]), text, tree_of(page).text_content()]
    return re.sub(r"https?://\S+", "", " ".join(" ".join(shown).split())).casefold()


def opened(piece: str) -> list[str]:
    """What a piece of a link says in base64 and in hexadecimal."""
    told = []
    for alphabet in (
        lambda raw: base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)),
        bytes.fromhex,
    ):
        try:
            told.append(alphabet(piece).decode("utf-8", "ignore"))
        except ValueError:
            continue
    return told


def bodies(taken: Taken) -> tuple[str, str]:
    plain, page = (taken.mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert page is not None
    return str(plain.get_content()), str(page.get_content())


def tree_of(page: str) -> Any:
    return markup.fromstring(page)


def links_in(taken: Taken) -> list[str]:
    text, page = bodies(taken)
    tree = tree_of(page)
    return [
        *re.findall(r"[a-z]+://[^\s<>\"]+", text),
        *(str(link) for _, _, link, _ in tree.iterlinks()),
    ]


def strange_links(taken: Taken) -> list[str]:
    """Links of a mail that lead anywhere but to the portal's own address, or to a phone."""
    found = [link for link in links_in(taken) if not link.startswith("tel:")]
    home = urlsplit(ORIGIN)
    return [
        link
        for link in found
        if (urlsplit(link).scheme, urlsplit(link).netloc) != (home.scheme, home.netloc)
    ]


@pytest.mark.parametrize(
    "words",
    [
        f"Hello {FAMILY}",
        "born Aug 13",
        "for 8/13/1947",
        "record MRN77q31x",
        "11.2 today",
        "in 1947",
        "quillfeather",
    ],
)
def test_a_mail_that_tells_is_found(
    scene: Scene, office: Office, words: str, monkeypatch: Any
) -> None:
    told_by(monkeypatch, words)
    ask_for_reset(email=scene.person.email)
    (taken,) = sent_by_the_worker(office, RESET_MAIL)
    assert found_in(taken, scene)


@pytest.mark.parametrize(
    "piece",
    [
        f"{ORIGIN}/x?name={FAMILY}",
        f"{ORIGIN}/x/{base64.urlsafe_b64encode(b'about Zephyrdale').decode().rstrip('=')}/",
        f"{ORIGIN}/x/{b'Zephyrdale'.hex()}/",
    ],
)
def test_a_link_that_tells_is_found(
    scene: Scene, office: Office, piece: str, monkeypatch: Any
) -> None:
    told_by(monkeypatch, piece)
    ask_for_reset(email=scene.person.email)
    (taken,) = sent_by_the_worker(office, RESET_MAIL)
    assert found_in(taken, scene)


def test_a_link_to_elsewhere_is_found(scene: Scene, office: Office, monkeypatch: Any) -> None:
    told_by(monkeypatch, f"{ORIGIN}.example.com/")
    ask_for_reset(email=scene.person.email)
    (taken,) = sent_by_the_worker(office, RESET_MAIL)
    assert strange_links(taken)


def told_by(monkeypatch: Any, words: str) -> None:
    """Let the mail about a new password say ``words``."""
    mail = templates.Mail("Subject", f"{words}\n", f"<p>{words}</p>", "CareSpace")
    monkeypatch.setitem(templates._WRITERS, RESET_MAIL, lambda context: mail)
