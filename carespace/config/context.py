"""What every template gets: the shell around the page, in the look its reader has chosen."""

from dataclasses import replace

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from carespace.portal.shell import look_of, outside_shell
from carespace.ui.shell import Shell


def shell(request: HttpRequest) -> dict[str, object]:
    """Return the shell a view has set on the request, else a signed-out one.

    Made only when a template asks for it: the page for our own mistakes must not need a database.
    """

    def made() -> Shell:
        found: Shell = getattr(request, "shell", None) or outside_shell(request)
        return replace(found, theme=look_of(request))

    return {"shell": SimpleLazyObject(made)}
