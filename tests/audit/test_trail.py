"""The trail is written with the act, is never changed, and shows where somebody changed it all the same."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError
from psycopg import errors

from carespace.audit import seal
from carespace.audit.jobs import seal_audit_trail
from carespace.audit.models import AuditEvent, AuditSeal
from carespace.audit.recording import SYSTEM, About, record, record_aside
from carespace.audit.sql import REFUSE_CHANGES
from carespace.config.commands import audit as command
from carespace.config.processes import database_url


def sql(statement: str, *values: str | UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def events(count: int) -> None:
    for number in range(count):
        record(f"test.event-{number}", by=SYSTEM, about=About(entity_id=str(number)))


def in_order() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM audit_auditevent ORDER BY epoch, transaction_id, sequence")
        return [str(row[0]) for row in cursor.fetchall()]


def sealed() -> list[str]:
    found = AuditSeal.objects.order_by("position").values_list("event_id", flat=True)
    return [str(each) for each in found]


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    return tmp_path / "audit" / "heads.jsonl"


@pytest.fixture
def other(transactional_db: None) -> Iterator[psycopg.Connection]:
    """Another connection of the owner, whose transaction stays open as long as the test wants."""
    url = database_url("owner", database="carespace_test")
    with psycopg.connect(url) as opened:
        yield opened


INSERT = (
    "INSERT INTO audit_auditevent (id, recorded_at, action, category, outcome, actor_name, actor_kind,"
    " entity, entity_id, reason, detail)"
    " VALUES (gen_random_uuid(), now(), %s, '', 'success', '', 'system', '', '', '', '{}')"
)


@pytest.mark.django_db
def test_an_event_goes_with_the_act_that_rolls_back() -> None:
    def act() -> None:
        with transaction.atomic():
            events(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_a_refusal_stays_although_its_request_rolls_back() -> None:
    def refused() -> None:
        with transaction.atomic():
            events(1)
            record_aside("chart.refuse", by=SYSTEM)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        refused()
    assert [event.action for event in AuditEvent.objects.all()] == ["chart.refuse"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_auditevent SET action = 'nothing'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "UPDATE audit_auditseal SET chain = ''",
        "DELETE FROM audit_auditseal",
    ],
)
def test_the_trigger_refuses_even_the_owner(audit_triggers: None, change: str) -> None:
    events(1)
    sql(
        "INSERT INTO audit_auditseal SELECT 1, id, '', now() FROM audit_auditevent"
    )  # sealing itself waits for the commit
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        sql(change)
    assert AuditEvent.objects.get().action == "test.event-0"


@pytest.mark.django_db
def test_the_model_cannot_change_or_remove_a_row(audit_triggers: None) -> None:
    events(1)
    event = AuditEvent.objects.get()
    event.action = "nothing"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        event.save()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        event.delete()


@pytest.mark.django_db(transaction=True)
class TestTheSeal:
    def test_it_takes_events_in_the_order_of_their_commits_and_numbers(self) -> None:
        events(7)
        with transaction.atomic():
            events(3)
        assert seal.seal_events() == 10
        assert sealed() == in_order()
        assert seal.seal_events() == 0
        assert seal.verify() == seal.Verdict(sealed=10, unsealed=0)

    def test_an_open_transaction_holds_back_what_came_after_it(
        self, other: psycopg.Connection
    ) -> None:
        events(1)
        other.execute(INSERT, ["late"])  # begun before the next one, committed after it
        events(1)
        assert seal.seal_events() == 1
        assert seal.verify() == seal.Verdict(sealed=1, unsealed=1)
        other.commit()
        assert seal.seal_events() == 2
        assert sealed() == in_order()
        actions = [AuditEvent.objects.get(pk=each).action for each in sealed()]
        assert actions == ["test.event-0", "late", "test.event-0"]
        assert seal.verify().intact

    def test_two_sealers_at_once_seal_each_event_once(self) -> None:
        events(40)
        counts: list[int] = []

        def work() -> None:
            try:
                counts.append(seal.seal_events())
            finally:
                connections.close_all()

        sealers = [Thread(target=work) for _ in range(4)]
        for each in sealers:
            each.start()
        for each in sealers:
            each.join()
        assert sum(counts) == 40
        assert sealed() == in_order()
        assert seal.verify() == seal.Verdict(sealed=40, unsealed=0)

    def test_the_worker_seals_and_notes_the_head_and_reads_no_event(
        self, heads: Path, worker_connection: psycopg.Connection
    ) -> None:
        events(3)
        worker_connection.execute("SELECT carespace.seal_audit(10)")
        found = worker_connection.execute("SELECT sealed FROM carespace.audit_head()").fetchone()
        assert found == (3,)
        with pytest.raises(errors.InsufficientPrivilege):
            worker_connection.execute("SELECT action FROM audit_auditevent")

    def test_the_job_notes_the_head_beside_the_database(
        self, settings: Any, tmp_path: Path
    ) -> None:
        settings.CARESPACE_HOME = tmp_path
        events(2)
        seal_audit_trail(0)
        seal_audit_trail(60)
        lines = (tmp_path / "audit" / "heads.jsonl").read_text("ascii").splitlines()
        assert [json.loads(line)["position"] for line in lines] == [2]
        assert seal.verify(seal.heads_file()).intact


CHANGES = {
    "a changed word": ("UPDATE audit_auditevent SET action = 'x' WHERE id = %s", "changed"),
    "a changed time": (
        "UPDATE audit_auditevent SET recorded_at = recorded_at + interval '1 microsecond' WHERE id = %s",
        "changed",
    ),
    "another person": (
        "UPDATE audit_auditevent SET actor_id = gen_random_uuid() WHERE id = %s",
        "changed",
    ),
    "a changed detail": (
        "UPDATE audit_auditevent SET detail = '{\"a\": 1}' WHERE id = %s",
        "changed",
    ),
    "a removed event": ("DELETE FROM audit_auditevent WHERE id = %s", "removed"),
    "a removed seal": ("DELETE FROM audit_auditseal WHERE event_id = %s", "missing"),
}


@pytest.mark.django_db(transaction=True)
class TestTheCheck:
    """A database owner has switched the triggers off: the tests' own setup stands for that."""

    @pytest.mark.parametrize("what", CHANGES)
    def test_it_names_the_first_bad_row(self, what: str) -> None:
        events(5)
        seal.seal_events()
        bad = sealed()[2]
        statement, problem = CHANGES[what]
        following = sealed()[3]
        sql(statement, bad)
        sql("UPDATE audit_auditevent SET action = 'later' WHERE id = %s", sealed()[-1])
        verdict = seal.verify()
        assert not verdict.intact
        assert problem in verdict.problem
        assert verdict.event_id == (following if what == "a removed seal" else bad)
        assert verdict.sealed == 3

    def test_it_names_a_removed_last_event(self) -> None:
        events(3)
        seal.seal_events()
        last = sealed()[-1]
        sql("DELETE FROM audit_auditevent WHERE id = %s", last)
        assert seal.verify().event_id == last

    def test_the_noted_head_shows_that_last_events_vanished_with_their_seals(
        self, heads: Path
    ) -> None:
        events(3)
        assert seal.seal_all(heads) == 3
        last = sealed()[-1]
        sql("DELETE FROM audit_auditseal WHERE event_id = %s", last)
        sql("DELETE FROM audit_auditevent WHERE id = %s", last)
        assert seal.verify().intact, "without the note nothing shows"
        assert "missing" in seal.verify(heads).problem

    def test_the_noted_head_shows_a_chain_made_anew(self, heads: Path) -> None:
        events(3)
        seal.seal_all(heads)
        first = sealed()[0]
        sql("UPDATE audit_auditevent SET action = 'x' WHERE id = %s", first)
        sql("DELETE FROM audit_auditseal")
        seal.seal_events()
        assert seal.verify().intact, "without the note nothing shows"
        assert "anew" in seal.verify(heads).problem

    def test_an_early_noted_head_still_counts_when_more_events_came(self, heads: Path) -> None:
        events(3)
        seal.seal_all(heads)
        last = sealed()[-1]
        sql("DELETE FROM audit_auditseal WHERE event_id = %s", last)
        sql("DELETE FROM audit_auditevent WHERE id = %s", last)
        events(4)
        seal.seal_all(heads)
        assert seal.verify().intact, "without the note nothing shows"
        assert "anew" in seal.verify(heads).problem

    def test_a_torn_last_line_of_the_noted_heads_does_not_stop_it(self, heads: Path) -> None:
        events(3)
        seal.seal_all(heads)
        with heads.open("a") as file:
            file.write('{"position": 4, "ch')
        assert seal.verify(heads) == seal.Verdict(sealed=3, unsealed=0)

    def test_the_server_keeps_what_the_walk_has_not_reached(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(seal, "BATCH_ROWS", 2)
        events(5)
        while seal.seal_events():
            pass
        with transaction.atomic(), closing(seal._links()) as links:
            assert next(links)[0] == 1
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_cursors WHERE statement LIKE '%auditseal%'")
                assert cursor.fetchone() == (1,)
            assert [each[0] for each in links] == [2, 3, 4, 5]
        assert seal.verify() == seal.Verdict(sealed=5, unsealed=0)

    def test_it_names_an_event_slipped_in_behind_the_seal(self) -> None:
        events(3)
        seal.seal_events()
        sql(INSERT, "slipped")
        slipped = AuditEvent.objects.get(action="slipped")
        sql("UPDATE audit_auditevent SET transaction_id = '4'::xid8 WHERE id = %s", slipped.pk)
        verdict = seal.verify()
        assert "slipped in" in verdict.problem
        assert verdict.event_id == str(slipped.pk)

    def test_events_not_sealed_yet_are_no_fault(self) -> None:
        events(2)
        assert seal.verify() == seal.Verdict(sealed=0, unsealed=2)

    def test_the_command_says_whole_or_names_the_bad_event(
        self, settings: Any, tmp_path: Path
    ) -> None:
        settings.CARESPACE_HOME = tmp_path
        events(2)
        run = CliRunner().invoke
        assert "Sealed 2 events." in run(command.command, ["seal"]).output
        whole = run(command.command, ["verify"])
        assert (whole.exit_code, "whole: 2 sealed" in whole.output) == (0, True)
        bad = sealed()[1]
        sql("UPDATE audit_auditevent SET reason = 'x' WHERE id = %s", bad)
        broken = run(command.command, ["verify"])
        assert (broken.exit_code, bad in broken.output) == (1, True)


@pytest.fixture
def first_epoch() -> Iterator[None]:
    """Put the running epoch back when the test ends: the tables are emptied, this stays."""
    yield
    sql("ALTER TABLE audit_auditevent ALTER COLUMN epoch SET DEFAULT 0")
    sql("UPDATE carespace.audit_epoch SET epoch = 0, system_identifier = NULL")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("first_epoch")
class TestAnotherServer:
    """What the tables hold after a restore: numbers of transactions that this server has not reached."""

    RESTORED = "UPDATE audit_auditevent SET transaction_id = '9000000000'::xid8"

    def test_on_the_same_server_nothing_begins_anew(self) -> None:
        events(2)
        assert seal.resume() is None
        assert seal.resume() is None
        assert not AuditEvent.objects.filter(action="audit.resume").exists()

    def test_an_open_transaction_with_a_higher_number_is_no_sign(
        self, other: psycopg.Connection
    ) -> None:
        other.execute("SELECT pg_current_xact_id()")
        events(3)  # higher than the open one, and committed
        other.execute("SELECT carespace.resume_audit(false)")
        other.commit()
        assert not AuditEvent.objects.filter(action="audit.resume").exists()
        events(1)
        assert seal.seal_events() == 4

    def test_numbers_from_the_future_begin_an_epoch_and_the_chain_goes_on(self) -> None:
        events(3)
        seal.seal_events()
        events(2)  # in the dump, and not sealed yet
        sql(self.RESTORED)
        events(2)  # before anybody migrated
        assert "slipped in" in seal.verify().problem
        assert seal.seal_events() == 0
        assert seal.resume() == 1
        assert seal.seal_events() == 5
        assert seal.verify() == seal.Verdict(sealed=8, unsealed=0)
        assert sealed() == in_order()
        assert seal.resume() is None

    def test_another_servers_name_begins_an_epoch(self) -> None:
        events(2)
        seal.seal_events()
        assert seal.resume() is None
        sql("UPDATE carespace.audit_epoch SET system_identifier = 1")
        assert seal.resume() == 1
        assert seal.resume() is None
        seal.seal_events()
        assert seal.verify() == seal.Verdict(sealed=3, unsealed=0)

    def test_the_command_begins_one_at_any_rate_and_keeps_the_noted_heads(
        self, settings: Any, tmp_path: Path
    ) -> None:
        settings.CARESPACE_HOME = tmp_path
        events(2)
        seal.seal_all(seal.heads_file())
        told = CliRunner().invoke(command.command, ["resume"]).output
        assert "Epoch 1" in told
        assert "heads-before-epoch-1.jsonl" in told
        assert (tmp_path / "audit" / "heads-before-epoch-1.jsonl").exists()
        assert seal.seal_all(seal.heads_file()) == 1
        assert seal.verify(seal.heads_file()).intact

    def test_the_trigger_lets_an_unsealed_event_move_and_nothing_else(self) -> None:
        events(2)
        seal.seal_events()
        events(1)
        free = AuditEvent.objects.exclude(pk__in=sealed()).get()
        bound = sealed()[0]
        with transaction.atomic():
            sql(REFUSE_CHANGES)
            sql("UPDATE audit_auditevent SET epoch = 1 WHERE id = %s", free.pk)
            for refused, which in (
                ("epoch = 1", bound),
                ("epoch = 0", free.pk),
                ("epoch = 2, action = 'x'", free.pk),
            ):
                with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                    sql(f"UPDATE audit_auditevent SET {refused} WHERE id = %s", which)  # noqa: S608
            transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_the_heads_file_stands_under_the_home() -> None:
    assert seal.heads_file() == Path(settings.CARESPACE_HOME) / "audit" / "heads.jsonl"


@pytest.mark.django_db(transaction=True)
def test_the_web_role_adds_and_changes_nothing(web_connection: psycopg.Connection) -> None:
    web_connection.execute(INSERT, ["added"])
    web_connection.commit()
    assert AuditEvent.objects.get().action == "added"
    for statement in (
        "UPDATE audit_auditevent SET action = ''",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "SELECT carespace.seal_audit(1)",
        "SELECT carespace.resume_audit(true)",
        "SELECT * FROM carespace.audit_epoch",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            web_connection.execute(statement)
        web_connection.rollback()


@pytest.mark.parametrize("column", ["epoch", "transaction_id", "sequence"])
def test_the_web_role_cannot_choose_an_events_place_in_the_order(
    web_connection: psycopg.Connection, column: str
) -> None:
    chosen = INSERT.replace("(id,", f"({column}, id,", 1).replace("VALUES (", "VALUES ('1', ", 1)
    with pytest.raises((errors.InsufficientPrivilege, errors.GeneratedAlways)):
        web_connection.execute(chosen.encode(), ["out of order"])
