"""From a bound node along one relationship or many, to everything that can be reached that way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.plan.logical.base import Plan, Step
from lithograph.cypher.plan.logical.hop import Hop
from lithograph.cypher.plan.logical.text import shown


@dataclass(frozen=True, slots=True)
class Expand(Step):
    """One relationship from a bound node; it must differ from the ``others`` of the same MATCH."""

    hop: Hop
    others: tuple[str, ...] = ()

    def text(self) -> str:
        return f"Expand {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class ExpandVariable(Step):
    """A walk of ``minimum`` to ``maximum`` (None: any number of) relationships, no one twice.

    ``conditions`` are tested on every relationship, which they know by the name ``element``; ``filter`` is a
    lambda that every step must fulfil.
    """

    hop: Hop
    minimum: int
    maximum: int | None
    element: str
    conditions: tuple[ast.Expression, ...] = ()
    others: tuple[str, ...] = ()
    filter: ast.Lambda | None = None

    def text(self) -> str:
        return f"ExpandVariable {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class Repeat(Step):
    """What ``inner`` finds, ``minimum`` to ``maximum`` times one behind the other, no relationship twice.

    ``inner`` leads from ``start`` to ``end`` and binds ``relationships``, in the order written; those and the nodes
    among ``named`` become lists of the same names. ``hop.relationship`` is the list of all relationships.
    """

    inner: Plan
    hop: Hop
    start: str
    end: str
    minimum: int
    maximum: int | None
    relationships: tuple[str, ...]
    nodes: tuple[str, ...]
    named: tuple[str, ...]
    others: tuple[str, ...] = ()

    def text(self) -> str:
        bounds = f"{{{self.minimum},{'' if self.maximum is None else self.maximum}}}"
        return f"Repeat ({shown(self.hop.source)}) … {bounds} ({shown(self.hop.target)})"

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner


@dataclass(frozen=True, slots=True)
class PruningBFSExpand(Step):
    """Every node that a walk of ``minimum`` (0 or 1) to ``maximum`` relationships reaches, once.

    For plans to which neither the relationships nor the number of walks matter (``rules/reach.py``).
    """

    hop: Hop
    minimum: int
    maximum: int | None
    element: str
    conditions: tuple[ast.Expression, ...] = ()

    def text(self) -> str:
        return f"PruningBFSExpand {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class ConstructNamedPath(Step):
    """A path from the nodes and relationships matched, in the order written."""

    variable: str
    parts: tuple[str, ...]

    def text(self) -> str:
        return f"ConstructNamedPath {{{self.variable}}}"
