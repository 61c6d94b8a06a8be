"""Replacing parts of expressions by others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from lithograph.cypher import ast

Replace = Callable[[ast.Syntax], ast.Syntax | None]


def rewrite(syntax: Any, substitute: Replace) -> Any:
    """``syntax`` with every part for which ``substitute`` gives something replaced by that, outermost first."""
    if isinstance(syntax, tuple):
        return tuple(rewrite(item, substitute) for item in syntax)
    if not isinstance(syntax, ast.Syntax):
        return syntax
    found = substitute(syntax)
    if found is not None:
        return found
    changes = {}
    for field in fields(syntax):
        if field.name != "position":
            old = getattr(syntax, field.name)
            new = rewrite(old, substitute)
            if new is not old and new != old:
                changes[field.name] = new
    return replace(syntax, **changes) if changes else syntax
