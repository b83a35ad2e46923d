"""Row S-49: the Appointments tab, with what may be done from it, on each of the ready presets."""

import pytest

from tests.appointments.test_calendar_file import read
from tests.rows import steps
from tests.rows.browser import Browser, Page
from tests.rows.steps import Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointments(scene: Scene) -> Page:
    """The patient opens the tab (001:18)."""
    return steps.registered(scene).follow("Appointments")


def test_s49_the_tab_shows_what_is_ahead(scene: Scene, appointments: Page) -> None:
    assert appointments.heading == "Appointments"
    assert appointments.says(scene.word)
    assert appointments.says("Eastern time")
    assert appointments.says(scene.practice.phone)


def test_s49_a_visit_goes_into_ones_own_calendar(scene: Scene, appointments: Page) -> None:
    (event,) = read(appointments.follow("Add to my calendar").source)
    assert event["SUMMARY"] == "Appointment"


def test_s49_all_visits_go_into_ones_own_calendar(scene: Scene, appointments: Page) -> None:
    page = appointments.follow("Show all appointments in my own calendar")
    made = page.press("Make the address")
    address = made.tree.get_element_by_id("calendar-address").text
    path = "/" + address.split("/", 3)[3]
    assert len(read(Browser().open(path).source)) == 1
    assert made.press("Turn it off").says("The calendar address no longer works.")
    assert Browser().open(path).status == 404


def test_s49_to_ask_for_a_change_is_answered_by_the_front_desk(
    scene: Scene, appointments: Page
) -> None:
    form = appointments.follow("Ask to change or cancel")
    asked = form.press(
        "Continue",
        {
            "What would you like?": "Another day or time",
            "Anything we should know?": "Any morning",
            "Phone number where we can call you": "(555) 010-0199",
        },
    )
    assert asked.says("Until then the appointment stays as it is.")
    sent = asked.press("Send to the front desk")
    assert sent.says("You asked to change this on")
    listed = steps.front_desk(scene).open("/staff/requests/")
    one = listed.follow("Open", about=scene.patient.display_name)
    assert one.says("Any morning")
    one.press("Answer and close", {"Your answer": "We booked you for Thursday"})
    assert sent.browser.open(appointments.path).says("We booked you for Thursday")
