"""How the demo calls the product's own command: every child is a ``carespace`` process in demo mode.

Promises: the demo always uses its own home's private database and mail folder, whatever the caller's environment names:
its passwords are known to all, so it must reach neither a practice's database nor anybody's mailbox.
"""

import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
KEEPER = "carespace.demo.keeper"
_NOT_OURS = (
    "CARESPACE_DATABASE",
    "CARESPACE_HOSTS",
    "DATABASE_URL",
    "DATABASE_WEB_URL",
    "DATABASE_WORKER_URL",
    "DJANGO_SETTINGS_MODULE",
    "EMAIL_URL",
)


def command_line(*arguments: str) -> list[str]:
    """Return the command line of ``carespace ARGUMENTS``: of the program that this process was started as."""
    main = sys.modules["__main__"].__spec__
    # Started as a module, or by the script that an installation makes.
    return _python(*(("-m", main.name) if main else (sys.argv[0],)), *arguments)


def keeper_line() -> list[str]:
    """Return the command line of the keeper, which is told how to stop the database."""
    return _python("-m", KEEPER, *command_line("database", "stop"))


def _python(*arguments: str) -> list[str]:
    # -P: the caller's folder must not shadow a module of ours.
    return [sys.executable, "-P", *arguments]


def environment(origin: str = "") -> dict[str, str]:
    """Return the variables of a child; ``origin`` such as ``http://localhost:8000``."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    path = [str(CHECKOUT), *filter(None, [kept.get("PYTHONPATH")])]
    ours = {"CARESPACE_MODE": "demo", "PYTHONPATH": os.pathsep.join(path)}
    return {**kept, **ours, **({"CARESPACE_ORIGIN": origin} if origin else {})}
