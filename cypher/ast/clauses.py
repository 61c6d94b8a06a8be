"""Clauses that read: MATCH, UNWIND and the call of a procedure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from lithograph.cypher.ast.base import Clause, Expression, Syntax
from lithograph.cypher.ast.hints import Hint
from lithograph.cypher.ast.patterns import Pattern

if TYPE_CHECKING:
    from lithograph.cypher.procedures.registry import Procedure


@dataclass(frozen=True, slots=True)
class Match(Clause):
    """``[OPTIONAL] MATCH pattern [hints] [WHERE predicate]``."""

    pattern: Pattern
    predicate: Expression | None = None
    optional: bool = False
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Unwind(Clause):
    """``UNWIND expression AS variable``."""

    expression: Expression
    variable: str


@dataclass(frozen=True, slots=True)
class YieldItem(Syntax):
    """``field [AS variable]``."""

    field: str
    variable: str


@dataclass(frozen=True, slots=True)
class CallProcedure(Clause):
    """``[OPTIONAL] CALL name(arguments) [YIELD items [WHERE predicate]]``.

    ``arguments`` is None where the parentheses are missing; ``yields`` is None without YIELD and
    the string ``"*"`` for ``YIELD *``, and empty for ``YIELD -``. Once the analysis has found the ``procedure``, all arguments are
    there and ``yields`` is a tuple, empty where nothing is taken.
    """

    name: str
    arguments: tuple[Expression, ...] | None
    yields: tuple[YieldItem, ...] | OneOf["*"] | None = None
    predicate: Expression | None = None
    optional: bool = False
    procedure: Procedure | None = field(default=None, compare=False, repr=False)
