"""NaN and Infinity, which are numbers only where no variable has their name.

Neo4j reserves the words. Here they have always been names, so a name that is bound goes on meaning what it is bound
to; one that is not, and would be an error, is the number.
"""

from __future__ import annotations

import math

from lithograph.cypher import ast
from lithograph.cypher.plan.rewrite import rewrite

_NUMBERS = {"nan": math.nan, "inf": math.inf, "infinity": math.inf}


def number_called(name: str) -> float | None:
    """The number that a name, in any case, means if nothing is bound to it; None for other names."""
    return _NUMBERS.get(name.lower())


def with_numbers(statement: ast.Statement, numbers: dict[ast.Position, float]) -> ast.Statement:
    """``statement`` with literals for the variables at the positions of ``numbers``."""
    if not numbers:
        return statement

    def replaced(syntax: ast.Syntax) -> ast.Syntax | None:
        if isinstance(syntax, ast.Variable) and syntax.position in numbers:
            return ast.Literal(numbers[syntax.position], position=syntax.position)
        return None

    changed: ast.Statement = rewrite(statement, replaced)
    return changed
