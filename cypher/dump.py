"""DUMP DATABASE: the graph as statements that make it again, one for each row.

Order and form are Memgraph's, so that its tools can read a dump and ours can read its: nodes with a
helper label and their id as a helper property, an index on these, the relationships, then the helpers
are removed and the indexes made. What Memgraph's own dump loses is kept: whole floats stay floats,
infinities and NaN come back, and the helper names avoid those that the graph uses itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lithograph.cypher.context import Context
from lithograph.cypher.hydrate import nodes, relationships
from lithograph.cypher.render import quoted, render_value
from lithograph.cypher.results import ResultBatch
from lithograph.storage.indexes.catalog import IndexName

BATCH = 1024
"""Slots looked at in one step."""

LABEL, PROPERTY = "__mg_vertex__", "__mg_id__"


def dump_database(context: Context) -> Iterator[ResultBatch]:
    """The statements, a batch of rows at a time, as the transaction sees the graph."""
    store = context.transaction.store
    label = _unused(LABEL, store.label_sets.labels.ids)
    key = _unused(PROPERTY, store.keys.ids)
    any_vertices = False
    for batch in _vertices(context, label, key):
        any_vertices = any_vertices or batch.count > 0
        yield batch
    if any_vertices:
        yield _rows([f"CREATE INDEX ON :{label}({key});"])
        yield from _edges(context, label, key)
        yield _rows([f"DROP INDEX ON :{label}({key});", f"MATCH (u) REMOVE u:{label}, u.{key};"])
    names = [*store.vertex_indexes.names(), *store.edge_indexes.names()]
    yield _rows([_index(name) for name in sorted(names)])


def _unused(name: str, taken: dict[str, int]) -> str:
    while name in taken:
        name += "_"
    return name


def _rows(statements: list[str]) -> ResultBatch:
    return ResultBatch(len(statements), [statements])


def _vertices(context: Context, label: str, key: str) -> Iterator[ResultBatch]:
    transaction = context.transaction
    table = transaction.store.vertices
    high = table.high
    for start in range(0, high, BATCH):
        slots, _ = transaction.scan(table, start, min(start + BATCH, high))
        statements = []
        for node in nodes(slots, transaction):
            labels = "".join(f":{quoted(name)}" for name in node.labels)
            properties = _properties(node.properties)
            separator = ", " if properties else ""
            statements.append(f"CREATE (:{label}{labels} {{{key}: {node.id}{separator}{properties}}});")
        yield _rows(statements)


def _edges(context: Context, label: str, key: str) -> Iterator[ResultBatch]:
    transaction = context.transaction
    table = transaction.store.edges
    high = table.high
    for start in range(0, high, BATCH):
        slots, _ = transaction.scan(table, start, min(start + BATCH, high))
        statements = []
        for edge in relationships(slots, transaction):
            properties = _properties(edge.properties)
            braces = f" {{{properties}}}" if properties else ""
            statements.append(
                f"MATCH (u:{label}), (v:{label}) WHERE u.{key} = {edge.start} AND v.{key} = {edge.end} "
                f"CREATE (u)-[:{quoted(edge.type)}{braces}]->(v);"
            )
        yield _rows(statements)


def _properties(properties: dict[str, Any]) -> str:
    return ", ".join(f"{quoted(key)}: {render_value(value)}" for key, value in properties.items())


def _index(name: IndexName) -> str:
    keys = f"({', '.join(map(quoted, name.keys))})" if name.keys else ""
    edge = "EDGE " if name.table == "edges" else ""
    return f"CREATE {edge}INDEX ON :{quoted(name.label)}{keys};"
