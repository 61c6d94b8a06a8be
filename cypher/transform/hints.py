"""What stands behind USING: hints of a MATCH, and directives before a query."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherSyntaxError
from lithograph.cypher.lexer import Tokens


def make_hints(tokens: Tokens, at: int, children: list[Any]) -> tuple[ast.Hint, ...]:
    return tuple(children)


def make_index_hint(tokens: Tokens, at: int, children: list[Any]) -> ast.IndexHint:
    kind, seek, variable, label, properties = children
    named = None if kind is None else kind.upper()
    return ast.IndexHint(variable, label, tuple(properties), seek is not None, named, position=tokens.at(at))


def make_scan_hint(tokens: Tokens, at: int, children: list[Any]) -> ast.ScanHint:
    variable, label = children
    return ast.ScanHint(variable, label, position=tokens.at(at))


def make_join_hint(tokens: Tokens, at: int, children: list[Any]) -> ast.JoinHint:
    return ast.JoinHint(tuple(children[0]), position=tokens.at(at))


# ---------------------------------------------------------------- before a query


def make_directed_query(tokens: Tokens, at: int, children: list[Any]) -> ast.Query:
    directives, query = children
    directed: ast.Query = replace(query, directives=directives)
    return directed


def make_directives(tokens: Tokens, at: int, children: list[Any]) -> ast.Directives:
    indexes: list[ast.IndexHint] = []
    others: dict[str, Any] = {}
    for child in children:
        if isinstance(child, ast.IndexHint):
            indexes.append(child)
            continue
        name, position, values = child
        if not others.keys().isdisjoint(values):
            raise CypherSyntaxError(f"{name} can be said only once.", tokens.text, position)
        others |= values
    return ast.Directives(tuple(indexes), **others, position=tokens.at(at))


def make_hinted_index(tokens: Tokens, at: int, children: list[Any]) -> ast.IndexHint:
    label, properties = children
    return ast.IndexHint(None, label, tuple(properties or ()), position=tokens.at(at))


_Directive = tuple[str, ast.Position, dict[str, Any]]
"""(its name, where it stands, the fields of ``Directives`` that it fills)"""


def make_hops_limit(tokens: Tokens, at: int, children: list[Any]) -> _Directive:
    return "HOPS LIMIT", tokens.at(at), {"hops": children[0]}


def make_periodic_commit(tokens: Tokens, at: int, children: list[Any]) -> _Directive:
    return "PERIODIC COMMIT", tokens.at(at), {"batch": children[0]}


def make_parallel_execution(tokens: Tokens, at: int, children: list[Any]) -> _Directive:
    return "PARALLEL EXECUTION", tokens.at(at), {"parallel": True, "threads": children[0]}
