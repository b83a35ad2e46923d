"""Our plain words for the closed codes about people: gender, names, addresses and ways to reach them, by type and element.

Promises: as in ``status_words``, of which these are a part (https://hl7.org/fhir/R4/datatypes.html#ContactPoint).
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PERSON_WORDS: dict[tuple[str, str], dict[str, Promise]] = {
    ("Patient", "gender"): {
        "male": _("Male"),
        "female": _("Female"),
        "other": pgettext_lazy("gender", "Other"),
        "unknown": _("Not known"),
    },
    ("Patient", "birthSex"): {
        "F": _("Female"),
        "M": _("Male"),
        "OTH": pgettext_lazy("gender", "Other"),
        "UNK": _("Not known"),
        "ASKU": _("Asked, but not known"),
        "asked-declined": _("Asked, but not answered"),
    },
    ("ContactPoint", "system"): {
        "phone": _("Phone"),
        "fax": _("Fax"),
        "email": _("Email"),
        "pager": _("Pager"),
        "url": _("Website"),
        "sms": _("Text message"),
        "other": pgettext_lazy("contact", "Other"),
    },
    ("ContactPoint", "use"): {
        "home": pgettext_lazy("contact", "Home"),
        "work": pgettext_lazy("contact", "Work"),
        "temp": pgettext_lazy("contact", "For now"),
        "old": pgettext_lazy("contact", "No longer used"),
        "mobile": pgettext_lazy("contact", "Mobile"),
    },
    ("Address", "use"): {
        "home": pgettext_lazy("address", "Home"),
        "work": pgettext_lazy("address", "Work"),
        "temp": pgettext_lazy("address", "For now"),
        "old": pgettext_lazy("address", "Lived there before"),
        "billing": pgettext_lazy("address", "For bills"),
    },
    ("Address", "type"): {
        "postal": _("For mail"),
        "physical": _("Where you live"),
        "both": _("Where you live and get mail"),
    },
    ("HumanName", "use"): {
        "usual": pgettext_lazy("name", "Usual name"),
        "official": pgettext_lazy("name", "Legal name"),
        "temp": pgettext_lazy("name", "Name for now"),
        "nickname": pgettext_lazy("name", "Nickname"),
        "anonymous": pgettext_lazy("name", "Cover name"),
        "old": pgettext_lazy("name", "Earlier name"),
        "maiden": pgettext_lazy("name", "Name before marriage"),
    },
}
PERSON_WORDS[("RelatedPerson", "gender")] = PERSON_WORDS[("Patient", "gender")]
PERSON_WORDS[("Practitioner", "gender")] = PERSON_WORDS[("Patient", "gender")]
