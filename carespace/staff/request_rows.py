"""What the desk's pages show of a question about an appointment: ready words, two identifiers each."""

import re
from datetime import datetime, timedelta
from typing import TypedDict

from django.urls import reverse

from carespace.access.desk import Desk
from carespace.messaging.desk import Request
from carespace.messaging.models import Communication, Thread
from carespace.messaging.states import Wish
from carespace.staff.rows import PatientRow, patient_row
from carespace.staff.words import age_words, day_words, moment_words

SOON = timedelta(days=2)
WISHES = {Wish.CHANGE: "Another day or time", Wish.CANCEL: "Cancel it"}


class RequestRow(TypedDict):
    """One question: who, which appointment, what is asked, since when."""

    patient: PatientRow
    appointment: str
    wish: str
    soon: bool
    asked_by: str
    phone: str
    phone_url: str
    age: str
    url: str
    is_own: bool


def request_row(thread: Thread, now: datetime, *, is_own: bool = False) -> RequestRow:
    """Return one line of the list; ``soon`` where the appointment is within two days, ``is_own`` for a colleague only."""
    digits = re.sub(r"[^0-9+]", "", thread.phone)
    return RequestRow(
        patient=patient_row(thread.patient),
        appointment=thread.subject,
        wish=WISHES.get(Wish(thread.wish), "") if thread.wish else "",
        soon=thread.about_at is not None and now <= thread.about_at <= now + SOON,
        asked_by=thread.opened_by_name,
        phone=thread.phone,
        phone_url=f"tel:{digits}" if digits else "",
        age=age_words(now - thread.opened_at),
        url=reverse("staff:request", args=[thread.pk]),
        is_own=is_own,
    )


def request_page(desk: Desk, request: Request, now: datetime) -> dict[str, object]:
    """Return what the page of one question shows."""
    thread, zone = request.thread, desk.practice.zone
    return {
        "row": request_row(thread, now),
        "asked_at": moment_words(thread.opened_at, zone),
        "messages_sent": [_message(each) for each in request.messages],
        "closed": f"{thread.closed_by_name}, {day_words(thread.closed_at, zone)}",
        "outcome": thread.outcome,
    }


def _message(sent: Communication) -> dict[str, str]:
    """Return who wrote ("Luis Reyes for Maria Reyes") and what."""
    whom = f" for {sent.on_behalf_of}" if sent.on_behalf_of else ""
    return {"by": f"{sent.sender_name}{whom}", "body": sent.body}
