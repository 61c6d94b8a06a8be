"""Random queries as text, and random graphs for them (``query_writer.py`` has the vocabulary)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from support.query_writer import LABELS, TYPES, Scope, Writer, properties
from support.rich_query_writer import RichWriter


@dataclass(frozen=True)
class GraphData:
    """``nodes`` as (labels, properties), ``relationships`` as (type, start, end, properties) by node number."""

    nodes: list[tuple[frozenset[str], dict[str, Any]]]
    relationships: list[tuple[str, int, int, dict[str, Any]]]


@st.composite
def graphs(draw: st.DrawFn, most_nodes: int = 5, most_relationships: int = 6) -> GraphData:
    """Small graphs with parallel relationships, self loops and missing properties."""
    number = draw(st.sampled_from([0, 1, *range(2, most_nodes + 1), most_nodes]))
    if not number:
        return GraphData([], [])
    node = st.tuples(st.frozensets(st.sampled_from(LABELS)), properties)
    end = st.integers(0, number - 1)
    relationship = st.tuples(st.sampled_from(TYPES), end, end, properties)
    least = draw(st.sampled_from([0, most_relationships - 1]))
    return GraphData(
        draw(st.lists(node, min_size=number, max_size=number)),
        draw(st.lists(relationship, min_size=least, max_size=most_relationships)),
    )


@st.composite
def reading_queries(draw: st.DrawFn) -> tuple[str, bool]:
    """A query that only reads, and whether the order of its rows is total."""
    writer = Writer(draw)
    if writer.chance(10):
        parts = []
        for _ in range(2):
            scope = Scope()
            parts.append(f"{writer.match(scope)} RETURN {writer.number(scope)} AS c")
        return writer.pick(" UNION ", " UNION ALL ").join(parts), False
    if writer.chance(20):
        return writer.reach(), False
    scope = Scope()
    more = st.lists(st.sampled_from([writer.match, writer.with_, writer.unwind]), max_size=2)
    clauses = [writer.match, *draw(more)]
    texts = [clause(scope) for clause in clauses]
    ordered = writer.chance(30)
    return " ".join([*texts, writer.return_(scope, ordered)]), ordered


@st.composite
def writing_queries(draw: st.DrawFn) -> str:
    """A query that changes the graph; maybe it returns rows, too."""
    writer = Writer(draw)
    scope = Scope()
    clauses = []
    if writer.chance(90):
        clauses.append(draw(st.sampled_from([writer.match, writer.match, writer.unwind]))(scope))
    for _ in range(draw(st.integers(1, 3))):
        choices = [writer.create, writer.merge]
        if scope.nodes or scope.relationships:
            choices += [writer.set, writer.set, writer.remove]
            choices.append(writer.delete)
        clause = draw(st.sampled_from(choices))(scope)
        clauses.append(clause)
        if "DELETE" in clause:
            return " ".join([*clauses, "RETURN count(*) AS c"])
        if writer.chance(30) and "DELETE" not in clause:
            clauses += [f"WITH {', '.join(scope.everything()) or '1 AS one'}", writer.match(scope)]
    if "MATCH" in clauses[-1].split("SET")[0] or writer.chance(60):
        clauses.append(writer.return_(scope, False))
    return " ".join(clauses)


@st.composite
def updates_in_order(draw: st.DrawFn) -> str:
    """Updates of rows in a total order, each of which may write what a later one reads."""
    number = st.sampled_from(["1", "i", "b.x", "a.y", "coalesce(b.x, 0) + i", "coalesce(a.x, 0) + 1", "null"])
    count = st.sampled_from(
        ["COUNT { MATCH (a)-->() }", "COUNT { MATCH (m:A) WHERE m.x = 1 }", "size(keys(b))"]
    )
    item = st.one_of(
        st.builds(
            "{}.{} = {}".format,
            st.sampled_from("ab"),
            st.sampled_from("xy"),
            st.one_of(number, number, count),
        ),
        st.sampled_from(
            ["a += {x: b.y}", "a = b", "b += a", "b = {x: i}", "a:A", "b:B", "a.y = startNode(r).x"]
        ),
        st.sampled_from(["b.x = CASE WHEN a:A THEN 1 ELSE 2 END", "r.x = a.x", "a.x = r.x", "r += b"]),
    )
    items = st.lists(item, min_size=1, max_size=3).map(", ".join)
    pattern = st.sampled_from(
        [
            "(a)-[q:R]-(b)",
            "(a)-[q:S]->(b)",
            "(m:A {x: coalesce(a.x, i)})",
            "(a)-[q:R]->(m:B {x: i})",
            "(a)-[q:R]->(m:A)-[:S]->(b)",
            "(a)-[q:R {x: i}]-(b)",
            "(a)-[q:S]-(m:A)",
        ]
    )
    event = st.sampled_from(["a.x = coalesce(a.x, 0) + 1", "b.x = i", "a:A", "a.y = b.x"])
    events = st.sampled_from(
        ["", " ON CREATE SET {}", " ON MATCH SET {}", " ON MATCH SET {} ON CREATE SET {}"]
    )
    update = st.one_of(
        items.map("SET {}".format),
        st.sampled_from(["REMOVE a.x, b:A", "REMOVE a:A, b.y"]),
        st.builds("MERGE {}{}".format, pattern, st.builds(str.format, events, event, event)),
        items.map("FOREACH (k IN [i, 2] | SET {})".format),
        st.builds("FOREACH (k IN [1, i] | SET {} MERGE (:A {{x: k}}) SET {})".format, items, items),
    )
    first = draw(update)
    second = "" if first.startswith("MERGE") else draw(st.one_of(st.just(""), items.map("SET {}".format)))
    rows = "MATCH (a)-[r]-(b) UNWIND [0, 1] AS i WITH a, b, r, i ORDER BY id(r), id(a), i"
    return f"{rows} {first} {second}"


@st.composite
def rich_reading_queries(draw: st.DrawFn) -> tuple[str, bool]:
    """As ``reading_queries``, with everything that ``RichWriter`` knows."""
    writer = RichWriter(draw)
    if writer.chance(10):
        single = [_rich_reading(writer, ordered=False) for _ in range(2)]
        parts = [f"{clauses} RETURN {writer.number(scope)} AS c" for scope, clauses in single]
        return writer.pick(" UNION ", " UNION ALL ").join(parts), False
    ordered = writer.chance(30)
    scope, clauses = _rich_reading(writer, ordered)
    return f"{clauses} {writer.return_(scope, ordered and not scope.bags)}", ordered and not scope.bags


@st.composite
def risky_queries(draw: st.DrawFn) -> tuple[str, bool]:
    """Queries whose last clause may fail, some before anything runs."""
    writer = RichWriter(draw)
    scope, clauses = _rich_reading(writer, ordered=False)
    return f"{clauses} {writer.risky(scope)}", False


def _rich_reading(writer: RichWriter, ordered: bool) -> tuple[Scope, str]:
    """Reading clauses without the RETURN."""
    scope = Scope()
    first = [writer.match, writer.match, writer.unwind]
    clauses = [first[writer.draw_index(3)]]
    more = [writer.match, writer.with_, writer.with_, writer.unwind]
    clauses += [more[writer.draw_index(4)] for _ in range(writer.draw_index(3))]
    return scope, " ".join(clause(scope) for clause in clauses)


@st.composite
def rich_writing_queries(draw: st.DrawFn) -> str:
    """Rows in a total order, then updates, then maybe values of what they left."""
    writer = RichWriter(draw)
    scope, reading = _rich_reading(writer, ordered=False)
    clauses = [reading, writer.in_order(scope)]
    for _ in range(1 + writer.draw_index(3)):
        choices = [writer.create, writer.merge, writer.foreach]
        if scope.nodes or scope.relationships:
            choices += [writer.set, writer.set, writer.set, writer.remove, writer.delete]
        clause = choices[writer.draw_index(len(choices))](scope)
        clauses.append(clause)
        if clause.startswith(("DELETE", "DETACH")):
            return " ".join([*clauses, "RETURN count(*) AS c"])
        if clause.startswith("MERGE"):  # may give rows of which nobody knows the order
            break
    if writer.chance(60):
        clauses.append(writer.return_(scope, ordered=False))
    return " ".join(clauses)
