"""``./dev bench [import|pages] [--json]``: what the product costs beside a floor measured in the same run.

Wall clock on a shared machine moves by 40 %, so only ratios carry forward (``performance.md``). Load goes to
127.0.0.1 only, and ends by itself.
"""

import json
from datetime import UTC, datetime
from types import ModuleType

import click
from rich.console import Console

from bench import import_rate, pages
from bench.house import ROOT

RESULTS = ROOT / "bench" / "results"
LEAST_WIDTH = 110
CASES: dict[str, ModuleType] = {"import": import_rate, "pages": pages}


@click.command()
@click.argument("cases", nargs=-1, type=click.Choice(list(CASES)))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1, 20))
@click.option(
    "--amount", default=0, help="Files to import, or requests a round; 0 is the case's own."
)
@click.option("--json", "json_wanted", is_flag=True, help="Write bench/results/*.json too.")
def main(cases: tuple[str, ...], rounds: int, amount: int, json_wanted: bool) -> None:
    """Measure CASES (all of them when none is named)."""
    for name in cases or tuple(CASES):
        case = CASES[name]
        result = case.measure(rounds, amount or case.AMOUNT)
        console = Console()
        console.width = max(console.width, LEAST_WIDTH)
        console.print(case.table(result))
        if json_wanted:
            RESULTS.mkdir(parents=True, exist_ok=True)
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
            path = RESULTS / f"{name}-{stamp}.json"
            path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
            click.echo(f"Wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
