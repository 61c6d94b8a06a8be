"""``db.schema.nodeTypeProperties()`` and its kind: which properties there are at which labels and types.

The graph has no other schema than what is in it, so that is what is told. Columns and values are Neo4j's, those of
``schema.…`` Memgraph's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.procedures.observations import Gradually, Observed, Shape, observed, totals
from lithograph.cypher.procedures.registry import Procedure, as_frames, procedure
from lithograph.cypher.procedures.shapes import memgraph_name, neo4j_name
from lithograph.storage.tables import Table

Row = dict[str, Any]
Naming = Callable[[Shape], str]


def _node_rows(context: Context, naming: Naming) -> Gradually[list[Row]]:
    """A row for each label set and property."""
    store = context.transaction.store
    rows = yield from _rows(store.vertices, context, naming)
    for row in rows:
        row["nodeLabels"] = sorted(store.label_sets.texts(row["code"]))
        row["nodeType"] = "".join(map(_shown, row["nodeLabels"]))
    return sorted(rows, key=lambda row: (row["nodeType"], row["propertyName"] or ""))


def _relationship_rows(context: Context, naming: Naming) -> Gradually[list[Row]]:
    """A row for each type and property."""
    store = context.transaction.store
    rows = yield from _rows(store.edges, context, naming)
    for row in rows:
        row["relType"] = _shown(store.types.texts[row["code"]])
    return sorted(rows, key=lambda row: (row["relType"], row["propertyName"] or ""))


def _rows(table: Table, context: Context, naming: Naming) -> Gradually[list[Row]]:
    """A row for each code and property, or one without for a code whose elements have none."""
    view = context.transaction.view
    numbers = yield from totals(table, view)
    properties = yield from observed(table, view)
    rows = [_row(code, key, seen, numbers[code], naming) for (code, key), seen in properties.items()]
    bare = numbers.keys() - {code for code, _ in properties}
    return rows + [
        {"code": code, "propertyName": None, "propertyTypes": None, "mandatory": False} for code in bare
    ]


def _row(code: int, key: str, seen: Observed, number: int, naming: Naming) -> Row:
    types = sorted({naming(shape) for shape in seen.shapes})
    return {"code": code, "propertyName": key, "propertyTypes": types, "mandatory": seen.count == number}


def _shown(name: str) -> str:
    return f":`{name.replace('`', '``')}`"


# ---------------------------------------------------------------- the procedures


def _table(
    signature: str, description: str, find: Callable[[Context, Naming], Gradually[list[Row]]], naming: Naming
) -> Procedure:
    """The procedure that gives those parts of the rows found that are its fields."""

    @procedure(signature, description, columnar=True)
    def made(context: Context) -> Iterator[Frame]:
        rows = yield from find(context, naming)
        yield from as_frames((tuple(row[name] for name in fields) for row in rows), fields)

    fields = made.signature.fields
    return made


node_type_properties = _table(
    "db.schema.nodeTypeProperties() :: (nodeType :: STRING, nodeLabels :: LIST<STRING>, propertyName :: STRING, "
    "propertyTypes :: LIST<STRING>, mandatory :: BOOLEAN)",
    "The properties of nodes by their labels, with the types of the values; mandatory is what every one has.",
    _node_rows,
    neo4j_name,
)

rel_type_properties = _table(
    "db.schema.relTypeProperties() :: (relType :: STRING, propertyName :: STRING, propertyTypes :: LIST<STRING>, "
    "mandatory :: BOOLEAN)",
    "The properties of relationships by their type, with the types of the values; mandatory is what every one has.",
    _relationship_rows,
    neo4j_name,
)

memgraph_node_type_properties = _table(
    "schema.node_type_properties() :: (nodeType :: STRING, nodeLabels :: LIST<STRING>, mandatory :: BOOLEAN, "
    "propertyName :: STRING, propertyTypes :: LIST<STRING>)",
    "As db.schema.nodeTypeProperties, with Memgraph's names of types.",
    _node_rows,
    memgraph_name,
)

memgraph_rel_type_properties = _table(
    "schema.rel_type_properties() :: (relType :: STRING, mandatory :: BOOLEAN, propertyName :: STRING, "
    "propertyTypes :: LIST<STRING>)",
    "As db.schema.relTypeProperties, with Memgraph's names of types.",
    _relationship_rows,
    memgraph_name,
)
