"""What a plan node is, and a whole plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lithograph.cypher.plan.products import CartesianProduct

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Any plan node."""

    def text(self) -> str:
        """The line of the node in EXPLAIN."""
        return type(self).__name__

    def inputs(self) -> Iterator[Plan]:
        """The step this one takes rows from, if any."""
        yield from ()

    def branches(self) -> Iterator[tuple[str, Plan]]:
        """Plans that run beside the main input, with a word for what they are."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Once(Plan):
    """The rows a plan is given: one empty row for a whole query, the outer rows for an inner plan."""


@dataclass(frozen=True, slots=True)
class Step(Plan):
    """A node with one input."""

    input: Plan

    def inputs(self) -> Iterator[Plan]:
        yield self.input


@dataclass(frozen=True, slots=True)
class Planned:
    """A whole plan with what a client has to know of it."""

    plan: Plan
    columns: tuple[str, ...]
    writes: bool
    reads: bool
    products: tuple[CartesianProduct, ...] = field(default=())
