"""Invented content for the gallery page: nobody here exists, no value here was measured."""

from django import forms

from carespace.ui.forms import BirthDateField, EmailField, PasswordField, UiRenderer
from carespace.ui.shell import Link, NameMenu, PersonBar, PracticeCard, Shell, Tab

LABS = (
    {
        "name": "Hemoglobin",
        "value": "12.4",
        "unit": "g/dL",
        "range": "12.0 to 16.0",
        "date": "Sep 8, 2026",
        "kind": "ok",
        "word": "In range",
        "past": (
            ("Aug 3, 2026", "11.4", "low", "Low"),
            ("Jul 6, 2026", "9.9", "low", "Low"),
            ("Feb 3, 2026", "13.1", "ok", "In range"),
        ),
    },
    {
        "name": "White blood cells",
        "value": "3.1",
        "unit": "10³/µL",
        "range": "4.0 to 11.0",
        "date": "Sep 8, 2026",
        "kind": "low",
        "word": "Low",
        "past": (("Aug 3, 2026", "4.2", "ok", "In range"),),
    },
    {
        "name": "CA 15-3",
        "value": "38.0",
        "unit": "U/mL",
        "range": "under 31.3",
        "date": "Sep 1, 2026",
        "kind": "high",
        "word": "High",
        "past": (("Jun 1, 2026", "36.2", "high", "High"),),
    },
)
LISTS = {
    "labs": LABS,
    "icons": ("home", "heart", "envelope", "calendar", "book-open", "arrow-down-tray"),
    "tags": (
        ("ok", "In range"),
        ("high", "High"),
        ("low", "Low"),
        ("new", "New"),
        ("", "Invited"),
    ),
    "summary": (
        {"term": "Name", "value": "Maria Reyes"},
        {"term": "Email", "value": "maria.reyes@example.com", "url": "#main"},
        {"term": "Notices", "value": "By email, for new results and messages", "url": "#main"},
    ),
}


def sample_shell() -> Shell:
    """Build the shell of a caregiver who looks at somebody else's record."""
    return Shell(
        practice=PracticeCard(
            name="Lakeside Cancer Associates",
            tagline="Care close to home",
            phone="(555) 010-0142",
            phone_url="tel:+15550100142",
            hours="Monday to Friday, 8 am to 5 pm",
            emergency_text="For a fever of 100.4 or anything urgent, call us at any hour:",
        ),
        tabs=(
            Tab("Home", "Home", "#main", "home"),
            Tab("Health", "Health", "#main", "heart", current=True),
            Tab("Messages", "Messages", "#main", "envelope", badge=2),
            Tab("Appointments", "Visits", "#main", "calendar"),
            Tab("Resources", "Resources", "#main", "book-open"),
        ),
        person=PersonBar("Maria Reyes", "April 27, 1961", "your mother", "#main"),
        menu=NameMenu(
            name="Luis Reyes",
            initials="LR",
            links=(
                Link("Settings", "#main"),
                Link("Manage Users", "#main"),
                Link("Switch person", "#main"),
            ),
            sign_out_url="#main",
        ),
        footer_links=(
            Link("Privacy", "#main"),
            Link("Accessibility", "#main"),
            Link("Who has looked at this record", "#main"),
        ),
    )


class SampleForm(forms.Form):
    """One field of each kind, empty."""

    default_renderer = UiRenderer
    email = EmailField()
    password = PasswordField(new=True, label="Create a password")
    birth_date = BirthDateField()
    category = forms.ChoiceField(
        label="What is it about?", choices=(("rx", "Rx question"), ("health", "Health question"))
    )
    results = forms.ChoiceField(
        label="When do you want to see new results?",
        widget=forms.RadioSelect,
        choices=(("now", "At once"), ("after", "After my care team has read them")),
    )
    body = forms.CharField(label="Message", help_text="Not for emergencies.", widget=forms.Textarea)
    photo = forms.FileField(label="Add a file", help_text="PDF, JPG or PNG, at most 10 MB")
    note = forms.CharField(label="Note", required=False)
    terms = forms.BooleanField(label="I agree to the terms of service")


class WrongForm(forms.Form):
    """The same kinds of field, filled in with things to put right."""

    use_required_attribute = False
    prefix = "wrong"
    email = EmailField(own=False)
    birth_date = BirthDateField(whose="their")
    agreed = forms.BooleanField(
        label="I told them the password by phone",
        error_messages={"required": "Tick the box to go on"},
    )


def wrong_data() -> dict[str, str]:
    """Return what somebody in a hurry would have typed: no email, no tick, February 30."""
    return {
        "wrong-birth_date_month": "2",
        "wrong-birth_date_day": "30",
        "wrong-birth_date_year": "1961",
    }
