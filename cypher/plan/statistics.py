"""How many rows to expect: the store's exact counts, made into estimates.

Counts are read when a plan is made and may be out of date when it runs; they decide about speed only.
"""

from __future__ import annotations

import math

from lithograph.cypher import ast
from lithograph.storage.indexes.property import PropertyIndex
from lithograph.storage.store import Store

RANGE_SHARE = 0.3
"""The part of an index that a range is guessed to select."""


class Statistics:
    """Estimates for one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def nodes(self, label: str | None = None) -> float:
        """Nodes with a label, or all.

        What is not committed yet is not in the counts, and may be all there is, in the transaction that loads a graph.
        It is in the indexes; so a label has at least as many nodes as the largest index on it has entries.
        """
        counts, catalog = self.store.vertex_counts, self.store.vertex_indexes
        if label is None:
            return max(counts.total, self.store.vertices.size)
        sets = self.store.label_sets
        found = sets.labels.find(label)
        if found is None:
            return 0
        committed = sum(number for code, number in list(counts.of_code.items()) if found in sets.sets[code])
        by_label = catalog.by_label.get(label)
        return max(
            committed, 0 if by_label is None else by_label.count, *map(len, catalog.on_label(label)), 0
        )

    def nodes_of_any_label(self) -> float:
        """Nodes with a label that is not known, on average over the labels there are."""
        return self.nodes() / max(1, len(self.store.label_sets.labels))

    def relationships(self, types: ast.LabelExpression | None) -> float:
        """Relationships of the types named, or all."""
        counts = self.store.edge_counts
        if types is None:
            return counts.total
        names = {part.name for part in _names(types)}
        codes = [self.store.types.find(name) for name in names]
        return sum(counts.of_code.get(code, 0) for code in codes if code is not None)

    def fan_out(self, types: ast.LabelExpression | None, direction: ast.Direction) -> float:
        """Relationships of one node, on average."""
        per_node = self.relationships(types) / max(1.0, self.nodes())
        return 2 * per_node if direction == "both" else per_node

    def index(self, label: str, keys: tuple[str, ...]) -> PropertyIndex | None:
        """The index on exactly these keys."""
        return self.store.vertex_indexes.by_keys.get((label, keys))

    def indexes(self, label: str) -> list[PropertyIndex]:
        """The property indexes on a label."""
        return self.store.vertex_indexes.on_label(label)

    @staticmethod
    def equal(index: PropertyIndex, keys: int | None = None) -> float:
        """Entries with one value, on average; of the first ``keys`` keys, as if all told as much apart."""
        share = 1.0 if keys is None else keys / len(index.keys)
        return max(1.0, len(index) / math.pow(index.distinct(), share))

    def edge_indexes(self, type_: str) -> list[PropertyIndex]:
        """The property indexes on a type of relationships."""
        return self.store.edge_indexes.on_label(type_)

    def edge_index(self, type_: str, keys: tuple[str, ...]) -> PropertyIndex | None:
        """The index on exactly these keys of a type of relationships."""
        return self.store.edge_indexes.by_keys.get((type_, keys))

    def edges_by_index(self, type_: str) -> float | None:
        """Relationships of a type, where there is an index that has them all."""
        index = self.store.edge_indexes.by_label.get(type_)
        return None if index is None else index.count


def _names(types: ast.LabelExpression) -> list[ast.LabelName]:
    if isinstance(types, ast.LabelName):
        return [types]
    if isinstance(types, ast.LabelOr):
        return [name for part in types.parts for name in _names(part)]
    return []
