"""Types of values, as they follow ``IS ::``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherSyntaxError
from lithograph.cypher.lexer import Tokens


def make_named_type(tokens: Tokens, at: int, children: list[Any]) -> ast.NamedType:
    return ast.NamedType(children[0], position=tokens.at(at))


def make_list_type(tokens: Tokens, at: int, children: list[Any]) -> ast.ListType:
    return ast.ListType(children[0], position=tokens.at(at))


def make_union_type(tokens: Tokens, at: int, children: list[Any]) -> ast.ValueType:
    """``ANY<A | B>``."""
    inner: ast.ValueType = children[0]
    return inner


def make_not_null_type(tokens: Tokens, at: int, children: list[Any]) -> ast.ValueType:
    (inner,) = children
    if isinstance(inner, ast.UnionType):
        raise CypherSyntaxError(
            "NOT NULL belongs behind each of the types inside ANY<…>, not behind the whole.",
            tokens.text,
            tokens.at(at),
        )
    nullable: ast.NamedType | ast.ListType = inner
    return replace(nullable, nullable=False)


def make_type_union(tokens: Tokens, at: int, children: list[Any]) -> ast.UnionType:
    parts: list[ast.ValueType] = []
    for child in children:
        parts += child.parts if isinstance(child, ast.UnionType) else [child]
    if len({part.nullable for part in parts}) > 1:  # type: ignore[attr-defined]
        raise CypherSyntaxError(
            "Either all or none of the types between the bars are NOT NULL.", tokens.text, tokens.at(at)
        )
    return ast.UnionType(tuple(parts), position=tokens.at(at))
