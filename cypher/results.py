"""What a query hands out: batches of rows, column by column, with graph elements made whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Node:
    """A node in a result. A deleted one has no labels and no properties."""

    id: int
    labels: list[str]
    properties: dict[str, Any]


@dataclass(slots=True)
class Relationship:
    """A relationship in a result."""

    id: int
    type: str
    start: int
    end: int
    properties: dict[str, Any]


@dataclass(slots=True)
class Path:
    """A path in a result, in the order walked; nodes may repeat, relationships too."""

    nodes: list[Node]
    relationships: list[Relationship]


@dataclass(slots=True)
class ResultBatch:
    """``count`` rows: ``columns[c][row]`` is a Python value, a Node, a Relationship or a Path."""

    count: int
    columns: list[list[Any]]


@dataclass(slots=True)
class Statistics:
    """What a query changed."""

    nodes_created: int = 0
    nodes_deleted: int = 0
    relationships_created: int = 0
    relationships_deleted: int = 0
    properties_set: int = 0
    labels_added: int = 0
    labels_removed: int = 0
    indexes_added: int = 0
    indexes_removed: int = 0
    constraints_added: int = 0
    constraints_removed: int = 0

    @property
    def written(self) -> int:
        """How many changes of the graph take memory until they are committed, or for good."""
        return (
            self.nodes_created
            + self.relationships_created
            + self.properties_set
            + self.labels_added
            + self.labels_removed
        )


@dataclass(slots=True)
class Notification:
    """A remark about a statement that did not fail."""

    severity: str
    """``WARNING`` or ``INFORMATION``"""
    code: str
    title: str
    description: str
    category: str = "GENERIC"
    position: tuple[int, int, int] | None = None
    """Offset from 0, line and column from 1, of what the remark is about"""
