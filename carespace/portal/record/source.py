"""Where an entry came from and when: "Written down by Dr. Ana Ruiz on September 8, 2026" (FHIR-15, "each with its source").

Promises: what a Provenance says comes first: who wrote it, for whom, and who sent it; else the entry's own word; else
the practice.
"""

from uuid import UUID

from django.utils.translation import gettext as _

from carespace.portal.record.rows import Around
from carespace.records.provenance import Sent
from carespace.records.readings.people import name_in
from carespace.ui.dates import partial_long
from carespace.values import PartialDate, Reference


def source_of(
    around: Around, by: Reference | None, on: PartialDate | None, identity: UUID | None = None
) -> str:
    """Return who wrote an entry down and when, and who sent it; the practice's own record where nobody is named.

    ``identity`` is the entry's id: with it, what its Provenance says is told too.
    """
    sent = around.sent.get(identity) if identity else None
    if sent is None and by is not None and (by.reference or "").startswith("Patient/"):
        return _told_by_patient(around, on)
    own = name_in(by, around.names)
    if sent is None:
        return _written(around, own, on)
    author = name_in(sent.author, around.names) or own
    written = _written(around, _for_whom(author, sent, around), sent.recorded or on)
    sender = name_in(sent.transmitter, around.names)
    return f"{written} {_('Sent by %(who)s.') % {'who': sender}}" if sender else written


def _told_by_patient(around: Around, on: PartialDate | None) -> str:
    name = around.given
    if on is None:
        return _("Told by %(name)s.") % {"name": name} if name else _("Told by you.")
    date = partial_long(on, around.zone)
    if name:
        return _("Told by %(name)s on %(date)s.") % {"name": name, "date": date}
    return _("Told by you on %(date)s.") % {"date": date}


def _for_whom(author: str, sent: Sent, around: Around) -> str:
    organization = name_in(sent.organization, around.names)
    if author and organization:
        return _("%(who)s, %(organization)s") % {"who": author, "organization": organization}
    return author or organization


def _written(around: Around, who: str, on: PartialDate | None) -> str:
    who = who or around.chart.practice.name
    if on is None:
        return _("From the record of %(who)s.") % {"who": who}
    return _("Written down by %(who)s on %(date)s.") % {
        "who": who,
        "date": partial_long(on, around.zone),
    }
