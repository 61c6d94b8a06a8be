"""Calls of functions, and the constructs that look like one: trim(… FROM …), all(…), reduce(…), shortestPath(…)."""

from __future__ import annotations

from typing import Any, get_args

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherSyntaxError, InvalidNumberOfArgumentsError
from lithograph.cypher.lexer import Tokens


def make_function(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    name, distinct, *arguments = children
    position = tokens.at(at)
    if (
        len(arguments) == 1
        and name.lower() == "exists"
        and type(arguments[0]) in (ast.Property, ast.Subscript)
    ):
        return ast.IsNull(arguments[0], True, position=position)
    if len(arguments) == 2 and name.lower() == "normalize":
        arguments[1] = _normal_form(arguments[1])
    if len(arguments) == 1 and type(arguments[0]) is ast.PatternPredicate:
        pattern = arguments[0].pattern
        known = _FUNCTIONS_OF_PATTERNS.get(name.lower())
        if known == "exists":
            return ast.PatternPredicate(pattern, explicit=True, position=position)
        if known is not None:
            path = ast.PathPattern(pattern.elements, None, known, position=pattern.position)
            return ast.PathExpression(path, position=position)
    return ast.FunctionCall(name, tuple(arguments), distinct is not None, position=position)


_FUNCTIONS_OF_PATTERNS: dict[str, Any] = {
    "exists": "exists",
    "shortestpath": "shortestPath",
    "allshortestpaths": "allShortestPaths",
}


def _normal_form(argument: ast.Expression) -> ast.Expression:
    """The second argument of ``normalize``, which may be written as a bare word."""
    if type(argument) is ast.Variable and argument.name.upper() in get_args(ast.NormalForm):
        return ast.Literal(argument.name.upper(), position=argument.position)
    return argument


_TRIMS = {"BOTH": "btrim", "LEADING": "ltrim", "TRAILING": "rtrim"}


def make_function_trim(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    """``trim(BOTH characters FROM text)`` is ``btrim(text, characters)``, and so on."""
    name, side, characters, text = children
    if name.lower() != "trim":
        raise CypherSyntaxError(
            f"{side.upper()} can stand inside trim, not inside {name}.", tokens.text, tokens.at(at)
        )
    arguments = (text,) if characters is None else (text, characters)
    return ast.FunctionCall(_TRIMS[side.upper()], arguments, position=tokens.at(at))


def make_function_from(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    """``trim(characters FROM text)``."""
    name, characters, text = children
    if name.lower() != "trim":
        raise CypherSyntaxError(f"FROM can stand inside trim, not inside {name}.", tokens.text, tokens.at(at))
    return make_function_trim(tokens, at, [name, "BOTH", characters, text])


def make_function_star(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    (name,) = children
    if name.lower() != "count":
        raise CypherSyntaxError(f"Only count takes a *, {name} does not.", tokens.text, tokens.at(at))
    return ast.CountStar(position=tokens.at(at))


def make_function_where(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    """``name(variable IN source WHERE predicate)``."""
    name, bound, predicate = children
    kind = name.lower()
    variable, source = _variable_and_source(tokens, name, bound)
    position = tokens.at(at)
    if kind in ("all", "any", "none", "single"):
        return ast.Quantifier(kind, variable, source, predicate, position=position)
    if kind == "filter":
        return ast.ListComprehension(variable, source, predicate, None, position=position)
    raise CypherSyntaxError(
        f"WHERE can stand inside all, any, none, single and filter, not inside {name}.",
        tokens.text,
        position,
    )


def make_function_items(tokens: Tokens, at: int, children: list[Any]) -> list[ast.Expression]:
    return children


def make_function_bar(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    """``extract(variable IN source | body)``, ``reduce(total = initial, variable IN source | body)``."""
    name, items, body = children
    kind = name.lower()
    position = tokens.at(at)
    if kind == "allreduce":
        raise InvalidNumberOfArgumentsError(f"{name} has the form {_ALL_REDUCE}.", tokens.text, position)
    if kind not in ("extract", "reduce"):
        raise CypherSyntaxError(
            f"A | can stand inside extract and reduce, not inside {name}.", tokens.text, position
        )
    if len(items) != (1 if kind == "extract" else 2):
        form = "extract(x IN list | …)" if kind == "extract" else "reduce(total = initial, x IN list | …)"
        raise InvalidNumberOfArgumentsError(f"{name} has the form {form}.", tokens.text, position)
    if kind == "extract":
        variable, source = _variable_and_source(tokens, name, items[0])
        return ast.ListComprehension(variable, source, None, body, position=position)
    return _reduction(tokens, name, items, body, None, position)


_ALL_REDUCE = "allReduce(total = initial, x IN list | …, predicate)"


def make_function_steps(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    """``allReduce(total = initial, variable IN source | body, predicate)``."""
    name, items, body, predicate = children
    position = tokens.at(at)
    if name.lower() != "allreduce":
        raise CypherSyntaxError(
            f"A predicate behind | and an expression can stand inside allReduce, not inside {name}.",
            tokens.text,
            position,
        )
    if len(items) != 2:
        raise InvalidNumberOfArgumentsError(f"{name} has the form {_ALL_REDUCE}.", tokens.text, position)
    return _reduction(tokens, name, items, body, predicate, position)


def _reduction(
    tokens: Tokens,
    name: str,
    items: list[ast.Expression],
    body: ast.Expression,
    predicate: ast.Expression | None,
    position: ast.Position,
) -> ast.Reduce:
    variable, source = _variable_and_source(tokens, name, items[1])
    first = items[0]
    if not (type(first) is ast.Binary and first.operator == "=" and type(first.left) is ast.Variable):
        raise CypherSyntaxError(
            f"{name} begins with an assignment: {name}(total = initial, x IN list | …).",
            tokens.text,
            first.position,
        )
    return ast.Reduce(first.left.name, first.right, variable, source, body, predicate, position=position)


def _variable_and_source(tokens: Tokens, function: str, bound: ast.Expression) -> tuple[str, ast.Expression]:
    """Takes ``x IN list`` apart, which the grammar reads as an expression."""
    if type(bound) is ast.Binary and bound.operator == "IN" and type(bound.left) is ast.Variable:
        return bound.left.name, bound.right
    raise CypherSyntaxError(f"Expected `variable IN list` inside {function}.", tokens.text, bound.position)
