"""Where to go after sign-in, and where a request comes from.

Promises: ``next`` leads to a path of our own host or nowhere (T15); an address in X-Forwarded-For counts only when a
proxy of ``CARESPACE_PROXIES`` wrote it (T24).
"""

import re
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from carespace.accounts.throttle import network_of

LONGEST_PATH = 500
_PATH = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")


def safe_path(text: str) -> str:
    """Return ``text`` when it is a path of our own, as written and with its percent signs read, else ``""``."""
    read = unquote(unquote(text))
    plain = len(text) <= LONGEST_PATH and all(_PATH.fullmatch(each) for each in (text, read))
    return text if plain and url_has_allowed_host_and_scheme(read, allowed_hosts=None) else ""


def client_network(request: HttpRequest) -> str:
    """Return the network (/24, /56) the request came from, seen through the listed proxies only."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    while address in settings.CARESPACE_PROXIES and hops and hops[-1]:
        address = hops.pop()
    return network_of(address)
