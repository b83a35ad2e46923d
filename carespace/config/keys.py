"""The keys of one installation: one master secret, everything else derived from it.

Promises: the master key is made once, at first run, in ``$CARESPACE_HOME/keys/master.key`` (mode 0600),
or comes from ``CARESPACE_MASTER_KEY`` (64 hex digits); it never enters the database (ASVS 13.3.1). A key that was lost
is never replaced by a new one: a home that holds records, or whose database does, is refused until the key is back.
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
    """Return the 32-byte master key of this home; made at first use, and only where nothing is kept yet."""
    if not has_key(home):
        if _holds_records(home) and not has_key(home):  # another process may just have made both
            raise lost_key(home)
        _make(key_file(home))
    return existing_key(home)


def existing_key(home: Path) -> bytes:
    """Return the 32-byte master key of this home; KeyProblem where there is none. Makes nothing."""
    if given := os.environ.get("CARESPACE_MASTER_KEY", ""):
        return _decode(given, "CARESPACE_MASTER_KEY")
    path = key_file(home)
    try:
        return _decode(path.read_text("ascii").strip(), str(path))
    except FileNotFoundError:
        raise lost_key(home) from None
    except UnicodeDecodeError:
        return _decode("", str(path))


def has_key(home: Path) -> bool:
    """Whether this home has a master key, or the environment brings one."""
    return bool(os.environ.get("CARESPACE_MASTER_KEY")) or key_file(home).exists()


def is_new(home: Path) -> bool:
    """Whether nothing was ever kept here: no key, no private database, no stored file."""
    return not has_key(home) and not _holds_records(home)


def key_file(home: Path) -> Path:
    return home / "keys" / "master.key"


def fingerprint(master: bytes) -> str:
    """Return what tells one master key from another and gives nothing of it away; 64 hex digits."""
    return derive(master, "fingerprint").hex()


def lost_key(home: Path) -> KeyProblem:
    """The refusal of records without their key."""
    return KeyProblem(
        f"The master key is missing, and there are records that only it opens: restore {key_file(home)}"
        " from your backup (or set CARESPACE_MASTER_KEY). No new key was made, and nothing was changed."
    )


def _holds_records(home: Path) -> bool:
    return any((home / name).exists() for name in ("postgres/data", "files"))


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
