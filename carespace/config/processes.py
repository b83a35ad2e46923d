"""What a process needs before Django is set up: its home, its database, its role there.

Promises: with no ``DATABASE_URL`` the embedded server is started or found; each role has a password of its own, derived
from the master key; a process that serves requests is left with no address but its own role's.
"""

import os
from pathlib import Path

from carespace.config import embedded_postgres
from carespace.config.database import VARIABLE, Role, with_role
from carespace.config.keys import derive, master_key

CHECKOUT = Path(__file__).resolve().parents[2]
DATABASE = "carespace"
ROLE_NAMES: dict[Role, str] = {
    "owner": "carespace_owner",
    "web": "carespace_web",
    "worker": "carespace_worker",
}
URL_VARIABLES = {"web": "DATABASE_WEB_URL", "worker": "DATABASE_WORKER_URL"}


def home_folder() -> Path:
    """Return ``CARESPACE_HOME``, by default ``.carespace`` in the checkout."""
    return Path(os.environ.get("CARESPACE_HOME") or CHECKOUT / ".carespace").absolute()


def role_name(role: Role) -> str:
    """Return the database role's name; an outside server may have others."""
    return os.environ.get(f"CARESPACE_{role.upper()}_ROLE", ROLE_NAMES[role])


def role_password(home: Path, role: Role) -> str:
    """Return the password of a role: derived, so that every process of this home knows its own."""
    return derive(master_key(home), f"database-role:{role}").hex()


def database_url(role: Role, *, database: str = DATABASE) -> str:
    """Return the address for ``role``, starting the embedded server where no other is named."""
    home = home_folder()
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    if outside := os.environ.get("DATABASE_URL"):
        given = os.environ.get(URL_VARIABLES.get(role, ""), "")
        owner = role == "owner"
        return (
            outside
            if owner
            else given or with_role(outside, role_name(role), role_password(home, role))
        )
    passwords = {role_name(each): role_password(home, each) for each in ROLE_NAMES}
    server = embedded_postgres.ensure_running(home, roles=passwords)
    embedded_postgres.create_database(home, owner=role_name("owner"), name=database)
    return server.url(role_name(role), passwords[role_name(role)], database)


def prepare(role: Role) -> None:
    """Let the settings of this process lead to the database as ``role``."""
    os.environ[VARIABLE] = database_url(role)
    if role != "owner":
        os.environ.pop("DATABASE_URL", None)
