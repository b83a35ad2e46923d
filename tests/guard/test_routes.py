"""Every address says who may ask: everybody (a frozen list), an open chart, an open desk, or oneself."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.views.decorators.http import require_safe

from tests.guard.tree import called_name

CHART_PREFIX = "p/<uuid:patient_id>/"
STAFF_PREFIX = "staff/"
PART = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
# An address that programs know by its ending, with no slash behind it.
FILES: Mapping[str, str] = {"portal:calendar": ".ics"}

PUBLIC: Mapping[str, str] = {
    "portal:calendar": "the address's token is the key",
    "portal:start": "leads on, and says nothing itself",
    "portal:sign-in": "nobody is known yet",
    "portal:birth-date": "the second half of signing in",
    "portal:second-factor": "the last step of signing in",
    "portal:sign-out": "works also for a session that has ended",
    "portal:language": "the language of this browser, and of whoever is signed in: one's own",
    "portal:time-left": "how long one is still signed in: 0 for nobody",
    "portal:register": "the link's token is the key",
    "portal:ask-again": "answers alike for every token",
    "portal:forgot-password": "answers alike for everybody",
    "portal:forgot-password-sent": "answers alike for everybody",
    "portal:new-password": "the link's key is the key",
    "portal:terms": "the same text for everybody",
    "portal:terms-of": "the same text for everybody",
    "portal:help": "the same text for everybody",
    "portal:standards": "the same text for everybody",
    "demo:mailbox": "the demo's mail, in the demo only",
    "demo:codes": "the codes of the demo's staff, in the demo only",
    "demo:mail": "the demo's mail, in the demo only",
    "demo:mail-html": "the demo's mail, in the demo only",
    "ui-gallery": "components with made-up content, never in production",
}
OWN_THINGS: Mapping[str, str] = {
    "portal:people": "the records one may open, by one's own grants",
    "portal:settings": "one's own name, address and look",
    "portal:settings-results": "one's own choice of being asked before some reports",
    "portal:stay": "one's own session, as any page extends it",
    "portal:keep-draft": "what one is typing oneself, read by nobody else",
    "portal:confirm": "one's own password",
    "portal:factors": "one's own second factors",
    "portal:end-trusted-devices": "one's own trusted devices; it lets nobody in",
    "portal:factor-app": "one's own second factors",
    "portal:factor-passkey": "one's own second factors",
    "portal:factor-codes": "one's own second factors",
    "portal:factor-remove": "one's own second factors; another's is not there",
    "portal:change-email": "one's own address, with one's own password",
    "portal:change-email-sent": "says that a mail was sent",
    "portal:confirm-email": "the link's key works for the person who asked only",
    "portal:change-password": "one's own password",
    "portal:devices": "one's own signed-in browsers",
    "portal:work-offer": "a practice's question to one's own address; another's is not there",
    "portal:terms-agree": "one's own agreement, with a practice one has a record at",
}
TEXT_PARAMETERS = {
    "portal:calendar": "a token of 43 letters",
    "portal:register": "a token of 43 letters",
    "portal:ask-again": "the token of the same link",
    "portal:new-password": "a signed key",
    "portal:confirm-email": "a sealed key",
    "demo:mail": "a file's name",
    "demo:mail-html": "a file's name",
}


@dataclass(frozen=True)
class Route:
    """One address: its name with namespace, its pattern, and the view as the author wrote it."""

    name: str
    pattern: str
    view: Callable[..., Any]

    @property
    def is_public(self) -> bool:
        return not getattr(self.view, "login_required", True)

    @property
    def written(self) -> Callable[..., Any]:
        return inspect.unwrap(self.view)


def walk(
    patterns: Iterable[URLPattern | URLResolver], before: str = "", namespace: str = ""
) -> Iterator[Route]:
    """Each address under ``patterns``."""
    for each in patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from walk(each.url_patterns, here, inner)
        else:
            yield Route(f"{namespace}{each.name or '?'}", here, each.callback)


def every_route() -> list[Route]:
    return list(walk(get_resolver().url_patterns))


def calls(function: Callable[..., Any], wanted: str) -> bool:
    """Whether ``function`` calls ``wanted``, or calls a function of its own module that does."""
    names = _called_in(function)
    module = inspect.getmodule(function)
    beside = [getattr(module, name, None) for name in names if isinstance(module, ModuleType)]
    ours = [
        each for each in beside if inspect.isfunction(each) and inspect.getmodule(each) is module
    ]
    return wanted in names or any(wanted in _called_in(each) for each in ours)


def _called_in(function: Callable[..., Any]) -> set[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return {called_name(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def door_faults(routes: Iterable[Route]) -> list[str]:
    """Each address whose view opens no door, and each that is public without being listed."""
    faults = []
    for route in routes:
        listed = route.name in PUBLIC
        if route.is_public != listed:
            faults.append(f"{route.name} is {'not ' if listed else ''}public, against the list")
        elif route.pattern.startswith(CHART_PREFIX):
            if not calls(route.written, "open_chart"):
                faults.append(f"{route.name} opens no chart")
        elif route.pattern.startswith(STAFF_PREFIX):
            if not calls(route.written, "open_desk"):
                faults.append(f"{route.name} opens no desk")
        elif not listed and route.name not in OWN_THINGS:
            faults.append(f"{route.name} says not who may ask")
    return faults


def shape_faults(routes: Iterable[Route]) -> list[str]:
    """Each address that is not kebab-case, or has a parameter without a type."""
    faults = []
    for route in routes:
        ending = FILES.get(route.name, "")
        for part in filter(None, route.pattern.removesuffix(ending).split("/")):
            parameter = PARAMETER.fullmatch(part)
            if parameter is None:
                if not PART.fullmatch(part):
                    faults.append(f"{route.name}: {part} is not kebab-case")
            elif parameter["kind"] not in {"uuid", "int", "slug"} and (
                parameter["kind"] is None or route.name not in TEXT_PARAMETERS
            ):
                faults.append(f"{route.name}: {part} has no type")
        if not route.pattern.endswith(ending or "/") and route.pattern:
            faults.append(f"{route.name} does not end with a slash")
        if route.name.endswith("?"):
            faults.append(f"{route.pattern} has no name")
    return faults


def test_every_view_opens_its_door_or_is_on_a_frozen_list() -> None:
    routes = every_route()
    assert len(routes) >= 20
    assert door_faults(routes) == []


def test_addresses_are_kebab_case_with_typed_parameters() -> None:
    assert shape_faults(every_route()) == []


def test_the_lists_name_only_what_there_is() -> None:
    names = {route.name for route in every_route()}
    assert (
        PUBLIC.keys() | OWN_THINGS.keys() | TEXT_PARAMETERS.keys() | FILES.keys()
    ) - names == set()


def test_a_patient_in_an_address_is_a_chart_or_a_desk() -> None:
    for route in every_route():
        if "patient_id" in route.pattern:
            assert route.pattern.startswith((CHART_PREFIX, STAFF_PREFIX)), route.name


def open_chart(*_given: object) -> None:
    """Stands for the door in the planted views."""


@require_safe
def honest(request: HttpRequest, **_ids: object) -> HttpResponse:
    open_chart(request.user)
    return HttpResponse()


def through_a_helper(request: HttpRequest, **ids: object) -> HttpResponse:
    return honest_helper(request)


def honest_helper(request: HttpRequest) -> HttpResponse:
    open_chart(request.user)
    return HttpResponse()


def careless(request: HttpRequest, **_ids: object) -> HttpResponse:
    """Speaks of open_chart() and never calls it."""
    return HttpResponse("open_chart()")


@login_not_required
def open_to_all(request: HttpRequest, **_ids: object) -> HttpResponse:
    open_chart(request.user)
    return HttpResponse()


@pytest.mark.parametrize(
    ("address", "view", "fault"),
    [
        ("p/<uuid:patient_id>/x/", honest, []),
        ("p/<uuid:patient_id>/x/", through_a_helper, []),
        ("p/<uuid:patient_id>/x/", careless, ["planted opens no chart"]),
        ("p/<uuid:patient_id>/x/", open_to_all, ["planted is public, against the list"]),
        ("staff/x/", honest, ["planted opens no desk"]),
        ("x/", honest, ["planted says not who may ask"]),
        ("x/", open_to_all, ["planted is public, against the list"]),
    ],
)
def test_planted_views_without_their_door_are_found(
    address: str, view: Callable[..., HttpResponse], fault: list[str]
) -> None:
    assert door_faults(walk([path(address, view, name="planted")])) == fault


@pytest.mark.parametrize(
    "address",
    ["labResults/", "lab_results/", "x/<thing>/", "x/<str:thing>/", "x/<path:thing>/", "x"],
)
def test_planted_addresses_of_another_shape_are_found(address: str) -> None:
    assert len(shape_faults(walk([path(address, honest, name="planted")]))) == 1
