"""CareSpace's own processes in a home of their own: started, waited for, killed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60


def started(
    home: Path, *arguments: str, mail: str = "", stdin: bytes = b""
) -> subprocess.Popen[bytes]:
    """Start ``carespace`` with ``arguments``; its mail goes to ``mail``."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CARESPACE_")}
    line = [sys.executable, "-P", "-m", "carespace.config.command", *arguments]
    places = {"CARESPACE_HOME": str(home), "PYTHONPATH": str(ROOT), "EMAIL_URL": mail}
    process = subprocess.Popen(
        line, env={**kept, **places}, stdout=subprocess.DEVNULL, stdin=subprocess.PIPE
    )
    assert process.stdin
    process.stdin.write(stdin)
    process.stdin.close()
    return process


def run(
    home: Path, *arguments: str, mail: str = "", stdin: bytes = b"", seconds: int = PATIENCE_SECONDS
) -> None:
    """Run ``carespace`` to its good end."""
    assert started(home, *arguments, mail=mail, stdin=stdin).wait(seconds) == 0, arguments
