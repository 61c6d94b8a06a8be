"""The engine against a naive evaluator: random graphs, random queries, the same rows and the same graph.

With and without indexes, with frames of one, two and three rows, with versions in the way and with commits of
others between two steps of a query.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, note, reject, settings
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import UnsupportedError
from lithograph.cypher.parse import parse
from lithograph.cypher.render import render
from lithograph.storage.errors import LithographError
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction
from support.engines import bag, commit, fill, frames_of, graph_of, names_of, plain, run, run_in, shape
from support.naive import evaluate
from support.naive_graph import NaiveGraph
from support.naive_match import TooMuchWorkError
from support.queries import (
    GraphData,
    graphs,
    reading_queries,
    rich_reading_queries,
    rich_writing_queries,
    risky_queries,
    updates_in_order,
    writing_queries,
)

INDEXES = ["A", "A(x)", "B(x)", "A(m)", "A(s)", "A(x, y)"]
index_sets = st.one_of(st.builds(list[str]), st.lists(st.sampled_from(INDEXES), unique=True))
frame_sizes = st.sampled_from([1, 2, 3, 1 << 15])

CHANGES = [
    "MATCH (n) SET n.x = coalesce(n.x, 0) + 1",
    "MATCH (n:A) REMOVE n:A",
    "MATCH (n:B) SET n:A SET n.x = 1",
    "MATCH ()-[r:R]->() DELETE r",
    "MATCH (n:A) DETACH DELETE n",
    "MATCH (a:A) CREATE (a)-[:R {x: 1}]->(a)",
    "CREATE (:A {x: 1})-[:R {y: 2}]->(:B)",
    "MATCH (n) SET n = {x: 2}",
]
changes = st.lists(st.sampled_from(CHANGES), max_size=2)


def outcome(work: Any) -> Any:
    """What ``work`` gives, or that it failed."""
    try:
        return work()
    except UnsupportedError:
        reject()
    except LithographError as error:
        note(f"fails: {error!r}")
        return None
    except TooMuchWorkError:
        reject()


def engine_with(data: GraphData, indexes: list[str]) -> tuple[Engine, NaiveGraph]:
    engine = Engine(Store())
    graph = fill(engine.store, data)
    for index in indexes:
        run(engine, f"CREATE INDEX ON :{index}")
    return engine, graph


def assert_same_answer(
    engine: Engine, transaction: Transaction, graph: NaiveGraph, query: str, ordered: bool
) -> None:
    known = names_of(graph)
    engine.prepare(query)  # what cannot be compiled is no test
    expected = outcome(lambda: evaluate(query, graph.copy()))
    found = outcome(lambda: run_in(engine, transaction, query))
    assert (found is None) == (expected is None), query
    if found is None:
        return
    assert bag(found, known) == bag(expected, known), query
    if ordered:
        assert plain(found, known) == plain(expected, known), query


READING = (graphs(), st.one_of(reading_queries(), rich_reading_queries()), index_sets, frame_sizes)
RISKY = (graphs(), risky_queries(), index_sets, frame_sizes)
small_graphs = graphs(most_nodes=3, most_relationships=4)
IN_ORDER = (small_graphs, st.one_of(updates_in_order(), rich_writing_queries()), index_sets, frame_sizes)


def at_length(test: Callable[..., None]) -> Callable[..., None]:
    """For the same properties once more, with so many examples that it takes minutes."""
    return pytest.mark.long(pytest.mark.timeout(1200)(settings(max_examples=5_000)(test)))


def check_reading(data: GraphData, drawn: tuple[str, bool], indexes: list[str], size: int) -> None:
    query, ordered = drawn
    engine, graph = engine_with(data, indexes)
    with frames_of(size):
        assert_same_answer(engine, engine.store.begin(), graph, query, ordered)


@given(*READING)
def test_a_reading_query_gives_the_rows_of_the_naive_evaluator(
    data: GraphData, drawn: tuple[str, bool], indexes: list[str], size: int
) -> None:
    check_reading(data, drawn, indexes, size)


@at_length
@given(*READING)
def test_reading_queries_at_length(
    data: GraphData, drawn: tuple[str, bool], indexes: list[str], size: int
) -> None:
    check_reading(data, drawn, indexes, size)


def check_risky(data: GraphData, drawn: tuple[str, bool], indexes: list[str], size: int) -> None:
    query, ordered = drawn
    engine, graph = engine_with(data, indexes)
    assume(outcome(lambda: engine.prepare(query)) is not None)
    with frames_of(size):
        assert_same_answer(engine, engine.store.begin(), graph, query, ordered)


@given(*RISKY)
def test_a_query_fails_exactly_where_the_naive_evaluator_does(
    data: GraphData, drawn: tuple[str, bool], indexes: list[str], size: int
) -> None:
    check_risky(data, drawn, indexes, size)


@at_length
@given(*RISKY)
def test_failing_queries_at_length(
    data: GraphData, drawn: tuple[str, bool], indexes: list[str], size: int
) -> None:
    check_risky(data, drawn, indexes, size)


@given(st.one_of(rich_reading_queries().map(lambda drawn: drawn[0]), rich_writing_queries()))
def test_a_query_printed_reads_back_the_same(query: str) -> None:
    statement = parse(query)
    assert parse(render(statement)) == statement


@given(graphs(), writing_queries(), index_sets, frame_sizes, changes)
def test_a_writing_query_leaves_the_graph_of_the_naive_evaluator(
    data: GraphData, query: str, indexes: list[str], size: int, before: list[str]
) -> None:
    engine, graph = engine_with(data, indexes)
    reader = engine.store.begin()  # keeps every version
    for change in before:
        run(engine, change)
    graph = graph_of(engine.store.begin())
    known = names_of(graph)
    expected_graph = graph.copy()
    engine.prepare(query)
    with frames_of(size):
        transaction = engine.store.begin()
        expected = outcome(lambda: evaluate(query, expected_graph))
        found = outcome(lambda: run_in(engine, transaction, query))
        assert (found is None) == (expected is None), query
        if found is None:
            assert shape(graph_of(transaction), known) == shape(graph, known), query
            return
        assert bag(found, known) == bag(expected, known), query
        assert shape(graph_of(transaction), known) == shape(expected_graph, known), query
        commit(transaction)
    assert shape(graph_of(engine.store.begin()), known) == shape(expected_graph, known), query
    assert names_of(graph_of(reader)) == {*names_of(fill(Store(), data))}


def check_in_order(data: GraphData, query: str, indexes: list[str], size: int) -> None:
    engine, graph = engine_with(data, indexes)
    known = names_of(graph)
    engine.prepare(query)
    expected = graph.copy()
    with frames_of(size):
        transaction = engine.store.begin()
        evaluated = outcome(lambda: evaluate(query, expected))
        found = outcome(lambda: run_in(engine, transaction, query))
    assert (found is None) == (evaluated is None), query
    if found is not None and evaluated is not None:
        assert bag(found, known) == bag(evaluated, known), query
        assert shape(graph_of(transaction), known) == shape(expected, known), query


@given(*IN_ORDER)
def test_rows_are_updated_as_if_one_after_the_other(
    data: GraphData, query: str, indexes: list[str], size: int
) -> None:
    check_in_order(data, query, indexes, size)


@at_length
@given(*IN_ORDER)
def test_updates_at_length(data: GraphData, query: str, indexes: list[str], size: int) -> None:
    check_in_order(data, query, indexes, size)


@given(graphs(), reading_queries(), index_sets, frame_sizes, changes, changes)
def test_a_snapshot_stays_whatever_others_commit_meanwhile(
    data: GraphData,
    drawn: tuple[str, bool],
    indexes: list[str],
    size: int,
    before: list[str],
    meanwhile: list[str],
) -> None:
    query, ordered = drawn
    engine, graph = engine_with(data, indexes)
    oldest = engine.store.begin()
    for change in before:
        run(engine, change)
    transaction = engine.store.begin()
    current = graph_of(transaction)
    waiting = list(meanwhile)
    engine.prepare(query)
    with frames_of(size):
        expected = outcome(lambda: evaluate(query, current.copy()))
        found = outcome(
            lambda: run_in(engine, transaction, query, between=lambda: waiting and run(engine, waiting.pop()))
        )
        assert (found is None) == (expected is None), query
        if found is not None:
            known = names_of(current)
            assert bag(found, known) == bag(expected, known), query
        for change in waiting:
            run(engine, change)
        assert_same_answer(engine, transaction, current, query, ordered)
        assert_same_answer(engine, oldest, graph, query, ordered)
