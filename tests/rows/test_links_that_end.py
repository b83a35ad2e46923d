"""An invite used after 96 h, twice, after a resend, with another address, with five wrong birth dates: refused, five of
five, with a page that says what to do (S-17 to S-19, D-5, D-6, T8, T9).
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives

from carespace.accounts.models import User
from tests.people import make_person, sign_in
from tests.rows import steps
from tests.rows.browser import Browser, Page
from tests.rows.steps import LUIS, LUIS_BORN, MARIA, PASSWORD, WRONG, Scene

pytestmark = pytest.mark.django_db
Clock = Callable[[timedelta], None]
TRIES = 5


def after_96_hours(message: EmailMultiAlternatives, users: Page, later: Clock) -> None:
    later(timedelta(hours=96))


def twice(message: EmailMultiAlternatives, users: Page, later: Clock) -> None:
    done = steps.register(steps.open_link(message), birth_date=LUIS_BORN)
    assert done.heading == "Sign in to CareSpace"


def after_a_resend(message: EmailMultiAlternatives, users: Page, later: Clock) -> None:
    users.browser.open(users.path).press("Resend invite", beside=LUIS)
    assert steps.mailed(LUIS)


def five_wrong_birth_dates(message: EmailMultiAlternatives, users: Page, later: Clock) -> None:
    page = steps.open_link(message)
    for _ in range(TRIES):
        assert page.heading == "Set up your account"
        page = steps.register(page, birth_date=WRONG)


@pytest.fixture
def users(scene: Scene) -> Page:
    return steps.invite_family(steps.manage_users(steps.registered(scene)))


@pytest.fixture
def message(users: Page) -> EmailMultiAlternatives:
    return steps.mailed(LUIS)


def says_what_to_do(page: Page, scene: Scene) -> bool:
    asks = "Ask for a new link" in page.buttons() or "Ask for a new link" in page.links()
    return page.says("This link no longer works") and page.says(scene.practice.phone) and asks


@pytest.mark.parametrize("end", [after_96_hours, twice, after_a_resend, five_wrong_birth_dates])
def test_a_link_that_ended_is_refused_with_a_page_that_says_what_to_do(
    scene: Scene,
    users: Page,
    message: EmailMultiAlternatives,
    later: Clock,
    end: Callable[[EmailMultiAlternatives, Page, Clock], None],
) -> None:
    form = steps.open_link(message)
    end(message, users, later)
    people, grants = User.objects.count(), scene.patient.grants.count()
    refused = [steps.open_link(message), steps.register(form, birth_date=LUIS_BORN)]
    assert [page.status for page in refused] == [410, 410]
    assert all(says_what_to_do(page, scene) for page in refused)
    assert (User.objects.count(), scene.patient.grants.count()) == (people, grants)


def test_another_address_cannot_use_the_link(
    scene: Scene, users: Page, message: EmailMultiAlternatives
) -> None:
    """Forwarded to Stan, who has a sign-in, and to somebody who types an address of their own into the form."""
    stan = make_person("Stan Moran")
    browser = Browser()
    sign_in(browser.client, stan)
    form = steps.open_link(message, browser)
    assert form.says("l•••@example.com")
    assert not any("email" in label.lower() for label in form.labels())
    wrong = steps.register(form, birth_date=WRONG)
    assert wrong.says("This is not the date of birth we have.")
    forged = {"email": "stan@example.com", "password": PASSWORD, "name": "Stan", "terms": "on"}
    forged |= {"birth_date_month": "2", "birth_date_day": "3", "birth_date_year": "1988"}
    browser.send(form.path, forged)
    assert not stan.grants.exists()
    assert not User.objects.filter(email="stan@example.com").exclude(pk=stan.pk).exists()
    assert {user.email for user in User.objects.all()} <= {
        MARIA,
        LUIS,
        stan.email,
        scene.fay.email,
    }
