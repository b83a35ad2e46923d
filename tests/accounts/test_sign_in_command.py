"""``carespace sign-in``: what the person at the server does for who has lost every other way in."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner, Result

from carespace.accounts import throttle
from carespace.accounts.factors import APP, RECOVERY_CODE, app_data, factors_of, new_secret
from carespace.accounts.models import SignIn
from carespace.audit.models import AuditEvent
from carespace.config.commands.sign_in import command
from carespace.outbox.models import OutboxMessage
from tests.people import make_person, make_practice, sign_in

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_a_lost_second_step_is_removed_and_every_session_ends(client: Any) -> None:
    make_practice()
    maria = make_person("Maria Reyes")
    Authenticator.objects.create(user=maria, type=APP, data=app_data(new_secret(), 1))
    Authenticator.objects.create(user=maria, type="recovery_codes", data={"digests": ["x"]})
    assert factors_of(maria).ways == (APP, RECOVERY_CODE)
    sign_in(client, maria)
    assert client.get("/people/").status_code == 200
    told = run("remove-second-step", "--email", "Maria@Example.com", "--reason", "passport seen")
    assert told.exit_code == 0, told.output
    assert not factors_of(maria)
    assert not SignIn.objects.filter(user=maria).exists()
    assert client.get("/people/").status_code == 302
    event = AuditEvent.objects.get(action="factor.remove-all")
    assert (event.reason, event.entity_id) == ("passport seen", str(maria.pk))
    assert OutboxMessage.objects.filter(to_address=maria.email).count() == 1


def test_nothing_to_remove_and_nobody_to_help_are_said() -> None:
    make_person("Maria Reyes")
    none_there = run("remove-second-step", "--email", "maria@example.com", "--reason", "asked")
    nobody = run("unlock", "--email", "nobody@example.com")
    assert (none_there.exit_code, nobody.exit_code) == (1, 1)
    assert "has no second step" in none_there.output
    assert "Nobody signs in as" in nobody.output


def test_who_must_wait_is_let_try_again() -> None:
    maria = make_person("Maria Reyes")
    subject = (throttle.SIGN_IN_BY_EMAIL, maria.email)
    for _ in range(throttle.SIGN_IN_BY_EMAIL.tries):
        throttle.take(subject)
    with pytest.raises(throttle.TooManyTries):
        throttle.check(subject)
    assert run("unlock", "--email", maria.email).exit_code == 0
    throttle.check(subject)
