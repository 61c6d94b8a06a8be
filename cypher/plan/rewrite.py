"""Replacing parts of expressions by others, which must not touch what has its names from inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.storage.patience import breathe

Replace = Callable[[ast.Syntax], ast.Syntax | None]


def rewrite(syntax: Any, substitute: Replace, local: frozenset[str] = frozenset()) -> Any:
    """``syntax`` with every part for which ``substitute`` gives something replaced by that, outermost first.

    Parts that use a variable of a comprehension, quantifier, reduce or lambda around them are left alone,
    whatever that variable is called. A replacement is expected to use names that no query can use.
    """
    if isinstance(syntax, tuple):
        return tuple(rewrite(item, substitute, local) for item in syntax)
    if not isinstance(syntax, ast.Syntax):
        return syntax
    if not (local and local & free_variables(syntax)):
        found = substitute(syntax)
        if found is not None:
            return found
    breathe()
    inside = local | _bound_inside(syntax)
    changes = {}
    for field in fields(syntax):
        if field.name != "position":
            old = getattr(syntax, field.name)
            new = rewrite(old, substitute, local if field.name in _OUTSIDE else inside)
            if new is not old and new != old:
                changes[field.name] = new
    return replace(syntax, **changes) if changes else syntax


_OUTSIDE = frozenset(("source", "initial"))
"""The fields of a construct with variables of its own in which these are not yet known."""


def _bound_inside(syntax: ast.Syntax) -> frozenset[str]:
    """The names that a construct gives to what is inside it."""
    match syntax:
        case ast.ListComprehension(variable=name) | ast.Quantifier(variable=name):
            return frozenset((name,))
        case ast.Reduce(accumulator=accumulator, variable=name):
            return frozenset((accumulator, name))
        case ast.Lambda(variables=names):
            return frozenset(names)
        case _:
            return frozenset()
