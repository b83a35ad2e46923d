"""What every template gets: the shell around the page."""

from django.http import HttpRequest

from carespace.ui.shell import Shell


def shell(request: HttpRequest) -> dict[str, object]:
    """Return the shell a view has set on the request, else the empty one."""
    return {"shell": getattr(request, "shell", Shell())}
