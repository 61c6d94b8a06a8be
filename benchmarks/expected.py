"""What a query has to answer, as an object that says how an observed answer differs from it.

Rows are compared as multisets of *plain* values: an integer is not a float, a node is its labels and properties, a relationship
its type, properties and the user ids of its ends. ``plain`` makes them from what the driver hands out.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from neo4j.graph import Node, Relationship

Row = tuple[Any, ...]
ElementIds = Mapping[str, int]
"""Element id → user id."""


def plain_node(labels: Collection[str], properties: Mapping[str, Any]) -> Row:
    return ("node", frozenset(labels), _plain_map(properties))


def plain_relationship(kind: str, start: int, end: int, properties: Mapping[str, Any]) -> Row:
    """``start`` and ``end`` are user ids."""
    return ("relationship", kind, start, end, _plain_map(properties))


def plain(value: Any, users: ElementIds) -> Any:
    """A hashable form of a value of a result; values of different types are never equal."""
    if isinstance(value, Node):
        return plain_node(value.labels, value)
    if isinstance(value, Relationship):
        start, end = value.start_node, value.end_node
        assert start is not None, "the driver left the start of a relationship out"
        assert end is not None, "the driver left the end of a relationship out"
        return plain_relationship(value.type, users[start.element_id], users[end.element_id], value)
    if isinstance(value, list):
        return ("list", tuple(plain(item, users) for item in value))
    if isinstance(value, dict):
        return _plain_map(value)
    return (type(value).__name__, value)


def _plain_map(entries: Mapping[str, Any]) -> Row:
    return ("map", frozenset((key, plain(value, {})) for key, value in entries.items()))


@dataclass(frozen=True, slots=True)
class Observed:
    """The answer of a server: rows of the driver's values and the counters of the summary."""

    rows: Sequence[Sequence[Any]]
    counters: Mapping[str, int] = field(default_factory=dict)


class Expected(Protocol):
    def difference(self, observed: Observed, users: ElementIds) -> str | None:
        """What is wrong with the answer in a sentence; None when it is right."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Exactly these rows of plain values, in any order."""

    rows: Counter[Row]

    def difference(self, observed: Observed, users: ElementIds) -> str | None:
        seen = Counter(tuple(plain(value, users) for value in row) for row in observed.rows)
        if seen == self.rows:
            return None
        missing, surplus = self.rows - seen, seen - self.rows
        return (
            f"{self.rows.total()} rows expected, {seen.total()} came; "
            f"missing {missing.total()}, such as {_example(missing)}; "
            f"surplus {surplus.total()}, such as {_example(surplus)}"
        )


@dataclass(frozen=True, slots=True)
class AnyRow:
    """One row out of ``rows`` (``LIMIT 1`` without an order); none if there are none."""

    rows: Collection[Row]

    def difference(self, observed: Observed, users: ElementIds) -> str | None:
        wanted = min(len(self.rows), 1)
        if len(observed.rows) != wanted:
            return f"{wanted} rows expected, {len(observed.rows)} came"
        wrong = [row for row in observed.rows if tuple(plain(value, users) for value in row) not in self.rows]
        return f"a row that does not match: {wrong[0]}" if wrong else None


@dataclass(frozen=True, slots=True)
class ShortestPath:
    """A path of user ids from ``start`` to ``end`` with ``length`` edges, along ``edges`` and over ``allowed`` users.

    Any one of several shortest paths will do. ``length`` of None: there is no path, so no row.
    """

    start: int
    end: int
    length: int | None
    edges: Mapping[int, Collection[int]]
    allowed: Collection[int] | None

    def difference(self, observed: Observed, users: ElementIds) -> str | None:
        if self.length is None or len(observed.rows) != 1:
            wanted = 0 if self.length is None else 1
            return (
                None if len(observed.rows) == wanted else f"{wanted} rows expected, {len(observed.rows)} came"
            )
        path = observed.rows[0][0]
        if len(path) != self.length + 1:
            return f"a path of {self.length} edges expected, this one came: {path}"
        if path[0] != self.start or path[-1] != self.end:
            return f"the path does not lead from {self.start} to {self.end}: {path}"
        if any(after not in self.edges[before] for before, after in itertools.pairwise(path)):
            return f"the path has an edge that the graph has not: {path}"
        if self.allowed is not None and any(user not in self.allowed for user in path[1:]):
            return f"the path leads over a user that the filter excludes: {path}"
        return None


@dataclass(frozen=True, slots=True)
class Changes:
    """Counters of a writing query (those that are not 0), and the rows it returns."""

    counters: Mapping[str, int]
    rows: Rows = field(default_factory=lambda: Rows(Counter()))

    def difference(self, observed: Observed, users: ElementIds) -> str | None:
        if observed.counters != self.counters:
            return f"the counters {dict(self.counters)} expected, {dict(observed.counters)} came"
        return self.rows.difference(observed, users)


def _example(rows: Counter[Row]) -> str:
    return repr(next(iter(rows), "none"))
