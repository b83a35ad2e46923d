"""What a practice may decide about its portal, and the three ready presets.

Promises: every difference between the three practices (product rows D-1 to D-15) is a field here with a default
and a value per preset; nothing else in the code asks which preset a practice came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Literal

from django.utils import translation
from django.utils.translation import gettext_noop

from carespace.practices.questions import CLASSIC, ECHO, HIGHLANDS, USUAL, Question
from carespace.ui.languages import ENGLISH, language_now

BASE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "invitation.button": gettext_noop("Complete Your Registration"),
        "registration.button": gettext_noop("Create Password"),
        "password.forgot": gettext_noop("Forgot password"),
        "messages.compose": gettext_noop("New message"),
        "documents.all": gettext_noop("View All Documents"),
    }
)


URGENT = gettext_noop("For anything urgent, call our office:")


@dataclass(frozen=True, slots=True)
class ResourceLink:
    """One entry of the Resources page (S-72); without ``about_es`` the English is shown in both languages."""

    name: str
    url: str
    about: str
    phone: str = ""
    about_es: str = ""


RESOURCE_LINKS = (
    ResourceLink(
        "National Cancer Institute",
        "https://www.cancer.gov/",
        "Facts about cancer types, treatment and trials from the U.S. government.",
        "1-800-422-6237",
        "Datos del gobierno de los EE. UU. sobre tipos de cáncer, tratamientos y estudios.",
    ),
    ResourceLink(
        "American Cancer Society",
        "https://www.cancer.org/",
        "Help day and night: rides to treatment, lodging, answers by phone.",
        "1-800-227-2345",
        "Ayuda de día y de noche: transporte al tratamiento, alojamiento, respuestas por teléfono.",
    ),
    ResourceLink(
        "CancerCare",
        "https://www.cancercare.org/",
        "Free counseling, support groups and help with costs.",
        "1-800-813-4673",
        "Orientación gratuita, grupos de apoyo y ayuda con los gastos.",
    ),
)


@dataclass(frozen=True, slots=True)
class PracticeSettings:
    """The settings of one practice; field names follow the keys of the differences table."""

    nav_layout: Literal["split", "health"] = "health"  # D-1
    dob_at_registration: bool = False  # D-3, S-22
    dob_at_login: bool = False  # D-3, S-27
    dob_at_grant: bool = True  # D-3, S-65; a birth date is always collected for family
    tos_required: bool = False  # D-4, S-23
    invite_ttl_hours: int = 96  # D-5, S-17
    reply_policy: Literal["once", "thread"] = "thread"  # D-9, S-53
    documents_landing_count: int = 6  # D-11, S-38
    feature_download: bool = True  # D-8
    feature_send_record: bool = True  # D-8
    feature_appointments: bool = True  # D-10
    feature_treatment_plan: bool = True  # D-15
    emergency_text: str = URGENT
    emergency_text_es: str = ""  # the same in Spanish, where the practice wrote its own
    words: Mapping[str, str] = field(default_factory=lambda: BASE_WORDS)  # D-2, D-13
    resource_links: tuple[ResourceLink, ...] = RESOURCE_LINKS  # D-12, S-72
    help_questions: tuple[Question, ...] = USUAL  # S-73, S-04

    def word(self, key: str) -> str:
        """Return the practice's own words for ``key``, such as ``"messages.compose"``, in the language in force.

        In Spanish those are kept as ``"messages.compose.es"``; where a practice wrote none, ours are shown.
        """
        english = self.words.get(key) or BASE_WORDS[key]
        if (language := language_now()) == ENGLISH:
            return english
        ours = english if english in SHIPPED else BASE_WORDS[key]
        return self.words.get(f"{key}.{language}") or translation.gettext(ours)

    @property
    def emergency_line(self) -> str:
        """The emergency text in the language in force; a practice's own English one where it wrote no other."""
        if language_now() == ENGLISH:
            return self.emergency_text
        return self.emergency_text_es or (
            translation.gettext(URGENT) if self.emergency_text == URGENT else self.emergency_text
        )


PRESETS: Mapping[str, PracticeSettings] = MappingProxyType(
    {
        "echo": PracticeSettings(
            words={**BASE_WORDS, "password.forgot": gettext_noop("I forgot my password")},
            help_questions=ECHO,
        ),
        "highlands": PracticeSettings(
            nav_layout="split",
            dob_at_registration=True,
            tos_required=True,
            words={**BASE_WORDS, "password.forgot": gettext_noop("Forgot Password")},
            help_questions=HIGHLANDS,
        ),
        "classic": PracticeSettings(
            dob_at_login=True,
            reply_policy="once",
            words={**BASE_WORDS, "messages.compose": gettext_noop("Compose")},
            help_questions=CLASSIC,
        ),
    }
)


SHIPPED = frozenset(word for settings in PRESETS.values() for word in settings.words.values())


def word_of(settings: PracticeSettings | None, key: str) -> str:
    """Return the words for ``key`` of a practice, or ours where none is known."""
    return (settings or PracticeSettings()).word(key)


class UnknownSetting(ValueError):
    """An override names a setting that does not exist."""


def settings_from(preset: str, overrides: Mapping[str, Any]) -> PracticeSettings:
    """Return the preset with the practice's own ``overrides`` (field name -> value) on top."""
    known = {item.name for item in fields(PracticeSettings)}
    if unknown := set(overrides) - known:
        raise UnknownSetting(", ".join(sorted(unknown)))
    base = PRESETS[preset]
    changed = dict(overrides)
    if "words" in changed:
        changed["words"] = {**base.words, **changed["words"]}
    if "resource_links" in changed:
        changed["resource_links"] = tuple(
            ResourceLink(**link) for link in changed["resource_links"]
        )
    if "help_questions" in changed:
        changed["help_questions"] = tuple(Question(**each) for each in changed["help_questions"])
    return replace(base, **changed)
