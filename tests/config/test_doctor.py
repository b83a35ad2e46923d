"""What ``carespace doctor`` finds when something is wrong, each planted; and what ``serve`` refuses to start with."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from carespace.config import checks, checks_running, row_security
from carespace.config.commands import migrate as migrating
from carespace.config.commands.serve import refuse_unsafe_settings
from carespace.config.finding import Finding
from carespace.config.processes import address_to_look
from carespace.config.row_security_check import trigger_problems
from carespace.outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db


def queue_mail(**more: Any) -> OutboxMessage:
    return OutboxMessage.objects.create(
        to_address="ruth@example.org", template="invitation", dedupe_key=str(uuid4()), **more
    )


def hours_ago(hours: float) -> Any:
    return timezone.now() - timedelta(hours=hours)


def well(check: Callable[[], Finding]) -> bool:
    finding = check()
    assert finding.told
    return finding.well


def test_clocks_far_apart_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert well(checks_running.clock)
    ahead = timezone.now() + timedelta(seconds=8)
    monkeypatch.setattr("carespace.config.checks_running.timezone.now", lambda: ahead)
    assert "8 seconds apart" in checks_running.clock().told


@pytest.mark.django_db(transaction=True)
def test_a_signature_that_the_database_does_not_believe_is_found(settings: Any) -> None:
    assert well(checks_running.signature)
    settings.CARESPACE_CHART_KEY = bytes(32)
    assert "does not believe" in checks_running.signature().told


def test_a_web_role_that_cannot_sign_in_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "carespace.config.checks_running.address_to_look",
        lambda *_, **more: address_to_look("web", **more) + "-gone",
    )
    finding = checks_running.signature()
    assert "carespace migrate" in finding.remedy


def test_mail_that_waits_for_over_an_hour_is_found() -> None:
    queue_mail(queued_at=hours_ago(0.9))
    queue_mail(queued_at=hours_ago(90), state=OutboxMessage.State.SENT)
    assert well(checks_running.waiting_mail)
    queue_mail(queued_at=hours_ago(1.1), last_error="put off: 535 5.7.8")
    told = checks_running.waiting_mail().told
    assert "over an hour: 1." in told
    assert "The last trouble was: put off: 535 5.7.8." in told


def test_a_sender_that_is_no_address_is_found(settings: Any) -> None:
    assert "noreply@carespaceportal.com" in checks._mail().told
    settings.CARESPACE_SENDER = "noreply"
    finding = checks._mail()
    assert not finding.well
    assert "'noreply', which is no address" in finding.told


def test_mail_given_up_lately_is_found() -> None:
    queue_mail(queued_at=hours_ago(24 * 8), state=OutboxMessage.State.GIVEN_UP)
    assert well(checks_running.waiting_mail)
    queue_mail(queued_at=hours_ago(48), state=OutboxMessage.State.GIVEN_UP)
    assert "last week: 1." in checks_running.waiting_mail().told


@pytest.mark.parametrize(("free", "fine"), [(1_100_000_000, True), (900_000_000, False)])
def test_a_full_disk_is_found(monkeypatch: pytest.MonkeyPatch, free: int, fine: bool) -> None:
    usage = shutil.disk_usage("/")._replace(free=free)
    monkeypatch.setattr("carespace.config.checks_running.shutil.disk_usage", lambda _: usage)
    assert well(checks_running.disk) == fine


@pytest.mark.parametrize("name", ["keys", "files", "audit", "mail", "keys/master.key", ""])
def test_what_others_can_look_into_is_found(settings: Any, tmp_path: Path, name: str) -> None:
    home = settings.CARESPACE_HOME = tmp_path / "home"
    home.mkdir(mode=0o711)
    for folder in ("keys", "files", "audit", "mail"):
        (home / folder).mkdir(mode=0o700)
    (home / "keys/master.key").touch(mode=0o600)
    assert well(checks_running.modes)
    (home / name).chmod(0o720)
    assert checks_running.modes().remedy == f"chmod go-rwx {home / name}"


def test_https_without_a_named_proxy_is_found(settings: Any) -> None:
    assert well(checks._proxies)
    settings.CARESPACE_ORIGIN = "https://portal.example.org"
    assert "CARESPACE_PROXIES" in checks._proxies().remedy
    settings.CARESPACE_PROXIES = frozenset({"127.0.0.1"})
    assert well(checks._proxies)


def test_every_check_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {finding.check for finding in checks.findings()}
    assert {"clock", "signatures", "waiting mail", "disk", "file modes", "proxies"} <= told
    assert {"row security", "roles", "audit", "mail", "address", "debug"} <= told


def test_a_trigger_that_is_gone_or_off_is_found(audit_triggers: None) -> None:
    assert trigger_problems() == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER audit_event_stays")
        cursor.execute("DROP TRIGGER audit_seal_stays ON audit_auditseal")
    assert len(trigger_problems()) == 2


class TestMigrate:
    """Tables are locked only where their protection has to be mended."""

    @pytest.fixture
    def applied(self, monkeypatch: pytest.MonkeyPatch, audit_triggers: None) -> list[str]:
        done: list[str] = []
        monkeypatch.setattr(row_security, "apply", lambda: done.append("apply"))
        monkeypatch.setattr(migrating, "call_command", lambda *_, **__: None)
        return done

    def test_what_is_right_is_left_alone(self, applied: list[str]) -> None:
        migrating.migrate(verbosity=0)
        assert applied == []

    @pytest.mark.parametrize(
        "harm",
        [
            "UPDATE carespace.installation SET protection_digest = 'of an older program'",
            "DROP POLICY web_select ON records_resource",
            "GRANT SELECT ON access_grant TO PUBLIC",
            "DROP TRIGGER audit_event_stays ON audit_auditevent",
            "DROP FUNCTION carespace.audit_head()",
            "DELETE FROM carespace.signing_key",
        ],
    )
    def test_what_is_wrong_is_mended(self, applied: list[str], harm: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(harm)
        migrating.migrate(verbosity=0)
        assert applied == ["apply"]

    def test_it_waits_for_locks_for_a_while_only(self) -> None:
        row_security.apply()
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("10s",)

    def test_tables_in_use_end_it_in_a_sentence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class InUse(Exception):
            sqlstate = "55P03"

        def refuse(**_: Any) -> None:
            raise OperationalError from InUse()

        monkeypatch.setattr(migrating, "migrate", refuse)
        with pytest.raises(click.ClickException, match="tables are in use"):
            migrating.command.main(["--quiet"], standalone_mode=False)


class TestServe:
    """Production serves neither an open address nor debug pages."""

    @pytest.fixture(autouse=True)
    def _production(self, settings: Any) -> None:
        settings.CARESPACE_MODE, settings.DEBUG = "production", False
        settings.CARESPACE_ORIGIN = "https://portal.example.org"

    @pytest.mark.parametrize(
        "origin",
        [
            "https://portal.example.org",
            "http://localhost:8000",
            "http://127.0.0.1:9",
            "http://[::1]:8000",
        ],
    )
    def test_a_safe_address_is_served(self, settings: Any, origin: str) -> None:
        settings.CARESPACE_ORIGIN = origin
        refuse_unsafe_settings()

    @pytest.mark.parametrize(
        "origin",
        [
            "http://portal.example.org",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "portal",
        ],
    )
    def test_an_open_address_is_refused(self, settings: Any, origin: str) -> None:
        settings.CARESPACE_ORIGIN = origin
        with pytest.raises(click.ClickException, match="Set it to the https:// address"):
            refuse_unsafe_settings()

    def test_debug_is_refused(self, settings: Any) -> None:
        settings.DEBUG = True
        with pytest.raises(click.ClickException, match="unset it"):
            refuse_unsafe_settings()

    @pytest.mark.parametrize("mode", ["demo", "test"])
    def test_the_demo_may_do_both(self, settings: Any, mode: str) -> None:
        settings.CARESPACE_MODE, settings.DEBUG = mode, True
        settings.CARESPACE_ORIGIN = "http://portal.example.org"
        refuse_unsafe_settings()
