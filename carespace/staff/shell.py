"""What surrounds a page of the staff room."""

from django.urls import reverse

from carespace.access.desk import Desk
from carespace.ui.shell import NameMenu, PracticeCard, Shell, Tab

INITIALS = 2


def desk_shell(desk: Desk) -> Shell:
    """Return the practice's name, the tabs staff have, and their own menu; the emergency line is for patients."""
    practice, name = desk.practice, desk.actor.name
    return Shell(
        practice=PracticeCard(
            name=practice.name, phone=practice.phone, phone_url=practice.phone_url
        ),
        tabs=(Tab("Patients", "Patients", reverse("staff:patients"), "users", current=True),),
        menu=NameMenu(
            name=name,
            initials="".join(word[0] for word in name.split())[:INITIALS].upper(),
            links=(),
            sign_out_url=reverse("portal:sign-out"),
        ),
        home_url=reverse("staff:patients"),
    )
