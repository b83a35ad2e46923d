"""The official English names of codes that feeds send without words (scripts/derive_displays.py)."""

from functools import cache
from importlib.resources import files

import msgspec


class _Displays(msgspec.Struct):
    displays: dict[str, dict[str, str]]


@cache
def displays() -> dict[str, dict[str, str]]:
    """Return code system -> code -> official display."""
    source = files("carespace.records").joinpath("displays.json").read_bytes()
    return msgspec.json.decode(source, type=_Displays).displays
