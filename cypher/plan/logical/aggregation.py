"""One row for many, and counts that the store keeps itself."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.plan.logical.base import Plan, Step
from lithograph.cypher.plan.logical.text import brief, shown


@dataclass(frozen=True, slots=True)
class Aggregate(Step):
    """A row for each combination of the keys, with aggregates over its rows."""

    keys: tuple[tuple[str, ast.Expression], ...]
    aggregates: tuple[tuple[str, ast.FunctionCall | ast.CountStar], ...]
    each: str | None = None
    """The last key, if there is to be a row for each of the outer rows, which it numbers, whether they have rows or not."""

    def text(self) -> str:
        results = ", ".join(brief(call) for _, call in self.aggregates)
        return f"Aggregate {{{results}}} {{{', '.join(brief(key) for _, key in self.keys)}}}"


@dataclass(frozen=True, slots=True)
class CountElements(Plan):
    """The number of all nodes (of one label, or all), from the store's own counts.

    With ``types`` that of the relationships of these types; of all, when there are none.
    """

    name: str
    label: str | None
    types: tuple[str, ...] | None = None

    def text(self) -> str:
        return f"CountFromMetadata {{{shown(self.name)}}}"
