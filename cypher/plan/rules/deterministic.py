"""Whether something gives the same each time it is evaluated on the same graph."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.scalar.functions import lookup
from lithograph.cypher.walk import children


def is_deterministic(syntax: ast.Syntax) -> bool:
    """Whether no function or procedure in it gives something new with every call."""
    if isinstance(syntax, ast.CallProcedure) and not (syntax.procedure and syntax.procedure.deterministic):
        return False
    if isinstance(syntax, ast.FunctionCall):
        function = lookup(syntax.name)
        if function is not None and not function.deterministic:
            return False
    return all(map(is_deterministic, children(syntax)))
