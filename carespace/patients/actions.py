"""Writes about patients: register one, or note that what is known of them changed."""

from django.db import transaction

from carespace.audit.recording import About, Actor, record
from carespace.patients.matching import Identity, KnownIdentifier, same_person
from carespace.patients.merging import survivors
from carespace.patients.models import Patient, PatientIdentifier
from carespace.practices.models import Practice


class PatientConflict(ValueError):
    """What came says it is somebody whom the practice knows as somebody else; the message says how."""


@transaction.atomic
def register_patient(
    *, practice: Practice, identity: Identity, known: Patient | None, by: Actor
) -> Patient:
    """Return the patient ``identity`` describes, new or known, with what is known of them brought up to date.

    ``known`` is the patient this source's id stands for already; a merged one leads to the survivor.
    Raises PatientConflict rather than guess.
    """
    found = _by_identifiers(practice, identity)
    known = next(iter(_leading({known}))) if known else None
    if known is not None and any(patient.pk != known.pk for patient in found):
        raise PatientConflict("An identifier in it belongs to another patient of this practice.")
    if len(found) > 1:
        raise PatientConflict("Its identifiers belong to more than one patient of this practice.")
    patient = known or next(iter(found), None)
    if patient is None:
        return _add(practice, identity, by)
    if not same_person(identity_on_file(patient), identity):
        raise PatientConflict(
            "It describes another person than the one on file: name or birth date differ."
        )
    _bring_up_to_date(patient, identity, by)
    return patient


def identity_on_file(patient: Patient) -> Identity:
    """Return what the practice knows of ``patient``."""
    return Identity(
        identifiers=tuple(
            KnownIdentifier(each.system, each.value, each.kind)
            for each in patient.identifiers.all()
        ),
        family_name=patient.family_name,
        given_names=patient.given_names,
        display_name=patient.display_name,
        birth_date_text=patient.birth_date_text,
        gender=patient.gender,
        deceased=patient.deceased,
        email=patient.email,
        language=patient.language,
    )


def _by_identifiers(practice: Practice, identity: Identity) -> set[Patient]:
    keys = {(each.system, each.value) for each in identity.identifiers}
    rows = PatientIdentifier.objects.filter(
        practice=practice, value__in=[value for _, value in keys]
    ).select_related("patient")
    return _leading({row.patient for row in rows if (row.system, row.value) in keys})


def _leading(patients: set[Patient]) -> set[Patient]:
    """Return the patients that ``patients`` are now, after merges."""
    if all(patient.merged_into_id is None for patient in patients):
        return patients
    leads = survivors(patient.pk for patient in patients)
    ids = {leads.get(patient.pk, patient.pk) for patient in patients}
    return set(Patient.objects.filter(pk__in=ids))


def _add(practice: Practice, identity: Identity, by: Actor) -> Patient:
    patient = Patient(practice=practice)
    _fill(patient, identity)
    patient.save(force_insert=True)
    _add_identifiers(patient, identity)
    record("patient.register", by=by, about=_about(patient))
    return patient


def _bring_up_to_date(patient: Patient, identity: Identity, by: Actor) -> None:
    before = identity_on_file(patient)
    _fill(patient, identity)
    _add_identifiers(patient, identity)
    if identity_on_file(patient) != before:
        patient.save(force_update=True)
        record("patient.update", by=by, about=_about(patient))


def _fill(patient: Patient, identity: Identity) -> None:
    patient.family_name = identity.family_name
    patient.given_names = identity.given_names
    patient.display_name = identity.display_name
    patient.search_name = identity.search_name
    patient.birth_date_text = identity.birth_date_text or patient.birth_date_text
    patient.birth_date = identity.birth_date or patient.birth_date
    patient.gender = identity.gender
    patient.deceased = identity.deceased
    # As the practice's own system has it now: one it took away is gone.
    patient.email = identity.email
    patient.language = identity.language


def _add_identifiers(patient: Patient, identity: Identity) -> None:
    PatientIdentifier.objects.bulk_create(
        [
            PatientIdentifier(
                practice_id=patient.practice_id,
                patient=patient,
                system=each.system,
                value=each.value,
                kind=each.kind,
            )
            for each in identity.identifiers
        ],
        ignore_conflicts=True,
    )


def _about(patient: Patient) -> About:
    return About(patient.practice_id, patient.pk, "demographics", "Patient", str(patient.pk))
