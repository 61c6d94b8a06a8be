"""From vectors to results: graph elements made whole, a column at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.cypher.frames import Frame
from lithograph.cypher.results import Node, Path, Relationship, ResultBatch
from lithograph.cypher.vectors import Kind, Vector
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.patience import PART_BYTES, breathe
from lithograph.storage.tables import Table
from lithograph.storage.transaction import Transaction

FEW = 4
"""Up to so many elements are read one by one; more go column by column."""


def hydrate(frame: Frame, columns: tuple[str, ...], transaction: Transaction) -> ResultBatch:
    """The rows of a frame as a result; reads the graph, so the latch is wanted."""
    return ResultBatch(frame.count, [_column(frame.columns[name], transaction) for name in columns])


def _column(vector: Vector, transaction: Transaction) -> list[Any]:
    kind = vector.kind
    if kind is Kind.NODE:
        return nodes(vector.values, transaction)
    if kind is Kind.RELATIONSHIP:
        return relationships(vector.values, transaction)
    values = vector.tolist()
    if kind is Kind.OBJECT and not _PLAIN.issuperset(map(type, values)):
        return [_value(value, transaction) for value in values]
    return values


_PLAIN = {type(None), bool, int, float, str}


def _value(value: Any, transaction: Transaction) -> Any:
    """A value in which elements may sit, with these made whole."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        if _PLAIN.issuperset(map(type, value)):
            return value.copy()
        breathe(PART_BYTES)
        return [_value(item, transaction) for item in value]
    if kind is dict:
        breathe(PART_BYTES)
        return {key: _value(item, transaction) for key, item in value.items()}
    if kind is NodeRef:
        return nodes(np.array([value.slot], dtype=np.int64), transaction)[0]
    if kind is RelationshipRef:
        return relationships(np.array([value.slot], dtype=np.int64), transaction)[0]
    if kind is PathRef:
        return Path(
            nodes(np.array(value.nodes, dtype=np.int64), transaction),
            relationships(np.array(value.relationships, dtype=np.int64), transaction),
        )
    return value


def nodes(slots: Slots, transaction: Transaction) -> list[Any]:
    """Whole nodes (Node), None for -1. A deleted node has neither labels nor properties."""
    if len(slots) == 1:
        slot = slots.item()
        return [_node(slot, transaction) if slot >= 0 else None]
    store = transaction.store
    distinct, places = _distinct(slots)
    codes = transaction.vertex_label_sets(distinct).tolist()
    properties = _properties(store.vertices, distinct, codes, transaction)
    texts = store.label_sets.texts
    labels = {code: list(texts(code)) if code >= 0 else [] for code in set(codes)}
    made = [
        Node(slot, labels[code], found)
        for slot, code, found in zip(distinct.tolist(), codes, properties, strict=True)
    ]
    return _placed(made, slots, places)


def _node(slot: int, transaction: Transaction) -> Node:
    """One whole node."""
    store = transaction.store
    code = transaction.vertex_label_set_of(slot)
    if code < 0:
        return Node(slot, [], {})
    properties = store.vertices.read_properties_of(slot, transaction.view)
    return Node(slot, list(store.label_sets.texts(code)), properties)


def relationships(slots: Slots, transaction: Transaction) -> list[Any]:
    """Whole relationships (Relationship), None for -1. A deleted one has no type and no properties."""
    store = transaction.store
    distinct, places = _distinct(slots)
    codes = transaction.edge_types(distinct).tolist()
    properties = _properties(store.edges, distinct, codes, transaction)
    texts = [*store.types.texts, ""]  # code -1 finds the last
    sources = store.edges.sources[distinct].tolist()
    targets = store.edges.targets[distinct].tolist()
    made = [
        Relationship(slot, texts[code], source, target, found)
        for slot, code, source, target, found in zip(
            distinct.tolist(), codes, sources, targets, properties, strict=True
        )
    ]
    return _placed(made, slots, places)


def _distinct(slots: Slots) -> tuple[Slots, list[int] | None]:
    """Each slot once, and where each row finds its element; no places when it is the rows themselves."""
    if len(slots) == 1 and slots[0] >= 0:
        return slots, None
    distinct, places = np.unique(slots, return_inverse=True)
    if len(distinct) and distinct[0] < 0:
        return distinct[1:], (places - 1).tolist()
    return distinct, places.tolist()


def _placed(made: list[Any], slots: Slots, places: list[int] | None) -> list[Any]:
    if places is None:
        return made
    return [made[place] if place >= 0 else None for place in places]


def _properties(
    table: Table, slots: Slots, codes: list[int], transaction: Transaction
) -> list[dict[str, Any]]:
    view = transaction.view
    if len(slots) <= FEW:
        return [
            table.read_properties_of(slot, view) if code >= 0 else {}
            for slot, code in zip(slots.tolist(), codes, strict=True)
        ]
    found: list[dict[str, Any]] = [{} for _ in codes]
    for key in table.columns:
        values = table.read_property(key, slots, view).tolist()
        for properties, value in zip(found, values, strict=True):
            if value is not None:
                properties[key] = value
    if -1 in codes:
        return [properties if code >= 0 else {} for properties, code in zip(found, codes, strict=True)]
    return found
