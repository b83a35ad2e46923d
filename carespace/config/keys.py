"""The keys of one installation: one master secret, everything else derived from it.

Promises: the master key is made once, at first run, in ``$CARESPACE_HOME/keys/master.key`` (mode 0600),
or comes from ``CARESPACE_MASTER_KEY`` (64 hex digits); it never enters the database (ASVS 13.3.1).
Each use has a key of its own, derived by HKDF-SHA256 with a label, so that one leaked use gives away no other.
"""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MASTER_KEY_BYTES = 32


class KeyProblem(RuntimeError):
    """The master key cannot be used; the message names the remedy."""


def master_key(home: Path) -> bytes:
    """Return the 32-byte master key of this home, making it at first use."""
    given = os.environ.get("CARESPACE_MASTER_KEY", "")
    if given:
        return _decode(given, "CARESPACE_MASTER_KEY")
    path = home / "keys" / "master.key"
    if not path.exists():
        _make(path)
    return _decode(path.read_text("ascii").strip(), str(path))


def derive(master: bytes, label: str) -> bytes:
    """Return 32 bytes for the use named by ``label``, such as ``"chart"``."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"carespace:{label}".encode())
    return kdf.derive(master)


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(MASTER_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails where another process was first: its key counts
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _decode(text: str, source: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        message = f"{source} must hold 64 hex digits; restore it from your backup."
        raise KeyProblem(message)
    return key
