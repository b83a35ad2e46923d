"""How a page asks for a second factor: in which way, in which others it could, and with what for a passkey.

Promises: only ways that the person has are offered; asking changes nothing, for a passkey's challenge is made by a POST.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from carespace.accounts.factors import APP, PASSKEY, RECOVERY_CODE, Factors, Way
from carespace.accounts.passkeys import options_to_show
from carespace.portal.account import challenges

REFUSED = gettext_lazy("That did not work. Check it and try again, or use another way.")
LABELS: Mapping[Way, Promise] = {
    APP: gettext_lazy("Use a code from your authenticator app"),
    PASSKEY: gettext_lazy("Use a passkey"),
    RECOVERY_CODE: gettext_lazy("Use a recovery code"),
}


@dataclass(frozen=True, slots=True)
class OtherWay:
    """A way to show a second factor that the page does not ask for now."""

    way: Way
    label: Promise
    url: str


@dataclass(frozen=True, slots=True)
class Asking:
    """What a page needs to ask: ``options`` is the script's JSON, empty until a passkey was asked for."""

    way: Way
    others: tuple[OtherWay, ...]
    options: str
    url: str


def way_in(request: HttpRequest, had: Factors) -> Way:
    """Return the way the request speaks of, if the person has it, else their usual one."""
    wanted = request.POST.get("way") or request.GET.get("way")
    return next((way for way in had.ways if way == wanted), had.ways[0])


def asking(request: HttpRequest, had: Factors, way: Way, name: str, onward: str = "") -> Asking:
    """Return what the page ``name`` needs to ask for ``way``."""
    challenge = challenges.asked(request) if way == PASSKEY else ""
    return Asking(
        way=way,
        others=tuple(
            OtherWay(each, LABELS[each], address(name, each, onward))
            for each in had.ways
            if each != way
        ),
        options=options_to_show(challenge, had.passkeys) if challenge else "",
        url=address(name, way, onward),
    )


def address(name: str, way: Way, onward: str) -> str:
    """Return the address of the page ``name`` that asks for ``way`` and leads to ``onward``."""
    query = {"way": way, **({"next": onward} if onward else {})}
    return f"{reverse(name)}?{urlencode(query)}"


def ask_passkey(request: HttpRequest, name: str, onward: str = "") -> HttpResponse:
    """Ask for a passkey, on the page that a GET may show again."""
    challenges.ask(request)
    return redirect(address(name, PASSKEY, onward))
