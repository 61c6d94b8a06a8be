"""The values of the grammar's rules: what makes the syntax tree.

For each rule of ``cypher.lark`` (or alias) that has a value of its own, one of the modules here has a
function ``make_`` + name, called with the tokens, the number of the construct's first token, and the
values of its children (``None`` for an optional one that is absent). No function calls another's
children: the tree grows from the leaves, without recursion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lithograph.cypher.lexer import Tokens
from lithograph.cypher.transform import (
    cases,
    clauses,
    expressions,
    functions,
    hints,
    literals,
    patterns,
    statements,
    types,
)

_MODULES = (statements, clauses, hints, patterns, expressions, functions, cases, types, literals)


def action(name: str) -> Callable[[Tokens, int, list[Any]], Any]:
    """The function that makes the value of the rule ``name``."""
    for module in _MODULES:
        function: Callable[[Tokens, int, list[Any]], Any] | None = getattr(module, f"make_{name}", None)
        if function is not None:
            return function
    raise LookupError(f"no function makes a value for the rule {name!r} of the grammar")
