"""What surrounds a page of the staff room."""

from typing import Literal

from django.urls import reverse

from carespace.access.desk import Desk
from carespace.access.desk_invitations import attention_count
from carespace.access.permissions import Permission
from carespace.messaging.desk import waiting_count
from carespace.ui.shell import Link, NameMenu, PracticeCard, Shell, Tab, initials_of

Section = Literal["patients", "requests", "invitations", "team", ""]


def desk_shell(desk: Desk, section: Section) -> Shell:
    """Return the practice's name, the tabs staff have, and their own menu; the emergency line is for patients."""
    practice, name = desk.practice, desk.actor.name
    return Shell(
        practice=PracticeCard(
            name=practice.name, phone=practice.phone, phone_url=practice.phone_url
        ),
        tabs=tuple(_tabs(desk, section)),
        menu=NameMenu(
            name=name,
            initials=initials_of(name),
            links=tuple(_links(desk)),
            sign_out_url=reverse("portal:sign-out"),
        ),
        home_url=reverse("staff:patients"),
    )


def _tabs(desk: Desk, section: Section) -> list[Tab]:
    def tab(label: str, name: Section, icon: str, badge: int = 0) -> Tab:
        return Tab(label, label, reverse(f"staff:{name}"), icon, section == name, badge)

    tabs = [tab("Patients", "patients", "users")]
    if Permission.MESSAGE_ANSWER in desk.permissions:
        asked = waiting_count(desk)
        tabs.append(tab("Requests", "requests", "calendar", asked))
    if Permission.PATIENT_INVITE in desk.permissions:
        waiting = attention_count(desk)
        tabs.append(tab("Invitations", "invitations", "envelope", waiting))
    if Permission.STAFF_MANAGE in desk.permissions:
        tabs.append(tab("Staff", "team", "identification"))
    return tabs


def _links(desk: Desk) -> list[Link]:
    links = [Link("Settings", reverse("portal:settings"))]
    if desk.several:
        links.append(Link("Switch practice", reverse("staff:practices")))
    if desk.sees_records:
        links.append(Link("My own records", reverse("portal:people")))
    return links
