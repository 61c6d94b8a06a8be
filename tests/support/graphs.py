"""A small graph behind both interfaces that expressions read through: one element, and columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from lithograph.storage.columns.chunk import Chunk, Kind, Slots
from support.values import FakeReader


def small_graph() -> FakeReader:
    """Ten nodes and ten relationships; ``p`` is an integer where there is one, ``q`` is of mixed types, ``t`` a string."""
    mixed: list[Any] = [1, 2.5, "a", True, None, [1, 2], -1, "b", 0, False]
    nodes = {}
    relationships = {}
    for slot in range(10):
        properties: dict[str, Any] = {} if mixed[slot] is None else {"q": mixed[slot]}
        if slot % 3:
            properties["p"] = slot
        if slot % 4:
            properties["t"] = "ab"[slot % 2]
        nodes[slot] = (["A"] if slot % 2 else ["A", "B"], properties)
        relationships[slot] = ("S" if slot % 2 else "T", slot, (slot + 1) % 10, dict(properties))
    return FakeReader(nodes, relationships)


class FakeTransaction:
    """The property columns of a :class:`FakeReader`, as a transaction reads them."""

    began = 0

    def __init__(self, reader: FakeReader) -> None:
        self._reader = reader

    def vertex_property(self, key: str, slots: Slots) -> Chunk:
        assert np.all(slots >= 0)
        return _chunk([self._reader.node_property(slot, key) for slot in slots.tolist()])

    def vertex_property_of(self, key: str, slot: int) -> object:
        return self._reader.node_property(slot, key)

    def edge_property(self, key: str, slots: Slots) -> Chunk:
        assert np.all(slots >= 0)
        return _chunk([self._reader.relationship_property(slot, key) for slot in slots.tolist()])


_DICTIONARY = ["c", "b", "a"]
_CODES = {None: -1, "c": 0, "b": 1, "a": 2}


def _chunk(values: list[Any]) -> Chunk:
    """The values as they would be stored; strings as codes, where all of them are in the dictionary."""
    if all(type(value) is str or value is None for value in values) and set(values) <= set(_CODES):
        codes = np.array([_CODES[value] for value in values], dtype=np.int32)
        return Chunk(Kind.DICTIONARY, codes, dictionary=_DICTIONARY)
    return Chunk.of(values)
