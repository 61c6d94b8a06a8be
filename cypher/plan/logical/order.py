"""Rows sorted, cut off, or left out because they were there before."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.plan.logical.base import Step
from lithograph.cypher.plan.logical.text import shown


@dataclass(frozen=True, slots=True)
class Distinct(Step):
    """The first of several rows with the same values in ``columns``."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderBy(Step):
    """The rows sorted by columns, (name, descending); only the first ``limit`` rows when given."""

    keys: tuple[tuple[str, bool], ...]
    limit: ast.Expression | None = None
    skip: ast.Expression | None = None

    def text(self) -> str:
        return f"OrderBy {{{', '.join(shown(name) for name, _ in self.keys)}}}"


@dataclass(frozen=True, slots=True)
class Skip(Step):
    """Without the first rows."""

    count: ast.Expression


@dataclass(frozen=True, slots=True)
class Limit(Step):
    """Only the first rows. With ``drain`` the input is used up nevertheless, for its effects."""

    count: ast.Expression
    drain: bool = False


@dataclass(frozen=True, slots=True)
class SliceEach(Step):
    """SKIP or LIMIT (either may be missing) for the rows of each outer row, whose number is in ``row``."""

    row: str
    skip: ast.Expression | None
    limit: ast.Expression | None

    def text(self) -> str:
        return "Limit" if self.skip is None else "Skip"
