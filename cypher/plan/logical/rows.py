"""Rows chosen, multiplied and given other columns, one independent of the next."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.plan.logical.base import Step
from lithograph.cypher.plan.logical.text import brief, shown
from lithograph.cypher.procedures.registry import Procedure


@dataclass(frozen=True, slots=True)
class Filter(Step):
    """The rows for which all predicates are true."""

    predicates: tuple[ast.Expression, ...]

    def text(self) -> str:
        return f"Filter {', '.join(map(brief, self.predicates))}"


@dataclass(frozen=True, slots=True)
class Unwind(Step):
    """A row for each item of a list."""

    expression: ast.Expression
    variable: str

    def text(self) -> str:
        return f"Unwind {{{self.variable}}}"


@dataclass(frozen=True, slots=True)
class CallProcedure(Step):
    """The rows with what a procedure gives for them; ``columns`` are (field, variable).

    A procedure that gives nothing leaves the rows as they are. ``position`` is that of the call.
    """

    procedure: Procedure
    arguments: tuple[ast.Expression, ...]
    columns: tuple[tuple[str, str], ...]
    position: ast.Position

    def text(self) -> str:
        variables = ", ".join(variable for _, variable in self.columns)
        return f"CallProcedure<{self.procedure.name}> {{{variables}}}"


@dataclass(frozen=True, slots=True)
class Extend(Step):
    """The rows with further columns."""

    items: tuple[tuple[str, ast.Expression], ...]

    def text(self) -> str:
        return f"Extend {{{', '.join(shown(name) for name, _ in self.items)}}}"


@dataclass(frozen=True, slots=True)
class Produce(Step):
    """Only these columns, under these names: (name, column before)."""

    columns: tuple[tuple[str, str], ...]

    def text(self) -> str:
        names = [name for name, _ in self.columns if not name.startswith(" ")]
        return f"Produce {{{', '.join(names)}}}"


@dataclass(frozen=True, slots=True)
class EmptyResult(Step):
    """Uses its input up and gives no rows."""
