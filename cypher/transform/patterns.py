"""Patterns: paths, nodes, relationships, expansions, label expressions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, get_args

from lithograph.cypher import ast
from lithograph.cypher.errors import (
    CypherSyntaxError,
    InvalidRelationshipPatternError,
    UnexpectedConstructError,
    suggestion,
)
from lithograph.cypher.lexer import Tokens
from lithograph.cypher.transform.literals import integer_value

# ---------------------------------------------------------------- paths and nodes


def make_pattern(tokens: Tokens, at: int, children: list[Any]) -> ast.Pattern:
    return ast.Pattern(tuple(children), position=tokens.at(at))


def make_path(tokens: Tokens, at: int, children: list[Any]) -> ast.PathPattern:
    variable, selector, *elements = children
    return ast.PathPattern(path_elements(elements), variable, selector=selector, position=tokens.at(at))


def make_path_in_parentheses(tokens: Tokens, at: int, children: list[Any]) -> ast.PathPattern:
    variable, selector, (inner, elements, predicate) = children
    if variable is not None and inner is not None:
        raise UnexpectedConstructError(
            f"This path has two names, `{variable}` and `{inner}`.", tokens.text, tokens.at(at)
        )
    variable = inner if variable is None else variable
    return ast.PathPattern(elements, variable, None, selector, predicate, position=tokens.at(at))


_PATH_FUNCTIONS: dict[str, ast.PathFunction] = {name.lower(): name for name in get_args(ast.PathFunction)}


def make_path_function(tokens: Tokens, at: int, children: list[Any]) -> ast.PathPattern:
    variable, name, *elements = children
    function = _PATH_FUNCTIONS.get(name.lower())
    if function is None:
        raise CypherSyntaxError(
            f"`{name}` cannot hold a pattern; shortestPath and allShortestPaths can."
            f"{suggestion(name, _PATH_FUNCTIONS.values())}",
            tokens.text,
            tokens.at(at),
        )
    return ast.PathPattern(path_elements(elements), variable, function, position=tokens.at(at))


def make_node(tokens: Tokens, at: int, children: list[Any]) -> ast.NodePattern:
    variable, labels, properties, predicate = children
    return ast.NodePattern(variable, labels, properties, predicate, position=tokens.at(at))


def path_elements(elements: list[Any]) -> tuple[ast.PathElement, ...]:
    """The elements of a path: nodes without conditions stand between what is written side by side."""
    made: list[ast.PathElement] = []
    for element in elements:
        for part in element if isinstance(element, list) else (element,):
            if isinstance(part, ast.QuantifiedPath) and (
                not made or not isinstance(made[-1], ast.NodePattern)
            ):
                made.append(ast.NodePattern(position=part.position))
            made.append(part)
    if not isinstance(made[-1], ast.NodePattern):
        made.append(ast.NodePattern(position=made[-1].position))
    return tuple(made)


# ---------------------------------------------------------------- quantified paths

_Quantifier = tuple[int | None, int | None, bool]


def make_quantifier_plus(_tokens: Tokens, _at: int, _children: list[Any]) -> _Quantifier:
    return 1, None, False


def make_quantifier_star(_tokens: Tokens, _at: int, _children: list[Any]) -> _Quantifier:
    return 0, None, False


def make_parenthesised(tokens: Tokens, at: int, children: list[Any]) -> tuple[str | None, Any, Any]:
    variable, *elements, predicate = children
    return variable, path_elements(elements), predicate


def make_repeated(tokens: Tokens, at: int, children: list[Any]) -> list[Any]:
    """A quantified path, and the elements behind it."""
    (variable, elements, predicate), quantifier, *rest = children
    position = tokens.at(at)
    complaint = None
    if variable is not None:
        complaint = f"The path `{variable}` cannot have a name inside a quantified path pattern."
    elif len(elements) == 1:
        complaint = "A quantified path pattern needs a relationship; a single node cannot be repeated."
    elif any(isinstance(element, ast.QuantifiedPath) for element in elements) or any(
        isinstance(element, ast.RelationshipPattern) and element.expansion is not None for element in elements
    ):
        complaint = (
            "Quantified path patterns cannot be nested; inside one every relationship is a single one."
        )
    if complaint is not None:
        raise UnexpectedConstructError(complaint, tokens.text, position)
    minimum, maximum = _repetitions(quantifier, tokens, position)
    return [ast.QuantifiedPath(elements, minimum, maximum, predicate, position=position), *rest]


def make_quantified_relationship(tokens: Tokens, at: int, children: list[Any]) -> ast.RelationshipPattern:
    relationship: ast.RelationshipPattern = children[0]
    quantifier: _Quantifier = children[1]
    position = tokens.at(at)
    if relationship.expansion is not None:
        raise UnexpectedConstructError(
            "A relationship has either a length inside its brackets or a quantifier behind them.",
            tokens.text,
            position,
        )
    minimum, maximum = _repetitions(quantifier, tokens, position)
    expansion = ast.Expansion("walk", minimum, maximum, quantified=True, position=position)
    return replace(relationship, expansion=expansion)


def _repetitions(quantifier: _Quantifier, tokens: Tokens, position: ast.Position) -> tuple[int, int | None]:
    minimum, maximum = quantifier[0] or 0, quantifier[1]
    if maximum == 0:
        raise UnexpectedConstructError(
            "A quantifier must allow at least one repetition.", tokens.text, position
        )
    if maximum is not None and maximum < minimum:
        raise UnexpectedConstructError(
            f"The bounds of a quantifier are the wrong way round: {{{minimum},{maximum}}}.",
            tokens.text,
            position,
        )
    return minimum, maximum


# ---------------------------------------------------------------- selectors


def _selector(
    kind: Literal["ANY", "SHORTEST", "GROUPS"], tokens: Tokens, at: int, children: list[Any]
) -> ast.PathSelector:
    return ast.PathSelector(kind, children[0] if children else None, position=tokens.at(at))


def make_select_any(tokens: Tokens, at: int, children: list[Any]) -> ast.PathSelector:
    return _selector("ANY", tokens, at, children)


def make_select_any_shortest(tokens: Tokens, at: int, children: list[Any]) -> ast.PathSelector:
    return _selector("SHORTEST", tokens, at, children)


def make_select_shortest(tokens: Tokens, at: int, children: list[Any]) -> ast.PathSelector:
    return _selector("SHORTEST", tokens, at, children)


def make_select_all_shortest(tokens: Tokens, at: int, children: list[Any]) -> ast.PathSelector:
    return _selector("GROUPS", tokens, at, children)


def make_select_groups(tokens: Tokens, at: int, children: list[Any]) -> ast.PathSelector:
    return _selector("GROUPS", tokens, at, children)


def make_select_all(_tokens: Tokens, _at: int, _children: list[Any]) -> None:
    """``ALL`` paths are what a pattern means anyway."""


# ---------------------------------------------------------------- relationships


def make_details(tokens: Tokens, at: int, children: list[Any]) -> list[Any]:
    return children


def _relationship(
    direction: ast.Direction, tokens: Tokens, at: int, children: list[Any]
) -> ast.RelationshipPattern:
    variable, types, expansion, properties, predicate = children[0] or (None,) * 5
    return ast.RelationshipPattern(
        direction, variable, types, expansion, properties, predicate, position=tokens.at(at)
    )


def make_relationship_out(tokens: Tokens, at: int, children: list[Any]) -> ast.RelationshipPattern:
    return _relationship("out", tokens, at, children)


def make_relationship_in(tokens: Tokens, at: int, children: list[Any]) -> ast.RelationshipPattern:
    return _relationship("in", tokens, at, children)


def make_relationship_both(tokens: Tokens, at: int, children: list[Any]) -> ast.RelationshipPattern:
    return _relationship("both", tokens, at, children)


_ALGORITHMS: tuple[ast.Algorithm, ...] = get_args(ast.Algorithm)


def make_expansion(tokens: Tokens, at: int, children: list[Any]) -> ast.Expansion:
    """``*[algorithm] [bounds] [| limit] [(lambda)] [total] [(lambda)]``; see memgraph's expansions."""
    name, bounds, limit, first, total, second = children
    position = tokens.at(at)
    algorithm: ast.Algorithm = "walk"
    if name is not None:
        algorithm = name.lower()
        if algorithm not in _ALGORITHMS[1:]:
            raise InvalidRelationshipPatternError(
                f"Unknown expansion `{name}`; there are BFS, WSHORTEST, ALLSHORTEST and KSHORTEST."
                f"{suggestion(name, _ALGORITHMS[1:])}",
                tokens.text,
                position,
            )
    minimum, maximum, exact = bounds or (None, None, False)
    weight, filtering = None, first
    if algorithm in ("wshortest", "allshortest"):
        weight, filtering = first, second
        minimum = None if exact else minimum  # a single number is the upper bound here
    elif algorithm == "kshortest" and (total is not None or second is not None):
        weight, filtering = first, second  # a lambda alone filters, as in the other expansions by length
    expansion = ast.Expansion(algorithm, minimum, maximum, limit, weight, total, filtering, position=position)
    complaint = _complaint(expansion, second)
    if complaint is not None:
        raise UnexpectedConstructError(complaint, tokens.text, position)
    return expansion


def _complaint(expansion: ast.Expansion, second: ast.Lambda | None) -> str | None:
    """What the grammar allows and the kind of expansion does not."""
    weighted = expansion.algorithm in ("wshortest", "allshortest")
    by_weight = weighted or expansion.algorithm == "kshortest"
    if weighted and expansion.weight is None:
        return "Lambda for calculating weights is mandatory with weighted shortest path expansion."
    if weighted and expansion.minimum is not None:
        return "Lower bound is not allowed in weighted or all shortest path expansion."
    if weighted and expansion.maximum == 0:
        return "Maximum depth in weighted shortest path expansion must be at least 1."
    if not by_weight and second is not None:
        return "Only one filter lambda can be supplied."
    if not by_weight and expansion.total is not None:
        return "A name for the total weight is only allowed in a weighted expansion."
    if expansion.algorithm != "kshortest" and expansion.limit is not None:
        return "A number of paths is only allowed in a KSHORTEST expansion."
    return None


_Bounds = tuple[int | None, int | None, bool]
"""minimum, maximum, whether it is one number for both"""


def make_bounds(tokens: Tokens, at: int, children: list[Any]) -> _Bounds:
    minimum, maximum = (None if text is None else integer_value(tokens, text, at) for text in children)
    return minimum, maximum, False


def make_exact_bound(tokens: Tokens, at: int, children: list[Any]) -> _Bounds:
    bound = integer_value(tokens, children[0], at)
    return bound, bound, True


def make_lambda_function(tokens: Tokens, at: int, children: list[Any]) -> ast.Lambda:
    names, body = children
    position = tokens.at(at)
    if not 2 <= len(names) <= 4:
        raise UnexpectedConstructError(
            "A lambda has the form (edge, node | …), with a path and a weight as third and fourth name.",
            tokens.text,
            position,
        )
    return ast.Lambda(tuple(names), body, position=position)


def make_names(tokens: Tokens, at: int, children: list[Any]) -> list[str]:
    return children


# ---------------------------------------------------------------- labels and types


def make_label_or(tokens: Tokens, at: int, children: list[Any]) -> ast.LabelOr:
    return ast.LabelOr(tuple(children), position=tokens.at(at))


def make_label_and(tokens: Tokens, at: int, children: list[Any]) -> ast.LabelAnd:
    return ast.LabelAnd(tuple(children), position=tokens.at(at))


def make_label_not(tokens: Tokens, at: int, children: list[Any]) -> ast.LabelNot:
    return ast.LabelNot(children[0], position=tokens.at(at))


def make_label_name(tokens: Tokens, at: int, children: list[Any]) -> ast.LabelName:
    return ast.LabelName(children[0], position=tokens.at(at))


def make_label_any(tokens: Tokens, at: int, children: list[Any]) -> ast.LabelAny:
    return ast.LabelAny(position=tokens.at(at))


def make_label_dynamic(tokens: Tokens, at: int, children: list[Any]) -> ast.LabelDynamic:
    return ast.LabelDynamic(children[0], position=tokens.at(at))


def make_label_quantified(tokens: Tokens, at: int, children: list[Any]) -> ast.LabelDynamic:
    prefix, expression = children
    quantifier = prefix.lower()
    if quantifier not in ("$all", "$any"):
        raise CypherSyntaxError(
            f"Before the parentheses of a dynamic label stands $, $all or $any, not {prefix}.",
            tokens.text,
            tokens.at(at),
        )
    return ast.LabelDynamic(expression, quantifier == "$any", position=tokens.at(at))
