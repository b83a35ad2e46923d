"""What the letters of a cancer's stage say, and the levels of daily activity (AJCC TNM; ECOG-ACRIN performance status).

Promises: words by table, never more than the code itself says; a code that means different things for different cancers
has no words; the code itself always stands beside them. "c" is what exams and scans found, "p" what a sample or surgery
did, "y" after treatment.
"""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# N1c and its like are left out: for some cancers they mean no lymph node at all.
_LETTERS: tuple[tuple[str, Promise], ...] = (
    (r"TX", gettext_lazy("The first tumor could not be measured")),
    (r"T0", gettext_lazy("No sign of the first tumor")),
    (r"Tis", gettext_lazy("Very early: only where it began")),
    (r"T[1-4][a-d]?", gettext_lazy("Tumor size and reach")),
    (r"NX", gettext_lazy("Nearby lymph nodes could not be checked")),
    (r"N0", gettext_lazy("No cancer found in nearby lymph nodes")),
    (r"N[1-3](?:mi|[ab])?", gettext_lazy("Cancer in nearby lymph nodes")),
    (r"M0", gettext_lazy("No sign of spread to other organs")),
    (r"M1[a-d]?", gettext_lazy("Spread to other parts of the body")),
)
_CODE = re.compile(r"(y?[cp]?)([TNM](?:is|X|[0-4](?:mi|[a-d])?))")
_BASES: Mapping[str, Promise] = {
    "c": gettext_lazy("on exams and scans"),
    "p": gettext_lazy("in surgery or a sample"),
    "yc": gettext_lazy("after treatment, on exams and scans"),
    "yp": gettext_lazy("after treatment, in surgery or a sample"),
}
_GROUP = re.compile(r"(?:Stage )?(y?[cp]?)((?:IV|I{1,3}|[0-4])[A-D]?[1-3]?)", re.ASCII)
_ACTIVITY: Mapping[str, Promise] = {
    "0": gettext_lazy("As active as before the illness."),
    "1": gettext_lazy("Up and about and able to do light work; hard work is too much."),
    "2": gettext_lazy("Up and about more than half of the day, but not able to work."),
    "3": gettext_lazy("In bed or a chair more than half of the day; needs some help."),
    "4": gettext_lazy("In bed or a chair all day; needs full help."),
}
ECOG = frozenset({"89247-1", "89262-0"})


def letter_words(code: str) -> str:
    """Return "No sign of spread to other organs, on exams and scans (cM0)" for one T, N or M; empty for other texts."""
    found = _CODE.fullmatch(code.strip())
    if found is None:
        return ""
    basis, letter = found.groups()
    said = next((str(words) for each, words in _LETTERS if re.fullmatch(each, letter)), "")
    if not said:
        return ""
    if re.match(r"T[1-4]", letter):
        said = _("Tumor size and reach: %(letter)s") % {"letter": letter}
    parts = {"words": said, "basis": str(_BASES.get(basis, "")), "code": code.strip()}
    return (
        _("%(words)s, %(basis)s (%(code)s)") % parts
        if parts["basis"]
        else _("%(words)s (%(code)s)") % parts
    )


def letters_in(text: str) -> tuple[str, ...]:
    """Return the words of each T, N and M that ``text`` holds ("pT2 pN1a cM0")."""
    found = re.findall(r"[A-Za-z0-9]+", text)
    return tuple(dict.fromkeys(words for each in found if (words := letter_words(each))))


def group_words(code: str) -> str:
    """Return "Stage 2B" for the stage as a whole, with how it was found where the code says so; empty for other texts."""
    found = _GROUP.fullmatch(code.strip())
    if found is None:
        return ""
    basis, group = found.groups()
    parts = {"group": group, "basis": str(_BASES.get(basis, ""))}
    if parts["basis"]:
        return _("Stage %(group)s, %(basis)s") % parts
    return _("Stage %(group)s") % parts


def activity_words(score: str) -> str:
    """Return what an ECOG score of 0 to 4 says; empty for any other."""
    return str(_ACTIVITY.get(score.strip(), ""))
