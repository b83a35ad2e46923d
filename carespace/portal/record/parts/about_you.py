"""About you: what the practice has on file about who the patient is, and the people near to them (US Core Patient, RelatedPerson).

Promises: of the patient's numbers only the medical record number is shown; social security, passport and license
numbers never (the page may be printed and lie about).
"""

from collections.abc import Iterable, Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from carespace.portal.record.rows import Around, EntryRow, Fact, Part, Piece, facts
from carespace.portal.record.source import source_of
from carespace.portal.record.wording import (
    day,
    has_ended,
    joined,
    moment,
    named,
    places_of,
    stretch,
    tags,
    to_name,
    ways_to_reach,
    yes_or_no,
)
from carespace.records.entries import Kind
from carespace.records.readings.added import Extension
from carespace.records.readings.held import Held, reader_of
from carespace.records.readings.people import name_in
from carespace.records.readings.persons import (
    Communication,
    DatedName,
    PatientContact,
    PatientResource,
    RelatedPerson,
)
from carespace.records.readings.words import listed, said, said_coding
from carespace.values import Reference

PATIENT, RELATED = "Patient", "RelatedPerson"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
FHIR = "http://hl7.org/fhir/StructureDefinition/"
RECORD_NUMBER = "MR"

_SEXES: Mapping[str, Promise] = {
    "F": pgettext_lazy("sex", "Female"),
    "M": pgettext_lazy("sex", "Male"),
    "female": pgettext_lazy("sex", "Female"),
    "male": pgettext_lazy("sex", "Male"),
    "248152002": pgettext_lazy("sex", "Female"),
    "248153007": pgettext_lazy("sex", "Male"),
    "other": pgettext_lazy("sex", "Other"),
    "OTH": pgettext_lazy("sex", "Other"),
    "UNK": pgettext_lazy("sex", "Not known"),
    "unknown": pgettext_lazy("sex", "Not known"),
    "ASKU": pgettext_lazy("sex", "Asked, but not known"),
    "asked-declined": pgettext_lazy("sex", "You chose not to say"),
}
_NAME_USES: Mapping[str, Promise] = {
    "nickname": gettext_lazy("Called"),
    "maiden": gettext_lazy("Name before marriage"),
    "old": gettext_lazy("Earlier name"),
    "anonymous": gettext_lazy("Other name"),
    "temp": gettext_lazy("Name for now"),
}


def _row(held: Held[PatientResource] | Held[RelatedPerson], around: Around) -> EntryRow:
    if isinstance(held.found, PatientResource):
        return _patient(held.id, held.found, around)
    return _relative(held.id, held.found, around)


def _patient(identity: UUID, you: PatientResource, around: Around) -> EntryRow:
    zone = around.zone
    current = [
        each for each in you.name if each.use not in _NAME_USES and not has_ended(each.period, zone)
    ]
    shown = (current or list(you.name))[:1]
    return EntryRow(
        anchor=f"entry-{identity}",
        title=shown[0].full() if shown else _("Your name is not on file"),
        facts=(
            *_names(you.name, shown, zone),
            *facts(
                (_("Birth date"), day(you.birth_date, zone)),
                (
                    _("Died"),
                    moment(you.deceased_date_time, zone) or yes_or_no(you.deceased_boolean or None),
                ),
                (_("Record number"), joined(*_record_numbers(you))),
                (_("Gender"), _sex(you.gender)),
                (
                    _("Sex on file"),
                    _sex(_coded(you.extension, f"{US_CORE}sex"))
                    or _worded(you.extension, f"{US_CORE}individual-sex"),
                ),
                (_("Sex at birth"), _sex(_coded(you.extension, f"{US_CORE}birthsex"))),
                (_("Gender identity"), _gender_identity(you.extension)),
                (_("Pronouns"), _inner(you.extension, f"{FHIR}individual-pronouns", "value")),
                (_("Race"), _group_words(you.extension, f"{US_CORE}race")),
                (_("Ethnicity"), _group_words(you.extension, f"{US_CORE}ethnicity")),
                (_("Tribe"), _tribes(you.extension)),
                (_("Language"), _languages(you.communication)),
                (_("Interpreter needed"), _worded(you.extension, f"{US_CORE}interpreter-needed")),
                (_("Marital status"), said(you.marital_status)),
                (_("Twin or other multiple birth"), yes_or_no(you.multiple_birth_boolean or None)),
            ),
            *ways_to_reach(you.telecom, zone),
            *places_of(you.address, zone),
            *facts((_("Practice"), named([you.managing_organization], around))),
        ),
        pieces_title=around.whose(
            _("People to call and your doctors"), _("People to call and doctors")
        )
        if you.contact or you.general_practitioner
        else "",
        pieces=(
            *(_contact(each, around) for each in you.contact),
            *(_doctor(each, around) for each in you.general_practitioner),
        ),
        source=source_of(around, None, None, identity),
    )


def _names(names: Iterable[DatedName], shown: list[DatedName], zone: ZoneInfo) -> tuple[Fact, ...]:
    found = []
    for each in names:
        full = each.full()
        if each in shown or not full:
            continue
        about = stretch(each.period, zone)
        found.append(Fact(_name_use(each, zone), f"{full} ({about})" if about else full))
    return tuple(found)


def _name_use(name: DatedName, zone: ZoneInfo) -> str:
    ended = has_ended(name.period, zone)
    return str(_NAME_USES.get("old" if ended else name.use or "") or _("Other name"))


def _record_numbers(you: PatientResource) -> list[str]:
    return [
        each.value
        for each in you.identifier
        if each.value
        and each.type
        and each.use != "old"
        and any(one.code == RECORD_NUMBER for one in each.type.coding)
    ]


def _sex(code: str | None) -> str:
    return str(_SEXES.get(code or "", ""))


def _coded(extensions: Iterable[Extension], url: str) -> str:
    """Return the code of a US Core extension, however this version of it writes the value."""
    for each in extensions:
        if each.url == url:
            concept = each.value_codeable_concept
            codings = [each.value_coding, *(concept.coding if concept else ())]
            return each.value_code or next((one.code for one in codings if one and one.code), "")
    return ""


def _worded(extensions: Iterable[Extension], url: str) -> str:
    return joined(*(_value(each) for each in extensions if each.url == url))


def _value(extension: Extension) -> str:
    coding = extension.value_coding
    own = _sex(coding.code) if coding else ""
    return (
        extension.value_string
        or said(extension.value_codeable_concept)
        or own
        or said_coding(coding)
        or yes_or_no(extension.value_boolean)
    )


def _inner(extensions: Iterable[Extension], url: str, part: str) -> str:
    return joined(*(_worded(each.extension, part) for each in extensions if each.url == url))


def _gender_identity(extensions: tuple[Extension, ...]) -> str:
    own = _worded(extensions, f"{US_CORE}genderIdentity")
    return own or _inner(extensions, f"{FHIR}individual-genderIdentity", "value")


def _group_words(extensions: Iterable[Extension], url: str) -> str:
    """Return race or ethnicity: its text, and every category that the text does not name."""
    for each in extensions:
        if each.url == url:
            codings = [
                part.value_coding
                for part in each.extension
                if part.url in {"ombCategory", "detailed"} and part.value_coding
            ]
            text = _worded(each.extension, "text")
            if any(
                text == coding.display for coding in codings
            ):  # then ours, in the reader's language
                return joined(*map(said_coding, codings))
            unnamed = (one for one in codings if not one.display or one.display not in text)
            return joined(
                text, *(words for words in map(said_coding, unnamed) if words not in text)
            )
    return ""


def _tribes(extensions: Iterable[Extension]) -> str:
    found = []
    for each in extensions:
        if each.url == f"{US_CORE}tribal-affiliation":
            name = _worded(each.extension, "tribalAffiliation")
            enrolled = any(
                part.url == "isEnrolled" and part.value_boolean for part in each.extension
            )
            found.append(_("%(tribe)s (enrolled)") % {"tribe": name} if enrolled and name else name)
    return joined(*found)


def _languages(spoken: Iterable[Communication]) -> str:
    found = []
    for each in spoken:
        name = said(each.language) or _language_of_code(each)
        found.append(
            _("%(language)s (preferred)") % {"language": name} if each.preferred and name else name
        )
    return joined(*found)


_LANGUAGES: Mapping[str, Promise] = {
    "en": gettext_lazy("English"), "es": gettext_lazy("Spanish"), "zh": gettext_lazy("Chinese"),
    "vi": gettext_lazy("Vietnamese"), "ko": gettext_lazy("Korean"), "ru": gettext_lazy("Russian"),
    "ar": gettext_lazy("Arabic"), "fr": gettext_lazy("French"), "ht": gettext_lazy("Haitian Creole"),
    "pt": gettext_lazy("Portuguese"), "tl": gettext_lazy("Tagalog"), "de": gettext_lazy("German"),
    "it": gettext_lazy("Italian"), "pl": gettext_lazy("Polish"), "hi": gettext_lazy("Hindi"),
    "ja": gettext_lazy("Japanese"), "hmn": gettext_lazy("Hmong"), "so": gettext_lazy("Somali"),
}  # fmt: skip


def _language_of_code(spoken: Communication) -> str:
    """Return the name of a language that came as a code only (BCP 47)."""
    codes = [each.code or "" for each in spoken.language.coding] if spoken.language else []
    known = [_LANGUAGES.get(code.partition("-")[0].lower()) for code in codes]
    return str(next((each for each in known if each), ""))


def _contact(contact: PatientContact, around: Around) -> Piece:
    zone = around.zone
    name = contact.name.full() if contact.name else ""
    return Piece(
        title=name or name_in(contact.organization, around.names) or _("Somebody to call"),
        facts=(
            *facts(
                (
                    around.whose(_("Who they are to you"), _("Who they are to %(name)s")),
                    listed(contact.relationship),
                )
            ),
            *ways_to_reach(contact.telecom, zone),
            *(places_of([contact.address], zone) if contact.address else ()),
        ),
    )


def _doctor(reference: Reference, around: Around) -> Piece:
    contact = around.contacts.get(reference.reference or "")
    zone = around.zone
    name = name_in(reference, around.names) or (contact.name if contact else "")
    reach = (
        (*ways_to_reach(contact.telecom, zone), *places_of(contact.addresses, zone))
        if contact
        else ()
    )
    regular = around.whose(_("Your regular doctor or practice"), _("Regular doctor or practice"))
    about = facts(
        (_("Part in the care"), regular),
        (_("Works for"), contact.organization if contact else ""),
    )
    return Piece(title=name or regular, facts=(*about, *reach))


def _relative(identity: UUID, person: RelatedPerson, around: Around) -> EntryRow:
    zone = around.zone
    names = [each.full() for each in person.name if each.full()]
    return EntryRow(
        anchor=f"entry-{identity}",
        title=names[0] if names else _("Somebody without a name"),
        tags=tags(_("No longer") if person.active is False else ""),
        facts=(
            *facts(
                (_("Other names"), joined(*names[1:])),
                (
                    around.whose(_("Who they are to you"), _("Who they are to %(name)s")),
                    listed(person.relationship),
                ),
                (_("Birth date"), day(person.birth_date, zone)),
                (_("Gender"), _sex(person.gender)),
                (_("Language"), _languages(person.communication)),
                (_("When"), stretch(person.period, zone)),
            ),
            *ways_to_reach(person.telecom, zone),
            *places_of(person.address, zone),
        ),
        source=source_of(around, None, None, identity),
    )


def _refers(held: Held[PatientResource] | Held[RelatedPerson]) -> list[str | None]:
    if isinstance(held.found, PatientResource):
        contacts = [each.organization for each in held.found.contact]
        return to_name([held.found.managing_organization, *contacts])
    return []


def _contacts(held: Held[PatientResource] | Held[RelatedPerson]) -> list[Reference | None]:
    return list(held.found.general_practitioner) if isinstance(held.found, PatientResource) else []


ABOUT_YOU = Part(
    slug="about-you",
    title=gettext_lazy("About you"),
    about=gettext_lazy("What the practice has on file about you. Is something wrong? Call us."),
    title_of_other=gettext_lazy("About %(name)s"),
    about_of_other=gettext_lazy(
        "What the practice has on file about %(name)s. Is something wrong? Call us."
    ),
    groups_of_other=(
        ("you", "%(name)s"),
        ("people", gettext_lazy("People near to %(name)s")),
    ),
    icon="identification",
    kind=Kind((PATIENT, RELATED)),
    read=reader_of({PATIENT: PatientResource, RELATED: RelatedPerson}),
    row=_row,
    refers=_refers,
    contacts=_contacts,
    group=lambda held: "you" if isinstance(held.found, PatientResource) else "people",
    groups=(("you", gettext_lazy("You")), ("people", gettext_lazy("People near to you"))),
)
