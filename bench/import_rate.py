"""Goal G2: the import's resources per second beside its floor, round by round, and its memory on NDJSON."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.figures import Spread, surroundings
from bench.house import SHARED_BUNDLES, carespace_line, module_line, temporary_home, told_by
from carespace.demo.generate import generate_practice

TARGET_G2 = 0.35
AMOUNT = 40  # files
NDJSON_SIZES = (2_000, 20_000)
GENERATED_ON = date(2026, 9, 15)


def measure(rounds: int, most_files: int) -> dict[str, Any]:
    """Return rates of import and floor for each round, their ratio, and peak memory by file size."""
    with temporary_home() as home:
        files = _files(home, most_files)
        _run("migrate", "--quiet")
        imports, floors = [], []
        for number in range(rounds):
            slug = f"round-{number}"
            _add_practice(slug)
            floors.append(_floor(files))
            imports.append(_import(slug, files, resources=int(floors[-1]["resources"])))
        memory = {str(lines): _peak_mib(home, lines) for lines in NDJSON_SIZES}
    ratios = [mine["rate"] / floor["rate"] for mine, floor in zip(imports, floors, strict=True)]
    return {
        "goal": "G2",
        "target": TARGET_G2,
        "ratio": Spread.of(ratios).middle,
        "files": len(files),
        "source": files[0].parent.name,
        "resources": int(floors[0]["resources"]),
        "rounds": [
            {"import": mine, "floor": floor} for mine, floor in zip(imports, floors, strict=True)
        ],
        "peak_mib_by_ndjson_lines": memory,
        **surroundings(),
    }


def table(result: dict[str, Any]) -> Table:
    """Return the result for people."""
    shown = Table(title=f"Import of {result['resources']:,} resources ({result['source']})")
    for heading in ("", "resources/s", "target"):
        shown.add_column(heading)
    for name in ("import", "floor"):
        rate = Spread.of([each[name]["rate"] for each in result["rounds"]])
        shown.add_row(name, f"{rate.middle:,.0f} ({rate.low:,.0f}-{rate.high:,.0f})", "")
        if name == "floor" and rate.is_noisy:
            shown.caption = "The floor itself is noisy: no verdict."
    shown.add_row("ratio", f"{result['ratio']:.2f}", f">= {result['target']}")
    for lines, mib in result["peak_mib_by_ndjson_lines"].items():
        shown.add_row(f"peak memory, NDJSON of {int(lines):,} lines", f"{mib:.0f} MiB", "flat")
    return shown


def _files(home: Path, most: int) -> list[Path]:
    if SHARED_BUNDLES.is_dir():
        found = sorted(SHARED_BUNDLES.glob("*.json*"))
    else:
        found = list(generate_practice(home / "generated", today=GENERATED_ON).files)
    return found[: most or None]


def _floor(files: Sequence[Path]) -> dict[str, float]:
    told = told_by(module_line("bench.floor_import", *map(str, files)))
    return {**told, "rate": told["resources"] / told["seconds"]}


def _import(slug: str, files: Sequence[Path], *, resources: int) -> dict[str, float]:
    line = carespace_line("import", "--practice", slug, "--feed", "bench", "--json")
    told = told_by([*line, *map(str, files)])
    # Checked before it counts: a fast refusal must not win.
    taken = told["stored"] + told["unchanged"] + told["updated"]
    if taken != resources or told["quarantined"]:
        sys.exit(f"The import took {taken} of {resources} resources: {told['reasons'][:3]}")
    return {"resources": taken, "seconds": told["seconds"], "rate": taken / told["seconds"]}


def _peak_mib(home: Path, lines: int) -> float:
    """Import one NDJSON file of so many lines, and return the most memory the process held."""
    slug = f"lines-{lines}"
    _add_practice(slug)
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson", dir=home) as file:
        file.write(json.dumps({"resourceType": "Patient", "id": "p", "name": [{"family": "A"}]}))
        for number in range(lines):
            file.write("\n" + json.dumps(_observation(number)))
        file.flush()
        line = carespace_line("import", "--practice", slug, "--json", file.name)
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit("The import of NDJSON ended badly.")
    return usage.ru_maxrss / 1024


def _observation(number: int) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": str(number),
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}], "text": "x" * 900},
        "effectiveDateTime": "2026-01-02T03:04:05Z",
        "valueQuantity": {"value": 12.5, "unit": "g/dL"},
    }


def _add_practice(slug: str) -> None:
    where = ("--phone", "(555) 010-0199", "--time-zone", "UTC")
    _run("practice", "add", "--slug", slug, "--name", slug, "--preset", "echo", *where)


def _run(*arguments: str) -> None:
    subprocess.run(carespace_line(*arguments), check=True, stdout=subprocess.DEVNULL)
