"""How the staff room writes dates, ages and refusals: in US words, in the practice's zone.

Promises: a birth date is never more precise than it was given ("1980-05" is "May 1980"); a refusal says what to do.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format

from carespace.access.wording import deadline_text
from carespace.values import PartialDate

NOT_ON_FILE = "Not on file"
NEVER = "Not yet"
SLIPS: Mapping[str, str] = {
    "gmial.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmal.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.con": "gmail.com",
    "yaho.com": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "yahoo.con": "yahoo.com",
    "hotmial.com": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "outlok.com": "outlook.com",
    "outloook.com": "outlook.com",
    "iclould.com": "icloud.com",
    "icoud.com": "icloud.com",
    "comcast.com": "comcast.net",
    "aol.con": "aol.com",
}


class Refusal(NamedTuple):
    """Why something is not done here, and what to do instead."""

    title: str
    text: str


REFUSALS: Mapping[str, Refusal] = {
    "no-birth-date": Refusal(
        "No date of birth on file",
        "The portal asks it at registration, so the link would not work. Add it in your record system first.",
    ),
    "has-sign-in": Refusal(
        "This patient has a sign-in",
        "They can ask for a new password on the sign-in page. If they can no longer read mail at their old address,"
        " that sign-in must be ended first.",
    ),
    "own-staff": Refusal(
        "This address belongs to somebody who works here",
        "Check it with the patient. If it is right, ask a manager to send the invitation.",
    ),
    "own-address": Refusal(
        "This is your own address",
        "Nobody sends an invitation to themselves. Check the address with the patient. If it is right, ask"
        " another manager.",
    ),
    "own-record": Refusal(
        "This is your own record, or one you see as family",
        "Ask a colleague to do this for you. Your own records are in the menu under your name.",
    ),
    "works-here": Refusal(
        "This person works at a practice",
        "Only a manager can help a colleague with their sign-in. Ask a manager.",
    ),
    "of-age": Refusal(
        "This patient is 18 or older",
        "A parent has access as a parent until the 18th birthday only. Choose another right, or ask the patient to"
        " invite them.",
    ),
    "newer": Refusal(
        "This is taken care of",
        "A newer link is on its way, or the patient has a sign-in. You do not need to send one.",
    ),
    "accepted": Refusal(
        "This link was used", "The person has a sign-in. Nothing needs to be sent."
    ),
    "right-ended": Refusal(
        "The time this access was for is over",
        "A new link would give nothing. Invite them anew, with a right that holds today.",
    ),
    "patients-own": Refusal(
        "The patient or family sent this invitation",
        "They can send a new link in Manage Users. Call them if the link was locked.",
    ),
}
OTHER_REFUSAL = Refusal("This cannot be done now", "Go back to the patient and look again.")


def refusal(code: str) -> Refusal | None:
    """Return the words for a reason's code; None where there is no reason."""
    return REFUSALS.get(code, OTHER_REFUSAL) if code else None


def birth_date_words(text: str) -> str:
    """Write a FHIR date: "April 27, 1961", "April 1961", "1961"."""
    if not text:
        return NOT_ON_FILE
    given = PartialDate.parse(text)
    if given.month is None:
        return str(given.year)
    day = datetime(given.year, given.month, given.day or 1, tzinfo=ZoneInfo("UTC"))
    return date_format(day, "F j, Y" if given.day else "F Y")


def day_words(moment: datetime | None, zone: ZoneInfo) -> str:
    """Write the day of a moment: "Nov 3, 2026"."""
    return date_format(timezone.localtime(moment, zone), "M j, Y") if moment else NEVER


def moment_words(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment: "Tuesday, November 24, 9:12 am EST"."""
    return deadline_text(moment, zone)


def until_words(moment: datetime, zone: ZoneInfo) -> str:
    """Write until when somebody must wait, rounded up to the minute: "5:50 am today", "5:50 am, November 24"."""
    whole = moment.replace(second=0, microsecond=0)
    local = timezone.localtime(whole if whole == moment else whole + timedelta(minutes=1), zone)
    clock = date_format(local, "g:i a").replace(".", "")
    is_today = local.date() == timezone.localdate(timezone=zone)
    return f"{clock} today" if is_today else f"{clock}, {date_format(local, 'F j')}"


def likely_domain(email: str) -> str:
    """Return the domain an address was probably meant to have; empty where it looks right."""
    return SLIPS.get(email.rpartition("@")[2].casefold(), "")


def age_words(age: timedelta) -> str:
    """Write how long something has waited: "12 min", "5 h", "1 day", "3 days"."""
    minutes = max(0, int(age.total_seconds()) // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 24:
        return f"{hours} h"
    return "1 day" if hours < 48 else f"{hours // 24} days"
