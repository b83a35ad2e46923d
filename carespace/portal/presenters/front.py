"""The cards of the first page: what is new since the last visit, or else the latest of each kind (ui.md page 4).

Promises: few lines, each one link; a report stands with its title and date and never with what it says; where nothing is
new, that is said in one calm sentence.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from carespace.access.chart import Chart
from carespace.access.permissions import Permission
from carespace.portal.addresses import chart_url, item_pattern
from carespace.portal.presenters.labs import OUTSIDE, SHOW_OUTSIDE
from carespace.portal.presenters.whose import whose
from carespace.portal.reports.rows import kind_words
from carespace.records.front import Latest, New
from carespace.records.readings.documents import Document
from carespace.records.readings.labs import LabResult
from carespace.records.readings.people import name_in
from carespace.records.readings.reports import Report
from carespace.ui.dates import day_long, partial_long, partial_short, time_text
from carespace.values import local


class Line(TypedDict):
    """One line of the card; ``is_new`` where it came since the last visit; ``about_url`` where ``about`` is a link too."""

    icon: str
    title: str
    about: str
    url: str
    about_url: str
    is_new: bool


class NewsCard(TypedDict):
    """What is new, or the latest; ``calm`` is the sentence that says that nothing is new."""

    title: str
    calm: str
    lines: list[Line]


class Deed(TypedDict):
    """Something to do, with where it is done."""

    label: str
    url: str


class Welcome(TypedDict):
    """The words of the very first visit."""

    title: str
    text: str


def news_card(
    chart: Chart, new: New, latest: Latest, names: Mapping[str, str], since: datetime | None
) -> NewsCard:
    """Return the card: what is new first, then the latest of the kinds that have nothing new.

    ``since`` is None on the first visit, and for staff: then nothing is called new.
    """
    lines = [
        _new_labs(chart, new) or _latest_labs(chart, latest.labs),
        _new_reports(chart, new, names) or _latest_report(chart, latest.reports, names),
        _new_documents(chart, new, names) or _latest_document(chart, latest.documents, names),
        _new_visits(chart, new),
    ]
    shown = [line for line in lines if line]
    return NewsCard(
        title=_title(chart, since),
        calm=_calm(chart, since) if since and new.is_nothing else "",
        lines=sorted(shown, key=lambda line: not line["is_new"]),
    )


def welcome(chart: Chart) -> Welcome:
    """Return what somebody reads who opens a record for the first time."""
    given = whose(chart)["given"]
    if given:
        text = _(
            "Here you can read %(name)s’s test results, reports and documents. When something new comes, we mark it."
        )
        return Welcome(title=_("Welcome to CareSpace"), text=text % {"name": given})
    text = _(
        "Here you can read your test results, reports and documents. When something new comes, we mark it."
    )
    return Welcome(title=_("Welcome to CareSpace"), text=text)


def deeds(chart: Chart) -> list[Deed]:
    """Return what the reader can do from here; only what there is."""
    patient = chart.patient.pk
    found = [
        Deed(label=_("See lab results"), url=chart_url("labs", patient)),
        Deed(label=_("Read reports"), url=chart_url("reports", patient)),
        Deed(label=_("Read documents"), url=chart_url("documents", patient)),
        Deed(label=_("Medicines"), url=reverse("portal:section", args=[patient, "medicines"])),
        Deed(label=_("See all of the record"), url=chart_url("record", patient)),
    ]
    if Permission.USERS_MANAGE in chart.permissions:
        found.append(Deed(label=_("Share access with family"), url=chart_url("users", patient)))
    return found


def _title(chart: Chart, since: datetime | None) -> str:
    given = whose(chart)["given"]
    if since is None:
        return _("The latest for %(name)s") % {"name": given} if given else _("The latest")
    return _("New for %(name)s") % {"name": given} if given else _("What is new")


def _calm(chart: Chart, since: datetime) -> str:
    zone = chart.practice.zone
    then, now = local(since, zone), local(datetime.now(zone), zone)
    if then is None or now is None:
        return ""
    if then.date() == now.date():
        return _("Nothing new since %(time)s today.") % {"time": time_text(then)}
    return _("Nothing new since %(date)s.") % {"date": day_long(then)}


def _new_labs(chart: Chart, new: New) -> Line | None:
    count = new.labs.total
    if not count:
        return None
    title = ngettext("%(count)s new lab result", "%(count)s new lab results", count)
    about = _outside(new.labs.rows) if count == len(new.labs.rows) else ""
    return _labs_line(chart, title % {"count": count}, about, new.labs.rows, is_new=True)


def _latest_labs(chart: Chart, results: Sequence[LabResult]) -> Line | None:
    if not results:
        return None
    values = {
        "count": len(results),
        "date": partial_long(results[0].taken, chart.practice.zone),
    }
    title = ngettext(
        "%(count)s lab result from %(date)s", "%(count)s lab results from %(date)s", len(results)
    )
    return _labs_line(chart, title % values, _outside(results), results)


def _labs_line(
    chart: Chart, title: str, about: str, results: Sequence[LabResult], *, is_new: bool = False
) -> Line:
    """Return the line of lab results; how many are outside their range leads to those."""
    outside = bool(about) and any(each.flag in OUTSIDE for each in results)
    url = f"{chart_url('labs', chart.patient.pk)}{SHOW_OUTSIDE}" if outside else ""
    return _line(chart, "labs", title, about, about_url=url, is_new=is_new)


def _outside(results: Sequence[LabResult]) -> str:
    """Return how many are outside their range; that all are in it is said only where each has been judged."""
    outside = sum(1 for each in results if each.flag in OUTSIDE)
    if outside:
        words = ngettext(
            "%(count)s outside the usual range", "%(count)s outside the usual range", outside
        )
        return words % {"count": outside}
    return _("All in the usual range") if all(each.flag for each in results) else ""


def _new_reports(chart: Chart, new: New, names: Mapping[str, str]) -> Line | None:
    count = new.reports.total
    if count < 2:
        line = _latest_report(chart, new.reports.rows, names)
        return Line(**{**line, "is_new": True}) if line else None
    title = ngettext("%(count)s new report", "%(count)s new reports", count) % {"count": count}
    return _line(chart, "reports", title, _titles(new.reports.rows, count), is_new=True)


def _latest_report(
    chart: Chart, reports: Sequence[Report], names: Mapping[str, str]
) -> Line | None:
    for each in reports[:1]:
        by = [name_in(one, names) or each.name_inside(one) for one in each.found.performer]
        date = partial_short(each.date, chart.practice.zone)
        word = "" if each.status == "final" else each.status_word
        about = (kind_words(each), date, *dict.fromkeys(by), word)
        return _line(chart, "report", each.title, _joined(about), item=str(each.id))
    return None


def _new_documents(chart: Chart, new: New, names: Mapping[str, str]) -> Line | None:
    count = new.documents.total
    if count < 2:
        line = _latest_document(chart, new.documents.rows, names)
        return Line(**{**line, "is_new": True}) if line else None
    title = ngettext("%(count)s new document", "%(count)s new documents", count) % {"count": count}
    return _line(chart, "documents", title, _titles(new.documents.rows, count), is_new=True)


def _latest_document(
    chart: Chart, documents: Sequence[Document], names: Mapping[str, str]
) -> Line | None:
    for each in documents[:1]:
        by = dict.fromkeys(name_in(author, names) for author in each.authors)
        about = (partial_short(each.written, chart.practice.zone), *by)
        return _line(chart, "document", each.title, _joined(about), item=str(each.id))
    return None


def _new_visits(chart: Chart, new: New) -> Line | None:
    count = new.visits.total
    if not count or not chart.practice.settings.feature_appointments:
        return None
    title = ngettext(
        "%(count)s appointment is new or changed",
        "%(count)s appointments are new or changed",
        count,
    )
    what = "; ".join(each.what for each in new.visits.rows) if count <= len(new.visits.rows) else ""
    return _line(chart, "appointments", title % {"count": count}, str(what), is_new=True)


_ICONS = {
    "labs": "beaker",
    "reports": "clipboard-document-list",
    "report": "clipboard-document-list",
    "documents": "document-text",
    "document": "document-text",
    "appointments": "calendar",
}


def _line(
    chart: Chart,
    page: str,
    title: str,
    about: str,
    *,
    item: str = "",
    about_url: str = "",
    is_new: bool = False,
) -> Line:
    if item:
        before, after = item_pattern(page, chart.patient.pk)
        url = f"{before}{item}{after}"
    else:
        url = chart_url(page, chart.patient.pk)
    return Line(
        icon=_ICONS[page], title=title, about=about, url=url, about_url=about_url, is_new=is_new
    )


def _titles(things: Sequence[Report | Document], count: int) -> str:
    """Return what a few things are called; nothing where not all of them are known here."""
    return "; ".join(each.title for each in things) if count <= len(things) else ""


def _joined(parts: Sequence[str] | tuple[str, ...]) -> str:
    return " · ".join(part for part in parts if part)
