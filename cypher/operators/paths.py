"""Named paths: from columns of nodes and relationships to one column of paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lithograph.cypher.context import Context
from lithograph.cypher.entities import GraphReader, NodeRef, PathRef, RelationshipRef
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators.base import Operator
from lithograph.cypher.vectors import Vector


class ConstructNamedPath(Operator):
    """``parts`` name nodes and relationships (or lists of them) in turn, in the order written."""

    def __init__(self, source: Operator, variable: str, parts: tuple[str, ...]) -> None:
        self.source = source
        self.variable = variable
        self.parts = parts

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            columns = [frame.columns[part].tolist() for part in self.parts]
            paths = [_path(row, context.reader) for row in zip(*columns, strict=True)]
            yield frame.extend({self.variable: Vector.objects(paths)})


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
