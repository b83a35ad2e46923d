"""What surrounds the portal's pages: the practice, the tabs, whose record it is, the name menu.

Promises: only tabs and links that lead somewhere (D-1: one Health tab, or Labs and Documents); the name and birth date
of the person whose record is open are on every page that is not simply one's own, and on every paper copy (S-32); all
that surrounds an open record is that record's, whatever else its reader may see (T3).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, get_args
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from carespace.access.chart import Chart, own_grants
from carespace.access.entrance import recall
from carespace.access.models import Grant
from carespace.access.people import reason_of_visit
from carespace.access.permissions import Permission, of_grant
from carespace.access.states import GrantKind
from carespace.accounts.models import User
from carespace.portal.addresses import chart_url
from carespace.portal.practice import practice_of
from carespace.practices.lookup import works_somewhere
from carespace.practices.models import Practice
from carespace.ui.dates import date_long
from carespace.ui.shell import (
    Link,
    NameMenu,
    PersonBar,
    PracticeCard,
    Shell,
    Tab,
    Theme,
    VisitBar,
    initials_of,
)

LOOK_COOKIE = "carespace-look"
RELATIONS: Mapping[str, Promise] = {
    GrantKind.FAMILY: gettext_lazy("as family or caregiver"),
    GrantKind.REPRESENTATIVE: gettext_lazy("as personal representative"),
    GrantKind.EMERGENCY: gettext_lazy("by emergency access"),
}
STAFF_URL = "/staff/"
ACTIVITY_WORDS = gettext_lazy("Who has looked at this record")
_SEVERAL, _PRACTICES, _STAFF = "several_records", "several_practices", "is_staff"
Section = Literal["home", "health", "labs", "documents", "appointments", "resources", ""]


def look_of(request: HttpRequest) -> Theme:
    """Return the look kept in the reader's cookie; what the system says where there is none."""
    kept = request.COOKIES.get(LOOK_COOKIE, "")
    return next((theme for theme in get_args(Theme) if theme == kept), "system")


def chart_shell(request: HttpRequest, chart: Chart, section: Section) -> Shell:
    """Return what surrounds a page of an open record."""
    several, identity = sees_several(request), chart.patient.pk
    activity = Link(str(ACTIVITY_WORDS), chart_url("activity", identity))
    return Shell(
        practice=practice_card(chart.practice),
        tabs=_tabs(chart.practice, identity, section),
        person=PersonBar(
            name=chart.patient.display_name,
            birth_date_text=date_long(chart.patient.birth_date_text),
            relation=str(RELATIONS.get(chart.grant_kind, "")),
            practice=chart.practice.name if _sees_several_practices(request) else "",
            switch_url=reverse("portal:people") if several else "",
            on_screen=several or not chart.is_own,
        ),
        visit=_visit(chart),
        menu=_menu(request, manages=identity if _manages(chart.permissions) else None),
        footer_links=(
            *((activity,) if Permission.ACTIVITY_READ in chart.permissions else ()),
            *help_links(),
        ),
        home_url=chart_url("home", chart.patient.pk),
        theme=look_of(request),
    )


def practice_around(grants: Sequence[Grant], request: HttpRequest) -> Practice | None:
    """Return the practice around a page that belongs to no record: that of all ``grants``, else of the host.

    Of two practices neither is around it: their phones and emergency lines are not mixed up (T3).
    """
    practices = {grant.practice for grant in grants}
    return practices.pop() if len(practices) == 1 else practice_of(request)


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
        menu=_menu(
            request, manages=only.patient_id if only and _manages(of_grant(only.kind)) else None
        ),
        footer_links=help_links(),
        home_url=reverse("portal:start"),
        theme=look_of(request),
    )


def outside_shell(request: HttpRequest) -> Shell:
    """Return what surrounds a signed-out page."""
    practice = practice_of(request)
    return Shell(practice=practice_card(practice) if practice else None, footer_links=help_links())


def help_links() -> tuple[Link, ...]:
    """Return the links that stand at the foot of every page (S-73, S-09)."""
    return (
        Link(gettext("Help"), reverse("portal:help")),
        Link(gettext("Security and standards"), reverse("portal:standards")),
    )


def practice_card(practice: Practice) -> PracticeCard:
    """Return the practice as its patients know it."""
    return PracticeCard(
        name=practice.name,
        phone=practice.phone,
        phone_url=practice.phone_url,
        tagline=practice.tagline,
        hours=practice.hours,
        emergency_text=practice.settings.emergency_line,
    )


def note_records(request: HttpRequest, count: int, practices: int | None = None) -> None:
    """Keep in the session whether this person may open several records, of several practices, for each page's frame."""
    request.session[_SEVERAL] = count > 1
    if practices is not None:
        request.session[_PRACTICES] = practices > 1


def note_grants(request: HttpRequest, grants: Sequence[Grant]) -> None:
    """Keep in the session what ``grants``, all this person's, say of their records and practices."""
    note_records(request, len(grants), len({grant.practice_id for grant in grants}))


def sees_several(request: HttpRequest) -> bool:
    """Say whether the signed-in person may open several records; asked once per session."""
    if _SEVERAL not in request.session:
        note_grants(request, own_grants(signed_in(request)))
    return bool(request.session[_SEVERAL])


def _sees_several_practices(request: HttpRequest) -> bool:
    if sees_several(request) and _PRACTICES not in request.session:
        note_grants(request, own_grants(signed_in(request)))
    return sees_several(request) and bool(request.session[_PRACTICES])


def _is_staff(request: HttpRequest) -> bool:
    """Say whether the signed-in person works for a practice; as noted at sign-in, else asked once per session."""
    if _STAFF not in request.session:
        user = signed_in(request)
        recall(user.pk)
        request.session[_STAFF] = works_somewhere(user.pk)
    return bool(request.session[_STAFF])


def forget_standing(request: HttpRequest) -> None:
    """Look anew whether the signed-in person works for a practice: they just said yes to one."""
    request.session.pop(_STAFF, None)
    _is_staff(request)


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

    tabs = [tab(_("Home"), pgettext("short", "Home"), "home", "home", "home")]
    if settings.nav_layout == "split":
        tabs.append(tab(_("Labs"), pgettext("short", "Labs"), "labs", "beaker", "labs", "health"))
        tabs.append(
            tab(
                _("Documents"),
                pgettext("short", "Papers"),
                "documents",
                "document-text",
                "documents",
            )
        )
    else:
        tabs.append(
            tab(
                _("Health"),
                pgettext("short", "Health"),
                "health",
                "heart",
                "health",
                "labs",
                "documents",
            )
        )
    if settings.feature_appointments:
        tabs.append(
            tab(
                _("Appointments"),
                pgettext("short", "Visits"),
                "appointments",
                "calendar",
                "appointments",
            )
        )
    tabs.append(
        tab(_("Resources"), pgettext("short", "Resources"), "resources", "book-open", "resources")
    )
    return tuple(tabs)


def _menu(request: HttpRequest, *, manages: UUID | None) -> NameMenu:
    """Return the name menu (S-32, S-64); ``manages`` is the record whose users this person manages here."""
    name = signed_in(request).name
    links = [Link(_("Settings"), reverse("portal:settings"))]
    if manages is not None:
        links.insert(0, Link(_("Manage Users"), chart_url("users", manages)))
    if sees_several(request):
        links.append(Link(_("Switch person"), reverse("portal:people")))
    links.append(Link(gettext("Help"), reverse("portal:help")))
    if _is_staff(request):
        links.append(Link(_("Practice side"), STAFF_URL))
    return NameMenu(name, initials_of(name), tuple(links), reverse("portal:sign-out"))


def _manages(permissions: Collection[Permission]) -> bool:
    return Permission.USERS_MANAGE in permissions


def _visit(chart: Chart) -> VisitBar | None:
    if not chart.by_staff:
        return None
    close_url = reverse("staff:close-visit", args=[chart.patient.pk])
    return VisitBar(chart.practice.name, reason_of_visit(chart), close_url)
