"""``E::V`` where V is also the name of a type.

``x::POINT`` asks for the type of ``x``. Where there is an enumeration of that name with a value of that very name, it is
meant, as in ``Shape::Point``.
"""

from __future__ import annotations

from collections.abc import Mapping

from lithograph.cypher import ast
from lithograph.cypher.plan.rewrite import rewrite
from lithograph.cypher.walk import children


def with_enum_values(statement: ast.Statement, enums: Mapping[str, tuple[str, ...]]) -> ast.Statement:
    """``statement`` with values of ``enums`` for what was read as tests of types."""
    if not enums or not _may_hold_some(statement):
        return statement

    def replaced(syntax: ast.Syntax) -> ast.Syntax | None:
        match syntax:
            case ast.IsTyped(ast.Variable(enum), ast.NamedType(written=str(value)), False) if (
                value in enums.get(enum, ())
            ):
                return ast.EnumValue(enum, value, position=syntax.position)
        return None

    changed: ast.Statement = rewrite(statement, replaced)
    return changed


def _may_hold_some(statement: ast.Statement) -> bool:
    waiting: list[ast.Syntax] = [statement]
    while waiting:
        syntax = waiting.pop()
        if isinstance(syntax, ast.NamedType) and syntax.written is not None:
            return True
        waiting += children(syntax)
    return False
