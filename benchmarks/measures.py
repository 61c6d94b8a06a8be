"""The figures that have floors, one function for each.

Times come from the server's own account of an execution where the figure is about the engine, and
ratios are taken within one run, turn by turn, so that a busy machine hurts both sides alike.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import islice

import numpy as np
from neo4j import GraphDatabase, Session
from numpy.typing import NDArray

from benchmarks import load
from benchmarks.acknowledger import acknowledging_server
from benchmarks.bolt_client import BoltClient
from benchmarks.figures import Figure
from benchmarks.pokec import Int64s, Pokec
from benchmarks.queries import READS
from benchmarks.server import HOST, ServerProcess
from benchmarks.workbench import BATCH, Workbench, load_users

_THREE_HOPS = next(query for query in READS if query.full_name == "arango.expansion_3")
_DRIVER_BATCHES = 20
_REPEATS = 15
_SMALL_COMMITS = 1_000

Float64s = NDArray[np.float64]


def load_over_bolt(bench: Workbench) -> list[Figure]:
    """Server CPU for an edge, with the WAL on and every commit synced."""
    figures, edges = bench.loaded, bench.graph.size.edges
    rate = edges / figures.seconds
    return [
        Figure(
            "load: server CPU for an edge",
            bench.size,
            figures.cpu_seconds / edges * 1e6,
            "us",
            _only_medium(bench, 10),
            note=f"{rate:,.0f} edges a second with a bare client",
        )
    ]


def memory(bench: Workbench) -> list[Figure]:
    """What the graph adds to the resident memory of the process."""
    value = bench.loaded.rss_bytes / 1e6
    return [Figure("memory of the graph", bench.size, value, "MB", _only_medium(bench, 200))]


def analytical(bench: Workbench) -> list[Figure]:
    """An import in one transaction, and commits of one row each: analytical mode as a part of transactional mode."""
    spent = {}
    for mode in ("IN_MEMORY_TRANSACTIONAL", "IN_MEMORY_ANALYTICAL"):
        with (
            ServerProcess(bench.folder / mode.lower(), f"--storage-mode={mode}") as server,
            BoltClient(HOST, server.port) as client,
        ):
            spent[mode] = _import(server, client, bench.graph)
    usual, mine = spent["IN_MEMORY_TRANSACTIONAL"], spent["IN_MEMORY_ANALYTICAL"]
    return [
        Figure(
            f"analytical mode: {what}, of transactional",
            bench.size,
            100 * mine[what] / usual[what],
            "%",
            _only_medium(bench, most) if most is not None else None,
            note=f"{mine[what]:,.3g} against {usual[what]:,.3g} {unit}",
        )
        for what, unit, most in (
            ("CPU of an import", "s", None),
            ("peak memory of an import", "MB", 70),
            ("seconds of 1,000 small commits", "s", None),
        )
    ]


def _import(server: ServerProcess, client: BoltClient, graph: Pokec) -> dict[str, float]:
    """Users and edges created and every user changed, all in one transaction; then small commits."""
    client.run("MATCH (n:User {id: 0}) RETURN n.age")
    client.run(load.INDEX)
    empty, began = server.rss_bytes(), server.cpu_seconds()
    client.run("BEGIN")
    for rows in graph.user_batches(BATCH):
        client.run(load.USERS, {"rows": rows})
    for rows in graph.edge_batches(BATCH):
        client.run(load.FRIENDS, {"rows": rows})
    client.run("MATCH (n:User) SET n.age = n.age + 1, n.degree = 0")
    client.run("COMMIT")
    cpu, peak = server.cpu_seconds() - began, server.peak_bytes() - empty
    started = time.perf_counter()
    for number in range(_SMALL_COMMITS):
        client.run("CREATE (:Small {number: $number})", {"number": number})
    return {
        "CPU of an import": cpu,
        "peak memory of an import": peak / 1e6,
        "seconds of 1,000 small commits": time.perf_counter() - started,
    }


def load_by_driver(bench: Workbench) -> list[Figure]:
    """Edges a second through the official driver, as a part of what it reaches against a server that only says yes."""
    graph = bench.graph
    stop = min(_DRIVER_BATCHES * BATCH, graph.size.edges)
    spent = {"real": 0.0, "idle": 0.0}
    with (
        ServerProcess(bench.folder / "driver") as server,
        acknowledging_server() as idle_uri,
        GraphDatabase.driver(server.uri) as real_driver,
        GraphDatabase.driver(idle_uri) as idle_driver,
        real_driver.session() as real,
        idle_driver.session() as idle,
    ):
        with BoltClient(HOST, server.port) as client:
            load_users(client, graph)
        for session in (real, idle):
            session.run(load.FRIENDS, rows=[]).consume()
        for rows in graph.edge_batches(BATCH, stop=stop):
            spent["idle"] += _seconds_of_batch(idle, rows)
            spent["real"] += _seconds_of_batch(real, rows)
    return [
        Figure(
            "load by the driver, of its limit",
            bench.size,
            100 * spent["idle"] / spent["real"],
            "%",
            _only_medium(bench, 80),
            "at least",
            note=f"{stop / spent['real']:,.0f} edges a second; its limit is {stop / spent['idle']:,.0f}",
        )
    ]


def _seconds_of_batch(session: Session, rows: list[dict[str, int]]) -> float:
    started = time.perf_counter()
    session.run(load.FRIENDS, rows=rows).consume()
    return time.perf_counter() - started


def aggregate(bench: Workbench) -> list[Figure]:
    """Group and count all users by age, on the server's clock."""
    with BoltClient(HOST, bench.server.port) as client:
        seconds = _server_seconds(client, "MATCH (n:User) RETURN n.age, count(*)")
    return [Figure("n.age, count(*): server side", bench.size, seconds * 1000, "ms", _only_medium(bench, 5))]


def _server_seconds(client: BoltClient, text: str) -> float:
    """The median of some runs after a first one."""
    client.run(text)
    return statistics.median(client.run(text).server_seconds for _ in range(_REPEATS))


def three_hops(bench: Workbench) -> list[Figure]:
    """``RETURN DISTINCT n.id`` over three hops, for each row that a plain expansion would make on the way."""
    drawn = list(islice(_THREE_HOPS.parameters(bench.graph), _REPEATS))
    rows = int(_rows_expanded(bench.graph)[[parameters["id"] for parameters in drawn]].sum())
    with BoltClient(HOST, bench.server.port) as client:
        client.run(_THREE_HOPS.text, dict(drawn[0]))
        seconds = sum(client.run(_THREE_HOPS.text, dict(each)).server_seconds for each in drawn)
    return [
        Figure(
            "three hops, distinct ends: a row expanded",
            bench.size,
            seconds / rows * 1e9,
            "ns",
            _only_medium(bench, 300),
            note=f"{rows / len(drawn):,.0f} rows and {seconds / len(drawn) * 1000:.1f} ms a query",
        )
    ]


def _rows_expanded(graph: Pokec) -> Int64s:
    """For each user id: the number of walks of one, of two and of three edges from it, together."""
    count = graph.size.vertices + 1
    walks: Float64s = np.ones(count, dtype=np.float64)
    total: Float64s = np.zeros(count, dtype=np.float64)
    for _ in range(3):
        walks = np.bincount(graph.source, walks[graph.target], count).astype(np.float64)
        total += walks
    return total.astype(np.int64)


def restart(bench: Workbench) -> list[Figure]:
    """From the start of the process to the answer to a first query, with the graph in a snapshot."""
    server = bench.server
    with BoltClient(HOST, server.port) as client:
        client.run("CREATE SNAPSHOT")
    server.stop()
    started = time.perf_counter()
    server.start()
    with BoltClient(HOST, server.port) as client:
        client.run("MATCH (n:User {id: 1}) RETURN n.age")
        seconds, cpu = time.perf_counter() - started, server.cpu_seconds()
        ((edges,),) = client.rows("MATCH ()-[r:Friend]->() RETURN count(r)")
    if edges != bench.graph.size.edges:
        raise AssertionError(f"after the restart there are {edges:,} edges")
    return [
        Figure(
            "restart until the first answer",
            bench.size,
            seconds,
            "s",
            _only_medium(bench, 3),
            note=f"{cpu:.2f} s of CPU",
        )
    ]


def _only_medium(bench: Workbench, floor: float) -> float | None:
    """Floors are set for the medium graph."""
    return floor if bench.size == "medium" else None


Measure = Callable[[Workbench], list[Figure]]
