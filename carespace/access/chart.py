"""``open_chart()``: the only door to a patient's data.

Promises: it checks the grant (or a member of staff's visit and second factor), its period, the practice, the permission and the terms; for a record that is not there and a record
that is not yours it raises the same NotFound after the same work; it tells the database whose rows this transaction
may read; and it writes who looked (product.md part 4, HIP-1, VDT-16).
"""

from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from carespace.access import signing
from carespace.access.models import Grant, StaffVisit
from carespace.access.permissions import READING, Permission, of_grant
from carespace.access.statement import STAND_INS, Statement, columns, loaded
from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM, About, Actor, record, record_aside
from carespace.patients.models import Patient
from carespace.practices.models import Practice, TermsAcceptance

STAFF = "staff"  # the kind of a chart that a StaffVisit opened


class NotFound(LookupError):
    """There is no such thing, or none that this person may see: the answer is the same."""


class SecondFactorMissing(RuntimeError):
    """Staff work with a second factor only (AUTH-8): this session showed none."""


class TermsNotAccepted(RuntimeError):
    """The person must agree to the practice's terms of service, as they are now, before its records open (D-4)."""

    def __init__(self, practice: Practice) -> None:
        super().__init__("terms not accepted")
        self.practice = practice


@dataclass(frozen=True, slots=True)
class Chart:
    """One patient's open record: whose it is, what may be done with it, and who does it."""

    patient: Patient
    practice: Practice
    permissions: frozenset[Permission]
    actor: Actor
    grant_kind: str

    @property
    def is_own(self) -> bool:
        """Whether the person reading is the patient."""
        return self.grant_kind == "self"

    @property
    def by_staff(self) -> bool:
        """Whether a member of the practice's staff reads, by a StaffVisit."""
        return self.grant_kind == STAFF


def open_chart(
    user: User,
    patient_id: UUID,
    permission: Permission,
    *,
    category: str = "",
    second_factor: bool = False,
) -> Chart:
    """Open the record of ``patient_id`` for ``user``, or raise NotFound.

    ``category`` names what is looked at, for the patient's activity page (AUD-3). ``second_factor``: whether this session
    has shown one; SecondFactorMissing for staff whose session has not (AUTH-8). Must run in a transaction.
    """
    actor = actor_of(user)
    found = _granted(user, patient_id) or _visited(user, patient_id)
    permissions = _permitted(found[0]) if found else frozenset()
    if found is None or permission not in permissions:
        about = About(patient_id=patient_id, category=category)
        record_aside("chart.refuse", by=actor, about=about, detail={"permission": permission})
        raise NotFound
    kind, agreed, patient, practice = found
    if kind == STAFF and not second_factor:
        raise SecondFactorMissing
    if practice.settings.tos_required and not agreed:
        raise TermsNotAccepted(practice)
    if kind == STAFF:
        actor = replace(actor, kind=STAFF)
    signing.set_signed(signing.CHART, patient.pk, practice.pk, user.pk)
    about = About(practice_id=practice.pk, patient_id=patient.pk, category=category)
    record("chart.open", by=actor, about=about, detail={"permission": permission})
    return Chart(patient, practice, permissions, actor, kind)


def own_grants(user: User) -> list[Grant]:
    """Return the grants that count now, with patient and practice, the person's own record first."""
    signing.set_signed(signing.USER, user.pk)
    grants = Grant.objects.active().filter(user=user).select_related("patient", "practice")
    return sorted(grants, key=lambda grant: (grant.kind != "self", grant.patient.search_name))


def actor_of(user: User) -> Actor:
    """Return who acts when ``user`` does."""
    return Actor(user_id=user.pk, name=user.name)


def _granted(user: User, patient_id: UUID) -> "_Found | None":
    """Return what the grant that counts now says of ``user`` and this record."""
    signing.set_signed(signing.USER, user.pk)
    rows = _GRANTED.rows({"user": user.pk, "patient": patient_id, "moment": timezone.now()})
    return _found(*rows[0]) if rows else None


def _visited(user: User, patient_id: UUID) -> "_Found | None":
    """Return what an open StaffVisit says; for anybody else's id the same question is asked."""
    rows = _VISITED.rows({"user": user.pk, "patient": patient_id, "moment": timezone.now()})
    return _found(STAFF, True, *rows[0]) if rows else None


def _permitted(kind: str) -> frozenset[Permission]:
    return READING if kind == STAFF else of_grant(kind)


def _found(kind: str, agreed: bool, *values: object) -> "_Found":
    return kind, agreed, loaded(Patient, values[:_PATIENTS]), loaded(Practice, values[_PATIENTS:])


def _granted_now() -> QuerySet[Grant, tuple[object, ...]]:
    grants = Grant.objects.active(STAND_INS["moment"])
    mine = grants.filter(user=STAND_INS["user"], patient_id=STAND_INS["patient"])
    agreed = TermsAcceptance.objects.filter(
        user_id=OuterRef("user_id"),
        practice_id=OuterRef("practice_id"),
        version=OuterRef("practice__terms_version"),
    )
    patient, practice = columns(Patient, behind="patient"), columns(Practice, behind="practice")
    return mine.annotate(agreed=Exists(agreed)).values_list("kind", "agreed", *patient, *practice)


def _visited_now() -> QuerySet[StaffVisit, tuple[object, ...]]:
    visits = StaffVisit.objects.open(STAND_INS["moment"])
    mine = visits.filter(user=STAND_INS["user"], patient_id=STAND_INS["patient"])
    patient, practice = columns(Patient, behind="patient"), columns(Practice, behind="practice")
    return mine.order_by("-ends_at").values_list(*patient, *practice)[:1]


_Found: TypeAlias = tuple[str, bool, Patient, Practice]
_GRANTED = Statement(_granted_now)
_VISITED = Statement(_visited_now)
_PATIENTS = len(columns(Patient))


def stand_in_chart() -> Chart:
    """Return the chart that stands in for every other while a Statement's text is made."""
    patient, practice = Patient(pk=STAND_INS["patient"]), Practice(pk=STAND_INS["practice"])
    return Chart(patient, practice, frozenset(), SYSTEM, "")
