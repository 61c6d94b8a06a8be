"""Right answers to the queries, by loops over dictionaries and sets; nothing of the engine is used.

A pattern is walked edge by edge, an edge at most once in one match (openCypher's rule), and a result is what the
query's text says, without any cleverness that could hide the same mistake twice. Slow, and meant to be.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.expected import (
    AnyRow,
    Changes,
    Expected,
    Row,
    Rows,
    ShortestPath,
    plain,
    plain_node,
    plain_relationship,
)
from benchmarks.pokec import Pokec
from benchmarks.queries import Parameters, Query

Edge = tuple[int, int]
"""Start and end as user ids; the graph has each pair once, so this identifies the edge."""

BFS_LIMIT = 15

BIG_VERTEX_COUNTERS = {"nodes_created": 1, "labels_added": 7, "properties_set": 7}


class Reference:
    """The graph in Python's own containers, and the answers."""

    def __init__(self, graph: Pokec) -> None:
        self.users: dict[int, dict[str, Any]] = {
            row["id"]: row for batch in graph.user_batches(10_000) for row in batch
        }
        self.out: dict[int, list[int]] = {user: [] for user in self.users}
        self.into: dict[int, list[int]] = {user: [] for user in self.users}
        for a, b in zip(graph.source.tolist(), graph.target.tolist(), strict=True):
            self.out[a].append(b)
            self.into[b].append(a)

    def answer(self, query: Query, parameters: Parameters) -> Expected:
        """Raises KeyError for a query that is not in the list."""
        return ANSWERS[query.full_name](self, parameters)

    # The building blocks

    def node(self, user: int) -> Row:
        return plain_node(["User"], self.users[user])

    def friendship(self, edge: Edge) -> Row:
        return plain_relationship("Friend", *edge, {})

    def grown_up(self, user: int) -> bool:
        return bool(self.users[user]["age"] >= 18)

    def walk_ends(self, start: int, hops: int) -> Iterator[int]:
        """The last user of every walk of exactly ``hops`` edges from ``start``, each edge used once at most."""
        stack: list[tuple[int, tuple[Edge, ...]]] = [(start, ())]
        while stack:
            user, walked = stack.pop()
            if len(walked) == hops:
                yield user
                continue
            for friend in self.out[user]:
                edge = (user, friend)
                if edge not in walked:
                    stack.append((friend, (*walked, edge)))

    def shortest(self, start: int, end: int, allowed: set[int] | None) -> int | None:
        """Edges on the shortest path over ``allowed`` users (``start`` need not be one); None: no path."""
        distance = {start: 0}
        queue = deque([start])
        while queue:
            user = queue.popleft()
            if user == end:
                return distance[user]
            if distance[user] == BFS_LIMIT:
                continue
            for friend in self.out[user]:
                if friend not in distance and (allowed is None or friend in allowed):
                    distance[friend] = distance[user] + 1
                    queue.append(friend)
        return None


Answer = Callable[[Reference, Parameters], Expected]


def _rows(*rows: tuple[Any, ...]) -> Rows:
    """Rows of numbers, and of plain values as tuples."""
    return Rows(Counter(tuple(v if isinstance(v, tuple) else plain(v, {}) for v in row) for row in rows))


# Reading


def _one_vertex(reference: Reference, parameters: Parameters) -> Expected:
    return _rows((reference.node(parameters["id"]),))


def _ages(minimum: int) -> Answer:
    def answer(reference: Reference, parameters: Parameters) -> Expected:
        counts = Counter(user["age"] for user in reference.users.values() if user["age"] >= minimum)
        return _rows(*counts.items())

    return answer


def _distinct_ages(reference: Reference, parameters: Parameters) -> Expected:
    return _rows((len({user["age"] for user in reference.users.values()}),))


def _count(reference: Reference, parameters: Parameters) -> Expected:
    return _rows((len(reference.users), len(reference.users)))


def _min_max_avg(reference: Reference, parameters: Parameters) -> Expected:
    ages = [user["age"] for user in reference.users.values()]
    return _rows((min(ages), max(ages), sum(ages) / len(ages)))


def _expansion(hops: int, *, grown_up: bool) -> Answer:
    def answer(reference: Reference, parameters: Parameters) -> Expected:
        ends = list(reference.walk_ends(parameters["id"], hops))
        kept = [user for user in ends if not grown_up or reference.grown_up(user)]
        return _rows(*((user,) for user in (kept if hops == 1 else set(kept))))

    return answer


def _neighbours(hops: int, *, grown_up: bool, data: bool) -> Answer:
    def answer(reference: Reference, parameters: Parameters) -> Expected:
        found: set[int] = set()
        for length in range(1, hops + 1):
            found.update(reference.walk_ends(parameters["id"], length))
        kept = [user for user in found if not grown_up or reference.grown_up(user)]
        return _rows(*((user, reference.node(user)) if data else (user,) for user in kept))

    return answer


def _shortest_path(*, grown_up: bool) -> Answer:
    def answer(reference: Reference, parameters: Parameters) -> Expected:
        start, end = parameters["from"], parameters["to"]
        allowed = {user for user in reference.users if reference.grown_up(user)} if grown_up else None
        length = reference.shortest(start, end, allowed)
        return ShortestPath(start, end, length, reference.out, allowed)

    return answer


def _allshortest_paths(reference: Reference, parameters: Parameters) -> Expected:
    """All the shortest paths of at most two edges."""
    start, end = parameters["from"], parameters["to"]
    if end in reference.out[start]:
        return _rows(([start, end],))
    return _rows(*(([start, m, end],) for m in reference.out[start] if end in reference.out[m]))


def _cycle(reference: Reference, parameters: Parameters) -> Expected:
    user = parameters["id"]
    mutual = [friend for friend in reference.out[user] if user in reference.out[friend]]
    return _rows(
        *(
            (reference.friendship((user, m)), reference.node(m), reference.friendship((m, user)))
            for m in mutual
        )
    )


def _pattern_long(reference: Reference, parameters: Parameters) -> Expected:
    """Every possible n5: over all walks of three edges and then one back along an edge that was not used."""
    found: set[int] = set()
    first = parameters["id"]
    for second in reference.out[first]:
        for third in reference.out[second]:
            for fourth in reference.out[third]:
                walked = {(first, second), (second, third), (third, fourth)}
                if len(walked) == 3:
                    found.update(n for n in reference.into[fourth] if (n, fourth) not in walked)
    return AnyRow({(reference.node(user),) for user in found})


def _pattern_short(reference: Reference, parameters: Parameters) -> Expected:
    return AnyRow({(reference.node(user),) for user in reference.out[parameters["id"]]})


# Writing


def _new_vertex(reference: Reference, parameters: Parameters) -> Expected:
    counters = {"nodes_created": 1, "labels_added": 1, "properties_set": 1}
    return Changes(counters, _rows((plain_node(["UserTemp"], {"id": parameters["id"]}),)))


def _new_edge(reference: Reference, parameters: Parameters) -> Expected:
    edge = plain_relationship("Temp", parameters["from"], parameters["to"], {})
    return Changes({"relationships_created": 1}, _rows((edge,)))


def _fixed(**counters: int) -> Answer:
    return lambda reference, parameters: Changes(counters)


ANSWERS: dict[str, Answer] = {
    "arango.single_vertex_read": _one_vertex,
    "arango.aggregate": _ages(0),
    "arango.aggregate_with_distinct": _distinct_ages,
    "arango.aggregate_with_filter": _ages(18),
    "arango.expansion_1": _expansion(1, grown_up=False),
    "arango.expansion_1_with_filter": _expansion(1, grown_up=True),
    "arango.expansion_2": _expansion(2, grown_up=False),
    "arango.expansion_2_with_filter": _expansion(2, grown_up=True),
    "arango.expansion_3": _expansion(3, grown_up=False),
    "arango.expansion_3_with_filter": _expansion(3, grown_up=True),
    "arango.expansion_4": _expansion(4, grown_up=False),
    "arango.expansion_4_with_filter": _expansion(4, grown_up=True),
    "arango.neighbours_2": _neighbours(2, grown_up=False, data=False),
    "arango.neighbours_2_with_filter": _neighbours(2, grown_up=True, data=False),
    "arango.neighbours_2_with_data": _neighbours(2, grown_up=False, data=True),
    "arango.neighbours_2_with_data_and_filter": _neighbours(2, grown_up=True, data=True),
    "basic.neighbours_3_with_data_and_filter": _neighbours(3, grown_up=True, data=True),
    "basic.neighbours_4_with_data_and_filter": _neighbours(4, grown_up=True, data=True),
    "arango.shortest_path": _shortest_path(grown_up=False),
    "arango.shortest_path_with_filter": _shortest_path(grown_up=True),
    "arango.allshortest_paths": _allshortest_paths,
    "aggregation.count": _count,
    "aggregation.min_max_avg": _min_max_avg,
    "match.pattern_cycle": _cycle,
    "match.pattern_long": _pattern_long,
    "match.pattern_short": _pattern_short,
    "match.vertex_on_label_property": _one_vertex,
    "match.vertex_on_label_property_index": _one_vertex,
    "match.vertex_on_property": _one_vertex,
    "arango.unwind_range_vertex_write": _fixed(**{k: 100 * n for k, n in BIG_VERTEX_COUNTERS.items()}),
    "arango.single_vertex_write": _new_vertex,
    "arango.single_edge_write": _new_edge,
    "create.edge": _fixed(relationships_created=1),
    "create.pattern": _fixed(nodes_created=2, relationships_created=1),
    "create.vertex": _fixed(nodes_created=1),
    "create.vertex_big": _fixed(**BIG_VERTEX_COUNTERS),
    "update.vertex_on_property": _fixed(properties_set=1),
    "basic.single_vertex_property_update": _fixed(properties_set=1),
}
