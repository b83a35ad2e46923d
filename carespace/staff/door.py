"""How every page of the staff room begins: with an open desk, and what surrounds the page.

Promises: of several practices the session keeps which one is worked for; the desk looks anew, at each request, whether
it may.
"""

from collections.abc import MutableMapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from carespace.access import desk
from carespace.access.desk import Desk
from carespace.access.permissions import Permission
from carespace.accounts.proof import second_factor_of
from carespace.staff.shell import Section, desk_shell

CHOSEN = "desk"


def choose(session: MutableMapping[str, Any], practice_id: UUID) -> None:
    """Keep in the session at whose desk its person works."""
    session[CHOSEN] = str(practice_id)


def _chosen(session: MutableMapping[str, Any]) -> UUID | None:
    kept = session.get(CHOSEN)
    return UUID(kept) if kept else None


def open_desk(request: HttpRequest, permission: Permission, section: Section = "patients") -> Desk:
    """Open the desk for who asks, and put its shell around the page; ``section`` is the tab that is marked.

    Raises NotFound for who may not, SecondFactorMissing for who has shown none (AUTH-8).
    """
    shown = second_factor_of(request.session)
    opened = desk.open_desk(
        request.user,  # type: ignore[arg-type]
        permission,
        second_factor=bool(shown),
        practice_id=_chosen(request.session),
        host=request.get_host().partition(":")[0],
    )
    request.shell = desk_shell(opened, section)  # type: ignore[attr-defined]
    return opened
