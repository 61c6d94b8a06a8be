"""SET, REMOVE and DELETE on a batch of rows.

Values are computed for the whole batch and written at once. Where later rows must see what earlier ones wrote
(``SET n.x = n.x + 1`` with the same n), the rows come in frames of their own (``apart.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lithograph.cypher import ast
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.cypher.errors import CypherTypeError, place
from lithograph.cypher.frames import Frame
from lithograph.cypher.labels import label_names
from lithograph.cypher.operators.base import Operator, PerFrame
from lithograph.cypher.operators.create import LabelPart, labels_by_rows, map_values, property_chunk
from lithograph.cypher.vectors import Indices, Kind, Vector
from lithograph.storage.columns.chunk import Chunk, Slots
from lithograph.storage.errors import DeletedElementError, LithographError, StorageError
from lithograph.storage.values.types import type_name


def elements(vector: Vector, position: ast.Position | None = None) -> list[tuple[bool, Indices, Slots]]:
    """A column of nodes and relationships as (are they nodes, rows, slots), nulls left out.

    ``position`` is that of the expression they come from, where it is known.

    Raises:
        CypherTypeError: there is something else in it.
    """
    if vector.kind <= Kind.RELATIONSHIP:
        rows = np.flatnonzero(vector.values >= 0)
        return [(vector.kind is Kind.NODE, rows, vector.values[rows])] if len(rows) else []
    found: dict[type, tuple[list[int], list[int]]] = {NodeRef: ([], []), RelationshipRef: ([], [])}
    for row, value in enumerate(vector.tolist()):
        if value is None:
            continue
        if type(value) not in found:
            raise CypherTypeError(
                f"Expected a node or a relationship, found {type_name(value)}.", position=position
            )
        rows_of_kind, slots_of_kind = found[type(value)]
        rows_of_kind.append(row)
        slots_of_kind.append(value.slot)
    return [
        (kind is NodeRef, np.array(of_kind, dtype=np.intp), np.array(slots, dtype=np.int64))
        for kind, (of_kind, slots) in found.items()
        if of_kind
    ]


def write_property(context: Context, nodes: bool, key: str, slots: Slots, values: Chunk) -> None:
    """Set one property of nodes or relationships, and count it."""
    if nodes:
        context.transaction.set_vertex_property(key, slots, values)
    else:
        context.transaction.set_edge_property(key, slots, values)
    context.statistics.properties_set += len(slots)


def rounds(vector: Vector) -> list[Indices]:
    """Rows in rounds: the k-th one has every element's k-th row (nulls are in no round)."""
    seen: dict[Any, int] = {}
    found: list[list[int]] = []
    for row, value in enumerate(vector.tolist()):
        if value is None:
            continue
        number = seen.get(value, 0) if isinstance(value, NodeRef | RelationshipRef) else 0
        seen[value] = number + 1
        if number == len(found):
            found.append([])
        found[number].append(row)
    return [np.array(rows, dtype=np.intp) for rows in found]


class SetProperty(PerFrame):
    """``subject.key = value``; of several values for one element the last one counts."""

    def __init__(self, source: Operator, subject: Compiled, key: str | Compiled, value: Compiled) -> None:
        self.source = source
        self.subject = subject
        self.key = key
        self.value = value

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        self._write(frame, self.subject.vector(frame, context), context)
        yield frame

    def _write(self, frame: Frame, subject: Vector, context: Context) -> None:
        values = self.value.vector(frame, context)
        for nodes, rows, slots in elements(subject, self.subject.position):
            written = values if len(rows) == frame.count else values.take(rows)
            try:
                if isinstance(self.key, str):
                    write_property(context, nodes, self.key, slots, property_chunk(written))
                else:
                    self._write_by_key(frame, rows, nodes, slots, written, context)
            except DeletedElementError as error:
                self.subject.place(error)
                raise
            except StorageError as error:
                self.value.place(error)
                raise

    def _write_by_key(
        self, frame: Frame, rows: Indices, nodes: bool, slots: Slots, values: Vector, context: Context
    ) -> None:
        """``n[expression] = value``: the key is another for each row."""
        assert not isinstance(self.key, str)
        keys = self.key.vector(frame, context).take(rows).tolist()
        for number, key in enumerate(keys):
            if type(key) is not str:
                raise CypherTypeError(
                    f"A property key must be a string, not {type_name(key)}.", position=self.key.position
                )
            one = np.array([number], dtype=np.intp)
            write_property(context, nodes, key, slots[one], property_chunk(values.take(one)))


class SetProperties(PerFrame):
    """``variable = map`` (all other properties go) or ``variable += map``."""

    def __init__(self, source: Operator, variable: str, value: Compiled, merge: bool) -> None:
        self.source = source
        self.variable = variable
        self.value = value
        self.merge = merge

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        subject = frame.columns[self.variable]
        try:
            for rows in rounds(subject):
                self._write(frame.take(rows), subject.take(rows), context)
        except LithographError as error:
            self.value.place(error)
            raise
        yield frame

    def _write(self, frame: Frame, subject: Vector, context: Context) -> None:
        maps = map_values(_as_maps(self.value.vector(frame, context), context), self.value.position)
        for nodes, rows, slots in elements(subject):
            changes: dict[str, tuple[list[int], list[Any]]] = {}
            for row, slot in zip(rows.tolist(), slots.tolist(), strict=True):
                wanted = maps[row]
                if not self.merge:
                    wanted = {**dict.fromkeys(_keys(context, nodes, slot)), **wanted}
                for key, value in wanted.items():
                    slots_of_key, values = changes.setdefault(key, ([], []))
                    slots_of_key.append(slot)
                    values.append(value)
            for key, (slots_of_key, values) in changes.items():
                write_property(context, nodes, key, np.array(slots_of_key, dtype=np.int64), Chunk.of(values))


def _as_maps(vector: Vector, context: Context) -> Vector:
    """Nodes and relationships as the maps of their properties."""
    reader = context.reader
    values = [
        reader.node_properties(value.slot)
        if type(value) is NodeRef
        else reader.relationship_properties(value.slot)
        if type(value) is RelationshipRef
        else value
        for value in vector.tolist()
    ]
    return Vector.objects(values)


def _keys(context: Context, nodes: bool, slot: int) -> list[str]:
    reader = context.reader
    return list(reader.node_properties(slot) if nodes else reader.relationship_properties(slot))


class ChangeLabels(PerFrame):
    """``SET variable:A:B`` or ``REMOVE variable:A:B``."""

    def __init__(
        self,
        source: Operator,
        variable: str,
        labels: list[LabelPart],
        remove: bool,
        position: ast.Position | None = None,
    ) -> None:
        """``position``: where the first label is in the text."""
        self.source = source
        self.variable = variable
        self.labels = labels
        self.remove = remove
        self.position = position

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        subject = frame.columns[self.variable]
        try:
            for labels, rows in labels_by_rows(self.labels, frame, context).items():
                self._change(label_names(list(labels)), subject.take(np.array(rows, dtype=np.intp)), context)
        except LithographError as error:
            place(error, self.position)
            raise
        yield frame

    def _change(self, labels: list[str], subject: Vector, context: Context) -> None:
        for nodes, _, slots in elements(subject):
            if not nodes:
                raise CypherTypeError("Only nodes have labels; the type of a relationship cannot be changed.")
            added, removed = ([], labels) if self.remove else (labels, [])
            came, went = context.transaction.change_labels(slots, added, removed)
            context.statistics.labels_added += came
            context.statistics.labels_removed += went


class Delete(PerFrame):
    """Deletes nodes, relationships, and those in paths and lists; null deletes nothing."""

    def __init__(self, source: Operator, expressions: list[Compiled], detach: bool) -> None:
        self.source = source
        self.expressions = expressions
        self.detach = detach

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        nodes: list[Slots] = []
        edges: list[Slots] = []
        for expression in self.expressions:
            self._collect(expression, expression.vector(frame, context), nodes, edges)
        self._delete(nodes, edges, context)
        yield frame

    @staticmethod
    def _collect(expression: Compiled, vector: Vector, nodes: list[Slots], edges: list[Slots]) -> None:
        if vector.kind <= Kind.RELATIONSHIP:
            (nodes if vector.kind is Kind.NODE else edges).append(vector.values[vector.values >= 0])
            return
        node_slots: list[int] = []
        edge_slots: list[int] = []
        waiting = vector.tolist()
        while waiting:
            value = waiting.pop()
            if type(value) is NodeRef:
                node_slots.append(value.slot)
            elif type(value) is RelationshipRef:
                edge_slots.append(value.slot)
            elif type(value) is PathRef:
                node_slots.extend(value.nodes)
                edge_slots.extend(value.relationships)
            elif type(value) is list:
                waiting.extend(value)
            elif value is not None:
                raise CypherTypeError(
                    f"Only nodes, relationships and paths can be deleted, not {type_name(value)}.",
                    position=expression.position,
                )
        nodes.append(np.array(node_slots, dtype=np.int64))
        edges.append(np.array(edge_slots, dtype=np.int64))

    def _delete(self, nodes: list[Slots], edges: list[Slots], context: Context) -> None:
        statistics, transaction = context.statistics, context.transaction
        if edges:
            statistics.relationships_deleted += transaction.delete_edges(np.concatenate(edges))
        if nodes:
            gone, detached = transaction.delete_vertices(np.concatenate(nodes), self.detach)
            statistics.nodes_deleted += gone
            statistics.relationships_deleted += detached
