"""Statements that make and drop indexes, and the answer to SHOW INDEX INFO."""

from __future__ import annotations

from collections.abc import Iterator

from lithograph.cypher import ast
from lithograph.cypher.context import Context
from lithograph.cypher.results import Notification, ResultBatch
from lithograph.storage.deltas import TableName
from lithograph.storage.store import Store


def run_schema_statement(statement: ast.Statement, context: Context) -> Iterator[ResultBatch]:
    """CREATE INDEX and DROP INDEX; one that is there, or is not, is a remark and no error."""
    assert isinstance(statement, ast.CreateIndex | ast.DropIndex)
    table: TableName = "vertices" if statement.entity == "node" else "edges"
    shown = _shown(statement)
    if isinstance(statement, ast.CreateIndex):
        done = context.transaction.create_index(table, statement.label, statement.properties)
        context.statistics.indexes_added += done
        code = "CreateIndex" if done else "IndexAlreadyExists"
        title = f"Created index on {shown}." if done else f"Index on {shown} already exists."
        if statement.name is not None:
            _ignored_name(statement.name, context)
    else:
        done = context.transaction.drop_index(table, statement.label, statement.properties)
        context.statistics.indexes_removed += done
        code = "DropIndex" if done else "IndexDoesNotExist"
        title = f"Dropped index on {shown}." if done else f"Index on {shown} doesn't exist."
    context.notifications.append(Notification("INFORMATION", code, title, title, "SCHEMA"))
    yield ResultBatch(0, [])


def _shown(statement: ast.CreateIndex | ast.DropIndex) -> str:
    what = "label" if statement.entity == "node" else "edge-type"
    if not statement.properties:
        return f"{what} {statement.label}"
    return f"{what} {statement.label} on properties {', '.join(statement.properties)}"


def _ignored_name(name: str, context: Context) -> None:
    title = f"Index name '{name}' is ignored. Lithograph does not support named indices."
    context.notifications.append(
        Notification("WARNING", "IndexConstraintNameIgnored", title, title, "SCHEMA")
    )


INDEX_COLUMNS = ("index type", "label", "property", "count")


def index_rows(store: Store) -> list[tuple[str, str, list[str] | None, int]]:
    """A row for each index, in the form and order of Memgraph's SHOW INDEX INFO."""
    rows: list[tuple[str, str, list[str] | None, int]] = []
    for catalog, kind in ((store.vertex_indexes, "label"), (store.edge_indexes, "edge-type")):
        for label, index in catalog.by_label.items():
            rows.append((kind, label, None, index.count))
        for (label, keys), by_keys in catalog.by_keys.items():
            rows.append((f"{kind}+property", label, list(keys), len(by_keys)))
    return sorted(rows, key=lambda row: (row[0], row[1], row[2] or []))
