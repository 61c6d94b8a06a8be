"""Reading what a record can hold: plain values as they are parameters, too, and graph elements, which are not."""

from __future__ import annotations

from functools import cache
from typing import Any

from lithograph.cypher.results import Node, Path, Relationship
from lithograph.server.bolt.packstream import Structures
from lithograph.server.bolt.structures import NODE, PATH, RELATIONSHIP, UNBOUND_RELATIONSHIP, readers
from lithograph.server.bolt.versions import Dialect


@cache
def structures() -> Structures:
    """The structures of a record in Bolt 5."""
    elements = {
        NODE: (4, lambda fields: Node(fields[0], fields[1], fields[2])),
        RELATIONSHIP: (8, lambda fields: Relationship(fields[0], fields[3], fields[1], fields[2], fields[4])),
        # Within a path, where the ends follow from the nodes around it.
        UNBOUND_RELATIONSHIP: (4, lambda fields: Relationship(fields[0], fields[1], -1, -1, fields[2])),
        PATH: (3, _path),
    }
    return {**readers(Dialect.MODERN), **elements}


def _path(fields: list[Any]) -> Path:
    nodes, relationships, steps = fields
    walked, along = [nodes[0]], []
    for number, following in zip(steps[::2], steps[1::2], strict=True):
        there = nodes[following]
        start, end = (walked[-1], there) if number > 0 else (there, walked[-1])
        unbound = relationships[abs(number) - 1]
        along.append(Relationship(unbound.id, unbound.type, start.id, end.id, unbound.properties))
        walked.append(there)
    return Path(walked, along)
