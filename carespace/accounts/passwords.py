"""The password rules, as pure functions, and the hasher.

Promises: the rules of the three practices (S-25): 8 to 128 characters with lower case, upper case, number and special
character, and not a common password or the practice's name (AUTH-4). The page's live list shows the same rules.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SHORTEST = 8
LONGEST = 128
LONG_PART = 4
PRODUCT = "CareSpace"
EASY_TO_GUESS = gettext_lazy("Not a password that is easy to guess")


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """One rule: its key for the page's script, its words, and whether a password meets it."""

    key: str
    words: str | Promise
    met: Callable[[str], bool]


RULES: tuple[PasswordRule, ...] = (
    PasswordRule(
        "length", gettext_lazy("At least 8 characters"), lambda text: len(text) >= SHORTEST
    ),
    PasswordRule(
        "lower",
        gettext_lazy("A lowercase letter"),
        lambda text: any(mark.islower() for mark in text),
    ),
    PasswordRule(
        "upper",
        gettext_lazy("An uppercase letter"),
        lambda text: any(mark.isupper() for mark in text),
    ),
    PasswordRule(
        "number", gettext_lazy("A number"), lambda text: any(mark.isdigit() for mark in text)
    ),
    PasswordRule(
        "special",
        gettext_lazy("A special character, like ! or #"),
        lambda text: any(not mark.isalnum() and not mark.isspace() for mark in text),
    ),
)


def unmet_rules(password: str, *, expected_words: Sequence[str] = ()) -> list[str]:
    """Return the words of each rule that ``password`` does not meet; empty when it may be used.

    ``expected_words`` are words an attacker would try first, such as the practice's name or the email address.
    """
    unmet = [str(rule.words) for rule in RULES if not rule.met(password)]
    if len(password) > LONGEST:
        unmet.append(_("At most %(count)s characters") % {"count": LONGEST})
    if _is_common(password) or _is_expected(password, expected_words):
        unmet.append(str(EASY_TO_GUESS))
    return unmet


def _is_common(password: str) -> bool:
    # "Password1!" is on no list, but its core is: the ends are where people add what rules ask for.
    cores = {password, password.rstrip("!@#$%&*?.0123456789"), password.lower()}
    try:
        for core in cores:
            if core:
                _COMMON.validate(core)
    except ValidationError:
        return True
    return False


def _is_expected(password: str, words: Sequence[str]) -> bool:
    plain = _letters(password)
    return bool(plain) and any(plain in _guesses(word) for word in (PRODUCT, *words))


def _guesses(word: str) -> set[str]:
    """Return what somebody would try who knows ``word``: all of it, and each part long enough to be a password."""
    parts = {_letters(part) for part in re.split(r"[^\w]+|_", word)}
    return {_letters(word)} | {part for part in parts if len(part) >= LONG_PART}


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.casefold()))


_COMMON = CommonPasswordValidator()


class PracticeArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with t=2, m=46 MiB, p=1: 100 to 150 ms, where Django's default holds 100 MiB each."""

    time_cost = 2
    memory_cost = 46 * 1024
    parallelism = 1


class PracticeRules:
    """The same rules as a Django password validator, for forms that ask it."""

    def validate(self, password: str, _user: object = None) -> None:
        """Raise ValidationError with the words of each unmet rule."""
        if unmet := unmet_rules(password):
            raise ValidationError([f"{words}." for words in unmet], code="password")

    def get_help_text(self) -> str:
        return " ".join(f"{rule.words}." for rule in RULES)
