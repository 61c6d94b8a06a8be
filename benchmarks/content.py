"""What is in a database, and what it answers, as plain values to compare."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from typing import Any

from neo4j import Driver, ResultSummary, Session

from benchmarks.expected import Observed, Row, plain
from lithograph.cypher.results import Statistics

_COUNTERS = tuple(field.name for field in fields(Statistics))


@dataclass(frozen=True, slots=True)
class Content:
    """All vertices and edges, the ends of edges by their property ``id``; equal for graphs that differ in element ids only."""

    nodes: Counter[Row]
    relationships: Counter[Row]
    indexes: Counter[Row]

    def __str__(self) -> str:
        return f"{self.nodes.total():,} vertices, {self.relationships.total():,} edges, {self.indexes.total()} indexes"


def content(driver: Driver) -> Content:
    """Read everything."""
    with driver.session() as session:
        nodes = session.run("MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties")
        found = Counter((frozenset(labels), plain(properties, {})) for labels, properties in nodes)
        edges = session.run(
            "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS type, properties(r) AS p, b.id AS b"
        )
        joined = Counter((a, kind, plain(properties, {}), b) for a, kind, properties, b in edges)
        shown = session.run("SHOW INDEX INFO")
        indexes = Counter(plain([row["index type"], row["label"], row["property"]], {}) for row in shown)
    return Content(found, joined, indexes)


def users_by_element_id(driver: Driver) -> dict[str, int]:
    """Element id → user id, of all users."""
    records, _, _ = driver.execute_query("MATCH (n:User) RETURN elementId(n) AS element, n.id AS id")
    return {record["element"]: record["id"] for record in records}


def observe(session: Session, text: str, parameters: dict[str, Any]) -> Observed:
    """Run one statement as auto-commit, to its last row."""
    result = session.run(text, parameters)
    rows = [list(record.values()) for record in result]
    return Observed(rows, counters(result.consume()))


def counters(summary: ResultSummary) -> dict[str, int]:
    """Those that are not 0."""
    counts = {name: getattr(summary.counters, name) for name in _COUNTERS}
    return {name: count for name, count in counts.items() if count}
