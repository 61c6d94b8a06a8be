"""The queries of mgbench's Pokec list through the official driver, against a naive computation over the same data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import pytest
from neo4j import AsyncGraphDatabase, Driver, Session

from benchmarks.content import counters, observe
from benchmarks.expected import Changes, Observed
from benchmarks.queries import READS, WRITES, Query
from support.servers import LoadedServer, connected

pytestmark = pytest.mark.driver

DRAWS = 4
"""Parameters tried with each query."""


@pytest.fixture(scope="module")
def small_driver(small: LoadedServer) -> Iterator[Driver]:
    with connected(small.server) as driver:
        yield driver


def test_the_whole_graph_was_loaded(small: LoadedServer, small_driver: Driver) -> None:
    counted = "MATCH (n:User) RETURN count(n) AS users, count(DISTINCT n.id) AS ids"
    nodes = small_driver.execute_query(counted).records
    edges = small_driver.execute_query("MATCH (a)-[r:Friend]->(b) RETURN a.id, b.id").records
    assert [list(row) for row in nodes] == [[small.graph.size.vertices] * 2]
    expected = zip(small.graph.source.tolist(), small.graph.target.tolist(), strict=True)
    assert Counter(tuple(row) for row in edges) == Counter(expected)


@pytest.mark.parametrize("query", READS, ids=lambda query: query.full_name)
def test_reading_queries_answer_as_the_naive_computation(
    query: Query, small: LoadedServer, small_driver: Driver
) -> None:
    with small_driver.session() as session:
        for parameters in islice(query.parameters(small.graph), DRAWS):
            observed = observe(session, query.text, dict(parameters))
            difference = small.reference.answer(query, parameters).difference(observed, small.users)
            assert difference is None, f"{query.text} with {parameters}: {difference}"
            assert observed.counters == {}


async def test_the_asynchronous_driver_gets_the_same_answers(small: LoadedServer) -> None:
    async with AsyncGraphDatabase.driver(small.server.uri) as driver, driver.session() as session:
        for query in READS:
            parameters = next(query.parameters(small.graph))
            result = await session.run(query.text, dict(parameters))
            rows = [list(record.values()) async for record in result]
            observed = Observed(rows, counters(await result.consume()))
            difference = small.reference.answer(query, parameters).difference(observed, small.users)
            assert difference is None, f"{query.text} with {parameters}: {difference}"


@pytest.mark.parametrize("query", WRITES, ids=lambda query: query.full_name)
def test_writing_queries_change_what_their_counters_say(query: Query, tiny: LoadedServer) -> None:
    with connected(tiny.server) as driver, driver.session() as session:
        for parameters in islice(query.parameters(tiny.graph), DRAWS):
            before = _sizes(session)
            expected = tiny.reference.answer(query, parameters)
            assert isinstance(expected, Changes)
            observed = observe(session, query.text, dict(parameters))
            difference = expected.difference(observed, tiny.users)
            assert difference is None, f"{query.text} with {parameters}: {difference}"
            created = [expected.counters.get(name, 0) for name in ("nodes_created", "relationships_created")]
            assert _sizes(session) == [old + new for old, new in zip(before, created, strict=True)]
            if "SET" in query.text:
                updated = session.run("MATCH (n:User {id: $id}) RETURN n.property", dict(parameters)).single()
                assert updated is not None
                assert updated.value() == -1


def _sizes(session: Session) -> list[int]:
    """Vertices and edges."""
    texts = ("MATCH (n) RETURN count(n)", "MATCH ()-[r]->() RETURN count(r)")
    return [session.run(text).single(strict=True).value() for text in texts]
