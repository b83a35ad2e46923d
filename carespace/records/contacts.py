"""Who the people and offices are that a record names, and how to reach them (VDT-3).

Promises: two queries whatever the number of people; a person's own number and address come first, then those of the
role in which they work, then their office's; only the practice's own resources and this patient's are looked at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q, QuerySet, TextField, UUIDField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Right

from carespace.access.chart import Chart, stand_in_chart
from carespace.access.statement import STAND_INS, Statement
from carespace.records.asking import within
from carespace.records.entries import MOST_NAMES, reachable_in, resources_for
from carespace.records.lookups import AnyOf
from carespace.records.models import Resource
from carespace.records.readings.contact import Address, ContactPoint, Office, Person, Role
from carespace.records.readings.elements import read_as
from carespace.records.readings.names import name_of
from carespace.records.readings.words import listed
from carespace.records.references import identity_in
from carespace.values import Reference

_IDENTITY_LENGTH = 36


@dataclass(frozen=True, slots=True)
class Contact:
    """One person or office; ``roles``, ``specialties`` and ``relationship`` in words, ``organization`` where they work."""

    name: str
    kind: str
    roles: str = ""
    specialties: str = ""
    relationship: str = ""
    organization: str = ""
    telecom: tuple[ContactPoint, ...] = ()
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    content: str


def contacts_for(chart: Chart, references: Iterable[Reference | None]) -> dict[str, Contact]:
    """Return address ("Practitioner/<id>") -> Contact for those of ``references`` that are in this record or the practice's own."""
    wanted = {
        key: each.reference
        for each in references
        if each and each.reference and (key := identity_in(each.reference))
    }
    if not wanted:
        return {}
    values = within(chart, identities=list(wanted)[:MOST_NAMES])
    found = {key: _Found(kind, body) for key, kind, body in _MEMBERS.rows(values)}
    roles = _roles_by_person(found)
    offices = resources_for(chart, _named_in(each for some in roles.values() for each in some))
    contacts: dict[str, Contact] = {}
    for key, reference in wanted.items():
        if (each := found.get(key)) is not None:
            contacts[reference] = _contact(each, roles.get(key, []), offices)
    return contacts


def _roles_by_person(found: Mapping[UUID, _Found]) -> dict[UUID, list[Role]]:
    """Return the roles of each practitioner, and each role under its own id."""
    roles: dict[UUID, list[Role]] = {}
    for key, each in found.items():
        role = read_as(Role, each.content) if each.kind == "PractitionerRole" else None
        if role is None or role.active is False:
            continue
        roles.setdefault(key, []).append(role)
        person = identity_in((role.practitioner and role.practitioner.reference) or "")
        if person:
            roles.setdefault(person, []).append(role)
    return roles


def _named_in(roles: Iterable[Role]) -> Iterable[str | None]:
    for role in roles:
        for each in (role.practitioner, role.organization, *role.location):
            yield each.reference if each else None


def _contact(found: _Found, roles: list[Role], others: Mapping[str, str]) -> Contact:
    if found.kind in {"Organization", "Location"}:
        place = read_as(Office, found.content) or Office()
        return Contact(
            place.name or "", found.kind, telecom=place.telecom, addresses=place.addresses
        )
    person = _person(found, roles, others)
    offices = [
        office
        for role in roles
        for each in (*role.location, role.organization)
        if (office := _office(each, others)) is not None
    ]
    telecom = (*person.telecom, *(each for role in roles for each in role.telecom))
    return Contact(
        name=_name(found, roles, others),
        kind=found.kind,
        roles=listed(each for role in roles for each in role.code),
        specialties=listed(each for role in roles for each in role.specialty),
        relationship=listed(person.relationship),
        organization=", ".join(dict.fromkeys(_works_for(roles, others))),
        telecom=_each_once(telecom) or _each_once(each for one in offices for each in one.telecom),
        addresses=person.address or next((one.addresses for one in offices if one.addresses), ()),
    )


def _person(found: _Found, roles: list[Role], others: Mapping[str, str]) -> Person:
    content: str | None = found.content
    if found.kind == "PractitionerRole":
        of = next((each.practitioner for each in roles if each.practitioner), None)
        content = others.get((of and of.reference) or "")
    return (read_as(Person, content) if content else None) or Person()


def _name(found: _Found, roles: list[Role], others: Mapping[str, str]) -> str:
    if found.kind != "PractitionerRole":
        return name_of(found.content)
    of = next((each.practitioner for each in roles if each.practitioner), None)
    if of is None:
        return name_of(found.content)
    return of.display or name_of(others.get(of.reference or "", "{}"))


def _works_for(roles: list[Role], others: Mapping[str, str]) -> Iterable[str]:
    for role in roles:
        if role.organization is not None:
            body = others.get(role.organization.reference or "", "{}")
            if name := role.organization.display or name_of(body):
                yield name


def _office(reference: Reference | None, others: Mapping[str, str]) -> Office | None:
    content = others.get((reference and reference.reference) or "")
    return read_as(Office, content) if content else None


def _each_once(telecom: Iterable[ContactPoint]) -> tuple[ContactPoint, ...]:
    return tuple({(each.system, each.value): each for each in telecom if each.value}.values())


def _members() -> QuerySet[Resource, tuple[Any, ...]]:
    """The resources themselves, and the roles of the practitioners among them."""
    wanted = Value(STAND_INS["identities"], output_field=ArrayField(UUIDField()))
    practitioner = KeyTextTransform("reference", KeyTransform("practitioner", "content"))
    of_them = AnyOf(Right(practitioner, _IDENTITY_LENGTH), Cast(wanted, ArrayField(TextField())))
    roles = Q(of_them, resource_type="PractitionerRole", patient__isnull=True)
    found = reachable_in(stand_in_chart()).filter(Q(AnyOf(F("pk"), wanted)) | roles)
    return found.order_by("pk").values_list("pk", "resource_type", "content")


_MEMBERS = Statement(_members)
