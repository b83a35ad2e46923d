"""What surrounds the portal's pages: the practice, the tabs, whose record it is, the name menu.

Promises: only tabs and links that lead somewhere (D-1: one Health tab, or Labs and Documents); the name and birth date
of the person whose record is open are on every page that is not simply one's own, and on every paper copy (S-32).
"""

from collections.abc import Sequence
from typing import Literal, get_args
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from carespace.access.chart import Chart, own_grants
from carespace.access.models import Grant
from carespace.accounts.models import User
from carespace.portal.addresses import chart_url
from carespace.portal.practice import practice_of
from carespace.portal.presenters.dates import date_long
from carespace.practices.models import Practice
from carespace.ui.shell import Link, NameMenu, PersonBar, PracticeCard, Shell, Tab, Theme

LOOK_COOKIE = "carespace-look"
RELATION = "as family or caregiver"
_SEVERAL = "several_records"
Section = Literal["home", "health", "labs", "documents", "appointments", "resources", ""]


def look_of(request: HttpRequest) -> Theme:
    """Return the look kept in the reader's cookie; what the system says where there is none."""
    kept = request.COOKIES.get(LOOK_COOKIE, "")
    return next((theme for theme in get_args(Theme) if theme == kept), "system")


def chart_shell(request: HttpRequest, chart: Chart, section: Section) -> Shell:
    """Return what surrounds a page of an open record."""
    several = sees_several(request)
    return Shell(
        practice=practice_card(chart.practice),
        tabs=_tabs(chart.practice, chart.patient.pk, section),
        person=PersonBar(
            name=chart.patient.display_name,
            birth_date_text=date_long(chart.patient.birth_date_text),
            relation="" if chart.is_own else RELATION,
            switch_url=reverse("portal:people") if several else "",
            on_screen=several or not chart.is_own,
        ),
        menu=_menu(request, several=several),
        home_url=chart_url("home", chart.patient.pk),
        theme=look_of(request),
    )


def person_shell(
    request: HttpRequest, practice: Practice | None, grants: Sequence[Grant] = ()
) -> Shell:
    """Return what surrounds a page of the signed-in person, with no record open.

    Whoever may see one record only keeps the tabs that lead back to it.
    """
    only = grants[0] if len(grants) == 1 else None
    return Shell(
        tabs=_tabs(only.practice, only.patient_id, "") if only else (),
        practice=practice_card(practice) if practice else None,
        menu=_menu(request, several=sees_several(request)),
        home_url=reverse("portal:start"),
        theme=look_of(request),
    )


def outside_shell(request: HttpRequest) -> Shell:
    """Return what surrounds a signed-out page."""
    practice = practice_of(request)
    return Shell(practice=practice_card(practice) if practice else None)


def practice_card(practice: Practice) -> PracticeCard:
    """Return the practice as its patients know it."""
    return PracticeCard(
        name=practice.name,
        phone=practice.phone,
        phone_url=practice.phone_url,
        tagline=practice.tagline,
        hours=practice.hours,
        emergency_text=practice.settings.emergency_text,
    )


def note_records(request: HttpRequest, count: int) -> None:
    """Keep in the session whether this person may open several records, for the menu of each page."""
    request.session[_SEVERAL] = count > 1


def sees_several(request: HttpRequest) -> bool:
    """Say whether the signed-in person may open several records; asked once per session."""
    if _SEVERAL not in request.session:
        note_records(request, len(own_grants(signed_in(request))))
    return bool(request.session[_SEVERAL])


def signed_in(request: HttpRequest) -> User:
    """Return the person who makes this request; the middleware has let nobody else through."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError(type(user))
    return user


def _tabs(practice: Practice, patient_id: UUID, section: Section) -> tuple[Tab, ...]:
    settings = practice.settings

    def tab(label: str, short: str, name: str, icon: str, *sections: Section) -> Tab:
        url = chart_url(name, patient_id)
        return Tab(label, short, url, icon, current=section in sections)

    tabs = [tab("Home", "Home", "home", "home", "home")]
    if settings.nav_layout == "split":
        tabs.append(tab("Labs", "Labs", "labs", "beaker", "labs", "health"))
        tabs.append(tab("Documents", "Papers", "documents", "document-text", "documents"))
    else:
        tabs.append(tab("Health", "Health", "health", "heart", "health", "labs", "documents"))
    if settings.feature_appointments:
        tabs.append(tab("Appointments", "Visits", "appointments", "calendar", "appointments"))
    tabs.append(tab("Resources", "Resources", "resources", "book-open", "resources"))
    return tuple(tabs)


def _menu(request: HttpRequest, *, several: bool) -> NameMenu:
    name = signed_in(request).name
    links = [Link("Settings", reverse("portal:settings"))]
    if several:
        links.append(Link("Switch person", reverse("portal:people")))
    return NameMenu(name, _initials(name), tuple(links), reverse("portal:sign-out"))


def _initials(name: str) -> str:
    words = name.split()
    first_and_last = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in first_and_last).upper()
