"""What a process needs before Django is set up: its home, its database, its role there.

Promises: with no ``DATABASE_URL`` the embedded server is started or found; each role has a password of its own, derived
from the master key; a process that serves requests is left with no address but its own role's. With ``DATABASE_URL``
(or the role's own ``DATABASE_WEB_URL``, ``DATABASE_WORKER_URL``) that server is used and no other is started.
A database of another master key, or one whose key is lost, is refused before any role of it is changed.
"""

import os
from pathlib import Path

import click

from carespace.config import embedded_postgres
from carespace.config.database import (
    VARIABLE,
    AddressProblem,
    Role,
    forget_ambient_server,
    read_address,
    with_role,
)
from carespace.config.key_check import has_database, has_tables, refuse_other_key
from carespace.config.keys import derive, existing_key, has_key, lost_key, master_key
from carespace.config.outside_server import refuse_unfit

CHECKOUT = Path(__file__).resolve().parents[2]
DATABASE = "carespace"
ROLE_NAMES: dict[Role, str] = {
    "owner": "carespace_owner",
    "web": "carespace_web",
    "worker": "carespace_worker",
}
URL_VARIABLES: dict[Role, str] = {
    "owner": "DATABASE_URL",
    "web": "DATABASE_WEB_URL",
    "worker": "DATABASE_WORKER_URL",
}


class HomeProblem(click.ClickException):
    """There is no home folder to use; the message is the remedy."""


class NothingYet(click.ClickException):
    """There is no database to look at."""

    def __init__(self) -> None:
        super().__init__("There is no database yet. Run: carespace migrate")


def home_folder() -> Path:
    """Return ``CARESPACE_HOME``, by default ``.carespace`` in the checkout; HomeProblem where there is neither."""
    given = os.environ.get("CARESPACE_HOME")
    return Path(given or default_home(CHECKOUT)).absolute()


def default_home(above: Path) -> Path:
    """Return the home of a checkout; an installed package has none, as its folder goes with the next upgrade."""
    if not (above / "pyproject.toml").exists():
        message = "Set CARESPACE_HOME to a folder for keys, files and the database, such as /var/lib/carespace."
        raise HomeProblem(message)
    return above / ".carespace"


def is_outside(role: Role) -> bool:
    """Whether ``role`` works on a server that is not ours."""
    given = {each for each, variable in URL_VARIABLES.items() if os.environ.get(variable)}
    if given and not given & {role, "owner"}:
        named, needed = URL_VARIABLES[min(given)], URL_VARIABLES[role]
        message = f"{named} is set, but {needed} is not: set it to the same database."
        raise AddressProblem(message)
    return bool(given)


def role_name(role: Role) -> str:
    """Return the database role's name; an outside server may have others."""
    variable = URL_VARIABLES[role]
    given = os.environ.get(variable, "") if role != "owner" else ""
    signs_in = read_address(given, variable).get("user", "") if given else ""
    return os.environ.get(f"CARESPACE_{role.upper()}_ROLE") or signs_in or ROLE_NAMES[role]


def role_password(home: Path, role: Role) -> str:
    """Return the password of a role: derived, so that every process of this home knows its own."""
    return derive(master_key(home), f"database-role:{role}").hex()


def database_url(role: Role, *, database: str = DATABASE) -> str:
    """Return the address for ``role``, starting the embedded server where no other is named."""
    home = home_folder()
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    if is_outside(role):
        _refuse_key_not_its_own(role, home)
        return _outside_url(role)
    passwords = {role_name(each): role_password(home, each) for each in ROLE_NAMES}
    embedded_postgres.ensure_running(home, roles={})
    if has_database(embedded_postgres.superuser_url(home), database):
        # Before the passwords: another key would lock out the processes that have the right one.
        refuse_other_key(embedded_postgres.superuser_url(home, database), existing_key(home))
    server = embedded_postgres.ensure_running(home, roles=passwords)
    embedded_postgres.create_database(home, owner=role_name("owner"), name=database)
    return server.url(role_name(role), passwords[role_name(role)], database)


def prepare(role: Role) -> None:
    """Let the settings of this process lead to the database as ``role``."""
    forget_ambient_server()
    _lead_to(database_url(role), role)


def prepare_to_look() -> None:
    """As ``prepare("owner")``, for who must change nothing: makes no key, no database and no role.

    The private server is started where it is not running: nothing could be seen otherwise.
    """
    forget_ambient_server()
    _lead_to(address_to_look("owner"), "owner")


def address_to_look(role: Role, *, database: str = DATABASE) -> str:
    """Return the address for ``role`` of a database that is there; KeyProblem where its key is another one, NothingYet."""
    home = home_folder()
    master = existing_key(home)
    if is_outside(role):
        _refuse_key_not_its_own(role, home)
        return _outside_url(role)
    if not (home / "postgres" / "data").exists():
        raise NothingYet
    server = embedded_postgres.ensure_running(home, roles={})
    if not has_database(embedded_postgres.superuser_url(home), database):
        raise NothingYet
    refuse_other_key(embedded_postgres.superuser_url(home, database), master)
    return server.url(role_name(role), role_password(home, role), database)


def _lead_to(url: str, role: Role) -> None:
    if is_outside(role):
        refuse_unfit(url, role, URL_VARIABLES[role])
        os.environ |= {
            f"CARESPACE_{each.upper()}_ROLE": role_name(each) for each in ("web", "worker")
        }
    os.environ[VARIABLE] = url
    if role != "owner":
        for variable in URL_VARIABLES.values():
            os.environ.pop(variable, None)


def _refuse_key_not_its_own(role: Role, home: Path) -> None:
    """Raise KeyProblem where a server that is not ours holds another key's database; a lost key is not made anew."""
    known: Role = role if os.environ.get(URL_VARIABLES[role]) else "owner"
    url = os.environ[URL_VARIABLES[known]]
    refuse_unfit(url, known, URL_VARIABLES[known])
    if not has_key(home) and has_tables(url):
        raise lost_key(home)
    refuse_other_key(url, master_key(home))


def _outside_url(role: Role) -> str:
    if given := os.environ.get(URL_VARIABLES[role]):
        return given
    owners = os.environ["DATABASE_URL"]
    read_address(owners, "DATABASE_URL")
    return with_role(owners, role_name(role), role_password(home_folder(), role))
