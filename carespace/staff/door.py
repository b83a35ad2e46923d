"""How every page of the staff room begins: with an open desk, and what surrounds the page."""

from django.http import HttpRequest

from carespace.access import desk
from carespace.access.desk import Desk
from carespace.access.permissions import Permission
from carespace.accounts.proof import second_factor_of
from carespace.staff.shell import Section, desk_shell


def open_desk(request: HttpRequest, permission: Permission, section: Section = "patients") -> Desk:
    """Open the desk for who asks, and put its shell around the page; ``section`` is the tab that is marked.

    Raises NotFound for who may not, SecondFactorMissing for who has shown none (AUTH-8).
    """
    shown = second_factor_of(request.session)
    opened = desk.open_desk(request.user, permission, second_factor=bool(shown))  # type: ignore[arg-type]
    request.shell = desk_shell(opened, section)  # type: ignore[attr-defined]
    return opened
