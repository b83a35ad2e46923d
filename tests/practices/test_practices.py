"""Practices: what they may decide, which host shows which, their phone, and the version of the terms."""

import hashlib
from dataclasses import fields
from typing import Any

import pytest

from carespace.practices import lookup
from carespace.practices.actions import PracticeRefused
from carespace.practices.models import Practice
from carespace.practices.presets import (
    BASE_WORDS,
    PRESETS,
    PracticeSettings,
    UnknownSetting,
    settings_from,
)
from carespace.practices.terms import CURRENT_VERSION, TERMS
from tests.people import make_practice

# Each version of the terms that was ever shown, with its text's digest. Add a line; never change one.
KNOWN_TERMS = {
    "2026-11": "9f8cce750f3bd23d84cc5b65c7f83cf818ec686f51b8940a3d3298c5bf79b8f0",
    "2026-12": "2426e985f1f824ca4e9bfb365eba1593b8441b33e890aa7ab60c71237f992ecc",
}


def digest_of(terms: tuple[tuple[str, str], ...]) -> str:
    return hashlib.sha256(
        "\n".join(f"{title}\n{text}" for title, text in terms).encode()
    ).hexdigest()


class TestTerms:
    def test_a_changed_text_has_a_new_version(self) -> None:
        assert KNOWN_TERMS[CURRENT_VERSION] == digest_of(TERMS)

    def test_every_change_of_a_text_changes_its_digest(self) -> None:
        (title, text), *rest = TERMS
        for changed in (((title, text + " "), *rest), ((title + ".", text), *rest), tuple(rest)):
            assert digest_of(changed) != digest_of(TERMS)


class TestSettings:
    @pytest.mark.parametrize(
        ("preset", "field", "value"),
        [
            ("echo", "nav_layout", "health"),
            ("highlands", "nav_layout", "split"),
            ("classic", "nav_layout", "health"),
            ("highlands", "dob_at_registration", True),
            ("echo", "dob_at_registration", False),
            ("classic", "dob_at_login", True),
            ("highlands", "tos_required", True),
            ("classic", "tos_required", False),
            ("classic", "reply_policy", "once"),
            ("echo", "reply_policy", "thread"),
            ("echo", "invite_ttl_hours", 96),
        ],
    )
    def test_a_preset_decides_as_the_table_of_differences_says(
        self, preset: str, field: str, value: object
    ) -> None:
        assert getattr(settings_from(preset, {}), field) == value

    @pytest.mark.parametrize("preset", PRESETS)
    def test_an_override_counts_and_leaves_the_rest(self, preset: str) -> None:
        made = settings_from(preset, {"invite_ttl_hours": 24})
        assert made.invite_ttl_hours == 24
        others = {item.name for item in fields(PracticeSettings)} - {"invite_ttl_hours"}
        assert all(getattr(made, name) == getattr(PRESETS[preset], name) for name in others)

    def test_a_word_of_ones_own_leaves_the_presets_other_words(self) -> None:
        made = settings_from("classic", {"words": {"documents.all": "All papers"}})
        assert made.word("documents.all") == "All papers"
        assert made.word("messages.compose") == "Compose"

    def test_links_of_ones_own_take_the_place_of_all(self) -> None:
        link = {"name": "Rides", "url": "https://rides.example.org/", "about": "Rides."}
        (found,) = settings_from("echo", {"resource_links": [link]}).resource_links
        assert (found.name, found.phone) == ("Rides", "")

    def test_a_setting_that_does_not_exist_is_refused(self) -> None:
        with pytest.raises(UnknownSetting, match="nav_layuot"):
            settings_from("echo", {"nav_layuot": "split"})

    @pytest.mark.parametrize("preset", PRESETS)
    def test_every_word_is_there_in_every_preset(self, preset: str) -> None:
        assert set(PRESETS[preset].words) == set(BASE_WORDS)


@pytest.mark.django_db
class TestAdding:
    @pytest.mark.parametrize(
        "overrides",
        [
            {"nav_layuot": "split"},
            {"words": {"documents.al": "All"}},
            {"words": "Compose"},
            {"resource_links": [{"nam": "Rides"}]},
            {"resource_links": ["Rides"]},
        ],
    )
    def test_a_bad_override_is_refused_before_anything_is_kept(self, overrides: Any) -> None:
        with pytest.raises(PracticeRefused):
            make_practice(overrides=overrides)
        assert not Practice.objects.exists()

    def test_a_good_override_counts(self) -> None:
        made = make_practice(overrides={"tos_required": False})
        assert Practice.objects.get(pk=made.pk).settings.tos_required is False

    @pytest.mark.parametrize(
        "wrong",
        [{"slug": "Lake Side"}, {"preset": "modern"}, {"hosts": ("",)}],
    )
    def test_what_cannot_be_is_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(PracticeRefused):
            make_practice(**wrong)

    def test_a_slug_is_given_once(self) -> None:
        make_practice()
        with pytest.raises(PracticeRefused, match="already"):
            make_practice()

    def test_hosts_are_kept_in_small_letters_and_once(self) -> None:
        made = make_practice(hosts=("Lakeside.Example.org", "lakeside.example.org", "b.example"))
        assert made.hosts == ["lakeside.example.org", "b.example"]

    def test_a_host_shows_one_practice(self) -> None:
        make_practice(hosts=("a.example", "b.example"))
        with pytest.raises(PracticeRefused, match=r"b\.example shows the practice 'lakeside'"):
            make_practice("hillside", hosts=("c.example", "B.example"))
        assert make_practice("hillside", hosts=("c.example",)).hosts == ["c.example"]

    @pytest.mark.parametrize(
        "host",
        [
            "https://a.example",
            "a.example:8000",
            "a.example/",
            "a b",
            "-a.example",
            "a..b",
            "é.example",
            "a" * 64,
        ],
    )
    def test_what_is_no_host_name_is_refused(self, host: str) -> None:
        with pytest.raises(PracticeRefused, match="is not a host name"):
            make_practice(hosts=(host,))


@pytest.mark.django_db
class TestLookup:
    def test_the_only_practice_answers_on_every_host(self) -> None:
        assert lookup.by_host("anything.example") is None
        made = make_practice()
        assert lookup.by_host("anything.example") == lookup.only_practice() == made

    def test_of_several_each_answers_on_its_own_hosts_in_any_case(self) -> None:
        first = make_practice(hosts=("a.example",))
        second = make_practice("hillside", hosts=("b.example",))
        assert lookup.by_host("A.Example") == first
        assert lookup.by_host("b.example") == second
        assert lookup.by_host("c.example") is None
        assert lookup.only_practice() is None

    def test_a_host_that_two_have_claimed_belongs_to_neither(self) -> None:
        make_practice(hosts=("a.example",))
        Practice.objects.filter(pk=make_practice("hillside").pk).update(hosts=["a.example"])
        assert lookup.by_host("a.example") is None


@pytest.mark.parametrize(
    ("phone", "url"),
    [
        ("(555) 010-0142", "tel:5550100142"),
        ("+1 555 010 0142", "tel:+15550100142"),
        ("(+1) 555.010.0142", "tel:+15550100142"),
        ("555-010-0142 ext. 12", "tel:5550100142;ext=12"),
        ("555-010-0142 x7", "tel:5550100142;ext=7"),
        ("555-010-0142 Extension 300", "tel:5550100142;ext=300"),
        ("Call 555-010-0142", "tel:5550100142"),
    ],
)
def test_a_phone_can_be_dialed(phone: str, url: str) -> None:
    assert Practice(phone=phone).phone_url == url
