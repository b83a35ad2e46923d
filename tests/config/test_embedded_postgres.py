"""The private server on real programs: shared, closed to others, and nothing committed is lost."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from carespace.config import postgres_programs, postgres_start
from carespace.config.embedded_postgres import (
    EmbeddedServerError,
    Server,
    create_database,
    ensure_running,
    status,
    stop,
    superuser_url,
)
from carespace.config.postgres_programs import Account, Programs, find_programs

ROLES = {"keeper": "owner's pass/word", "web": "p@ss:w%rd"}
CHECKOUT = Path(__file__).parents[2]
as_root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")
START_AND_PRINT_PROCESS = """
import sys
from pathlib import Path
from carespace.config.embedded_postgres import ensure_running, status
ensure_running(Path(sys.argv[1]), roles={"web": "p@ss:w%rd"})
print(status(Path(sys.argv[1])).pid)
"""


@pytest.fixture(scope="module")
def new_folder() -> Iterator[Callable[[], Path]]:
    """Folders that another account may pass through, unlike pytest's own."""
    made: list[Path] = []

    def make() -> Path:
        folder = Path(tempfile.mkdtemp(prefix="carespace-test-", dir="/tmp"))
        folder.chmod(0o755)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        for postgres in folder.rglob("postgres/lock"):
            stop(postgres.parents[1])
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def home(new_folder: Callable[[], Path]) -> Path:
    """One home with a server, a database and two roles; tests may stop it or kill it."""
    home = new_folder() / "home"
    ensure_running(home, roles=ROLES)
    create_database(home, owner="keeper", name="clinic")
    return home


@pytest.fixture
def server(home: Path) -> Server:
    return ensure_running(home, roles=ROLES)


def connect(server: Server, role: str, password: str | None = None) -> psycopg.Connection:
    address = server.url(role, password or ROLES[role], "clinic")
    return psycopg.connect(address, autocommit=True)


def has_ended(pid: int) -> bool:
    """Gone, or only its entry is left until the system's first process takes note."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return True


def hang_up(listener: socket.socket) -> None:
    """Take every connection and say nothing, until the listener is shut down."""
    with contextlib.suppress(OSError):
        while True:
            listener.accept()[0].close()


def read_to_the_end(connection: psycopg.Connection) -> None:
    while connection.pgconn.is_busy():
        connection.pgconn.consume_input()


def python(
    code: str, *arguments: object, interpreter: str = sys.executable, **how: Any
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [interpreter, "-c", code, *map(str, arguments)],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **how,
    )


def test_nothing_runs_before_the_first_start(new_folder) -> None:
    home = new_folder() / "home"
    stop(home)
    found = status(home)
    assert (found.running, found.pid, found.version, found.size_bytes) == (False, None, None, 0)
    assert not home.exists()


def test_a_started_server_tells_its_version_and_size(home: Path, server: Server) -> None:
    found = status(home)
    assert found.running
    assert found.version is not None
    assert found.version.startswith(f"{find_programs().major}.")
    assert found.size_bytes > 1_000_000
    assert found.data_folder == home.resolve() / "postgres" / "data"


def test_a_second_start_finds_the_same_server(home: Path, server: Server) -> None:
    before = status(home).pid
    assert ensure_running(home, roles=ROLES) == server
    assert status(home).pid == before


def test_a_database_is_created_once(home: Path, server: Server) -> None:
    with connect(server, "keeper") as connection:
        connection.execute("CREATE TABLE kept_once (number int)")
    create_database(home, owner="keeper", name="clinic")
    with connect(server, "keeper") as connection:
        assert connection.execute("SELECT count(*) FROM kept_once").fetchone() == (0,)


def test_two_commands_at_once_share_one_server(new_folder) -> None:
    home = new_folder() / "home"
    children = [python(START_AND_PRINT_PROCESS, home) for _ in range(2)]
    said = [child.communicate() for child in children]
    assert [child.returncode for child in children] == [0, 0], said
    assert {out.strip() for out, _ in said} == {str(status(home).pid)}


def test_a_killed_server_comes_back_with_every_acknowledged_row(home: Path, server: Server) -> None:
    acknowledged: list[int] = []
    enough = threading.Event()

    def write_until_killed() -> None:
        with connect(server, "keeper") as connection:
            connection.execute("CREATE TABLE written (number int PRIMARY KEY)")
            for number in range(1_000_000):
                connection.execute("INSERT INTO written VALUES (%s)", [number])
                acknowledged.append(number)
                if number == 100:
                    enough.set()

    def expect_the_kill() -> None:
        with pytest.raises(psycopg.OperationalError):
            write_until_killed()

    writer = threading.Thread(target=expect_the_kill)
    writer.start()
    assert enough.wait(30)
    killed = status(home).pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    again = ensure_running(home, roles=ROLES)
    writer.join(30)
    assert not writer.is_alive()
    assert status(home).pid != killed
    with connect(again, "keeper") as connection:
        rows = {number for (number,) in connection.execute("SELECT number FROM written")}
    assert rows >= set(acknowledged)
    assert len(rows) <= len(acknowledged) + 1


def test_a_session_that_outlives_a_killed_server_does_not_block_the_next(
    home: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_start, "ORPHAN_PATIENCE_SECONDS", 0.5)
    connection = connect(server, "keeper")
    busy = connection.info.backend_pid
    connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000) AS n")
    while not (Path(f"/proc/{busy}/cmdline").read_bytes().find(b"SELECT") > 0):
        pass
    killed = status(home).pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    ensure_running(home, roles=ROLES)
    assert status(home).pid != killed
    assert has_ended(busy)
    connection.close()


def test_a_process_number_used_again_by_another_program_does_not_block_the_start(
    home: Path, server: Server
) -> None:
    record = home / "postgres" / "data" / "postmaster.pid"
    old = record.read_text(encoding="utf-8").splitlines()
    killed = int(old[0])
    os.kill(killed, signal.SIGKILL)
    account = Account.for_data_of(home / "postgres" / "data")
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=account.uid, cwd="/")
    try:
        record.write_text("\n".join([str(stranger.pid), *old[1:]]) + "\n", encoding="utf-8")
        lock = server.socket_folder / ".s.PGSQL.5432.lock"
        lock.write_text(f"{stranger.pid}\n", encoding="utf-8")
        ensure_running(home, roles=ROLES)
        assert stranger.poll() is None
        assert status(home).pid not in (killed, stranger.pid)
    finally:
        stranger.kill()
        stranger.wait()


def test_stop_ends_the_server_and_its_sessions(home: Path, server: Server) -> None:
    pid = status(home).pid
    with connect(server, "web") as connection:
        stop(home)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert status(home).pid is None
    assert pid is not None
    assert has_ended(pid)


def test_the_server_is_in_a_session_of_its_own(home: Path, server: Server) -> None:
    pid = status(home).pid
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0)


def test_variables_of_the_caller_do_not_lead_elsewhere(
    home: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop(home)
    for name, value in {
        "PGHOSTADDR": "127.0.0.1",
        "PGPORT": "1",
        "PGOPTIONS": "-c no_such_setting=1",
        "PGDATA": "/nonexistent",
        "PGSSLMODE": "verify-full",
        "PGCHANNELBINDING": "require",
    }.items():
        monkeypatch.setenv(name, value)
    assert ensure_running(home, roles=ROLES) == server


def test_application_roles_cannot_pass_row_security(server: Server) -> None:
    with connect(server, "keeper") as keeper:
        keeper.execute("CREATE TABLE guarded AS SELECT 'Amina' AS name")
        keeper.execute("ALTER TABLE guarded ENABLE ROW LEVEL SECURITY")
        keeper.execute("ALTER TABLE guarded FORCE ROW LEVEL SECURITY")
        keeper.execute("GRANT SELECT ON guarded TO web")
    for role in ROLES:
        with connect(server, role) as connection:
            assert connection.execute("SELECT * FROM guarded").fetchall() == []
            for attempt in (
                f"ALTER ROLE {role} BYPASSRLS",
                f"ALTER ROLE {role} SUPERUSER",
                "SET ROLE postgres",
                "CREATE ROLE another",
                "COPY (SELECT 1) TO PROGRAM 'true'",
                "SELECT rolpassword FROM pg_authid",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(attempt)
            connection.execute("SET row_security = off")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT * FROM guarded")


def test_the_next_start_takes_back_rights_a_role_was_given(home: Path, server: Server) -> None:
    with psycopg.connect(superuser_url(home), autocommit=True) as superuser:
        superuser.execute("ALTER ROLE web SUPERUSER BYPASSRLS")
        ensure_running(home, roles=ROLES)
        found = superuser.execute(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'web'"
        ).fetchone()
    assert found == (False, False)


def test_a_changed_password_replaces_the_old_one(home: Path, server: Server) -> None:
    ensure_running(home, roles={"rotating": "first"})
    ensure_running(home, roles={"rotating": "zweites Paßwort"})
    with connect(server, "rotating", "zweites Paßwort") as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("rotating",)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(server, "rotating", "first")


def test_an_unchanged_role_is_not_written_again(home: Path, server: Server) -> None:
    query = "SELECT xmin::text FROM pg_authid WHERE rolname = 'web'"
    with psycopg.connect(superuser_url(home), autocommit=True) as superuser:
        before = superuser.execute(query).fetchone()
        ensure_running(home, roles=ROLES)
        assert superuser.execute(query).fetchone() == before


@pytest.mark.parametrize("role", ["postgres", "pg_monitor"])
def test_the_superuser_is_not_an_application_role(home: Path, role: str) -> None:
    with pytest.raises(ValueError, match=role):
        ensure_running(home, roles={role: "secret"})


@pytest.mark.parametrize("role", ["web", "keeper", "postgres"])
def test_a_wrong_password_is_refused(server: Server, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(server, role, "wrong")


def test_being_the_same_account_of_the_system_is_not_enough(home: Path, server: Server) -> None:
    account = Account.for_data_of(home / "postgres" / "data")
    psql = find_programs().program("psql")
    asked = [psql, "-w", "-h", str(server.socket_folder), "-U", "postgres", "-c", "SELECT 1"]
    done = account.run(asked)
    assert done.returncode != 0
    assert "no password supplied" in done.stdout


def test_only_the_servers_account_can_enter_its_folders(home: Path, server: Server) -> None:
    folder = home / "postgres"
    owner = (folder / "data").stat().st_uid
    assert owner != 0
    for closed in (folder / "data", folder / "run", folder / "log"):
        assert closed.stat().st_mode & 0o777 == 0o700
        assert closed.stat().st_uid == owner
    secret = (folder / "superuser").stat()
    assert secret.st_mode & 0o777 == 0o600
    assert secret.st_uid == os.geteuid()
    assert not list(folder.glob("*.unfinished*"))


def test_the_server_is_durable_and_not_on_the_network(home: Path, server: Server) -> None:
    wanted = {
        "listen_addresses": "",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "TimeZone": "UTC",
        "server_encoding": "UTF8",
        "password_encryption": "scram-sha-256",
    }
    with psycopg.connect(superuser_url(home)) as superuser:
        found = {name: superuser.execute(f"SHOW {name}").fetchall()[0][0] for name in wanted}
        rules = superuser.execute(
            "SELECT DISTINCT type, auth_method FROM pg_hba_file_rules"
        ).fetchall()
    assert found == wanted
    assert rules == [("local", "scram-sha-256")]


def test_logs_hold_no_values_and_no_statements(home: Path, server: Server) -> None:
    with connect(server, "keeper") as connection:
        connection.execute("CREATE TABLE named (name text PRIMARY KEY, born date)")
        connection.execute("INSERT INTO named VALUES ('Zebedia Plantedname')")
        for statement, values in (
            ("INSERT INTO named VALUES (%s)", ["Zebedia Plantedname"]),
            ("INSERT INTO named VALUES (%s, 'Zebedia Plantedname')", ["x"]),
            ("SELECT Zebedia Plantedname FROM", None),
            ("DO $$ BEGIN RAISE WARNING 'Zebedia Plantedname'; END $$", None),
            ("SELECT pg_terminate_backend(pg_backend_pid()), 'Zebedia Plantedname'", None),
        ):
            try:
                connection.execute(statement, values)
            except psycopg.Error:
                continue
    busy = connect(server, "keeper")
    busy.pgconn.send_query(b"SELECT pg_sleep(60), 'Zebedia Plantedname'")
    os.kill(busy.info.backend_pid, signal.SIGKILL)
    with pytest.raises(psycopg.OperationalError):
        read_to_the_end(busy)
    busy.close()
    stop(home)
    logs = [path.read_text(encoding="utf-8") for path in (home / "postgres" / "log").iterdir()]
    assert any("terminated by signal 9" in text for text in logs)
    assert not any("Plantedname" in text for text in logs)


def test_a_long_home_path_gets_a_short_private_socket_folder(new_folder) -> None:
    home = new_folder() / ("a-long-folder-name-" * 6) / "it's, home"
    first = ensure_running(home, roles=ROLES)
    create_database(home, owner="keeper", name="clinic")
    assert len(str(first.socket_folder)) < 60
    assert first.socket_folder.stat().st_mode & 0o7777 == 0o700
    stop(home)
    assert ensure_running(home, roles=ROLES) == first
    stop(home)
    shutil.rmtree(first.socket_folder)
    first.socket_folder.mkdir(mode=0o755)  # somebody else's, after a reboot
    second = ensure_running(home, roles=ROLES)
    assert second != first
    with connect(second, "web") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    stop(home)
    first.socket_folder.rmdir()
    shutil.rmtree(second.socket_folder)


def test_a_lost_superuser_password_is_explained(home: Path, server: Server) -> None:
    secret = home / "postgres" / "superuser"
    kept = secret.read_text(encoding="utf-8")
    secret.write_text("another", encoding="utf-8")
    try:
        with pytest.raises(EmbeddedServerError, match="Restore that file"):
            ensure_running(home, roles=ROLES)
    finally:
        secret.write_text(kept, encoding="utf-8")


@as_root_only
def test_a_closed_parent_folder_is_named_and_left_closed(new_folder) -> None:
    closed = new_folder() / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedServerError) as refusal:
        ensure_running(closed / "deeper" / "home", roles=ROLES)
    assert f"chmod o+x {closed})" in str(refusal.value)
    assert "CARESPACE_HOME" in str(refusal.value)
    assert "DATABASE_URL" in str(refusal.value)
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root_only
def test_folders_made_under_a_strict_mask_let_the_server_pass(new_folder) -> None:
    home = new_folder() / "made" / "home"
    before = os.umask(0o077)
    try:
        ensure_running(home, roles=ROLES)
    finally:
        os.umask(before)
    assert status(home).running
    for folder in (home.parent, home, home / "postgres"):
        assert folder.stat().st_mode & 0o777 == 0o711


def test_a_server_without_a_process_here_is_not_started_over(home: Path, server: Server) -> None:
    """It may live in another container that shares the folder, and be busy with recovery."""
    stop(home)
    address = server.socket_folder / ".s.PGSQL.5432"
    with socket.socket(socket.AF_UNIX) as elsewhere:
        elsewhere.bind(str(address))
        elsewhere.listen()
        elsewhere_hangs_up = threading.Thread(target=hang_up, args=[elsewhere], daemon=True)
        elsewhere_hangs_up.start()
        with pytest.raises(EmbeddedServerError, match="did not answer in 0 seconds"):
            ensure_running(home, roles=ROLES, patience_seconds=0)
        assert not status(home).running
        elsewhere.shutdown(socket.SHUT_RDWR)
        elsewhere_hangs_up.join()
    address.unlink()


@as_root_only
def test_programs_behind_a_closed_folder_are_copied(
    new_folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = postgres_programs.package_folder()
    assert package is not None
    folder = new_folder()
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        (closed / name).symlink_to(package.with_name(name))
    monkeypatch.setattr(postgres_programs, "package_folder", lambda: closed / package.name)
    home = folder / "home"
    home.mkdir(mode=0o700)  # CareSpace's own folder is opened, for passing through only
    ensure_running(home, roles=ROLES)
    pid = status(home).pid
    program = Path(f"/proc/{pid}/exe").readlink()
    assert program.is_relative_to(home / "postgres")
    assert program.stat().st_uid == 0
    assert closed.stat().st_mode & 0o777 == 0o700
    assert home.stat().st_mode & 0o777 == 0o701


def interpreter_for(how: dict[str, Any]) -> str:
    """This Python, or the system's of the same version if this one is in a closed folder."""
    same = f"/usr/bin/python3.{sys.version_info.minor}"
    for interpreter in (sys.executable, same):
        with contextlib.suppress(OSError):
            child = python("import carespace, psycopg", interpreter=interpreter, **how)
            child.communicate()
            if child.returncode == 0:
                return interpreter
    pytest.skip("no Python here that an ordinary user can run with CareSpace's packages")


def test_an_ordinary_user_runs_a_server_of_their_own(new_folder) -> None:
    folder = new_folder()
    how: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        path = os.pathsep.join(entry for entry in sys.path if "site-packages" in entry)
        how = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        how["env"] = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    how["interpreter"] = interpreter_for(how)
    child = python(START_AND_PRINT_PROCESS, folder / "home", **how)
    out, error = child.communicate()
    assert child.returncode == 0, error
    pid = int(out)
    owner = Path(f"/proc/{pid}").stat().st_uid
    assert owner == folder.stat().st_uid
    assert (folder / "home").stat().st_mode & 0o777 == 0o700
    # The account of the data is kept when root starts it later.
    ensure_running(folder / "home", roles=ROLES)
    assert status(folder / "home").pid == pid


@pytest.mark.parametrize(
    ("in_wheel", "said"),
    [
        ({19: Programs(Path("/nonexistent"), 19)}, "made by PostgreSQL 18, but .* PostgreSQL 19"),
        ({}, "no PostgreSQL programs for this computer"),
    ],
)
def test_data_without_programs_of_its_version_is_refused_unchanged(
    home: Path, server: Server, monkeypatch: pytest.MonkeyPatch, in_wheel, said: str
) -> None:
    stop(home)
    before = (home / "postgres" / "data" / "PG_VERSION").read_text(encoding="utf-8")
    monkeypatch.setattr(postgres_programs, "_installed", lambda: in_wheel)
    with pytest.raises(EmbeddedServerError, match=said):
        ensure_running(home, roles=ROLES)
    assert (home / "postgres" / "data" / "PG_VERSION").read_text(encoding="utf-8") == before


def test_a_full_disk_is_explained_and_leaves_no_half_database(
    new_folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_folder()
    (folder / "bin").mkdir()
    initdb = folder / "bin" / "initdb"
    initdb.write_text("#!/bin/sh\necho 'could not write: No space left on device'\nexit 1\n")
    initdb.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setattr(postgres_programs, "_installed", lambda: {18: Programs(folder, 18)})
        with pytest.raises(EmbeddedServerError, match="The disk is full"):
            ensure_running(folder / "home", roles=ROLES)
    left = {path.name for path in (folder / "home" / "postgres").iterdir()}
    assert left == {"lock", "superuser"}
