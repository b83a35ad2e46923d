"""Tags that put the design system into pages: `{% load ui %}`.

Icons come from the heroicons package (outline, 24 px grid) and are always decoration: the word
beside them carries the meaning. `ui_field` draws any bound field with label, hint and error in the
order of the GOV.UK and NHS form patterns (ui.md section 2); Django itself writes `aria-describedby`
and `aria-invalid`. Loops over table rows stay inline HTML in the page: an include per row is slow.
"""

from functools import cache
from typing import Any, TypedDict

from django import template
from django.contrib.messages import get_messages
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from heroicons.templatetags.heroicons import heroicon_outline

from carespace.ui.dates import day_long
from carespace.ui.keeping import kept_fields
from carespace.ui.languages import ENGLISH, language_now

register = template.Library()

BANNER_KINDS = {"success": "success", "warning": "warning", "error": "error"}


class Problem(TypedDict):
    """One line of an error summary; `target` is the id of the box to go to, or empty."""

    text: str
    target: str


@register.simple_tag
@cache
def ui_icon(name: str) -> str:
    """Draw an outline heroicon as decoration. Raises `IconDoesNotExist` for an unknown name."""
    return heroicon_outline(name, size=None, **{"class": "icon", "focusable": "false"})


@register.inclusion_tag("ui/components/field.html")
def ui_field(field: BoundField, label: str = "", hint: str = "") -> dict[str, Any]:
    """Draw a bound field; `label` and `hint` replace the form's own words where given."""
    if hint:
        field.help_text = hint
    return {"field": field, "label": label or field.label, "kind": field_kind(field)}


@register.filter
def field_kind(field: BoundField) -> str:
    """Say how a field is laid out: "hidden", "check", "group" or "line"."""
    if field.is_hidden:
        return "hidden"
    if getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset:
        return "check"
    return "group" if field.use_fieldset else "line"


@register.inclusion_tag("ui/components/error_summary.html")
def ui_error_summary(form: BaseForm, autofocus: bool = True) -> dict[str, Any]:
    """List every error of a form on top of the page, each linked to its box; draws nothing else."""
    problems = [Problem(text=str(error), target="") for error in form.non_field_errors()]
    for field in form:
        problems += [Problem(text=str(e), target=first_box_id(field)) for e in field.errors]
    return {"problems": problems, "autofocus": autofocus}


def first_box_id(field: BoundField) -> str:
    """Return the id of the box an error link leads to: the first one, where there are many."""
    return field.auto_id + "_0" if field.use_fieldset else str(field.id_for_label)


@register.simple_tag(takes_context=True)
def ui_keeps(context: Context) -> str:
    """Name the boxes this page's view keeps (`ui.keeping`), for the attribute `data-keep` of its form."""
    match = context["request"].resolver_match
    return " ".join(kept_fields(match.func)) if match else ""


@register.inclusion_tag("ui/components/banners.html", takes_context=True)
def ui_banners(context: Context) -> dict[str, list[dict[str, str]]]:
    """Show what the last action said (Django's messages), once."""
    request = context.get("request")
    if request is None:
        return {"banners": []}
    return {
        "banners": [
            {"text": str(m.message), "kind": BANNER_KINDS.get(m.level_tag, "success")}
            for m in get_messages(request)
        ]
    }


@register.simple_tag
def in_record_language() -> str:
    """Mark a text that comes from the record, which is English: ` lang="en"` on a page in another language (3.1.2).

    ``<p{% in_record_language %}>{{ note.text }}</p>``; in loops ask once: ``{% in_record_language as in_english %}``.
    """
    return "" if language_now() == ENGLISH else format_html(' lang="{}"', ENGLISH)


@register.simple_tag
def ui_today() -> str:
    """Return today's date in whole words, as it stands on a printed page."""
    return day_long(timezone.now())
