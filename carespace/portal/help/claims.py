"""What "Security and standards" says: only what a test of ours shows, with its date, and what nobody has checked (S-09).

Promises: each claim names the test that shows it, and a guard fails where that test is not there; dates are those of
docs/reference/proofs.md; nothing is claimed that others would have to grant. Numbers stand in this one place.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carespace.ui.dates import date_long

FULL_RUN = date(2026, 11, 21)


class Claim(NamedTuple):
    """One sentence we may say, the test that shows it ("tests/x.py::test_y"), and when that last passed."""

    text: Promise
    proof: str
    tested_on: date = FULL_RUN


class ClaimGroup(NamedTuple):
    """A heading with what stands under it."""

    heading: Promise
    claims: tuple[Claim, ...]


class Shown(NamedTuple):
    """A heading of the page, its sentences, and when they were last tested, in words."""

    heading: str
    sentences: tuple[str, ...]
    tested: str


class Measure(NamedTuple):
    """A number we say: the highest US school grade of our own texts (Flesch-Kincaid), on average over the catalogue."""

    value: str
    proof: str
    measured_on: date


# The most that scripts/reading_level.py lets pass is an average of 6.9; what is not measured is not said.
READING_GRADE: Measure | None = Measure(
    "6", "tests/guard/test_reading_level.py::test_what_we_say_reads_at_grade_six", FULL_RUN
)

CLAIMS: tuple[ClaimGroup, ...] = (
    ClaimGroup(
        gettext_lazy("How your record is kept safe"),
        (
            Claim(
                gettext_lazy("Each file in your record is stored encrypted."),
                "tests/files/test_store.py::test_a_file_opens_to_what_was_kept_and_lies_nowhere_plain",
            ),
            Claim(
                gettext_lazy(
                    "The database gives out one record at a time. Where no record is open, it shows nothing."
                ),
                "tests/access/test_row_security.py::test_without_a_setting_no_table_shows_a_row",
            ),
            Claim(
                gettext_lazy("A document of your record cannot run a program in your browser."),
                "tests/portal/test_documents.py::test_an_html_document_is_shown_clean_and_alone_in_an_origin_of_its_own",
            ),
            Claim(
                gettext_lazy("Our emails say nothing about your health."),
                "tests/mail/test_no_health_information.py::test_no_mail_tells_anything_of_a_patient",
            ),
        ),
    ),
    ClaimGroup(
        gettext_lazy("Who can see it"),
        (
            Claim(
                gettext_lazy("People without access get the same page as for a record that is not there."),
                "tests/access/test_strangers_matrix.py::test_others_get_what_a_record_that_is_not_there_gives",
            ),
            Claim(
                gettext_lazy("When you take access away, that person sees nothing more at the next click."),
                "tests/access/test_strangers_matrix.py::test_a_grant_that_ends_during_a_session_ends_at_the_next_request",
            ),
            Claim(
                gettext_lazy("We write down who looks at your record, and you can read that list."),
                "tests/portal_users/test_activity.py::test_the_patient_reads_what_family_looked_at_and_took",
            ),
            Claim(
                gettext_lazy("Staff who open your record give a reason. You see it in the list."),
                "tests/portal_users/test_activity.py::test_staff_are_shown_with_their_practice_and_their_reason",
            ),
            Claim(
                gettext_lazy("If somebody changed that list, our check would show it."),
                "tests/audit/test_trail.py::test_it_names_the_first_bad_row",
            ),
        ),
    ),
    ClaimGroup(
        gettext_lazy("How your sign-in is kept safe"),
        (
            Claim(
                gettext_lazy("You can add a second step to your sign-in. After it is set up, a password alone opens nothing."),
                "tests/portal_security/test_second_step.py::test_half_a_sign_in_opens_nothing",
            ),
            Claim(
                gettext_lazy("After a few wrong codes, every try has to wait."),
                "tests/portal_security/test_second_step.py::test_after_five_wrong_codes_even_the_right_one_waits_in_every_browser",
            ),
            Claim(
                gettext_lazy("An invitation works once, and only for the person it was sent to."),
                "tests/rows/test_links_that_end.py::test_another_address_cannot_use_the_link",
            ),
        ),
    ),
    ClaimGroup(
        gettext_lazy("For every reader"),
        (
            Claim(
                gettext_lazy(
                    "The parts of our pages pass the automatic check axe for WCAG 2.2 level AA, in the browser Chromium."
                ),
                "tests/ui/test_in_a_browser.py::test_axe_finds_nothing_and_the_policy_blocks_nothing",
            ),
            Claim(
                gettext_lazy("Text and its background differ enough in light and in dark."),
                "tests/ui/test_colours_and_sizes.py::test_words_stand_out_from_what_is_behind_them",
            ),
            Claim(
                gettext_lazy("Enlarged text stays on the page. Nothing has to be read by scrolling sideways."),
                "tests/ui/test_in_a_browser.py::test_enlarged_text_scrolls_nothing_sideways_and_keeps_the_menu",
            ),
            Claim(
                gettext_lazy("Buttons are large enough for a thumb."),
                "tests/ui/test_in_a_browser.py::test_buttons_boxes_tabs_and_chips_are_large_enough_for_a_thumb",
            ),
        ),
    ),
)  # fmt: skip
_NOT_DONE: tuple[Promise, ...] = (
    gettext_lazy("All tests on this page are our own. No outside group has checked them."),
    gettext_lazy("CareSpace holds no certificate of any kind."),
    gettext_lazy("Nobody has tried to break in on our order, except ourselves."),
    gettext_lazy("People who use a screen reader every day have not tested it yet."),
    gettext_lazy("The Spanish text has not yet been reviewed by a qualified translator."),
)


def claim_groups() -> list[Shown]:
    """Return what we say, in the language in force."""
    return [
        Shown(
            str(group.heading),
            tuple(str(claim.text) for claim in group.claims),
            _tested(min(claim.tested_on for claim in group.claims)),
        )
        for group in CLAIMS
    ]


def not_done() -> Sequence[str]:
    """Return what nobody has checked, in the language in force."""
    return [str(each) for each in _NOT_DONE]


def reading_line() -> str:
    """Return how easy our texts are to read, or nothing where it was not measured."""
    if READING_GRADE is None:
        return ""
    text = _(
        "Our own English texts read at US school grade %(grade)s or below, on average. Measured on %(date)s."
    )
    return text % {
        "grade": READING_GRADE.value,
        "date": date_long(READING_GRADE.measured_on.isoformat()),
    }


def _tested(day: date) -> str:
    return _("Tested by us on %(date)s.") % {"date": date_long(day.isoformat())}
