"""A property graph as plain dictionaries: what the naive evaluator reads and changes.

It answers the questions of scalar functions (``entities.GraphReader``) by looking into the dictionaries.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from lithograph.storage.errors import DeletedElementError

NEW = 1_000_000
"""The ids of elements that the naive evaluator creates begin here, beyond every slot of a small store."""


@dataclass
class NaiveNode:
    labels: set[str]
    properties: dict[str, Any]


@dataclass
class NaiveRelationship:
    type: str
    start: int
    end: int
    properties: dict[str, Any]


@dataclass
class NaiveGraph:
    """Nodes and relationships by id; ``walked`` remembers type and ends of deleted relationships."""

    nodes: dict[int, NaiveNode] = field(default_factory=dict)
    relationships: dict[int, NaiveRelationship] = field(default_factory=dict)
    walked: dict[int, NaiveRelationship] = field(default_factory=dict)
    ids: count[int] = field(default_factory=lambda: count(NEW))

    def copy(self) -> NaiveGraph:
        return deepcopy(self)

    def node(self, slot: int) -> NaiveNode:
        if slot not in self.nodes:
            raise DeletedElementError("deleted")
        return self.nodes[slot]

    def relationship(self, slot: int) -> NaiveRelationship:
        if slot not in self.relationships:
            raise DeletedElementError("deleted")
        return self.relationships[slot]

    def create_node(self, labels: set[str], properties: dict[str, Any], slot: int | None = None) -> int:
        slot = next(self.ids) if slot is None else slot
        self.nodes[slot] = NaiveNode(labels, properties)
        return slot

    def create_relationship(
        self, type_: str, start: int, end: int, properties: dict[str, Any], slot: int | None = None
    ) -> int:
        self.node(start), self.node(end)
        slot = next(self.ids) if slot is None else slot
        self.relationships[slot] = self.walked[slot] = NaiveRelationship(type_, start, end, properties)
        return slot

    def incident(self, node: int) -> list[int]:
        """The relationships that begin or end at a node."""
        return [slot for slot, r in self.relationships.items() if node in (r.start, r.end)]

    # -- GraphReader

    def node_labels(self, slot: int) -> list[str]:
        return sorted(self.node(slot).labels)

    def node_properties(self, slot: int) -> dict[str, Any]:
        return dict(self.node(slot).properties)

    def node_property(self, slot: int, key: str) -> Any:
        return self.node(slot).properties.get(key)

    def relationship_type(self, slot: int) -> str:
        return self.walked[slot].type

    def relationship_properties(self, slot: int) -> dict[str, Any]:
        return dict(self.relationship(slot).properties)

    def relationship_property(self, slot: int, key: str) -> Any:
        return self.relationship(slot).properties.get(key)

    def relationship_ends(self, slot: int) -> tuple[int, int]:
        return self.walked[slot].start, self.walked[slot].end

    def degree(self, slot: int, outgoing: bool, incoming: bool) -> int:
        self.node(slot)
        found = self.relationships.values()
        return sum(outgoing and r.start == slot for r in found) + sum(
            incoming and r.end == slot for r in found
        )
