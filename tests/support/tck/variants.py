"""The engine in this process under conditions that must make no difference to any result."""

from __future__ import annotations

from typing import Any

from lithograph.storage.errors import LithographError
from lithograph.storage.transaction import Transaction
from support.tck.in_process import InProcess, leave_open
from support.tck.subject import Failure, Image, Rows


class Indexed(InProcess):
    """Before every statement there is an index on every label and type, alone and with every property."""

    def run(self, text: str, parameters: dict[str, Any]) -> Rows | Failure:
        store = self.store
        transaction = store.begin()
        for label in list(store.label_sets.labels.texts):
            for keys in _key_sets(store.vertices.columns):
                transaction.create_index("vertices", label, keys)
        for type_ in list(store.types.texts):
            for keys in _key_sets(store.edges.columns):
                transaction.create_index("edges", type_, keys)
        transaction.prepare()
        transaction.publish()
        return super().run(text, parameters)


def _key_sets(columns: dict[str, Any]) -> list[tuple[str, ...]]:
    keys = sorted(columns)
    pairs = [tuple(keys[:2])] if len(keys) > 1 else []
    return [(), *((key,) for key in keys), *pairs]


class OneTransaction(InProcess):
    """All statements run in one transaction, which is never committed: everything read has versions."""

    def __init__(self) -> None:
        super().__init__()
        self._transaction = self.store.begin()

    def run(self, text: str, parameters: dict[str, Any]) -> Rows | Failure:
        return self.attempt(text, parameters, self._transaction, leave_open)

    def image(self) -> Image:
        return self.image_in(self._transaction)


class OldSnapshot(InProcess):
    """The first statement that only reads, and all after it, see a graph that is changed and gone by then."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: Transaction | None = None

    def run(self, text: str, parameters: dict[str, Any]) -> Rows | Failure:
        if self._seen is None and self._only_reads(text):
            self._seen = self.store.begin()
            for change in _CHANGES:
                super().run(change, {})
        if self._seen is None:
            return super().run(text, parameters)
        return self.attempt(text, parameters, self._seen, leave_open)

    def image(self) -> Image:
        return super().image() if self._seen is None else self.image_in(self._seen)

    def _only_reads(self, text: str) -> bool:
        try:
            return not self.engine.prepare(text).writes
        except LithographError:
            return False


_CHANGES = (
    "MATCH (n) SET n.name = 'other', n.num = 17, n:Other REMOVE n:A, n:B",
    "MATCH ()-[r]->() SET r.name = 5",
    "MATCH (n) DETACH DELETE n",
    "CREATE (:A:B:Other {num: 1, name: 'x'})-[:KNOWS]->(:X)-[:T]->(:A {name: 'a'})",
)
