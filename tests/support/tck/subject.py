"""What scenarios are played against: something that runs statements and lets its graph be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from lithograph.cypher.results import Node, Relationship
from support.tck.comparison import comparable
from support.tck.steps import Procedure

Phase = Literal["compile", "runtime"]


@dataclass(frozen=True, slots=True)
class Rows:
    """A statement succeeded; values as in ``lithograph.cypher.results``."""

    columns: list[str]
    rows: list[list[Any]]
    growth: Growth | None = field(default=None, compare=False)
    """What the statement itself says that it did, if the subject can tell."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Elements created less elements deleted."""

    nodes: int
    relationships: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement failed, in the TCK's terms, None where it has none for the error."""

    kind: str | None
    phase: Phase
    detail: str | None
    error: Exception

    def __str__(self) -> str:
        return f"{self.kind} at {self.phase} time: {self.detail} ({type(self.error).__name__}: {self.error})"


@dataclass(frozen=True, slots=True)
class Image:
    """A whole graph, for comparison with another state of the same."""

    nodes: frozenset[int] = frozenset()
    relationships: frozenset[int] = frozenset()
    labels: frozenset[str] = frozenset()
    properties: frozenset[Hashable] = field(default_factory=frozenset)
    """(element, key, value)"""
    attached: frozenset[Hashable] = field(default_factory=frozenset)
    """(node, label) and (relationship, type): not counted by the TCK, but a failed statement must keep them."""

    @classmethod
    def of(cls, nodes: Iterable[Node], relationships: Iterable[Relationship]) -> Image:
        nodes, relationships = list(nodes), list(relationships)
        elements: list[tuple[str, Node | Relationship]] = [
            *(("node", n) for n in nodes),
            *(("relationship", r) for r in relationships),
        ]
        return cls(
            frozenset(node.id for node in nodes),
            frozenset(relationship.id for relationship in relationships),
            frozenset(label for node in nodes for label in node.labels),
            frozenset(
                (kind, element.id, key, comparable(value))
                for kind, element in elements
                for key, value in element.properties.items()
            ),
            frozenset(
                [(node.id, label) for node in nodes for label in node.labels]
                + [(r.id, r.type, r.start, r.end) for r in relationships]
            ),
        )

    def changes_to(self, after: Image) -> Counter[str]:
        """The side effects that lead from this graph to another, without those that are 0."""
        changes: Counter[str] = Counter()
        for what in ("nodes", "relationships", "labels", "properties"):
            old, new = getattr(self, what), getattr(after, what)
            changes[f"+{what}"] = len(new - old)
            changes[f"-{what}"] = len(old - new)
        return +changes

    def growth_to(self, after: Image) -> Growth:
        """By how much this graph has grown, or shrunk."""
        return Growth(len(after.nodes) - len(self.nodes), len(after.relationships) - len(self.relationships))


class Subject(Protocol):
    """An empty database with nothing in it at first."""

    def run(self, text: str, parameters: dict[str, Any]) -> Rows | Failure:
        """Run one statement in a transaction of its own, which is committed unless it fails."""

    def image(self) -> Image:
        """The graph as it is now."""

    def register(self, procedure: Procedure) -> None:
        """Make a test procedure known.

        Raises:
            NotImplementedError: there is no way to do that.
        """
