"""The keeper: a small process that ends the demo's children when the demo itself was killed.

Promises: it reads from a pipe which processes run (``+123``, ``-123``) and whether the database is the demo's to stop
(``+database``). The pipe closes when the demo ends, however it ends; what is still noted then is ended: asked first,
made to ``PATIENCE_SECONDS`` later. A session of its own keeps Ctrl-C and a killed terminal from it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable

PATIENCE_SECONDS = 6.0
POLL_SECONDS = 0.1
DATABASE = "database"


def main(lines: Iterable[str], stop_database: list[str]) -> None:
    """Follow ``lines`` to their end, then end what they leave noted."""
    noted: set[str] = set()
    for line in lines:
        change, what = line[:1], line[1:].strip()
        (noted.add if change == "+" else noted.discard)(what)
    groups = {int(what) for what in noted if what != DATABASE}
    end_groups(groups)
    if DATABASE in noted:
        subprocess.run(stop_database, check=False)


def end_groups(groups: set[int]) -> None:
    """End whole process groups, politely first."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    _send(groups, signal.SIGTERM)
    while (groups := {group for group in groups if _lives(group)}) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    _send(groups, signal.SIGKILL)


def _send(groups: set[int], order: signal.Signals) -> None:
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, order)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main(sys.stdin, sys.argv[1:])
