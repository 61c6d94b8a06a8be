"""Functions of nodes and relationships over vectors of them, a column at a time.

Each takes a vector of elements of one kind and gives the values, or None where the scalar definition has to decide: the
other kind of element, one that has been deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.hydrate import all_properties
from lithograph.cypher.kernels.nulls import mask_of
from lithograph.cypher.vectors import Kind, TextVector, Vector

Kernel = Callable[[Vector, Context], Vector | None]


def id_of(elements: Vector, _context: Context) -> Vector:
    """``id``: the slots."""
    return Vector(Kind.INT, elements.values, mask_of(elements))


def type_of(relationships: Vector, context: Context) -> Vector | None:
    """``type``: codes into the store's types."""
    if relationships.kind is not Kind.RELATIONSHIP:
        return None
    codes = _codes(relationships, context)
    return None if codes is None else TextVector(codes, context.transaction.store.types.texts)


def labels_of(nodes: Vector, context: Context) -> Vector | None:
    """``labels``: one list for each label set."""
    if nodes.kind is not Kind.NODE:
        return None
    codes = _codes(nodes, context)
    if codes is None:
        return None
    texts = context.transaction.store.label_sets.texts
    lists = {code: list(texts(code)) if code >= 0 else None for code in np.unique(codes).tolist()}
    return Vector.objects([lists[code] for code in codes.tolist()])


def start_of(relationships: Vector, context: Context) -> Vector | None:
    """``startNode``."""
    return _end(relationships, context.transaction.store.edges.sources)


def end_of(relationships: Vector, context: Context) -> Vector | None:
    """``endNode``."""
    return _end(relationships, context.transaction.store.edges.targets)


def properties_of(elements: Vector, context: Context) -> Vector | None:
    """``properties``: maps."""
    found = _properties(elements, context)
    return None if found is None else Vector.objects(found)


def keys_of(elements: Vector, context: Context) -> Vector | None:
    """``keys``: lists."""
    found = _properties(elements, context)
    return None if found is None else Vector.objects([None if item is None else list(item) for item in found])


KERNELS: dict[str, Kernel] = {
    "id": id_of,
    "type": type_of,
    "labels": labels_of,
    "startnode": start_of,
    "endnode": end_of,
    "properties": properties_of,
    "keys": keys_of,
}
"""By the name of the function, in lower case."""


def _codes(elements: Vector, context: Context) -> Any:
    """Codes of label sets or types (int64[n]), -1 for null; None if there is a deleted element."""
    slots = elements.values
    there = slots >= 0
    read = (
        context.transaction.vertex_label_sets
        if elements.kind is Kind.NODE
        else context.transaction.edge_types
    )
    if there.all():
        codes = read(slots).astype(np.int64)
    else:
        codes = np.full(len(slots), -1, dtype=np.int64)
        codes[there] = read(slots[there])
    return None if (codes[there] < 0).any() else codes


def _end(relationships: Vector, ends: Any) -> Vector | None:
    if relationships.kind is not Kind.RELATIONSHIP:
        return None
    slots = relationships.values
    return Vector(Kind.NODE, np.where(slots >= 0, ends[np.maximum(slots, 0)], -1).astype(np.int64))


def _properties(elements: Vector, context: Context) -> list[dict[str, Any] | None] | None:
    codes = _codes(elements, context)
    if codes is None:
        return None
    store = context.transaction.store
    table = store.vertices if elements.kind is Kind.NODE else store.edges
    there = elements.values >= 0
    read = iter(all_properties(table, elements.values[there], codes[there].tolist(), context.transaction))
    return [next(read) if here else None for here in there.tolist()]
