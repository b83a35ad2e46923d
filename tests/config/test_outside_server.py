"""An outside PostgreSQL of the practice's own, by the real commands: a private cluster of the system's programs."""

import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from carespace.config.database import AddressProblem, read_address, with_role
from carespace.config.outside_server import refuse_old
from carespace.config.processes import role_password

CHECKOUT = Path(__file__).parents[2]
BOSS, BOSS_PASSWORD = "boss", "the boss's own"
KEEPER_PASSWORD = "p@ss/w:% d?#'\\"
PRACTICE = (
    *("practice", "add", "--slug", "lakeside", "--name", "Lakeside Cancer Associates"),
    *("--preset", "highlands", "--phone", "(555) 010-0142", "--time-zone", "America/New_York"),
)
# What a machine's own profile may hold; none of it may change where CareSpace looks.
AMBIENT = {
    "PGHOST": "nowhere.example",
    "PGHOSTADDR": "127.0.0.9",
    "PGPORT": "9",
    "PGDATABASE": "postgres",
    "PGUSER": "somebody",
    "PGSERVICE": "elsewhere",
    "PGOPTIONS": "-c default_transaction_read_only=on",
    "PGDATESTYLE": "German",
}
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Patient",
                "id": "p1",
                "identifier": [{"system": "urn:lakeside:mrn", "value": "LCA-1"}],
                "name": [{"family": "Okafor", "given": ["Ada"]}],
                "birthDate": "1961-02-03",
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "id": "o1",
                "status": "final",
                "code": {"text": "Hemoglobin"},
                "subject": {"reference": "Patient/p1"},
                "effectiveDateTime": "2026-01-05T10:00:00Z",
                "valueQuantity": {"value": 12.1, "unit": "g/dL"},
            }
        },
    ],
}


def programs() -> Path | None:
    """The newest of the system's own PostgreSQL programs from 15 on."""
    found = {
        int(folder.parent.name): folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdigit() and (folder / "initdb").exists()
    }
    if config := shutil.which("pg_config"):
        command = [config, "--bindir", "--version"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        folder, version = told.splitlines()
        if (Path(folder) / "initdb").exists():
            found.setdefault(int(re.findall(r"\d+", version)[0]), Path(folder))
    usable = sorted(major for major in found if major >= 15)
    # The oldest that CareSpace supports shows most: what it lacks, SQL must not use.
    return found[usable[0]] if usable else None


PROGRAMS = programs()
on_a_server = pytest.mark.skipif(
    PROGRAMS is None, reason="this machine has no PostgreSQL programs of version 15 or newer"
)


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        account = pwd.getpwnam("nobody")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@dataclass(frozen=True)
class Cluster:
    port: int

    def url(self, role: str, password: str, database: str, query: str = "") -> str:
        user, secret = quote(role, safe=""), quote(password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}{query}"

    def boss(self, *statements: sql.Composed | str, database: str = "postgres") -> None:
        address = self.url(BOSS, BOSS_PASSWORD, database)
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def make_owner(self, name: str, attributes: str, password: str = KEEPER_PASSWORD) -> None:
        """A role and a database of its own, both called ``name``."""
        made = sql.SQL("CREATE ROLE {} LOGIN " + attributes + " PASSWORD {}")
        database = sql.SQL("CREATE DATABASE {0} OWNER {0}")
        self.boss(
            made.format(sql.Identifier(name), sql.Literal(password)),
            database.format(sql.Identifier(name)),
        )


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="carespace-outside-", dir="/tmp"))
    folder.chmod(0o755)
    data, password = folder / "data", folder / "password"
    account = unprivileged()
    data.mkdir(mode=0o700)
    password.write_text(BOSS_PASSWORD + "\n")
    if account:
        os.chown(data, account["user"], account["group"])
    port = free_port()

    def run(program: str, *arguments: str) -> None:
        assert PROGRAMS is not None
        environment = {"LC_ALL": "C.UTF-8", "PATH": os.defpath, "TZ": "UTC"}
        subprocess.run(
            [PROGRAMS / program, "-D", data, *arguments],
            cwd="/",
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            **account,
        )

    asks_everyone = ("--auth=scram-sha-256", f"--pwfile={password}", f"--username={BOSS}")
    run("initdb", *asks_everyone, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    try:
        run("pg_ctl", "-w", "-s", "-l", str(data / "log"), "-o", options, "start")
        yield Cluster(port)
    finally:
        run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Installation:
    """One machine of a practice: a home, its addresses, and the command."""

    home: Path
    addresses: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, **AMBIENT, "CARESPACE_HOME": str(self.home), **self.addresses}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "carespace.config.command", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def carespace(self, *arguments: str) -> str:
        """Run one command to its good end and return what it printed."""
        process = self.start(*arguments)
        printed, complaints = process.communicate(timeout=60)
        assert process.returncode == 0, complaints
        return printed

    def refusal(self, *arguments: str) -> str:
        """Run one command that must end politely and return its sentence."""
        process = self.start(*arguments)
        _, complaints = process.communicate(timeout=60)
        assert process.returncode == 1, complaints
        assert "Traceback" not in complaints
        assert not (self.home / "postgres").exists()
        return complaints

    def rows_seen(self, address: str, table: str) -> int:
        with psycopg.connect(address) as connection:
            return connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            ).fetchall()[0][0]


def new_home(tmp_path_factory: pytest.TempPathFactory, name: str) -> Path:
    return tmp_path_factory.mktemp(name) / "home"


def answer(process: subprocess.Popen[str], port: int, path: str) -> tuple[int, str]:
    """Ask until the server that was just started answers."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[1]
        connection = HTTPConnection("localhost", port, timeout=10)
        with closing(connection), suppress(ConnectionError):
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        time.sleep(0.1)
    raise AssertionError(f"{path} gave no answer")


def walk_the_main_path(installation: Installation, folder: Path) -> None:
    """What a practice does on its first day, each step by its command."""
    bundle = folder / "bundle.json"
    bundle.write_text(json.dumps(BUNDLE))
    importing = ("import", "--practice", "lakeside", "--json", str(bundle))
    installation.carespace(*PRACTICE)
    first, again = (json.loads(installation.carespace(*importing)) for _ in range(2))
    assert (first["stored"], first["quarantined"]) == (2, 0)
    assert (again["stored"], again["updated"], again["unchanged"]) == (0, 0, 2)
    listed = json.loads(
        installation.carespace("patient", "list", "--practice", "lakeside", "--json")
    )
    assert [patient["name"] for patient in listed["patients"]] == ["Ada Okafor"]
    assert "Sealed" in installation.carespace("audit", "seal")
    assert "whole" in installation.carespace("audit", "verify")
    installation.carespace("worker", "--once")
    assert not (installation.home / "postgres").exists()


def serves_the_sign_in_page(installation: Installation) -> None:
    port = free_port()
    process = installation.start("serve", "--port", str(port), "--workers", "1")
    try:
        status, page = answer(process, port, "/sign-in/")
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert status == 200
    assert 'type="password"' in page


@pytest.fixture(scope="module")
def practice(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation whose owner may make roles, with the main path walked once."""
    cluster.make_owner("keeper", "CREATEROLE")
    query = "?sslmode=prefer&connect_timeout=5&application_name=carespace%20portal"
    address = cluster.url("keeper", KEEPER_PASSWORD, "keeper", query)
    installation = Installation(new_home(tmp_path_factory, "keeper"), {"DATABASE_URL": address})
    installation.carespace("migrate", "--quiet")
    walk_the_main_path(installation, tmp_path_factory.mktemp("bundle"))
    return installation


@on_a_server
def test_an_owner_that_may_make_roles_needs_nothing_else(cluster, practice) -> None:
    serves_the_sign_in_page(practice)
    with psycopg.connect(cluster.url(BOSS, BOSS_PASSWORD, "keeper")) as boss:
        made = boss.execute(
            "SELECT rolname, rolcanlogin, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
            " FROM pg_roles WHERE rolname LIKE 'carespace%' ORDER BY rolname"
        ).fetchall()
    assert made == [("carespace_web", True, False), ("carespace_worker", True, False)]


@on_a_server
def test_the_web_role_sees_nobody_without_a_chart(practice) -> None:
    owner = practice.addresses["DATABASE_URL"]
    web = with_role(owner, "carespace_web", role_password(practice.home, "web"))
    for table in ("patients_patient", "records_resource"):
        assert practice.rows_seen(owner, table) > 0
        assert practice.rows_seen(web, table) == 0
    with psycopg.connect(web) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM carespace.signing_key")


@on_a_server
def test_an_owner_that_may_not_make_roles_is_told_what_to_run(cluster, tmp_path_factory) -> None:
    cluster.make_owner("modest", "NOCREATEROLE")
    names = {"CARESPACE_WEB_ROLE": "modest_web", "CARESPACE_WORKER_ROLE": "modest_worker"}
    owner = {"DATABASE_URL": cluster.url("modest", KEEPER_PASSWORD, "modest")}
    home = new_home(tmp_path_factory, "modest")
    told = Installation(home, {**owner, **names}).refusal("migrate")
    statements = re.findall(r"CREATE ROLE .*;", told)
    assert len(statements) == 2
    assert "DATABASE_WEB_URL and DATABASE_WORKER_URL" in told
    cluster.boss(*(statement.replace("…", "f%rm: @n/ly") for statement in statements))
    given = {
        f"DATABASE_{role}_URL": cluster.url(f"modest_{role.lower()}", "f%rm: @n/ly", "modest")
        for role in ("WEB", "WORKER")
    }
    # The roles' names follow from their addresses: nothing else is to be set.
    everywhere = Installation(home, {**owner, **given})
    everywhere.carespace("migrate", "--quiet")
    walk_the_main_path(everywhere, tmp_path_factory.mktemp("bundle"))
    # The machine that serves pages needs no address but its own, and the same master key.
    serves_the_sign_in_page(Installation(home, {"DATABASE_WEB_URL": given["DATABASE_WEB_URL"]}))
    assert everywhere.rows_seen(given["DATABASE_WEB_URL"], "patients_patient") == 0


@on_a_server
@pytest.mark.parametrize(
    "grant",
    ["ALTER ROLE strong_web BYPASSRLS", "GRANT strong TO strong_web", "GRANT boss TO strong_web"],
)
def test_a_web_role_that_row_security_would_not_bind_is_refused(
    cluster, tmp_path_factory, grant
) -> None:
    cluster.make_owner("strong", "CREATEROLE")
    cluster.boss("CREATE ROLE strong_web LOGIN PASSWORD 'x'", grant)
    owner = {"DATABASE_URL": cluster.url("strong", KEEPER_PASSWORD, "strong")}
    web = {"DATABASE_WEB_URL": cluster.url("strong_web", "x", "strong")}
    try:
        told = Installation(new_home(tmp_path_factory, "strong"), {**owner, **web}).refusal(
            "migrate"
        )
        assert 'The role "strong_web" can bypass row security' in told
    finally:
        cluster.boss("DROP DATABASE strong", "DROP ROLE strong_web", "DROP ROLE strong")


@on_a_server
def test_pages_are_not_served_as_the_tables_owner(practice) -> None:
    owner = practice.addresses["DATABASE_URL"]
    both = Installation(practice.home, {"DATABASE_URL": owner, "DATABASE_WEB_URL": owner})
    assert "The role keeper can bypass row security" in both.refusal("serve", "--port", "9")


@on_a_server
@pytest.mark.parametrize(
    ("plant", "remedy"),
    [
        (
            "INSERT INTO django_migrations OVERRIDING SYSTEM VALUE VALUES (9999, 'records', '9999_from_the_future', now())",
            "newer than this program (records.9999_from_the_future)",
        ),
        (
            "DELETE FROM django_migrations WHERE app = 'interop'",
            "run carespace migrate",
        ),
    ],
)
def test_a_schema_of_another_version_is_not_served(cluster, practice, plant, remedy) -> None:
    url = cluster.url(BOSS, BOSS_PASSWORD, "keeper")
    with psycopg.connect(url, autocommit=True) as boss:
        boss.execute("CREATE TABLE kept AS TABLE django_migrations")
        boss.execute(plant)
        try:
            assert remedy in practice.refusal("serve", "--port", "9")
        finally:
            boss.execute("DELETE FROM django_migrations")
            boss.execute("INSERT INTO django_migrations OVERRIDING SYSTEM VALUE TABLE kept")
            boss.execute("DROP TABLE kept")


@on_a_server
def test_a_database_that_cannot_hold_every_name_is_refused(cluster, tmp_path_factory) -> None:
    cluster.boss(
        "CREATE ROLE latin LOGIN PASSWORD 'x'",
        "CREATE DATABASE latin OWNER latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
    )
    address = {"DATABASE_URL": cluster.url("latin", "x", "latin")}
    told = Installation(new_home(tmp_path_factory, "latin"), address).refusal("migrate")
    assert "LATIN1" in told


@on_a_server
def test_an_owner_that_may_not_make_tables_is_told_what_to_run(cluster, tmp_path_factory) -> None:
    cluster.boss("CREATE ROLE guest LOGIN PASSWORD 'x'", "CREATE DATABASE visited")
    address = {"DATABASE_URL": cluster.url("guest", "x", "visited")}
    told = Installation(new_home(tmp_path_factory, "guest"), address).refusal("migrate")
    (statement,) = re.findall(r"ALTER DATABASE .*;", told)
    cluster.boss(statement)
    with psycopg.connect(address["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE possible_now ()")


@on_a_server
def test_a_wrong_password_ends_in_one_sentence(cluster, practice, tmp_path_factory) -> None:
    wrong = {"DATABASE_URL": cluster.url("keeper", "a guess", "keeper")}
    told = Installation(new_home(tmp_path_factory, "wrong"), wrong).refusal("practice", "list")
    assert "did not let CareSpace in" in told
    assert "a guess" not in told
    # Another home has other passwords for the roles that are already there.
    address = {"DATABASE_URL": practice.addresses["DATABASE_URL"]}
    other = Installation(new_home(tmp_path_factory, "other"), address)
    assert "master key is missing" in other.refusal("serve", "--port", "9")
    assert not (other.home / "keys").exists()
    (other.home / "keys").mkdir()
    (other.home / "keys" / "master.key").write_text("ab" * 32)
    assert "not the one this database" in other.refusal("serve", "--port", "9")


@pytest.mark.parametrize("version", [90_624, 130_014, 140_012])
def test_a_server_before_fifteen_is_refused_by_its_number(version: int) -> None:
    with pytest.raises(AddressProblem, match=f"PostgreSQL {version // 10_000};.*15 or newer"):
        refuse_old(version)
    refuse_old(150_000)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://keeper:se%zzcret@127.0.0.1/clinic",
        "postgresql://keeper:p@secret@127.0.0.1/clinic",
        "mysql://keeper:secret@127.0.0.1/clinic",
        "postgresql://keeper:secret@127.0.0.1",
        "secret",
    ],
)
def test_an_address_that_cannot_be_read_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(AddressProblem) as refusal:
        read_address(address, "DATABASE_URL")
    assert "DATABASE_URL" in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "owner",
    [
        "postgresql://keeper:k@db.example:5433/clinic?sslmode=verify-full",
        "postgresql:///clinic?host=db.example&port=5433&user=keeper&password=k&sslmode=verify-full",
        "host=db.example port=5433 user=keeper password=k dbname=clinic sslmode=verify-full",
    ],
)
def test_another_role_goes_to_the_same_database(owner: str) -> None:
    parts = read_address(with_role(owner, "the web's", KEEPER_PASSWORD), "DATABASE_WEB_URL")
    assert parts == {
        "host": "db.example",
        "port": "5433",
        "dbname": "clinic",
        "sslmode": "verify-full",
        "user": "the web's",
        "password": KEEPER_PASSWORD,
    }
