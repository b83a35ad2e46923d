"""Pages of a long list in the staff room."""

from urllib.parse import urlencode

from django.http import HttpRequest

LAST_PAGE = 100_000


def page_asked(request: HttpRequest) -> int:
    """Return the page the address names, from 1; the first for whatever is no number."""
    asked = request.GET.get("page", "")
    plain = asked.isascii() and asked.isdigit() and len(asked) <= len(str(LAST_PAGE))
    return max(1, min(int(asked), LAST_PAGE)) if plain else 1


def page_links(page: int, *, has_more: bool, **more: str) -> dict[str, str]:
    """Return the addresses of the pages before and after, empty where there is none; ``more`` stays in them."""

    def url(number: int) -> str:
        return f"?{urlencode({**more, 'page': number})}"

    return {
        "next_url": url(page + 1) if has_more else "",
        "previous_url": url(page - 1) if page > 1 else "",
    }
