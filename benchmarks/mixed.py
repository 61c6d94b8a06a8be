"""Point reads beside an analytical query: the event loop has to answer them while a worker thread computes."""

from __future__ import annotations

import threading
import time
from itertools import islice

import numpy as np

from benchmarks.bolt_client import BoltClient, statement
from benchmarks.figures import Figure
from benchmarks.queries import READS
from benchmarks.server import HOST
from benchmarks.workbench import Workbench

_POINT_READ = next(query for query in READS if query.full_name == "arango.single_vertex_read")
_ANALYTICAL = "MATCH (s:User)-->()-->(n:User) WHERE s.id % 10 = 0 RETURN n.age, count(*)"
_READS = 1_000


def point_reads_beside_analysis(bench: Workbench) -> list[Figure]:
    """The 50th and 99th percentile of the reads' latency, alone and beside another client's long queries."""
    port = bench.server.port
    alone = _latencies(bench, port)
    stop, begun = threading.Event(), threading.Event()

    def analyse() -> None:
        with BoltClient(HOST, port) as client:
            while not stop.is_set():
                begun.set()
                client.run(_ANALYTICAL)

    thread = threading.Thread(target=analyse)
    thread.start()
    begun.wait()
    try:
        beside = _latencies(bench, port)
    finally:
        stop.set()
        thread.join()
    return [
        Figure(
            f"point read beside analysis: p{percent}",
            bench.size,
            float(np.percentile(beside, percent)) * 1000,
            "ms",
            note=f"alone {np.percentile(alone, percent) * 1000:.2f} ms",
        )
        for percent in (50, 99)
    ]


def _latencies(bench: Workbench, port: int) -> list[float]:
    times: list[float] = []
    with BoltClient(HOST, port) as client:
        for parameters in islice(_POINT_READ.parameters(bench.graph), _READS):
            packed = statement(_POINT_READ.text, dict(parameters))
            started = time.perf_counter()
            client.exchange(packed)
            times.append(time.perf_counter() - started)
    return times
