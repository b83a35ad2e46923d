"""What the demo adds to an empty database: its practice and five sign-ins; the records come by the import.

Promises: each function may run again and changes nothing that is right already; the database itself says how far a
set-up came, so a kill at any moment leaves nothing that the next run does not finish.
"""

from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet

from carespace.access.actions import grant_access
from carespace.accounts.actions import add_user
from carespace.accounts.factors import app_data, factors_of, opened
from carespace.accounts.models import User
from carespace.audit.recording import Actor
from carespace.demo import cast
from carespace.demo.generate.people import PEOPLE
from carespace.interop.models import Delivery
from carespace.patients.models import Patient
from carespace.practices.actions import accept_terms, add_practice, add_staff
from carespace.practices.models import Practice

DEMO = Actor(user_id=None, name="demo set-up", kind="system")
FILES = len(PEOPLE) + 1  # one for each patient, and the practice's directory


def foreign_practice() -> str:
    """Return why this database is no place for a demo; empty when it may be used."""
    remedy = "Run the demo in another folder: set CARESPACE_HOME to it."
    for practice in Practice.objects.order_by("created_at"):
        if (practice.slug, practice.name) != (cast.SLUG, cast.PRACTICE_NAME):
            return f"This home already holds the practice “{practice.name}”. {remedy}"
        patients = Patient.objects.filter(practice=practice)
        if patients.exists() and not _deliveries(practice).exists():
            return f"The patients of “{practice.name}” here are not the demo’s. {remedy}"
    return ""


def add_demo_practice() -> Practice:
    """Add Lakeside Cancer Associates."""
    return add_practice(
        slug=cast.SLUG,
        name=cast.PRACTICE_NAME,
        preset=cast.PRESET,
        phone=cast.PHONE,
        time_zone=cast.TIME_ZONE,
        tagline=cast.TAGLINE,
        hours=cast.HOURS,
        overrides=dict(cast.OVERRIDES),
        by=DEMO,
    )


def day_of_feed(practice: Practice) -> date | None:
    """Return the practice's day on which the feed came; None while any of its files is not read to its end."""
    done = _deliveries(practice).filter(state=Delivery.State.DONE)
    if done.count() < FILES:
        return None
    return done.earliest("received_at").received_at.astimezone(practice.zone).date()


@transaction.atomic
def add_sign_ins(practice: Practice) -> None:
    """Let the cast sign in with the passwords that the table shows, whatever happened to them since."""
    maria = Patient.objects.filter(
        practice=practice, identifiers__value=cast.PATIENT_MRN
    ).distinct()
    patient = maria.get()
    for person in cast.SIGN_INS:
        user = _user(person)
        accept_terms(user=user, practice=practice, version=practice.terms_version, by=DEMO)
        if person.relation == "grant":
            grant_access(user=user, patient=patient, kind=person.access, basis="demo", by=DEMO)
        else:
            add_staff(user=user, practice=practice, role=person.access, by=DEMO)
            _set_up_app(user, person.totp_secret)


def front_desk() -> User:
    """Return who works at the demo's front desk."""
    (person,) = [each for each in cast.SIGN_INS if each.access == "front-desk"]
    return User.objects.get(email=person.email)


def _set_up_app(user: User, secret: str) -> None:
    """Let the codes of the demo's page be those of ``user``'s app."""
    app = factors_of(user).app
    if app is None or opened(app.data["secret"]) != secret:
        Authenticator.objects.update_or_create(
            user=user,
            type=Authenticator.Type.TOTP,
            defaults={"data": app_data(secret, step=0)},
        )


def _deliveries(practice: Practice) -> QuerySet[Delivery]:
    return Delivery.objects.filter(practice=practice, feed=cast.FEED)


def _user(person: cast.SignIn) -> User:
    user = User.objects.filter(email=person.email).first() or add_user(
        email=person.email,
        name=person.name,
        password=person.password,
        birth_date=person.birth_date,
        by=DEMO,
    )
    if not user.check_password(person.password) or user.birth_date != person.birth_date:
        user.set_password(person.password)
        user.birth_date, user.is_active = person.birth_date, True
        user.save(update_fields=["password", "birth_date", "is_active"])
    EmailAddress.objects.update_or_create(
        user=user, email=person.email, defaults={"verified": True, "primary": True}
    )
    return user
