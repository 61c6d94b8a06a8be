"""What there is in a graph, counted over columns: labels and types with their properties, and what connects what.

All of it is seen through a transaction's view, and read a chunk at a time: these are generators that yield an
empty frame after each chunk, so that whoever drives the query gets control, and return what they have found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import numpy as np

from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators import base
from lithograph.storage.columns.chunk import Chunk, Kind, Mask, Slots, is_there
from lithograph.storage.store import Store
from lithograph.storage.tables import Table
from lithograph.storage.versions import Int32s, View

_T = TypeVar("_T")

Gradually: TypeAlias = Generator[Frame, None, _T]
"""Yields empty frames on the way to what it returns."""

Shape = tuple[type, type | None]
"""The type of a property's value. For a list also that of its items: ``object`` if they differ, None if there are none."""

_SHAPES: dict[Kind, Shape] = {
    Kind.INT: (int, None),
    Kind.FLOAT: (float, None),
    Kind.BOOL: (bool, None),
    Kind.DICTIONARY: (str, None),
}


@dataclass(slots=True)
class Observed:
    """What values a property has at the elements of one code (label set or type)."""

    count: int = 0
    """How many elements have it."""
    shapes: set[Shape] = field(default_factory=set)


def totals(table: Table, view: View) -> Gradually[dict[int, int]]:
    """How many elements the view sees of each code, for the codes of which there are any."""
    found: dict[int, int] = {}
    step = base.LARGEST
    for start in range(0, table.high, step):
        codes = table.scan_codes(start, min(start + step, table.high), view)
        _add(found, codes[codes >= 0])
        yield EMPTY
    return found


def observed(table: Table, view: View) -> Gradually[dict[tuple[int, str], Observed]]:
    """The properties that there are at the elements of each code."""
    found: dict[tuple[int, str], Observed] = defaultdict(Observed)
    for key in list(table.columns):  # others may add to it meanwhile
        for codes, chunk in _values(table, key, view):
            counts: dict[int, int] = {}
            _add(counts, codes)
            for code, number in counts.items():
                found[code, key].count += number
            for code, shape in _shapes(codes, chunk):
                found[code, key].shapes.add(shape)
            yield EMPTY
    return dict(found)


def holds_values(table: Table, key: str, view: View) -> Gradually[bool]:
    """Whether any element that the view sees has the property."""
    for codes, _ in _values(table, key, view):
        yield EMPTY
        if len(codes):
            return True
    return False


def connections(store: Store, view: View) -> Gradually[dict[tuple[int, int, int], int]]:
    """How many relationships there are by (label set of the start, type, label set of the end)."""
    found: dict[tuple[int, int, int], int] = defaultdict(int)
    edges, step = store.edges, base.LARGEST
    for start in range(0, edges.high, step):
        stop = min(start + step, edges.high)
        types = edges.scan_codes(start, stop, view)
        sources, targets = (
            store.vertices.read_codes(ends[start:stop].astype(np.int64), view)
            for ends in (edges.sources, edges.targets)
        )
        # one number for the three is far quicker to sort; as many sets and types as it takes to overflow are no graph
        sets, kinds = len(store.label_sets), len(store.types)
        triples = (sources.astype(np.int64) * kinds + types) * sets + targets
        seen = (types >= 0) & (sources >= 0) & (targets >= 0)  # an end may be deleted before its relationship
        distinct, counts = np.unique(triples[seen], return_counts=True)
        for triple, count in zip(distinct.tolist(), counts.tolist(), strict=True):
            rest, target = divmod(triple, sets)
            source, type_ = divmod(rest, kinds)
            found[source, type_, target] += count
        yield EMPTY
    return dict(found)


def _add(found: dict[int, int], codes: Int32s) -> None:
    """Count these codes (none of them -1)."""
    counts = np.bincount(codes)
    for code in np.flatnonzero(counts).tolist():
        found[code] = found.get(code, 0) + int(counts[code])


def _values(table: Table, key: str, view: View) -> Iterator[tuple[Int32s, Chunk]]:
    """The codes of the elements that have the property, and its values, without absent ones."""
    slots = _candidates(table, key)
    for start in range(0, len(slots), base.LARGEST):
        part = slots[start : start + base.LARGEST]
        codes = table.read_codes(part, view)
        chunk = table.read_property(key, part, view)
        kept = (codes >= 0) & _there(chunk)
        yield codes[kept], _filtered(chunk, kept)


def _candidates(table: Table, key: str) -> Slots:
    """The slots that have a value, or may have had one: those with versions."""
    column = table.columns.get(key)
    if column is None:
        return np.zeros(0, dtype=np.int64)
    slots = column.present_slots()
    if table.versions.count:
        slots = np.union1d(slots, np.flatnonzero(table.versions.head[: table.high]))
    return slots


def _there(chunk: Chunk) -> Mask:
    if chunk.kind is Kind.OBJECT:
        return is_there(chunk.values)
    if chunk.kind is Kind.DICTIONARY:
        mask: Mask = chunk.values >= 0
        return mask
    return np.ones(len(chunk), dtype=np.bool_) if chunk.present is None else chunk.present


def _filtered(chunk: Chunk, kept: Mask) -> Chunk:
    """The values at ``kept``, all of which are there."""
    return Chunk(chunk.kind, chunk.values[kept], None, chunk.dictionary)


def _shapes(codes: Int32s, chunk: Chunk) -> Iterable[tuple[int, Shape]]:
    """Which shapes of values there are beside which codes, each once."""
    shape = _SHAPES.get(chunk.kind)
    if shape is None:
        values = chunk.values.tolist()
        kinds = set(map(type, values))
        if len(kinds) != 1 or list in kinds:
            return set(zip(codes.tolist(), map(_shape, values), strict=True))
        shape = (kinds.pop(), None)
    return [(code, shape) for code in np.flatnonzero(np.bincount(codes)).tolist()]


def _shape(value: Any) -> Shape:
    kind = type(value)
    if kind is not list:
        return kind, None
    items = set(map(type, value))
    if not items:
        return list, None
    return list, items.pop() if len(items) == 1 else object
