"""Snapshot isolation with first-writer-wins, in the plainest Python: what storage transactions are held to.

Elements are ``("vertex" | "edge", slot)``. An element's state is an immutable record, and nothing is ever
changed in place, so a snapshot is a copy of a dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

Element = tuple[str, int]


@dataclass(frozen=True)
class Vertex:
    labels: frozenset[str]
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Edge:
    type: str
    source: int
    target: int
    properties: dict[str, Any] = field(default_factory=dict)


Graph = dict[Element, Vertex | Edge]


class Conflict(Exception):
    """Somebody else wrote it first."""


class Deleted(Exception):
    """The transaction itself deleted it."""


class StillConnected(Exception):
    """A deleted vertex has edges."""


@dataclass(frozen=True)
class Mark:
    """A savepoint."""

    own: Graph
    claimed: frozenset[Element]
    schema: tuple[tuple[bool, Any], ...]


class Model:
    """The committed graph and the transactions that run."""

    def __init__(self) -> None:
        self.committed: Graph = {}
        self.indexes: set[Any] = set()
        self.timestamp = 0
        self.written_at: dict[Element, int] = {}
        self.open: list[ModelTransaction] = []

    def begin(self) -> ModelTransaction:
        transaction = ModelTransaction(self)
        self.open.append(transaction)
        return transaction

    def newest(self, element: Element) -> Vertex | Edge | None:
        """What is there now, committed or not."""
        for transaction in self.open:
            if element in transaction.claimed:
                return transaction.graph.get(element)
        return self.committed.get(element)

    def newest_elements(self) -> set[Element]:
        known = set(self.committed).union(*(transaction.graph for transaction in self.open))
        return {element for element in known if self.newest(element) is not None}


class ModelTransaction:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.snapshot = model.timestamp
        self.base: Graph = model.committed
        """What was committed when it began."""
        self.graph: Graph = dict(self.base)
        """That, with its own writes."""
        self.claimed: set[Element] = set()
        """What it wrote."""
        self.schema: list[tuple[bool, Any]] = []
        """(created, index) in order."""

    # -- what it sees

    def slots(self, kind: str) -> list[int]:
        return sorted(slot for found, slot in self.graph if found == kind)

    def vertex(self, slot: int) -> Vertex:
        found = self.graph["vertex", slot]
        assert isinstance(found, Vertex)
        return found

    def edge(self, slot: int) -> Edge:
        found = self.graph["edge", slot]
        assert isinstance(found, Edge)
        return found

    def deleted(self, kind: str) -> list[int]:
        """What it deleted itself."""
        return sorted(
            slot for found, slot in self.claimed if found == kind and (found, slot) not in self.graph
        )

    def edges_of(self, vertex: int, outgoing: bool) -> set[int]:
        return {
            slot
            for slot in self.slots("edge")
            if vertex == (self.edge(slot).source if outgoing else self.edge(slot).target)
        }

    # -- what it writes

    def check_claims(self, elements: Iterable[Element]) -> None:
        for element in elements:
            others = any(element in other.claimed for other in self.model.open if other is not self)
            if others or self.model.written_at.get(element, 0) > self.snapshot:
                raise Conflict

    def create(self, element: Element, state: Vertex | Edge) -> None:
        self.graph[element] = state
        self.claimed.add(element)

    def check_ends(self, vertices: Iterable[int]) -> None:
        gone = [slot for slot in vertices if self.model.newest(("vertex", slot)) is None]
        if gone:
            raise Deleted if all(("vertex", slot) in self.claimed for slot in gone) else Conflict

    def set_property(self, kind: str, key: str, slots: list[int], values: list[Any]) -> None:
        self._check_writable([(kind, slot) for slot in slots])
        for slot, value in zip(slots, values, strict=True):
            state = self.graph[kind, slot]
            properties = {other: held for other, held in state.properties.items() if other != key}
            if value is not None:
                properties[key] = value
            self.create((kind, slot), replace(state, properties=properties))

    def change_labels(self, slots: list[int], add: set[str], remove: set[str]) -> tuple[int, int]:
        self._check_writable([("vertex", slot) for slot in slots])
        came = went = 0
        for slot in set(slots):
            old = self.vertex(slot)
            labels = (old.labels | add) - remove
            if labels != old.labels:
                self.create(("vertex", slot), replace(old, labels=labels))
                came += len(labels - old.labels)
                went += len(old.labels - labels)
        return came, went

    def _check_writable(self, elements: list[Element]) -> None:
        self.check_claims(elements)
        if any(element not in self.graph for element in elements):
            raise Deleted

    def delete(self, elements: Iterable[Element]) -> int:
        visible = {element for element in elements if element in self.graph}
        self.check_claims(visible)
        for element in visible:
            del self.graph[element]
            self.claimed.add(element)
        return len(visible)

    def complaints(self) -> set[type[Exception]]:
        """Why its deletions cannot stand: the errors of which one has to be raised."""
        dead = set(self.deleted("vertex"))
        found: set[type[Exception]] = set()
        if any({self.edge(slot).source, self.edge(slot).target} & dead for slot in self.slots("edge")):
            found.add(StillConnected)
        for element in self.model.newest_elements():
            state = self.model.newest(element)
            if isinstance(state, Edge) and {state.source, state.target} & dead and element not in self.graph:
                found.add(Conflict)
        return found

    # -- how it ends

    def mark(self) -> Mark:
        return Mark(self._own(), frozenset(self.claimed), tuple(self.schema))

    def rollback_to(self, mark: Mark) -> None:
        self.claimed = set(mark.claimed)
        self.schema = list(mark.schema)
        self._overlay(mark.own)

    def refresh(self) -> None:
        """See what has been committed by now, as between two statements under READ COMMITTED."""
        own = self._own()
        self.base, self.snapshot = self.model.committed, self.model.timestamp
        self._overlay(own)

    def _own(self) -> Graph:
        return {element: self.graph[element] for element in self.claimed if element in self.graph}

    def _overlay(self, own: Graph) -> None:
        others = {element: state for element, state in self.base.items() if element not in self.claimed}
        self.graph = others | own

    def commit(self) -> None:
        model = self.model
        if self.claimed or self.schema:
            model.timestamp += 1
        model.committed = dict(model.committed)
        for element in self.claimed:
            model.written_at[element] = model.timestamp
            if element in self.graph:
                model.committed[element] = self.graph[element]
            else:
                model.committed.pop(element, None)
        for created, index in self.schema:
            (model.indexes.add if created else model.indexes.discard)(index)
        model.open.remove(self)

    def rollback(self) -> None:
        self.model.open.remove(self)
