"""From vectors to results: graph elements made whole, a column at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lithograph.cypher.entities import (
    NodeRef,
    PathRef,
    RelationshipRef,
    VirtualNode,
    VirtualRelationship,
)
from lithograph.cypher.frames import Frame
from lithograph.cypher.reader import relationship_types
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
        return _Elements(values, transaction).made(values)
    return values


_PLAIN = {type(None), bool, int, float, str}


class _Elements:
    """The elements that sit in values, however deep, made whole all at once."""

    def __init__(self, values: list[Any], transaction: Transaction) -> None:
        self._node_slots: set[int] = set()
        self._relationship_slots: set[int] = set()
        self._virtual = False
        for value in values:
            self._gather(value)
        self._nodes = _by_slot(self._node_slots, nodes, transaction)
        self._relationships = _by_slot(self._relationship_slots, relationships, transaction)

    def made(self, values: list[Any]) -> list[Any]:
        """The values with whole elements."""
        if not (self._nodes or self._relationships or self._virtual):
            return values
        return [self._made(value) for value in values]

    def _gather(self, value: Any) -> None:
        kind = type(value)
        if kind is NodeRef:
            self._node_slots.add(value.slot)
        elif kind is RelationshipRef:
            self._relationship_slots.add(value.slot)
        elif kind is PathRef:
            self._node_slots.update(value.nodes)
            self._relationship_slots.update(value.relationships)
        elif kind is list or kind is dict:
            breathe(PART_BYTES)
            for item in value if kind is list else value.values():
                if type(item) not in _PLAIN:
                    self._gather(item)
        elif kind is VirtualNode or kind is VirtualRelationship:
            self._virtual = True

    def _made(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is list:
            breathe(PART_BYTES)
            return [self._made(item) for item in value]
        if kind is dict:
            breathe(PART_BYTES)
            return {key: self._made(item) for key, item in value.items()}
        if kind is NodeRef:
            return self._nodes[value.slot]
        if kind is RelationshipRef:
            return self._relationships[value.slot]
        if kind is PathRef:
            return Path(
                [self._nodes[slot] for slot in value.nodes],
                [self._relationships[slot] for slot in value.relationships],
            )
        if kind is VirtualNode or kind is VirtualRelationship:
            return value.whole
        return value


def _by_slot(
    slots: set[int], read: Callable[[Slots, Transaction], list[Any]], transaction: Transaction
) -> dict[int, Any]:
    if not slots:
        return {}
    array = np.fromiter(slots, dtype=np.int64, count=len(slots))
    return dict(zip(slots, read(array, transaction), strict=True))


def nodes(slots: Slots, transaction: Transaction) -> list[Any]:
    """Whole nodes (Node), None for -1. A deleted node has neither labels nor properties."""
    if len(slots) == 1:
        slot = slots.item()
        return [_node(slot, transaction) if slot >= 0 else None]
    store = transaction.store
    distinct, places = _distinct(slots)
    codes = transaction.vertex_label_sets(distinct).tolist()
    properties = all_properties(store.vertices, distinct, codes, transaction)
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
    """Whole relationships (Relationship), None for -1. A deleted one has its type and no properties."""
    store = transaction.store
    distinct, places = _distinct(slots)
    present = transaction.edge_types(distinct)
    properties = all_properties(store.edges, distinct, present.tolist(), transaction)
    codes = relationship_types(distinct, transaction).tolist() if (present < 0).any() else present.tolist()
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


def all_properties(
    table: Table, slots: Slots, codes: list[int], transaction: Transaction
) -> list[dict[str, Any]]:
    """The properties of each of ``slots`` (int64[n]), none for those whose code is -1."""
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
