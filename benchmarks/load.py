"""Loading the graph through the official driver, in batches: ``python -m benchmarks.load --size small``.

An index on ``:User(id)``, then users, then edges; each batch is one auto-commit transaction of an ``UNWIND`` query.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from neo4j import Driver, GraphDatabase

from benchmarks.pokec import SIZES, Pokec, generate
from benchmarks.progress import Advance, progress, silent

INDEX = "CREATE INDEX ON :User(id)"
USERS = (
    "UNWIND $rows AS row CREATE (:User {id: row.id, age: row.age, gender: row.gender, "
    "completion_percentage: row.completion_percentage})"
)
FRIENDS = "UNWIND $rows AS row MATCH (a:User {id: row.a}), (b:User {id: row.b}) CREATE (a)-[:Friend]->(b)"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Seconds spent, as a client sees them."""

    users: float
    edges: float


def load(driver: Driver, graph: Pokec, batch: int = 1_000, advance: Advance = silent) -> Loaded:
    """Load ``graph`` in batches of ``batch`` rows into an empty database; ``advance`` counts rows.

    Raises AssertionError when a batch creates more or less than it has rows.
    """
    with driver.session() as session:
        session.run(INDEX).consume()
        started = time.perf_counter()
        for rows in graph.user_batches(batch):
            _check(len(rows), session.run(USERS, rows=rows).consume().counters.nodes_created)
            advance(len(rows))
        between = time.perf_counter()
        for pairs in graph.edge_batches(batch):
            _check(len(pairs), session.run(FRIENDS, rows=pairs).consume().counters.relationships_created)
            advance(len(pairs))
    return Loaded(between - started, time.perf_counter() - between)


def _check(rows: int, created: int) -> None:
    if created != rows:
        raise AssertionError(f"a batch of {rows} rows created {created} elements")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description="Load a Pokec-like graph.")
    parser.add_argument("--uri", default="bolt://127.0.0.1:7687", help="the server (default: %(default)s)")
    parser.add_argument("--size", choices=SIZES, default="small", help="default: %(default)s")
    parser.add_argument("--batch", type=int, default=1_000, help="rows in a batch (default: %(default)s)")
    arguments = parser.parse_args(argv)

    graph = generate(arguments.size)
    size = graph.size
    with GraphDatabase.driver(arguments.uri) as driver:
        driver.verify_connectivity()
        with progress(f"loading {size.name}", size.vertices + size.edges) as advance:
            loaded = load(driver, graph, arguments.batch, advance)
    print(f"{size.vertices:,} users in {loaded.users:.1f} s ({size.vertices / loaded.users:,.0f} a second)")
    print(f"{size.edges:,} edges in {loaded.edges:.1f} s ({size.edges / loaded.edges:,.0f} a second)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
