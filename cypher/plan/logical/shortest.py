"""From a bound node along some of the walks only: the shortest, the lightest, those that are selected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.plan.logical.base import Plan, Step
from lithograph.cypher.plan.logical.hop import Hop


@dataclass(frozen=True, slots=True)
class BFSExpand(Step):
    """One shortest walk to each node reached (or to the bound one), breadth first.

    ``filter`` is a lambda over (relationship, node) that every step must fulfil; ``all_shortest``
    asks for every walk of the least length.
    """

    hop: Hop
    minimum: int
    maximum: int | None
    element: str
    conditions: tuple[ast.Expression, ...] = ()
    filter: ast.Lambda | None = None
    all_shortest: bool = False

    def text(self) -> str:
        name = "STShortestPath" if self.hop.into else "BFSExpand"
        return f"{name} {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class WeightedExpand(Step):
    """The walk of the least weight (or ``every`` one) to each node, or to the bound one; ``total`` names the weight.

    ``weight`` and ``filter`` are lambdas over each step, ``conditions`` as in :class:`ExpandVariable`.
    """

    hop: Hop
    maximum: int | None
    element: str
    conditions: tuple[ast.Expression, ...] = ()
    weight: ast.Lambda | None = None
    filter: ast.Lambda | None = None
    total: str | None = None
    every: bool = False

    def text(self) -> str:
        return f"{'AllShortestPaths' if self.every else 'WeightedShortestPath'} {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class KShortestExpand(Step):
    """The first ``limit`` (None: all) walks between two bound nodes that visit no node twice, shortest first.

    With a ``weight`` the lightest first. The rest as in :class:`WeightedExpand`.
    """

    hop: Hop
    minimum: int
    maximum: int | None
    limit: ast.Expression | None
    element: str
    conditions: tuple[ast.Expression, ...] = ()
    weight: ast.Lambda | None = None
    filter: ast.Lambda | None = None
    total: str | None = None

    def text(self) -> str:
        return f"KShortestPaths {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class SelectedExpand(Step):
    """The trails that ``selector`` selects for each two ends, of ``minimum`` to ``maximum`` relationships.

    ``conditions`` as in :class:`ExpandVariable`.
    """

    hop: Hop
    minimum: int
    maximum: int | None
    selector: ast.PathSelector
    element: str
    conditions: tuple[ast.Expression, ...] = ()

    def text(self) -> str:
        return f"ShortestPaths {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class SelectPaths(Step):
    """For each row what ``selector`` selects of the paths that ``inner`` finds, between each two ends.

    ``first`` and ``last`` are the ends, ``relationships`` what lies between, single ones or lists of them.
    """

    inner: Plan
    selector: ast.PathSelector
    first: str
    last: str
    relationships: tuple[str, ...]

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner
