"""CALL { … } IN TRANSACTIONS … ON ERROR … against what is said of it, written down once more over lists."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.storage.check import check
from lithograph.storage.store import Store
from support.engines import commit, frames_of, take_turn

Behaviour = st.sampled_from(["CONTINUE", "BREAK"])


class Expected(NamedTuple):
    """Rows of (number, value, started, committed), and the numbers of the nodes that are there in the end."""

    rows: list[tuple[int, int | None, bool, bool]]
    nodes: list[int]


def expected(numbers: list[int], size: int, behaviour: str) -> Expected:
    found = Expected([], [])
    broken = False
    for start in range(0, len(numbers), size):
        batch = numbers[start : start + size]
        if broken or 0 in batch:
            found.rows.extend((number, None, not broken, False) for number in batch)
            broken |= behaviour == "BREAK"
            continue
        for number in batch:
            found.rows.extend((number, value, True, True) for value in range(number))
            found.nodes.extend(range(number))
    return found


@settings(max_examples=50)
@given(st.lists(st.integers(0, 4), max_size=12), st.integers(1, 5), Behaviour, st.sampled_from([1, 2, 100]))
def test_rows_graph_and_counters_are_those_of_the_batches_that_succeed(
    numbers: list[int], size: int, behaviour: str, frame: int
) -> None:
    """Each row makes as many nodes as it says, and one of 0 fails after it has made some."""
    text = (
        "UNWIND $numbers AS n CALL (n) { "
        "UNWIND CASE n WHEN 0 THEN [0, 0] ELSE range(0, n - 1) END AS x CREATE (c:C {x: x}) "
        "SET c.y = 1 / n RETURN c.x AS x "
        f"}} IN TRANSACTIONS OF $size ROWS ON ERROR {behaviour} REPORT STATUS AS s "
        "RETURN n, x, s.started AS started, s.committed AS committed"
    )
    engine = Engine(Store())
    execution = engine.run(
        engine.prepare(text), engine.store.begin(), {"numbers": numbers, "size": size}, memory_limit=1 << 30
    )
    rows: list[tuple[Any, ...]] = []
    with frames_of(frame):
        while (batch := execution.step()) is not None:
            rows.extend(zip(*batch.columns, strict=True))
            if execution.turn is not None:
                take_turn(execution)
    commit(execution.context.transaction)
    rows_expected, nodes = expected(numbers, size, behaviour)
    assert rows == rows_expected
    statistics = execution.context.statistics
    assert (statistics.nodes_created, statistics.labels_added) == (len(nodes), len(nodes))
    assert statistics.properties_set == 2 * len(nodes)
    assert execution.context.memory == 0
    assert engine.store.vertex_counts.total == len(nodes)
    assert list(check(engine.store)) == []
