"""Reading of elements and maps: properties, map projections; lists and maps made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from lithograph.cypher import ast
from lithograph.cypher.compile.base import Compiled, VariableValue
from lithograph.cypher.compile.rows import per_row, values_of
from lithograph.cypher.context import Context
from lithograph.cypher.errors import place
from lithograph.cypher.frames import Frame
from lithograph.cypher.kernels.nulls import SMALL
from lithograph.cypher.scalar import access
from lithograph.cypher.scalar.functions import entity
from lithograph.cypher.scatter import scatter
from lithograph.cypher.vectors import Kind, Vector
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.errors import DeletedElementError


class PropertyRead(Compiled):
    """``subject.key``: of nodes and relationships by column, of other values one by one."""

    __slots__ = ("_item", "_key", "_position", "_subject")

    def __init__(self, subject: Compiled, key: str, position: ast.Position) -> None:
        super().__init__(subject.may_raise)
        self._item = itemgetter(key)
        self._subject = subject
        self._key = key
        self._position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        subject = self._subject.vector(frame, context)
        if subject.kind is Kind.NODE:
            return self._column(context.transaction.vertex_property, subject.values)
        if subject.kind is Kind.RELATIONSHIP:
            return self._column(context.transaction.edge_property, subject.values)
        key, reader = self._key, context.reader
        maps = subject.tolist()
        if set(map(type, maps)) == _MAPS:  # the rows of UNWIND $rows AS row
            try:
                return Vector.of(list(map(self._item, maps)))
            except KeyError:
                return Vector.of([entries.get(key) for entries in maps])
        values = per_row(
            lambda value: access.property_of(value, key, reader), (subject,), frame.count, self._position
        )
        return Vector.of(values)

    def one(self, frame: Frame, context: Context) -> Any:
        if type(self._subject) is VariableValue:
            subject = self._subject.vector(frame, context)
            if subject.kind is Kind.NODE:
                slot = subject.values.item()
                try:
                    return context.transaction.vertex_property_of(self._key, slot) if slot >= 0 else None
                except DeletedElementError as error:
                    place(error, self._position)
                    raise
        return super().one(frame, context)

    def _column(self, read: Callable[[str, Slots], Any], slots: Slots) -> Vector:
        try:
            return _column(read, self._key, slots)
        except DeletedElementError as error:
            place(error, self._position)
            raise


_MAPS = {dict}


def _column(read: Callable[[str, Slots], Any], key: str, slots: Slots) -> Vector:
    """Property ``key`` of the elements ``slots``, of which -1 is null and has none."""
    count = len(slots)
    if count == 0:
        return Vector.all_null(0)
    lowest = min(slots.tolist()) if count <= SMALL else slots.min()
    if lowest >= 0:
        return Vector.of_chunk(read(key, slots))
    there = np.flatnonzero(slots >= 0)
    if not len(there):
        return Vector.all_null(count)
    return scatter(Vector.of_chunk(read(key, slots[there])), there, count)


class Projected(Compiled):
    """``subject {.key, .*, name: value}``: a map for each row, null where the subject is null.

    ``items`` are (key, value), or None for all properties of the subject; later ones win.
    """

    __slots__ = ("_items", "_position", "_subject")

    def __init__(
        self, subject: Compiled, items: Sequence[tuple[str, Compiled] | None], position: ast.Position
    ) -> None:
        parts = [subject, *(item[1] for item in items if item is not None)]
        super().__init__(any(part.may_raise for part in parts))
        self._subject = subject
        self._items = tuple(items)
        self._position = position

    def vector(self, frame: Frame, context: Context) -> Vector:
        count, reader = frame.count, context.reader
        subject = self._subject.vector(frame, context)
        entries: list[tuple[str | None, Any]] = []
        for item in self._items:
            if item is None:
                maps = per_row(
                    lambda value: entity.properties(value, reader), (subject,), count, self._position
                )
                entries.append((None, iter(maps)))
            else:
                entries.append((item[0], iter(values_of(item[1].operand(frame, context), count))))
        rows: list[dict[str, Any] | None] = []
        for value in values_of(subject, count):
            row: dict[str, Any] = {}
            for key, values in entries:
                entry = next(values)
                if key is not None:
                    row[key] = entry
                elif entry is not None:
                    row.update(entry)
            rows.append(None if value is None else row)
        return Vector.objects(rows)


class ListOf(Compiled):
    """``[a, b, …]``."""

    __slots__ = ("_items",)

    def __init__(self, items: Sequence[Compiled]) -> None:
        super().__init__(any(item.may_raise for item in items))
        self._items = tuple(items)

    def vector(self, frame: Frame, context: Context) -> Vector:
        count = frame.count
        columns = [values_of(item.operand(frame, context), count) for item in self._items]
        if not columns:
            return Vector.objects([[] for _ in range(count)])
        return Vector.objects([list(row) for row in zip(*columns, strict=False)])


class MapOf(Compiled):
    """``{key: value, …}``."""

    __slots__ = ("_items", "_keys")

    def __init__(self, keys: Sequence[str], items: Sequence[Compiled]) -> None:
        super().__init__(any(item.may_raise for item in items))
        self._keys = tuple(keys)
        self._items = tuple(items)

    def vector(self, frame: Frame, context: Context) -> Vector:
        count, keys = frame.count, self._keys
        columns = [values_of(item.operand(frame, context), count) for item in self._items]
        if not columns:
            return Vector.objects([{} for _ in range(count)])
        return Vector.objects([dict(zip(keys, row, strict=False)) for row in zip(*columns, strict=False)])
