"""The file beside the database that remembers the heads of the audit chain, one JSON line each.

Promises: a line is added only where the chain has grown, and is on the disk when ``write_head`` returns; a line that was
torn by a crash or a full disk is passed over; a lower head never hides a higher one.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Head:
    """The last position of the chain and its value there, in hex."""

    position: int
    chain: str


def write_head(path: Path, head: Head) -> None:
    """Append ``head`` to ``path``, unless one as high stands there already."""
    tail = _tail(path)
    known = max((each.position for each in _heads(tail.splitlines())), default=0)
    if head.position <= known:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = json.dumps(asdict(head)).encode("ascii") + b"\n"
    path.touch(mode=0o600)
    with path.open("ab") as file:
        # A torn line stays what it is, and does not take the next one with it.
        file.write(line if not tail or tail.endswith(b"\n") else b"\n" + line)
        file.flush()
        os.fsync(file.fileno())


def noted_heads(path: Path | None) -> Iterator[Head]:
    """Give the whole lines of ``path`` from the first to the last, none where there is no file."""
    if path is not None and path.exists():
        with path.open("rb") as file:
            yield from _heads(file)


def set_aside(path: Path, epoch: int) -> Path | None:
    """Rename the heads of a chain that was left behind; return their new name, None where there are none."""
    if not path.exists():
        return None
    kept = path.with_name(f"{path.stem}-before-epoch-{epoch}{path.suffix}")
    path.rename(kept)
    return kept


def _tail(path: Path) -> bytes:
    if not path.exists():
        return b""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
        return file.read()


def _heads(lines: Iterator[bytes] | list[bytes]) -> Iterator[Head]:
    for line in lines:
        try:
            found = json.loads(line)
            yield Head(int(found["position"]), str(found["chain"]))
        except (ValueError, KeyError, TypeError):
            continue
