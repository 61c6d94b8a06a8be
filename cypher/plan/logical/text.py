"""Names and expressions as EXPLAIN prints them."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.render import render_labels


def shown(name: str) -> str:
    """A variable as EXPLAIN prints it; the planner's own have a short name without the blank."""
    return name.strip()


def brief(expression: ast.Expression) -> str:
    """An expression in a few characters: the properties and labels it is about."""
    match expression:
        case ast.Property(subject=ast.Variable(name=name), key=key):
            return f"{{{shown(name)}.{key}}}"
        case ast.HasLabels(subject=ast.Variable(name=name), labels=labels):
            return f"({shown(name)} :{render_labels(labels)})"
        case ast.Variable(name=name):
            return shown(name)
        case ast.CountStar():
            return "count(*)"
        case ast.FunctionCall(name=name):
            return name
        case ast.Binary(operator="=", left=left):
            return brief(left)
        case ast.Binary(left=left, right=right):
            parts = [part for part in (brief(left), brief(right)) if part.startswith(("{", "("))]
            return ", ".join(parts) or "Generic"
        case ast.Unary(operand=operand) | ast.IsNull(operand=operand) | ast.IsTyped(operand=operand):
            return brief(operand)
    return "Generic"
