"""All measurements, as a table: ``make bench``, or ``python -m benchmarks.suite --size medium --only load,hops``.

Servers are real processes on free ports, in a temporary directory, with the default settings: write-ahead log on,
every commit synced. Exit status 1 when a floor is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import durability, measures
from benchmarks.figures import Figure, QueryFigure, as_json, figures_table, machine, queries_table
from benchmarks.latency import query_latencies
from benchmarks.mixed import point_reads_beside_analysis
from benchmarks.point_read import point_read
from benchmarks.queries import QUERIES
from benchmarks.workbench import Workbench

QUERY_LIST = "queries"

MEASURES: dict[str, measures.Measure] = {
    "load": measures.load_over_bolt,
    "memory": measures.memory,
    "analytical": measures.analytical,
    "aggregate": measures.aggregate,
    "hops": measures.three_hops,
    "point": point_read,
    "mixed": point_reads_beside_analysis,
    "driver": measures.load_by_driver,
    "commits": durability.commits,
    "log": durability.log_size,
    "snapshot": durability.snapshot,
    "restart": measures.restart,
}
"""In the order in which they run; a restart leaves a server that has served nothing yet, so it comes last."""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parse(argv)
    figures: list[Figure] = []
    queries: list[QueryFigure] = []
    print(" · ".join(machine().values()))
    for size in arguments.size:
        with (
            tempfile.TemporaryDirectory(prefix="lithograph-bench-") as folder,
            Workbench(size, Path(folder)) as bench,
        ):
            for name, measure in MEASURES.items():
                if name in arguments.only:
                    print(f"{size}: {name} …", file=sys.stderr)
                    figures += measure(bench)
            if QUERY_LIST in arguments.only:
                print(f"{size}: {QUERY_LIST} …", file=sys.stderr)
                queries += query_latencies(bench, QUERIES, arguments.seconds)
    if figures:
        print(f"\n{figures_table(figures)}")
    if queries:
        print(f"\n{queries_table(queries)}")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(as_json(figures, queries), indent=2) + "\n", encoding="utf-8")
    return 1 if any(figure.reached is False for figure in figures) else 0


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    names = (*MEASURES, QUERY_LIST)
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--size", action="append", choices=("tiny", "small", "medium"), help="default: small, then medium"
    )
    parser.add_argument(
        "--only", default=",".join(names), metavar="NAME,…", help=f"out of {', '.join(names)}"
    )
    parser.add_argument("--seconds", type=float, default=1.0, help="for each query (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    arguments = parser.parse_args(argv)
    arguments.size = arguments.size or ["small", "medium"]
    arguments.only = arguments.only.split(",")
    if unknown := sorted(set(arguments.only) - set(names)):
        parser.error(f"there is no measurement called {', '.join(unknown)}; there are {', '.join(names)}")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
