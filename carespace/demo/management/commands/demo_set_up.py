"""``carespace manage demo_set_up``: one step of the demo's set-up, told on standard output as one JSON object.

Promises: safe to run again at any moment, also after a kill: what is there stays, what is missing is added. It answers
``{"feed": "missing"}`` until the practice's files are imported, then adds the sign-ins and answers ``{"feed": "there",
"made_on": "2026-11-20"}``. In a home that holds anybody else's practice it refuses, for the passwords are known to all.
"""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from carespace.demo import set_up
from carespace.demo.cast import SLUG
from carespace.demo.desk_work import add_invitations, add_request
from carespace.practices.models import Practice


class Command(BaseCommand):
    """Add what the demo still lacks."""

    help = "Add the demo practice and its sign-ins (demo mode only)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do the next step and say where the set-up stands."""
        if settings.CARESPACE_MODE != "demo":
            message = "The demo’s sign-ins are for demo mode only (CARESPACE_MODE=demo)."
            raise CommandError(message)
        if refusal := set_up.foreign_practice():
            raise CommandError(refusal)
        practice = Practice.objects.filter(slug=SLUG).first() or set_up.add_demo_practice()
        made_on = set_up.day_of_feed(practice)
        if made_on is None:
            self.stdout.write(json.dumps({"feed": "missing"}))
            return
        set_up.add_sign_ins(practice)
        add_invitations(practice, set_up.front_desk())
        add_request(practice)
        self.stdout.write(json.dumps({"feed": "there", "made_on": made_on.isoformat()}))
