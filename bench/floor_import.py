"""The floor of the import: parse the same files, COPY the same rows into a like table, and nothing else.

No judgement, no references, no versions, no encryption, no audit: what is left is what the disk and the parser ask.
"""

import gzip
import hashlib
import json
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from bench.house import owner_url

_TABLE = """
DROP TABLE IF EXISTS bench_floor;
CREATE TABLE bench_floor (LIKE records_resource INCLUDING DEFAULTS INCLUDING INDEXES)
"""
_COLUMNS = (
    "id", "practice_id", "patient_id", "feed", "source_key", "resource_type", "content",
    "content_hash", "version", "status", "categories", "codes", "topic", "received_at",
    "released_at", "held_reason", "delivery_id",
)  # fmt: skip
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=str)


def main(paths: list[str]) -> None:
    """Print the resources and seconds of one round."""
    practice, patient, delivery, now = uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), datetime.now(UTC)
    common = (practice, patient, "bench")
    tail = (1, "final", ["laboratory"], ["code"], "topic", now, now, "", delivery)
    count = 0
    with psycopg.connect(owner_url()) as connection:
        connection.execute(_TABLE)
        connection.commit()
        began = time.monotonic()
        for path in paths:
            resources = resources_of(Path(path))
            with connection.cursor().copy(_copy()) as copy:
                for resource in resources:
                    content = _ENCODER.encode(resource)
                    kind = resource["resourceType"]
                    digest = hashlib.sha256(content).digest()
                    key = f"{kind}/{resource.get('id', '')}"
                    row = (uuid.uuid4(), *common, key, kind, content.decode(), digest, *tail)
                    copy.write_row(row)
            connection.commit()
            count += len(resources)
        seconds = time.monotonic() - began
    print(json.dumps({"resources": count, "seconds": seconds, "cpu_seconds": time.process_time()}))


def resources_of(path: Path) -> list[dict[str, Any]]:
    """Return the resources of a Bundle, plain or gzip."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [entry["resource"] for entry in _DECODER.decode(data)["entry"]]


def _copy() -> str:
    return f"COPY bench_floor ({', '.join(_COLUMNS)}) FROM STDIN"


if __name__ == "__main__":
    main(sys.argv[1:])
