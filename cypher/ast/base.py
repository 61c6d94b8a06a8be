"""What every construct is a kind of: syntax with a position in the text; expressions, clauses and statements."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Position:
    """Where a construct begins in the query text: 0-based offset, 1-based line and column."""

    offset: int
    line: int
    column: int


NOWHERE = Position(0, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """Anything with a place in the text."""

    position: Position = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression(Syntax):
    """Anything that has a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause(Syntax):
    """One step of a query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Syntax):
    """What one RUN message holds."""
