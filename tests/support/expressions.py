"""Expressions from text."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.parse import parse


def expression(text: str) -> ast.Expression:
    """The syntax tree of one expression, which begins at offset 7."""
    statement = parse(f"RETURN {text}")
    assert isinstance(statement, ast.Query)
    clause = statement.parts[0].clauses[0]
    assert isinstance(clause, ast.Return)
    return clause.projection.items[0].expression
