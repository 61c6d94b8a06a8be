"""CREATE: new nodes and relationships for a batch of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from lithograph.cypher import ast
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.errors import CypherTypeError, EntityNotFoundError, place
from lithograph.cypher.frames import Frame
from lithograph.cypher.labels import label_names
from lithograph.cypher.operators.base import Operator, PerFrame
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.vectors import Kind, Vector
from lithograph.storage.columns.chunk import Chunk, Slots
from lithograph.storage.columns.chunk import Kind as ChunkKind
from lithograph.storage.errors import LithographError, StorageError
from lithograph.storage.values.properties import check_all_storable
from lithograph.storage.values.types import type_name

LabelPart = str | Compiled
"""A label by name, or an expression that gives one or several."""


class Properties:
    """The property map of a pattern: entries by key, or one expression that gives a map."""

    def __init__(self, entries: list[tuple[str, Compiled]], whole: Compiled | None = None) -> None:
        self.entries = entries
        self.whole = whole

    def chunks(self, frame: Frame, context: Context) -> dict[str, Chunk]:
        """A chunk for each key that any row has."""
        if self.whole is not None:
            return chunks_of_maps(map_values(self.whole.vector(frame, context), self.whole.position))
        found = {}
        for key, value in self.entries:
            chunk = property_chunk(value.vector(frame, context))
            if not _all_absent(chunk):
                found[key] = chunk
        return found

    def place(self, error: LithographError, chunks: Mapping[str, Chunk]) -> None:
        """Say of an error of the store, which was given ``chunks``, which of the values it is about."""
        if self.whole is not None:
            self.whole.place(error)
        for key, value in self.entries:
            try:
                check_all_storable(chunks[key].tolist() if key in chunks else [])
            except StorageError:
                value.place(error)


def property_chunk(vector: Vector) -> Chunk:
    """A vector as property values; nodes and relationships are left in for the store to refuse."""
    return Chunk.of(vector.tolist()) if vector.kind <= Kind.RELATIONSHIP else vector.to_chunk()


def map_values(vector: Vector, position: ast.Position | None) -> list[dict[str, Any]]:
    """A column of maps, the values of the expression at ``position``; null counts as an empty one.

    Raises:
        CypherTypeError: there is something else in it.
    """
    maps = []
    for value in vector.tolist():
        if value is not None and type(value) is not dict:
            raise CypherTypeError(
                f"Expected a map of properties, found {type_name(value)}.", position=position
            )
        maps.append(value or {})
    return maps


def chunks_of_maps(maps: list[dict[str, Any]]) -> dict[str, Chunk]:
    """Maps row by row as a chunk for each key."""
    keys = dict.fromkeys(key for row in maps for key, value in row.items() if value is not None)
    return {key: Chunk.of([row.get(key) for row in maps]) for key in keys}


def _all_absent(chunk: Chunk) -> bool:
    if chunk.kind is ChunkKind.OBJECT:
        return all(value is None for value in chunk.values.tolist())
    return chunk.present is not None and not chunk.present.any()


def count_properties(properties: Mapping[str, Chunk]) -> int:
    """How many values there are in these chunks, nulls not counted."""
    number = 0
    for chunk in properties.values():
        if chunk.kind is ChunkKind.OBJECT:
            number += sum(1 for value in chunk.values.tolist() if value is not None)
        else:
            number += len(chunk) if chunk.present is None else int(np.count_nonzero(chunk.present))
    return number


class NewNode:
    """A new node for each row, in the column ``variable``."""

    def __init__(self, variable: str, labels: list[LabelPart], properties: Properties) -> None:
        self.variable = variable
        self.labels = labels
        self.fixed = all(isinstance(label, str) for label in labels)
        self.properties = properties

    def vector(self, frame: Frame, context: Context) -> Vector:
        """Create them."""
        return Vector(Kind.NODE, self._create(frame, context))

    def _create(self, frame: Frame, context: Context) -> Slots:
        properties = self.properties.chunks(frame, context)
        try:
            if self.fixed:
                labels = tuple(dict.fromkeys(label for label in self.labels if isinstance(label, str)))
                slots = context.transaction.create_vertices(labels, frame.count, properties)
                context.statistics.labels_added += len(labels) * frame.count
            else:
                slots = self._create_by_labels(frame, properties, context)
        except StorageError as error:
            self.properties.place(error, properties)
            raise
        context.statistics.nodes_created += frame.count
        context.statistics.properties_set += count_properties(properties)
        return slots

    def _create_by_labels(self, frame: Frame, properties: dict[str, Chunk], context: Context) -> Slots:
        """Rows whose labels are computed: together those that have the same."""
        slots = np.zeros(frame.count, dtype=np.int64)
        for labels, rows in labels_by_rows(self.labels, frame, context).items():
            part = {key: Chunk.of([chunk.tolist()[r] for r in rows]) for key, chunk in properties.items()}
            slots[rows] = context.transaction.create_vertices(labels, len(rows), part)
            context.statistics.labels_added += len(labels) * len(rows)
        return slots


def labels_by_rows(
    parts: list[LabelPart], frame: Frame, context: Context
) -> dict[tuple[str, ...], list[int]]:
    """The rows of each combination of labels."""
    columns = [
        [[part]] * frame.count
        if isinstance(part, str)
        else [label_names(value) for value in part.vector(frame, context).tolist()]
        for part in parts
    ]
    found: dict[tuple[str, ...], list[int]] = {}
    for row, names in enumerate(zip(*columns, strict=True)):
        labels = tuple(dict.fromkeys(name for several in names for name in several))
        found.setdefault(labels, []).append(row)
    return found


class NewRelationship:
    """A new relationship for each row, in the column ``variable``."""

    def __init__(
        self,
        variable: str,
        type_: LabelPart,
        ends: tuple[str, str],
        properties: Properties,
        position: ast.Position | None = None,
    ) -> None:
        self.variable = variable
        self.type = type_
        self.ends = ends
        self.properties = properties
        self.position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        """Create them."""
        return Vector(Kind.RELATIONSHIP, self._create(frame, context))

    def _create(self, frame: Frame, context: Context) -> Slots:
        sources, targets = (self._end(frame.columns[name], name) for name in self.ends)
        properties = self.properties.chunks(frame, context)
        transaction, statistics = context.transaction, context.statistics
        statistics.relationships_created += frame.count
        statistics.properties_set += count_properties(properties)
        try:
            if isinstance(self.type, str):
                return transaction.create_edges(self.type, sources, targets, properties)
            return self._create_by_types(frame, sources, targets, properties, context)
        except StorageError as error:
            self.properties.place(error, properties)
            place(error, self.position)
            raise

    def _create_by_types(
        self, frame: Frame, sources: Slots, targets: Slots, properties: dict[str, Chunk], context: Context
    ) -> Slots:
        """Rows whose type is computed: together those that have the same."""
        assert not isinstance(self.type, str)
        slots = np.zeros(frame.count, dtype=np.int64)
        for names, rows in labels_by_rows([self.type], frame, context).items():
            if len(names) != 1:
                raise CypherTypeError("A relationship needs exactly one type.", position=self.type.position)
            part = {key: Chunk.of([chunk.tolist()[r] for r in rows]) for key, chunk in properties.items()}
            slots[rows] = context.transaction.create_edges(names[0], sources[rows], targets[rows], part)
        return slots

    def _end(self, vector: Vector, name: str) -> Slots:
        slots = node_slots(vector)
        if (slots < 0).any():
            shown = f"`{name}`" if not name.startswith(" ") else "a node of the pattern"
            raise EntityNotFoundError(
                f"Cannot create a relationship: {shown} is null.", position=self.position
            )
        return slots


class Create(PerFrame):
    """New elements for each row, one after the other; an element may use those before it.

    One operator for all of them, since generated scripts have thousands, and operators run inside each other.
    """

    def __init__(self, source: Operator, elements: list[NewNode | NewRelationship]) -> None:
        self.source = source
        self.elements = elements

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        columns = dict(frame.columns)
        grown = Frame(columns, frame.count)
        for element in self.elements:
            columns[element.variable] = element.vector(grown, context)
        yield grown


def label_parts(
    labels: ast.LabelExpression | None, compiled: Callable[[ast.Expression], Compiled]
) -> list[LabelPart]:
    """The labels of a CREATE pattern, which the analysis has found to be plain or dynamic names."""
    if labels is None:
        return []
    if isinstance(labels, ast.LabelName):
        return [labels.name]
    if isinstance(labels, ast.LabelDynamic):
        return [compiled(labels.expression)]
    assert isinstance(labels, ast.LabelAnd)
    return [part for label in labels.parts for part in label_parts(label, compiled)]
