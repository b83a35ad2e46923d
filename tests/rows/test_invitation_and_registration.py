"""Rows S-10 to S-24: from the front desk's invitation to the sign-in page, in the words of the three practices."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.mail import EmailMultiAlternatives

from carespace.access.wording import deadline_text
from tests.rows import steps
from tests.rows.browser import Browser, Page
from tests.rows.mails import hand_over, link_in, whole
from tests.rows.steps import BORN, LUIS, MARIA, PASSWORD, TERMS, WRONG, Scene

pytestmark = pytest.mark.django_db
A_SECOND = timedelta(seconds=1)
LIFE = timedelta(hours=96)


@pytest.fixture
def message(scene: Scene) -> EmailMultiAlternatives:
    """The mail that the front desk's invitation sends."""
    steps.invite(scene)
    return steps.mailed(MARIA)


@pytest.fixture
def form(message: EmailMultiAlternatives) -> Page:
    """The page behind the mail's button."""
    return steps.open_link(message)


def starts_with(page: Page, label: str) -> bool:
    return any(each.startswith(label) for each in page.labels())


def test_s10_only_who_has_registered_sees_a_record(scene: Scene) -> None:
    for path in (scene.home, f"{scene.home}labs/", f"{scene.home}documents/"):
        page = Browser().open(path)
        assert page.heading == "Sign in to CareSpace"
        assert scene.word not in page.text
    home = steps.registered(scene)
    assert home.path == scene.home
    assert scene.word in home.text


def test_s11_the_front_office_invites_who_gives_an_email_at_any_time(scene: Scene) -> None:
    asked = steps.front_desk(scene).open("/staff/").follow("Invite", about="Maria Reyes")
    told = asked.press("Continue", {"Their email address": "maria at example"})
    assert told.says("It looks like this: name@example.com")
    assert hand_over() == []
    assert steps.invite(scene).says(MARIA)
    assert steps.mailed(MARIA)


def test_s12_there_is_no_registration_without_an_invitation(scene: Scene) -> None:
    sign_in = Browser().open("/sign-in/")
    assert sign_in.says("You need an invitation from our office.")
    # Help tells how it is done, with the link from the office.
    told = {"How to register, step by step"}
    for words in {*sign_in.links(), *sign_in.buttons()} - told:
        assert "register" not in words.lower()
        assert "sign up" not in words.lower()
    assert Browser().open("/register/").status == 404
    made_up = Browser().open(f"/register/{'A' * 43}/")
    assert made_up.status == 410
    assert "Create Password" not in made_up.buttons()


def test_s13_the_invitation_goes_to_the_address_on_file_and_nowhere_else(scene: Scene) -> None:
    steps.invite(scene)
    assert [each.to for each in hand_over()] == [[MARIA]]


def test_s14_the_sender_is_noreply_at_the_portal(message: EmailMultiAlternatives) -> None:
    assert message.from_email.endswith("<noreply@carespaceportal.com>")
    assert "Lakeside Cancer Associates" in message.from_email


def test_s15_the_mail_tells_of_the_portal_and_holds_a_sign_up_link(
    message: EmailMultiAlternatives,
) -> None:
    text = whole(message)
    assert "Lakeside Cancer Associates invites you to its patient portal, CareSpace." in text
    assert link_in(message).startswith("/register/")
    for secret in ("Maria", "Reyes", BORN, "1961", "M-1"):
        assert secret not in text.replace(MARIA, "")


def test_s16_its_button_says_complete_your_registration(message: EmailMultiAlternatives) -> None:
    ((markup, _),) = message.alternatives
    assert "<b>Complete Your Registration</b>" in str(markup)
    assert "Complete Your Registration" in str(message.body)


def test_s17_the_link_lives_four_days(
    scene: Scene, message: EmailMultiAlternatives, later: Callable[[timedelta], None]
) -> None:
    link = scene.patient.invitations.get()
    assert link.sent_at
    assert link.expires_at == link.sent_at + LIFE
    assert deadline_text(link.expires_at, scene.practice.zone) in str(message.body)
    later(LIFE - timedelta(minutes=1))
    assert steps.open_link(message).heading == "Set up your account"
    later(timedelta(minutes=1))
    assert steps.open_link(message).status == 410


def test_s18_who_comes_late_asks_for_a_new_link_and_gets_one(
    scene: Scene, message: EmailMultiAlternatives, later: Callable[[timedelta], None]
) -> None:
    later(LIFE)
    late = steps.open_link(message)
    assert late.says("This link no longer works")
    assert late.says(scene.practice.phone)
    late.press("Ask for a new link")
    queue = steps.front_desk(scene).open("/staff/").follow("Invitations 1 new")
    assert queue.says("Asks for a new link")
    queue.follow("Resend invite", beside=MARIA).press("Resend invite")
    page = steps.register(steps.open_link(steps.mailed(MARIA)))
    assert page.heading == "Sign in to CareSpace"


def test_s19_the_link_is_for_the_invited_address_alone(scene: Scene, form: Page) -> None:
    assert form.says("m•••@example.com")
    assert not starts_with(form, "Email")
    assert MARIA not in form.source.decode()
    sent = form.browser.send(
        form.path,
        {
            "email": LUIS,
            "password": PASSWORD,
            "terms": "on",
            "birth_date_month": "4",
            "birth_date_day": "27",
            "birth_date_year": "1961",
        },
    )
    assert sent.heading == "Sign in to CareSpace"
    assert steps.sign_in_by_page(LUIS).says("We could not sign you in.")
    assert steps.sign_in_by_page(MARIA).path == scene.home


def test_s20_who_gets_no_mail_is_told_where_to_look_and_the_office_sees_the_address(
    scene: Scene, message: EmailMultiAlternatives
) -> None:
    sign_in = Browser().open("/sign-in/")
    assert sign_in.says("spam folder")
    assert sign_in.says(scene.practice.phone)
    patient = steps.front_desk(scene).open("/staff/").follow("Maria Reyes")
    assert patient.says(MARIA)


def test_s21_a_password_is_created_on_a_page_of_its_own(scene: Scene, form: Page) -> None:
    assert form.heading == "Set up your account"
    assert starts_with(form, "Create a password")
    assert form.says("At least 8 characters")
    assert "Create Password" in form.buttons()


def test_s22_birth_date_is_confirmed_at_registration(scene: Scene, form: Page) -> None:
    asks = scene.practice.settings.dob_at_registration
    assert starts_with(form, "Date of birth") is asks
    if asks:
        wrong = steps.register(form, birth_date=WRONG)
        assert wrong.says("This is not the date of birth we have.")
        form = wrong
    assert steps.register(form).heading == "Sign in to CareSpace"
    assert scene.patient.birth_date == date(1961, 4, 27)


def test_s23_the_terms_are_agreed_to_before_create_password(scene: Scene, form: Page) -> None:
    asks = scene.practice.settings.tos_required
    assert starts_with(form, TERMS) is asks
    if asks:
        terms = form.follow("terms of service")
        assert terms.heading == "Terms of service"
        assert terms.says(scene.practice.name)
        given = {"Date of birth": BORN, "Create a password": PASSWORD}
        assert form.press("Create Password", given).says("tick the box to agree")
    assert steps.register(form).heading == "Sign in to CareSpace"
    assert steps.sign_in_by_page().path == scene.home


def test_s24_a_new_password_leads_to_the_sign_in_page_and_signs_nobody_in(
    scene: Scene, form: Page
) -> None:
    page = steps.register(form)
    assert (page.path, page.heading) == ("/sign-in/", "Sign in to CareSpace")
    assert page.says("Your password is set.")
    assert form.browser.open(scene.home).heading == "Sign in to CareSpace"
    assert steps.sign_in_by_page(browser=form.browser).path == scene.home
