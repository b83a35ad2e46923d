"""Pages of a long list: "Show older" and "Show newer", with the page number in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Turn:
    """Which rows of a list are asked for: ``size`` of them from number ``start``."""

    number: int
    size: int

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size

    def links(
        self, shown: int, total: int, kept: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Return what ``ui/components/pagination.html`` needs after ``shown`` rows of ``total``.

        ``kept`` are the other choices of the address, such as a filter; empty ones are left out.
        """
        last = self.start + shown
        more = urlencode({name: value for name, value in (kept or {}).items() if value})
        end = f"&{more}" if more else ""
        several = total > self.size and shown > 0
        span = {"first": self.start + 1, "last": last, "total": total}
        return {
            "older_url": f"?page={self.number + 1}{end}" if last < total else "",
            "newer_url": f"?page={self.number - 1}{end}" if self.number > 1 else "",
            "text": _("%(first)s to %(last)s of %(total)s") % span if several else "",
        }


def turn_of(request: HttpRequest, size: int) -> Turn:
    """Return the page that ``?page=`` asks for; the first one for anything that is no number of a page."""
    asked = request.GET.get("page", "")
    plain = asked.isascii() and asked.isdigit() and len(asked) <= len(str(LAST_PAGE))
    return Turn(min(max(int(asked), 1), LAST_PAGE) if plain else 1, size)
