"""How long each query of the list takes over one connection."""

from __future__ import annotations

import time
from collections.abc import Iterable
from itertools import islice

import numpy as np

from benchmarks.bolt_client import BoltClient, statement
from benchmarks.figures import QueryFigure
from benchmarks.queries import Query
from benchmarks.server import HOST
from benchmarks.workbench import Workbench

_WARM_UP = 3
_MOST_RUNS = 1_000
_FEWEST_RUNS = 5


def query_latencies(bench: Workbench, queries: Iterable[Query], seconds: float = 1.0) -> list[QueryFigure]:
    """Run each query with new parameters each time, for about ``seconds``."""
    with BoltClient(HOST, bench.server.port) as client:
        return [_measure(bench, client, query, seconds) for query in queries]


def _measure(bench: Workbench, client: BoltClient, query: Query, seconds: float) -> QueryFigure:
    drawn = islice(query.parameters(bench.graph), _WARM_UP + _MOST_RUNS)
    times: list[float] = []
    rows = 0
    for number, parameters in enumerate(drawn):
        packed = statement(query.text, dict(parameters))
        started = time.perf_counter()
        reply = client.exchange(packed)
        taken = time.perf_counter() - started
        if number < _WARM_UP:
            continue
        times.append(taken)
        rows += reply.records
        if sum(times) > seconds and len(times) >= _FEWEST_RUNS:
            break
    p50, p99 = np.percentile(times, [50, 99]) * 1000
    return QueryFigure(
        query.full_name,
        bench.size,
        float(p50),
        float(p99),
        len(times) / sum(times),
        rows / len(times),
        len(times),
    )
