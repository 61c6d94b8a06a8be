"""Graph elements as values: light references inside a query, whole objects in a result.

Inside a query a node or relationship is its slot: in a vector of slots, or, where it sits in a list, a
map or a mixed column, as one of the references below. They become whole (labels, properties) only
when a result is handed out (``results.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lithograph.cypher.results import Node, Relationship


class NodeRef:
    """A node inside a query."""

    __slots__ = ("slot",)

    def __init__(self, slot: int) -> None:
        self.slot = slot

    def __eq__(self, other: object) -> bool:
        return type(other) is NodeRef and other.slot == self.slot

    def __hash__(self) -> int:
        return hash(self.slot)

    def __repr__(self) -> str:
        return f"NodeRef({self.slot})"


class RelationshipRef:
    """A relationship inside a query."""

    __slots__ = ("slot",)

    def __init__(self, slot: int) -> None:
        self.slot = slot

    def __eq__(self, other: object) -> bool:
        return type(other) is RelationshipRef and other.slot == self.slot

    def __hash__(self) -> int:
        return ~hash(self.slot)

    def __repr__(self) -> str:
        return f"RelationshipRef({self.slot})"


@dataclass(frozen=True, slots=True)
class PathRef:
    """A path: ``len(nodes) == len(relationships) + 1`` slots in the order walked."""

    nodes: tuple[int, ...]
    relationships: tuple[int, ...]

    def with_step(self, relationship: int, node: int) -> PathRef:
        """The path with one more step."""
        return PathRef((*self.nodes, node), (*self.relationships, relationship))


class VirtualNode:
    """A node that is not of the graph, such as one that stands for a label; equal to itself alone.

    It is passed on and returned, as ``whole``, and no function or pattern takes it.
    """

    __slots__ = ("whole",)

    def __init__(self, whole: Node) -> None:
        self.whole = whole


class VirtualRelationship:
    """The same for a relationship."""

    __slots__ = ("whole",)

    def __init__(self, whole: Relationship) -> None:
        self.whole = whole


class GraphReader(Protocol):
    """What scalar functions may ask of the graph: the transaction's view of single elements.

    A deleted element raises DeletedElementError, except in ``exists`` and where noted.
    """

    @property
    def enums(self) -> Mapping[str, tuple[str, ...]]:
        """The values of each enumeration in their order, by its name."""

    def node_labels(self, slot: int) -> list[str]: ...

    def node_properties(self, slot: int) -> dict[str, Any]: ...

    def node_property(self, slot: int, key: str) -> Any: ...

    def relationship_type(self, slot: int) -> str:
        """Also of a relationship deleted in this transaction."""

    def relationship_properties(self, slot: int) -> dict[str, Any]: ...

    def relationship_property(self, slot: int, key: str) -> Any: ...

    def relationship_ends(self, slot: int) -> tuple[int, int]:
        """(start, end); also of a relationship deleted in this transaction."""

    def degree(self, slot: int, outgoing: bool, incoming: bool) -> int: ...
