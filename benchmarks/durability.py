"""What durability costs: commits, snapshots, recovery and the log, beside what the same disk does without a database."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks import load
from benchmarks.bolt_client import BoltClient
from benchmarks.figures import Figure
from benchmarks.server import HOST, ServerProcess
from benchmarks.workbench import BATCH, Workbench, load_users

CONNECTIONS = (1, 8, 32)
SECONDS = 3.0
_RECORD = b"x" * 150
"""About what the log writes for one small transaction."""
_PIECE = bytes(1 << 20)
_SINGLE_EDGES = 500


def commits(bench: Workbench) -> list[Figure]:
    """Synced commits a second, beside a loop that writes as much and syncs it."""
    bare = _bare_syncs(bench.folder / "bare")
    figures = [Figure("write and sync, without a database", bench.size, bare, "/s")]
    with ServerProcess(bench.folder / "commits") as server:
        for connections in CONNECTIONS:
            rate = _commit_rate(server, connections)
            note = f"{rate / bare:.2f} of write and sync"
            figures.append(
                Figure(f"synced commits, {connections} connections", bench.size, rate, "/s", note=note)
            )
    return figures


def _bare_syncs(path: Path) -> float:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        done, started = 0, time.perf_counter()
        while (passed := time.perf_counter() - started) < SECONDS:
            os.write(descriptor, _RECORD)
            os.fdatasync(descriptor)
            done += 1
        return done / passed
    finally:
        os.close(descriptor)


def _commit_rate(server: ServerProcess, connections: int) -> float:
    done = [0] * connections
    stop = threading.Event()

    def work(number: int) -> None:
        with BoltClient(HOST, server.port) as client:
            while not stop.is_set():
                client.run("CREATE (:Commit {by: $by})", {"by": number})
                done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    before, started = sum(done), time.perf_counter()
    time.sleep(SECONDS)
    rate = (sum(done) - before) / (time.perf_counter() - started)
    stop.set()
    for thread in threads:
        thread.join()
    return rate


def snapshot(bench: Workbench) -> list[Figure]:
    """Writing a snapshot of the graph, what that does to somebody who writes, and a recovery from it."""
    server, size = bench.server, bench.graph.size
    elements = size.vertices + size.edges
    with BoltClient(HOST, server.port) as client:
        quiet = _longest_pause(server, lambda: time.sleep(2.0))
        paths: list[str] = []
        seconds = [0.0]

        def take() -> None:
            started = time.perf_counter()
            paths.extend(row[0] for row in client.rows("CREATE SNAPSHOT"))
            seconds[0] = time.perf_counter() - started

        busy = _longest_pause(server, take)
        started = time.perf_counter()
        (path,) = [row[0] for row in client.rows("CREATE SNAPSHOT")]
        alone = time.perf_counter() - started
    megabytes = Path(path).stat().st_size / 1e6
    disk = _sequential_write(bench.folder / "sequential", int(megabytes * 1e6))
    server.stop()
    server.start()
    recovered = _recovery_seconds(server)
    return [
        Figure(
            "snapshot", bench.size, megabytes / alone, "MB/s",
            note=f"{megabytes:.0f} MB, {elements / alone:,.0f} elements/s; the disk alone {disk:,.0f} MB/s",
        ),
        Figure(
            "recovery from a snapshot", bench.size, megabytes / recovered, "MB/s",
            note=f"{elements / recovered:,.0f} elements/s",
        ),
        Figure(
            "longest pause of a writer during a snapshot", bench.size, busy * 1000, "ms",
            note=f"{quiet * 1000:.1f} ms without; the snapshot took {seconds[0]:.2f} s beside the writer",
        ),
    ]  # fmt: skip


def _longest_pause(server: ServerProcess, meanwhile: Callable[[], None]) -> float:
    """Seconds that the slowest of many small commits took while ``meanwhile`` ran."""
    longest = 0.0
    stop = threading.Event()

    def work() -> None:
        nonlocal longest
        with BoltClient(HOST, server.port) as client:
            client.run("CREATE (:Pause)")
            while not stop.is_set():
                started = time.perf_counter()
                client.run("CREATE (:Pause)")
                longest = max(longest, time.perf_counter() - started)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.2)
    longest = 0.0
    meanwhile()
    stop.set()
    thread.join()
    return longest


def _sequential_write(path: Path, size: int) -> float:
    """Megabytes a second that the disk takes, synced."""
    with path.open("wb", buffering=0) as file:
        started = time.perf_counter()
        for _ in range(max(1, size // len(_PIECE))):
            file.write(_PIECE)
        os.fdatasync(file.fileno())
        seconds = time.perf_counter() - started
    path.unlink()
    return size / 1e6 / seconds


def _recovery_seconds(server: ServerProcess) -> float:
    """As the server's log tells it."""
    lines = [json.loads(line) for line in server.log_text().splitlines() if '"recovered"' in line]
    return float(lines[-1]["seconds"])


def log_size(bench: Workbench) -> list[Figure]:
    """Bytes of the log for an edge without properties, in batches and one by one."""
    graph = bench.graph
    stop = min(10 * BATCH, graph.size.edges)
    with (
        ServerProcess(bench.folder / "log") as server,
        closing(BoltClient(HOST, server.port)) as client,
    ):
        load_users(client, graph)
        before = _wal_bytes(server)
        for rows in graph.edge_batches(BATCH, stop=stop):
            client.run(load.FRIENDS, {"rows": rows})
        between = _wal_bytes(server)
        for rows in graph.edge_batches(1, stop=_SINGLE_EDGES):
            client.run(load.FRIENDS, {"rows": rows})
        after = _wal_bytes(server)
    return [
        Figure("log for an edge, in batches", bench.size, (between - before) / stop, "B"),
        Figure("log for an edge, one by one", bench.size, (after - between) / _SINGLE_EDGES, "B"),
    ]


def _wal_bytes(server: ServerProcess) -> int:
    return sum(path.stat().st_size for path in (server.data_directory / "wal").iterdir())
