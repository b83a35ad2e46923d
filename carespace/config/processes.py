"""What a process needs before Django is set up: its home, its database, its role there.

Promises: with no ``DATABASE_URL`` the embedded server is started or found; each role has a password of its own, derived
from the master key; a process that serves requests is left with no address but its own role's. With ``DATABASE_URL``
(or the role's own ``DATABASE_WEB_URL``, ``DATABASE_WORKER_URL``) that server is used and no other is started.
"""

import os
from pathlib import Path

from carespace.config import embedded_postgres
from carespace.config.database import (
    VARIABLE,
    AddressProblem,
    Role,
    forget_ambient_server,
    read_address,
    with_role,
)
from carespace.config.keys import derive, master_key
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


def home_folder() -> Path:
    """Return ``CARESPACE_HOME``, by default ``.carespace`` in the checkout."""
    return Path(os.environ.get("CARESPACE_HOME") or CHECKOUT / ".carespace").absolute()


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
        return _outside_url(role)
    passwords = {role_name(each): role_password(home, each) for each in ROLE_NAMES}
    server = embedded_postgres.ensure_running(home, roles=passwords)
    embedded_postgres.create_database(home, owner=role_name("owner"), name=database)
    return server.url(role_name(role), passwords[role_name(role)], database)


def prepare(role: Role) -> None:
    """Let the settings of this process lead to the database as ``role``."""
    forget_ambient_server()
    url = database_url(role)
    if is_outside(role):
        refuse_unfit(url, role, URL_VARIABLES[role])
        os.environ |= {
            f"CARESPACE_{each.upper()}_ROLE": role_name(each) for each in ("web", "worker")
        }
    os.environ[VARIABLE] = url
    if role != "owner":
        for variable in URL_VARIABLES.values():
            os.environ.pop(variable, None)


def _outside_url(role: Role) -> str:
    if given := os.environ.get(URL_VARIABLES[role]):
        return given
    owners = os.environ["DATABASE_URL"]
    read_address(owners, "DATABASE_URL")
    return with_role(owners, role_name(role), role_password(home_folder(), role))
