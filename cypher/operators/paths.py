"""Named paths: from columns of nodes and relationships to one column of paths."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from typing import Any

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.entities import GraphReader, NodeRef, PathRef, RelationshipRef
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators.base import Operator, PerFrame
from lithograph.cypher.vectors import Kind, Vector


class ConstructNamedPath(PerFrame):
    """``parts`` name nodes and relationships (or lists of them) in turn, in the order written."""

    def __init__(self, source: Operator, variable: str, parts: tuple[str, ...]) -> None:
        self.source = source
        self.variable = variable
        self.parts = parts

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        parts = [frame.columns[part] for part in self.parts]
        if all(part.kind <= Kind.RELATIONSHIP for part in parts):
            paths = _single_steps(parts)
        else:
            columns = [part.tolist() for part in parts]
            paths = [_path(row, context.reader) for row in zip(*columns, strict=True)]
        yield frame.extend({self.variable: Vector.objects(paths)})


def _single_steps(parts: list[Vector]) -> list[PathRef | None]:
    """Paths whose every part is one node or one relationship; None where one of them is null."""
    slots = [part.values.tolist() for part in parts]
    nodes = zip(*slots[::2], strict=True)
    edges = zip(*slots[1::2], strict=True) if len(slots) > 1 else repeat(())
    paths: list[PathRef | None] = [PathRef(*both) for both in zip(nodes, edges, strict=False)]
    for row in np.flatnonzero(np.any([part.values < 0 for part in parts], axis=0)).tolist():
        paths[row] = None
    return paths


def _path(row: tuple[Any, ...], reader: GraphReader) -> PathRef | None:
    """The path through the parts of one row; None when one of them is null."""
    if any(part is None for part in row):
        return None
    nodes: list[int] = [row[0].slot]
    edges: list[int] = []
    for part in row[1:]:
        if type(part) is NodeRef:
            continue  # the relationship before it has led here
        for relationship in [part] if type(part) is RelationshipRef else part:
            start, end = reader.relationship_ends(relationship.slot)
            nodes.append(end if start == nodes[-1] else start)
            edges.append(relationship.slot)
    return PathRef(tuple(nodes), tuple(edges))
