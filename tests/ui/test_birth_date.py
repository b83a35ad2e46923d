"""A birth date in three boxes (D-3 of product.md): what is read, what is refused and in which words."""

import datetime

import pytest
from django import forms
from django.utils import timezone

from carespace.ui.forms import BirthDateField

EXAMPLE = "Enter your date of birth, for example 4 27 1961"


class Sample(forms.Form):
    born = BirthDateField()


def typed(month="", day="", year="", form=Sample):
    return form({"born_month": month, "born_day": day, "born_year": year})


def refusal(*parts: str) -> str:
    form = typed(*parts)
    assert not form.is_valid()
    return str(form.errors["born"][0])


@pytest.mark.parametrize(
    "parts",
    [
        ("4", "27", "1961"),
        ("04", "27", "1961"),
        (" 4 ", " 27", "1961 "),
        ("Apr", "27", "1961"),
        ("april", "27", "1961"),
        ("APR.", "27", "1961"),
    ],
)
def test_a_date_is_read_as_people_write_it(parts):
    form = typed(*parts)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == datetime.date(1961, 4, 27)


@pytest.mark.parametrize(
    "pasted", ["4/27/1961", "04-27-1961", "04271961", "1961-04-27", "Apr 27, 1961", "4.27.1961"]
)
@pytest.mark.parametrize("box", ["month", "day", "year"])
def test_a_whole_date_pasted_into_one_box_is_understood(pasted, box):
    form = typed(**{box: pasted})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == datetime.date(1961, 4, 27)


def test_a_leap_day_is_a_day():
    assert typed("2", "29", "2000").is_valid()
    assert not typed("2", "29", "1900").is_valid()


def test_an_empty_date_is_asked_for_with_an_example():
    assert refusal() == EXAMPLE


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (("4", "27", ""), "Add the year of birth."),
        (("", "27", "1961"), "Add the month of birth."),
        (("", "", "1961"), "Add the month and the day of birth."),
        (("2", "30", "1961"), "This day does not exist. Check the month and day."),
        (("27", "4", "1961"), "This day does not exist. Check the month and day."),
        (("x", "4", "1961"), "Check your date of birth. Enter it like this: 4 27 1961."),
        (("4", "-7", "1961"), "Check your date of birth. Enter it like this: 4 27 1961."),
        (("4", "27", "0000"), "Check your date of birth. Enter it like this: 4 27 1961."),
        (("4", "27", "19612"), "Check your date of birth. Enter it like this: 4 27 1961."),
        (("4", "27", "٣٠٠٠"), "Check your date of birth. Enter it like this: 4 27 1961."),
        (("4", "27", "61"), "Enter the year with 4 digits, for example 1961."),
        (("4", "27", "1879"), "Check the year. It must be 1880 or later."),
    ],
)
def test_what_cannot_be_a_birth_date_is_refused_with_what_to_do(parts, words):
    assert refusal(*parts) == words


def test_the_oldest_year_is_taken():
    assert typed("1", "1", "1880").is_valid()


def test_today_is_a_birth_date_and_tomorrow_is_not():
    today = timezone.localdate()
    tomorrow = today + datetime.timedelta(days=1)
    assert typed(str(today.month), str(today.day), str(today.year)).is_valid()
    words = refusal(str(tomorrow.month), str(tomorrow.day), str(tomorrow.year))
    assert words == "Check the year. Your date of birth must be in the past."


def test_a_date_that_may_stay_empty_cleans_to_none():
    class Optional(forms.Form):
        born = BirthDateField(required=False)

    form = typed(form=Optional)
    assert form.is_valid()
    assert form.cleaned_data["born"] is None


def test_somebody_elses_date_is_asked_in_other_words_and_not_filled_in_by_the_browser():
    class Theirs(forms.Form):
        born = BirthDateField(whose="their")

    form = typed(form=Theirs)
    assert form.errors["born"] == [EXAMPLE.replace("your", "their")]
    assert str(form["born"]).count('autocomplete="off"') == 3


def test_what_was_typed_stays_in_the_boxes():
    html = str(typed("2", "30", "1961")["born"])
    assert all(f'value="{part}"' in html for part in ("2", "30", "1961"))


def test_a_known_date_fills_the_boxes():
    html = str(Sample(initial={"born": datetime.date(1961, 4, 27)})["born"])
    assert all(f'value="{part}"' in html for part in ("4", "27", "1961"))


def test_a_date_left_as_it_was_has_not_changed():
    data = {"born_month": "4", "born_day": "27", "born_year": "1961"}
    assert not Sample(data, initial={"born": datetime.date(1961, 4, 27)}).has_changed()
    assert Sample(data).has_changed()
