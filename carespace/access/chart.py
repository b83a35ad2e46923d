"""``open_chart()``: the only door to a patient's data.

Promises: it checks the grant, its period, the practice and the permission; for a record that is not there and a record
that is not yours it raises the same NotFound after the same work; it tells the database whose rows this transaction
may read; and it writes who looked (product.md part 4, HIP-1, VDT-16).
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from carespace.access import signing
from carespace.access.models import Grant
from carespace.access.permissions import Permission, of_grant
from carespace.access.statement import STAND_INS, Statement, columns, loaded
from carespace.accounts.models import User
from carespace.audit.recording import SYSTEM, About, Actor, record, record_aside
from carespace.patients.models import Patient
from carespace.practices.models import Practice


class NotFound(LookupError):
    """There is no such thing, or none that this person may see: the answer is the same."""


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


def open_chart(
    user: User, patient_id: UUID, permission: Permission, *, category: str = ""
) -> Chart:
    """Open the record of ``patient_id`` for ``user``, or raise NotFound.

    ``category`` names what is looked at, for the patient's activity page (AUD-3). Must run in a transaction.
    """
    actor = actor_of(user)
    found = _granted(user, patient_id)
    permissions = of_grant(found[0]) if found else frozenset()
    if found is None or permission not in permissions:
        about = About(patient_id=patient_id, category=category)
        record_aside("chart.refuse", by=actor, about=about, detail={"permission": permission})
        raise NotFound
    kind, patient, practice = found
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


def _granted(user: User, patient_id: UUID) -> tuple[str, Patient, Practice] | None:
    """Return the kind of the grant that counts now, and whose record of which practice it opens."""
    signing.set_signed(signing.USER, user.pk)
    rows = _GRANTED.rows({"user": user.pk, "patient": patient_id, "moment": timezone.now()})
    if not rows:
        return None
    kind, *values = rows[0]
    return kind, loaded(Patient, values[:_PATIENTS]), loaded(Practice, values[_PATIENTS:])


def _granted_now() -> QuerySet[Grant, tuple[object, ...]]:
    grants = Grant.objects.active(STAND_INS["moment"])
    mine = grants.filter(user=STAND_INS["user"], patient_id=STAND_INS["patient"])
    patient, practice = columns(Patient, behind="patient"), columns(Practice, behind="practice")
    return mine.values_list("kind", *patient, *practice)


_GRANTED = Statement(_granted_now)
_PATIENTS = len(columns(Patient))


def stand_in_chart() -> Chart:
    """Return the chart that stands in for every other while a Statement's text is made."""
    patient, practice = Patient(pk=STAND_INS["patient"]), Practice(pk=STAND_INS["practice"])
    return Chart(patient, practice, frozenset(), SYSTEM, "")
