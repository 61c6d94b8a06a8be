"""Types of values, as they follow ``IS ::``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherSyntaxError
from lithograph.cypher.lexer import Tokens
from lithograph.cypher.type_names import TYPE_NAMES


def make_named_type(tokens: Tokens, at: int, children: list[Any]) -> ast.NamedType:
    (name,) = children
    return ast.NamedType(name, written=_behind_a_name(tokens, at, name), position=tokens.at(at))


def _behind_a_name(tokens: Tokens, at: int, name: str) -> str | None:
    """The one word of a type that stands behind a name and two colons."""
    if at < 2 or tokens.kinds[at - 1] != "TYPED_AS" or tokens.kinds[at - 2] not in ("WORD", "QUOTED"):
        return None
    if tokens.value(at - 2).upper() in ("IS", "NOT"):
        return None
    word = tokens.value(at)
    return word if TYPE_NAMES.get(word.upper()) == name else None


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
