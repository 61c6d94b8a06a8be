"""The queries of mgbench's Pokec list, with parameters for them.

Texts are mgbench's; ``$id``, ``$from`` and ``$to`` are drawn from the graph's ids, ``$new`` numbers vertices that are
not in it. ``reference.py`` knows the right answers.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from benchmarks.pokec import Pokec

Parameters = dict[str, int]
Draw = Callable[[random.Random, Pokec], Parameters]

_BIG_VERTEX = (
    "CREATE (:L1:L2:L3:L4:L5:L6:L7 {p1: true, p2: 42, "
    'p3: "Here is some text that is not extremely short", p4: "Short text", p5: 234.434, p6: 11.11, p7: false})'
)
_ENDS = "MATCH (n:User {id: $from}), (m:User {id: $to}) "


@dataclass(frozen=True, slots=True)
class Query:
    """``kind``: whether it reads or writes; ``draw`` makes its parameters."""

    group: str
    name: str
    text: str
    draw: Draw
    kind: Literal["read", "write"] = "read"

    @property
    def full_name(self) -> str:
        return f"{self.group}.{self.name}"

    def parameters(self, graph: Pokec) -> Iterator[Parameters]:
        """An endless row of parameters, the same one every time."""
        numbers = random.Random(f"{self.full_name} on {graph.size.name}")
        while True:
            yield self.draw(numbers, graph)


def _none(numbers: random.Random, graph: Pokec) -> Parameters:
    return {}


def _one_user(numbers: random.Random, graph: Pokec) -> Parameters:
    return {"id": numbers.randint(1, graph.size.vertices)}


def _new_user(numbers: random.Random, graph: Pokec) -> Parameters:
    return {"id": graph.size.vertices + numbers.randint(1, 1_000_000)}


def _two_users(numbers: random.Random, graph: Pokec) -> Parameters:
    start, end = numbers.sample(range(1, graph.size.vertices + 1), 2)
    return {"from": start, "to": end}


def _expansions() -> Iterator[Query]:
    for hops in (1, 2, 3, 4):
        steps = "-->()" * (hops - 1)
        start = f"MATCH (s:User {{id: $id}}){steps}-->(n:User) "
        result = "RETURN n.id" if hops == 1 else "RETURN DISTINCT n.id"
        yield Query("arango", f"expansion_{hops}", start + result, _one_user)
        yield Query(
            "arango", f"expansion_{hops}_with_filter", start + "WHERE n.age >= 18 " + result, _one_user
        )


def _neighbours() -> Iterator[Query]:
    start = "MATCH (s:User {id: $id})-[*1..2]->(n:User) "
    grown_up = "WHERE n.age >= 18 "
    yield Query("arango", "neighbours_2", start + "RETURN DISTINCT n.id", _one_user)
    yield Query("arango", "neighbours_2_with_filter", start + grown_up + "RETURN DISTINCT n.id", _one_user)
    yield Query("arango", "neighbours_2_with_data", start + "RETURN DISTINCT n.id, n", _one_user)
    yield Query(
        "arango",
        "neighbours_2_with_data_and_filter",
        start + grown_up + "RETURN DISTINCT n.id, n",
        _one_user,
    )
    for hops in (3, 4):
        yield Query(
            "basic",
            f"neighbours_{hops}_with_data_and_filter",
            f"MATCH (s:User {{id: $id}})-[*1..{hops}]->(n:User) WHERE n.age >= 18 RETURN DISTINCT n.id, n",
            _one_user,
        )


def _paths() -> Iterator[Query]:
    result = "RETURN extract(n in nodes(p) | n.id) AS path"
    yield Query(
        "arango",
        "shortest_path",
        f"{_ENDS}WITH n, m MATCH p=(n)-[*bfs..15]->(m) {result}",
        _two_users,
    )
    yield Query(
        "arango",
        "shortest_path_with_filter",
        f"{_ENDS}WITH n, m MATCH p=(n)-[*bfs..15 (e, n | n.age >= 18)]->(m) {result}",
        _two_users,
    )
    yield Query(
        "arango",
        "allshortest_paths",
        f"{_ENDS}WITH n, m MATCH p=(n)-[*allshortest 2 (r, n | 1) total_weight]->(m) {result}",
        _two_users,
    )


READS: tuple[Query, ...] = (
    Query("arango", "single_vertex_read", "MATCH (n:User {id : $id}) RETURN n", _one_user),
    Query("arango", "aggregate", "MATCH (n:User) RETURN n.age, COUNT(*)", _none),
    Query("arango", "aggregate_with_distinct", "MATCH (n:User) RETURN COUNT(DISTINCT n.age)", _none),
    Query(
        "arango", "aggregate_with_filter", "MATCH (n:User) WHERE n.age >= 18 RETURN n.age, COUNT(*)", _none
    ),
    *_expansions(),
    *_neighbours(),
    *_paths(),
    Query("aggregation", "count", "MATCH (n) RETURN count(n), count(n.age)", _none),
    Query("aggregation", "min_max_avg", "MATCH (n) RETURN min(n.age), max(n.age), avg(n.age)", _none),
    Query(
        "match", "pattern_cycle", "MATCH (n:User {id: $id})-[e1]->(m)-[e2]->(n) RETURN e1, m, e2", _one_user
    ),
    Query(
        "match",
        "pattern_long",
        "MATCH (n1:User {id: $id})-[e1]->(n2)-[e2]->(n3)-[e3]->(n4)<-[e4]-(n5) RETURN n5 LIMIT 1",
        _one_user,
    ),
    Query("match", "pattern_short", "MATCH (n:User {id: $id})-[e]->(m) RETURN m LIMIT 1", _one_user),
    Query("match", "vertex_on_label_property", "MATCH (n:User) WITH n WHERE n.id = $id RETURN n", _one_user),
    Query("match", "vertex_on_label_property_index", "MATCH (n:User {id: $id}) RETURN n", _one_user),
    Query("match", "vertex_on_property", "MATCH (n {id: $id}) RETURN n", _one_user),
)

WRITES: tuple[Query, ...] = (
    Query("arango", "unwind_range_vertex_write", f"UNWIND range(1, 100) as x {_BIG_VERTEX}", _none, "write"),
    Query("arango", "single_vertex_write", "CREATE (n:UserTemp {id : $id}) RETURN n", _new_user, "write"),
    Query(
        "arango",
        "single_edge_write",
        "MATCH (n:User {id: $from}), (m:User {id: $to}) WITH n, m CREATE (n)-[e:Temp]->(m) RETURN e",
        _two_users,
        "write",
    ),
    Query(
        "create",
        "edge",
        "MATCH (a:User {id: $from}), (b:User {id: $to}) CREATE (a)-[:TempEdge]->(b)",
        _two_users,
        "write",
    ),
    Query("create", "pattern", "CREATE ()-[:TempEdge]->()", _none, "write"),
    Query("create", "vertex", "CREATE ()", _none, "write"),
    Query("create", "vertex_big", _BIG_VERTEX, _none, "write"),
    Query("update", "vertex_on_property", "MATCH (n {id: $id}) SET n.property = -1", _one_user, "write"),
    Query(
        "basic",
        "single_vertex_property_update",
        "MATCH (n:User {id: $id}) SET n.property = -1",
        _one_user,
        "write",
    ),
)

QUERIES: tuple[Query, ...] = READS + WRITES
