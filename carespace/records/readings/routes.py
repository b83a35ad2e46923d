"""How a medicine gets into the body, in plain words: "by mouth", "into a vein".

Promises: a route that we do not know keeps the words of the record. Codes: SNOMED CT routes (value set
http://hl7.org/fhir/ValueSet/route-codes), HL7 v3 RouteOfAdministration, HL7 v2 table 0162, NCI Thesaurus.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from carespace.records.readings.words import said
from carespace.values import CodeableConcept

_MOUTH = "mouth"
ROUTES: dict[str, Promise] = {
    _MOUTH: _("by mouth"),
    "tongue": _("under the tongue"),
    "cheek": _("inside the cheek"),
    "vein": _("into a vein"),
    "muscle": _("into a muscle"),
    "under-skin": _("under the skin"),
    "into-skin": _("into the skin"),
    "on-skin": _("on the skin"),
    "patch": _("through the skin"),
    "nose": _("in the nose"),
    "eye": _("in the eye"),
    "ear": _("in the ear"),
    "breath": _("breathed in"),
    "rectum": _("in the rectum"),
    "vagina": _("in the vagina"),
    "spine": _("into the fluid around the spine"),
    "bladder": _("into the bladder"),
    "belly": _("into the belly"),
    "feeding-tube": _("through the feeding tube"),
    "swish": _("swished in the mouth"),
}
_SYSTEMS = {
    None,
    "http://snomed.info/sct",
    "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration",
    "http://terminology.hl7.org/CodeSystem/v2-0162",
    "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "http://ncithesaurus-stage.nci.nih.gov",
    "urn:oid:2.16.840.1.113883.3.26.1.1",
    "urn:oid:2.16.840.1.113883.5.112",
}
_CODES = {
    "26643006": _MOUTH, "394899003": _MOUTH, "PO": _MOUTH, "C38288": _MOUTH,
    "37839007": "tongue", "SL": "tongue", "C38300": "tongue",
    "54471007": "cheek", "BUC": "cheek", "C38193": "cheek",
    "47625008": "vein", "IV": "vein", "IVPUSH": "vein", "C38276": "vein", "C38274": "vein", "C38279": "vein",
    "78421000": "muscle", "IM": "muscle", "C28161": "muscle",
    "34206005": "under-skin", "SQ": "under-skin", "SC": "under-skin", "C38299": "under-skin",
    "372464004": "into-skin", "ID": "into-skin", "C38238": "into-skin",
    "6064005": "on-skin", "TOPICAL": "on-skin", "TP": "on-skin", "C38304": "on-skin", "448598008": "on-skin",
    "45890007": "patch", "TRNSDERM": "patch", "TD": "patch", "C38305": "patch",
    "46713006": "nose", "NASINHL": "nose", "NS": "nose", "C38284": "nose",
    "54485002": "eye", "OPTHALTA": "eye", "OP": "eye", "C38287": "eye",
    "10547007": "ear", "OTIC": "ear", "OT": "ear", "C38192": "ear",
    "447694001": "breath", "IPINHL": "breath", "IH": "breath", "C38216": "breath", "18679011000001101": "breath",
    "37161004": "rectum", "PR": "rectum", "C38295": "rectum",
    "16857009": "vagina", "VAGINSI": "vagina", "VG": "vagina", "C38313": "vagina",
    "72607000": "spine", "IT": "spine", "C38267": "spine",
    "372471009": "bladder", "C38278": "bladder",
    "38239002": "belly", "IP": "belly", "C38258": "belly",
    "127492001": "feeding-tube", "418441008": "feeding-tube", "SWISHSWAL": "swish",
}  # fmt: skip
_NAMES = {
    "oral": _MOUTH, "oral route": _MOUTH, "by mouth": _MOUTH, "orally": _MOUTH, "po": _MOUTH,
    "oral use": _MOUTH, "oral route (qualifier value)": _MOUTH, "swallow, oral": _MOUTH,
    "sublingual": "tongue", "sublingual route": "tongue", "buccal": "cheek", "buccal route": "cheek",
    "intravenous": "vein", "intravenous route": "vein", "intravenous use": "vein", "iv": "vein",
    "injection, intravenous": "vein", "intravenous infusion": "vein", "infusion, intravenous": "vein",
    "intramuscular": "muscle", "intramuscular route": "muscle", "intramuscular use": "muscle", "im": "muscle",
    "injection, intramuscular": "muscle",
    "subcutaneous": "under-skin", "subcutaneous route": "under-skin", "subcutaneous use": "under-skin",
    "sc": "under-skin", "sq": "under-skin", "injection, subcutaneous": "under-skin", "intradermal": "into-skin",
    "topical": "on-skin", "topical route": "on-skin", "cutaneous route": "on-skin",
    "transdermal": "patch", "transdermal route": "patch", "nasal": "nose", "nasal route": "nose",
    "ophthalmic": "eye", "ophthalmic route": "eye", "otic": "ear", "otic route": "ear",
    "inhalation": "breath", "respiratory tract route": "breath", "inhalation route": "breath",
    "rectal": "rectum", "rectal route": "rectum", "vaginal": "vagina", "vaginal route": "vagina",
    "intrathecal": "spine", "intrathecal route": "spine", "intravesical route": "bladder",
    "intraperitoneal route": "belly",
}  # fmt: skip


def route_words(route: CodeableConcept | None) -> str:
    """Return the words as they stand in a sentence; the record's own in parentheses; empty where there are none."""
    known = _known(route)
    if known:
        return str(ROUTES[known])
    words = said(route)
    return f"({words})" if words else ""


def is_swallowed(route: CodeableConcept | None) -> bool:
    """Say whether it is taken by mouth."""
    return _known(route) == _MOUTH


def _known(route: CodeableConcept | None) -> str:
    if route is None:
        return ""
    by_code = next(
        (
            _CODES[each.code]
            for each in route.coding
            if each.system in _SYSTEMS and each.code in _CODES
        ),
        "",
    )
    return by_code or _NAMES.get(said(route).lower(), "")
