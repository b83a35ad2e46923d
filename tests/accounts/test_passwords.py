"""The password rules of S-25 and AUTH-4."""

import re

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from carespace.accounts.passwords import RULES, PracticeRules, unmet_rules
from carespace.ui.forms import PASSWORD_RULES

LENGTH, LOWER, UPPER, NUMBER, SPECIAL = (rule.words for rule in RULES)
GUESSED = "Not a password that is easy to guess"
WORDS = ("Lakeside Cancer Associates", "maria.reyes")


@pytest.mark.parametrize(
    ("password", "unmet"),
    [
        ("Orchard-7-lane!", []),
        ("Abcde1! ", []),
        ("Ünïcödé-7", []),
        ("Lieblings Garten 7!", []),
        ("Öäü1!öäü", []),
        ("Tr0ub4d or", [SPECIAL]),
        ("Ab1!xyz", [LENGTH]),
        ("orchard-7-lane!", [UPPER]),
        ("ORCHARD-7-LANE!", [LOWER]),
        ("Orchard-x-lane!", [NUMBER]),
        ("Orchard7lane", [SPECIAL]),
        ("Orchard 7 lane", [SPECIAL]),
        ("", [LENGTH, LOWER, UPPER, NUMBER, SPECIAL]),
        ("Password1!", [GUESSED]),
        ("Welcome1!", [GUESSED]),
        ("CareSpace-2026!", [GUESSED]),
        ("Lakeside-2026!", [GUESSED]),
        ("LakesideCancerAssociates1!", [GUESSED]),
        ("Maria-2026!", [GUESSED]),
        ("Lakeside-Orchard-1!", []),
        ("Aa1!" * 32, []),
        ("Aa1!" * 32 + "x", ["At most 128 characters"]),
    ],
)
def test_each_rule_is_told_by_its_own_words(password: str, unmet: list[str]) -> None:
    assert unmet_rules(password, expected_words=WORDS) == unmet


def test_the_page_lists_the_rules_that_the_server_keeps() -> None:
    assert [rule.text for rule in PASSWORD_RULES] == [rule.words for rule in RULES]


@pytest.mark.parametrize(
    "password", ["Orchard-7-lane!", "abcdefgh", "ABCDEFG1", "12345678", "Aa1! "]
)
def test_the_page_and_the_server_judge_plain_letters_alike(password: str) -> None:
    plain = {
        r"\p{Ll}": "[a-z]",
        r"\p{Lu}": "[A-Z]",
        r"\p{Nd}": "[0-9]",
        r"[^\p{L}\p{N}\s]": r"[^A-Za-z0-9\s]",
    }
    on_page = [
        bool(re.search(plain.get(rule.pattern, rule.pattern), password)) for rule in PASSWORD_RULES
    ]
    assert on_page == [rule.met(password) for rule in RULES]


@pytest.mark.costly_hashes
def test_passwords_are_kept_with_argon2id_at_its_set_cost() -> None:
    assert re.match(r"argon2\$argon2id\$v=19\$m=47104,t=2,p=1\$", make_password("Orchard-7-lane!"))


def test_django_forms_ask_the_same_rules() -> None:
    PracticeRules().validate("Orchard-7-lane!")
    with pytest.raises(ValidationError) as refused:
        PracticeRules().validate("short")
    assert f"{LENGTH}." in refused.value.messages
