"""From a bound node along walks of several parts, given as positions and moves between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from lithograph.cypher import ast
from lithograph.cypher.plan.logical.base import Plan, Step
from lithograph.cypher.plan.logical.hop import Hop
from lithograph.cypher.plan.logical.text import shown


class Stretch(NamedTuple):
    """A plan that leads from ``begin`` to ``end`` and binds ``relationships``, in the order walked; maybe none."""

    inner: Plan
    begin: str
    end: str
    relationships: tuple[str, ...]


class Move(NamedTuple):
    """From one position in a path to another, by one of the stretches (its number), or without any (-1)."""

    source: int
    target: int
    stretch: int


class PathPart(NamedTuple):
    """What is between two nodes of a path: one relationship (``single``), or repetitions of ``hops`` of them.

    ``name`` is that of the relationship or of the list of all; ``nodes`` and ``relationships`` become lists, too, each
    with its place in a repetition.
    """

    name: str
    single: bool
    hops: int
    nodes: tuple[tuple[str, int], ...]
    relationships: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SearchPaths(Step):
    """The trails that ``selector`` selects for each two ends, of those that an automaton accepts.

    Attributes:
        hop: the ends.
        stretches: what moves go by.
        moves: the automaton, from position 0 to the last one.
        part_of: by position the number of the part whose moves lead there.
        parts: in the order walked.
        between: the nodes between each two parts, in that order.
        judge: lets the rows of those paths pass that are selected from; None: all of them.
        longest: numbers of relationships of which no path that passes has more.
    """

    hop: Hop
    selector: ast.PathSelector
    stretches: tuple[Stretch, ...]
    moves: tuple[Move, ...]
    part_of: tuple[int, ...]
    parts: tuple[PathPart, ...]
    between: tuple[str, ...]
    judge: Plan | None = None
    longest: tuple[ast.Expression, ...] = ()

    def text(self) -> str:
        return f"ShortestPaths ({shown(self.hop.source)}) … ({shown(self.hop.target)})"

    def branches(self) -> Iterator[tuple[str, Plan]]:
        for stretch in self.stretches:
            yield "", stretch.inner
        if self.judge is not None:
            yield "", self.judge
