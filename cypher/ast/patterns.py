"""Patterns: nodes, relationships, and the paths that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lithograph.cypher.ast.base import Expression, Syntax
from lithograph.cypher.ast.labels import LabelExpression


@dataclass(frozen=True, slots=True)
class NodePattern(Syntax):
    """``(variable:Label {properties} WHERE predicate)``; ``properties`` a map literal or parameter."""

    variable: str | None = None
    labels: LabelExpression | None = None
    properties: Expression | None = None
    predicate: Expression | None = None


@dataclass(frozen=True, slots=True)
class Lambda(Syntax):
    """``(edge, node [, path [, weight]] | body)`` of a variable-length expansion."""

    variables: tuple[str, ...]
    body: Expression


Algorithm = OneOf["walk", "bfs", "wshortest", "allshortest", "kshortest"]


@dataclass(frozen=True, slots=True)
class Expansion(Syntax):
    """``*``, ``*2``, ``*1..3``, ``*BFS ..15 (e, n | …)``; bounds as written, None where missing.

    ``quantified``: a walk written as ``-[r]->{1,3}``, ``+`` or ``*`` behind the arrow; ``minimum`` is then never None.
    """

    algorithm: Algorithm = "walk"
    minimum: int | None = None
    maximum: int | None = None
    limit: Expression | None = None
    weight: Lambda | None = None
    total: str | None = None
    filter: Lambda | None = None
    quantified: bool = False


Direction = OneOf["out", "in", "both"]


@dataclass(frozen=True, slots=True)
class RelationshipPattern(Syntax):
    """``-[variable:TYPE *1..3 {properties}]->``; no expansion: exactly one relationship."""

    direction: Direction
    variable: str | None = None
    types: LabelExpression | None = None
    expansion: Expansion | None = None
    properties: Expression | None = None
    predicate: Expression | None = None


@dataclass(frozen=True, slots=True)
class QuantifiedPath(Syntax):
    """``((a)-[r]->(b) WHERE predicate){minimum,maximum}`` between two nodes; ``maximum`` None: any number of times."""

    elements: tuple[NodePattern | RelationshipPattern, ...]
    minimum: int
    maximum: int | None
    predicate: Expression | None = None

    def variables(self) -> dict[str, NodePattern | RelationshipPattern]:
        """The names inside, each with the first element that has it; outside they stand for lists."""
        found: dict[str, NodePattern | RelationshipPattern] = {}
        for element in self.elements:
            if element.variable is not None:
                found.setdefault(element.variable, element)
        return found


PathElement = NodePattern | RelationshipPattern | QuantifiedPath

PathFunction = OneOf["shortestPath", "allShortestPaths"]


@dataclass(frozen=True, slots=True)
class PathSelector(Syntax):
    """``ANY k``, ``SHORTEST k``, ``SHORTEST k GROUPS``: for each two ends, some paths only; without ``count`` one."""

    kind: OneOf["ANY", "SHORTEST", "GROUPS"]
    count: Expression | None = None


@dataclass(frozen=True, slots=True)
class PathPattern(Syntax):
    """``variable = (a)-[r]->(b)``: nodes and what is between them in turn, beginning and ending with a node.

    ``predicate`` is the WHERE of a path in parentheses, which ``selector`` looks at before it selects.
    """

    elements: tuple[PathElement, ...]
    variable: str | None = None
    function: PathFunction | None = None
    selector: PathSelector | None = None
    predicate: Expression | None = None

    def plain(self) -> tuple[NodePattern | RelationshipPattern, ...]:
        """The nodes and relationships: all there is in a path that can be created."""
        return tuple(e for e in self.elements if not isinstance(e, QuantifiedPath))

    def names(self) -> frozenset[str]:
        """All variables of the path, its own and those inside quantified paths among them."""
        found = {self.variable, *(element.variable for element in self.plain())}
        for element in self.elements:
            if isinstance(element, QuantifiedPath):
                found |= element.variables().keys()
        return frozenset(name for name in found if name is not None)


@dataclass(frozen=True, slots=True)
class Pattern(Syntax):
    """The comma-separated paths of one clause."""

    paths: tuple[PathPattern, ...]
