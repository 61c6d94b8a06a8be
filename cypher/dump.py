"""DUMP DATABASE: the graph as statements that make it again, one for each row.

Order and form are Memgraph's, so that its tools can read a dump and ours can read its: enumerations, nodes with a
helper label and their id as a helper property, an index on these, the relationships, then the helpers
are removed and the indexes made. What Memgraph's own dump loses is kept: whole floats stay floats,
infinities and NaN come back, and the helper names avoid those that the graph uses itself. Each statement is one line, and
a semicolon or a quote in a name is written as an escape (``\\u003B``), so that tools which know no backticks can
cut a dump into statements. What the language cannot read back (texts of millions of characters, very deep nesting) is refused rather
than lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.context import Context
from lithograph.cypher.hydrate import nodes, relationships
from lithograph.cypher.lexer import MAXIMUM_DEPTH, MAXIMUM_LENGTH
from lithograph.cypher.render import quoted, render, render_value
from lithograph.cypher.results import ResultBatch
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.errors import PropertyTypeError
from lithograph.storage.indexes.catalog import IndexName
from lithograph.storage.versions import Int32s

BATCH = 1024
"""Slots looked at in one step."""

DEEPEST = MAXIMUM_DEPTH - 10
"""Levels of lists and maps in a value; what is around and inside them takes some of the parser's."""

LABEL, PROPERTY = "__mg_vertex__", "__mg_id__"


def dump_database(context: Context) -> Iterator[ResultBatch]:
    """The statements, a batch of rows at a time, as the transaction sees the graph."""
    store = context.transaction.store
    label = _unused(LABEL, lambda name: _has_label(context, name))
    key = _unused(PROPERTY, lambda name: _has_property(context, name))
    yield _rows([_enum(name, values) for name, values in store.enums.items()])
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


def _unused(name: str, taken: Callable[[str], bool]) -> str:
    while taken(name):
        name += "_"
    return name


def _has_label(context: Context, name: str) -> bool:
    """Whether a node has the label; that its name is known says nothing, it may have been used once."""
    sets = context.transaction.store.label_sets
    label = sets.labels.find(name)
    return label is not None and any(sets.holding(label)[codes].any() for _, codes in _scanned(context))


def _has_property(context: Context, key: str) -> bool:
    """Whether a node has the property."""
    transaction = context.transaction
    if transaction.store.keys.find(key) is None:
        return False
    chunks = (transaction.vertex_property(key, slots) for slots, _ in _scanned(context))
    return any(value is not None for chunk in chunks for value in chunk.tolist())


def _scanned(context: Context) -> Iterator[tuple[Slots, Int32s]]:
    """All nodes in batches: slots and label set codes."""
    transaction = context.transaction
    table = transaction.store.vertices
    for start in range(0, table.high, BATCH):
        yield transaction.scan(table, start, start + BATCH)


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
            properties = _properties(node.properties, f"node {node.id}")
            separator = ", " if properties else ""
            statements.append(
                _readable(
                    f"CREATE (:{label}{labels} {{{key}: {node.id}{separator}{properties}}});",
                    f"node {node.id}",
                )
            )
        yield _rows(statements)


def _edges(context: Context, label: str, key: str) -> Iterator[ResultBatch]:
    transaction = context.transaction
    table = transaction.store.edges
    high = table.high
    for start in range(0, high, BATCH):
        slots, _ = transaction.scan(table, start, min(start + BATCH, high))
        statements = []
        for edge in relationships(slots, transaction):
            properties = _properties(edge.properties, f"relationship {edge.id}")
            braces = f" {{{properties}}}" if properties else ""
            statements.append(
                _readable(
                    f"MATCH (u:{label}), (v:{label}) WHERE u.{key} = {edge.start} AND v.{key} = {edge.end} "
                    f"CREATE (u)-[:{quoted(edge.type)}{braces}]->(v);",
                    f"relationship {edge.id}",
                )
            )
        yield _rows(statements)


def _properties(properties: dict[str, Any], owner: str) -> str:
    """The entries of a map literal.

    Raises:
        PropertyTypeError: a value is nested more deeply than a literal may be.
    """
    entries = []
    for key, value in properties.items():
        try:
            if type(value) in (list, dict):
                _check_depth(value)
            entries.append(f"{quoted(key)}: {render_value(value)}")
        except PropertyTypeError as error:
            raise PropertyTypeError(_stops(f"{owner}, property {quoted(key)}", str(error))) from None
    return ", ".join(entries)


def _check_depth(value: Any) -> None:
    """Raises PropertyTypeError."""
    level, depth = [value], 0
    while level := [item for item in level if type(item) in (list, dict)]:
        depth += 1
        if depth > DEEPEST:
            raise PropertyTypeError(
                f"It is nested more deeply than the {DEEPEST} levels that can be read back."
            )
        level = [item for outer in level for item in (outer.values() if type(outer) is dict else outer)]


def _readable(statement: str, owner: str) -> str:
    """Raises PropertyTypeError for a statement that would be refused for its length when it is read back."""
    if len(statement) > MAXIMUM_LENGTH:
        too_long = (
            f"its statement would be longer than the {MAXIMUM_LENGTH} characters that can be read back."
        )
        raise PropertyTypeError(_stops(owner, too_long))
    return statement


def _stops(place: str, reason: str) -> str:
    return (
        f"DUMP DATABASE stops at {place}: {reason} "
        "Remove or convert it, or use CREATE SNAPSHOT, which keeps every value."
    )


def _enum(name: str, values: tuple[str, ...]) -> str:
    return f"{render(ast.CreateEnum(name, values))};"


def _index(name: IndexName) -> str:
    keys = f"({', '.join(map(quoted, name.keys))})" if name.keys else ""
    edge = "EDGE " if name.table == "edges" else ""
    return f"CREATE {edge}INDEX ON :{quoted(name.label)}{keys};"
