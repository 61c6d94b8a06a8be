"""A small graph behind both interfaces that expressions read through: one element, and columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from lithograph.storage.columns.chunk import Chunk, Slots
from support.values import FakeReader


def small_graph() -> FakeReader:
    """Ten nodes and ten relationships; ``p`` is an integer where there is one, ``q`` is of mixed types."""
    mixed: list[Any] = [1, 2.5, "a", True, None, [1, 2], -1, "b", 0, False]
    nodes = {}
    relationships = {}
    for slot in range(10):
        properties: dict[str, Any] = {} if mixed[slot] is None else {"q": mixed[slot]}
        if slot % 3:
            properties["p"] = slot
        nodes[slot] = (["A"] if slot % 2 else ["A", "B"], properties)
        relationships[slot] = ("S" if slot % 2 else "T", slot, (slot + 1) % 10, dict(properties))
    return FakeReader(nodes, relationships)


class FakeTransaction:
    """The property columns of a :class:`FakeReader`, as a transaction reads them."""

    def __init__(self, reader: FakeReader) -> None:
        self._reader = reader

    def vertex_property(self, key: str, slots: Slots) -> Chunk:
        assert np.all(slots >= 0)
        return Chunk.of([self._reader.node_property(slot, key) for slot in slots.tolist()])

    def edge_property(self, key: str, slots: Slots) -> Chunk:
        assert np.all(slots >= 0)
        return Chunk.of([self._reader.relationship_property(slot, key) for slot in slots.tolist()])
