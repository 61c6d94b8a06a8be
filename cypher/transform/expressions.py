"""Operators, comprehensions, subqueries: what has a value and is neither a literal nor a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherSyntaxError
from lithograph.cypher.lexer import Tokens
from lithograph.cypher.transform.patterns import path_elements
from lithograph.cypher.walk import is_larger

LARGEST_MIDDLE = 10_000
"""Nodes of the tree: the middle of ``a < b < c`` stands in it twice, so chains within chains double it each time."""

LONG_CHAIN = 16
"""A chain of more ANDs or ORs than this becomes a balanced tree, so that long ones are not deep."""

# ---------------------------------------------------------------- operators


def chain(operator: ast.BinaryOperator, operands: list[ast.Expression]) -> ast.Expression:
    """``a operator b operator …``, of one operand or more."""
    if len(operands) > LONG_CHAIN:
        middle = (len(operands) + 1) // 2
        left, right = chain(operator, operands[:middle]), chain(operator, operands[middle:])
        return ast.Binary(operator, left, right, position=left.position)
    result = operands[0]
    for operand in operands[1:]:
        result = ast.Binary(operator, result, operand, position=result.position)
    return result


def make_expression_or(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    return chain("OR", children)


def make_expression_xor(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    return chain("XOR", children)


def make_expression_and(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    return chain("AND", children)


def make_expression_not(tokens: Tokens, at: int, children: list[Any]) -> ast.Unary:
    return ast.Unary("NOT", children[0], position=tokens.at(at))


def make_comparison(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    pairs: list[ast.Expression] = []
    for middle in children[2:-1:2]:
        if is_larger(middle, LARGEST_MIDDLE):
            raise CypherSyntaxError(
                "What stands between two comparisons is too large, or such chains are nested too deeply; "
                "give it a name in a WITH before, and compare that.",
                position=middle.position,
            )
    for index in range(1, len(children), 2):
        left, operator, right = children[index - 1 : index + 2]
        if operator == "!=":
            operator = "<>"
        pairs.append(ast.Binary(operator, left, right, position=left.position))
    return chain("AND", pairs)


def _binary(operator: ast.BinaryOperator, tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    left, right = children
    return ast.Binary(operator, left, right, position=tokens.at(at))


def make_is_in(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("IN", tokens, at, children)


def make_starts_with(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("STARTS WITH", tokens, at, children)


def make_ends_with(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("ENDS WITH", tokens, at, children)


def make_contains(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("CONTAINS", tokens, at, children)


def make_matches(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("=~", tokens, at, children)


def make_add(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("+", tokens, at, children)


def make_concatenate(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("||", tokens, at, children)


def make_subtract(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("-", tokens, at, children)


def make_multiply(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("*", tokens, at, children)


def make_divide(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("/", tokens, at, children)


def make_modulo(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("%", tokens, at, children)


def make_raise_to(tokens: Tokens, at: int, children: list[Any]) -> ast.Binary:
    return _binary("^", tokens, at, children)


def make_is_null(tokens: Tokens, at: int, children: list[Any]) -> ast.IsNull:
    return ast.IsNull(children[0], False, position=tokens.at(at))


def make_is_not_null(tokens: Tokens, at: int, children: list[Any]) -> ast.IsNull:
    return ast.IsNull(children[0], True, position=tokens.at(at))


def make_is_typed(tokens: Tokens, at: int, children: list[Any]) -> ast.IsTyped:
    operand, wanted = children
    return ast.IsTyped(operand, wanted, False, position=tokens.at(at))


def make_is_not_typed(tokens: Tokens, at: int, children: list[Any]) -> ast.IsTyped:
    operand, wanted = children
    return ast.IsTyped(operand, wanted, True, position=tokens.at(at))


def make_is_normalized(tokens: Tokens, at: int, children: list[Any]) -> ast.IsNormalized:
    return _is_normalized(tokens, at, children, negated=False)


def make_is_not_normalized(tokens: Tokens, at: int, children: list[Any]) -> ast.IsNormalized:
    return _is_normalized(tokens, at, children, negated=True)


def _is_normalized(tokens: Tokens, at: int, children: list[Any], negated: bool) -> ast.IsNormalized:
    operand, word = children
    form: ast.NormalForm = "NFC" if word is None else word.upper()
    return ast.IsNormalized(operand, form, negated, position=tokens.at(at))


def make_negative(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    """A number with its sign is a literal; everything else, also ``-(1)``, is an operation."""
    (operand,) = children
    if tokens.cursor == at + 2 and type(operand) is ast.Literal and type(operand.value) in (int, float):
        tokens.oversized.discard(at + 1)
        return ast.Literal(-operand.value, position=tokens.at(at))  # type: ignore[operator]
    return ast.Unary("-", operand, position=tokens.at(at))


def make_positive(tokens: Tokens, at: int, children: list[Any]) -> ast.Unary:
    return ast.Unary("+", children[0], position=tokens.at(at))


def make_has_labels(tokens: Tokens, at: int, children: list[Any]) -> ast.HasLabels:
    subject, labels = children
    return ast.HasLabels(subject, labels, position=tokens.at(at))


def make_property(tokens: Tokens, at: int, children: list[Any]) -> ast.Property:
    subject, key = children
    return ast.Property(subject, key, position=tokens.at(at))


def make_subscript(tokens: Tokens, at: int, children: list[Any]) -> ast.Subscript:
    subject, index = children
    return ast.Subscript(subject, index, position=tokens.at(at))


def make_slice(tokens: Tokens, at: int, children: list[Any]) -> ast.Slice:
    subject, start, stop = children
    return ast.Slice(subject, start, stop, position=tokens.at(at))


def make_variable(tokens: Tokens, at: int, children: list[Any]) -> ast.Variable:
    return ast.Variable(children[0], position=tokens.at(at))


def make_enum_value(tokens: Tokens, at: int, children: list[Any]) -> ast.EnumValue:
    enum, value = children
    return ast.EnumValue(enum, value, position=tokens.at(at))


def make_parentheses(tokens: Tokens, at: int, children: list[Any]) -> ast.Expression:
    inner: ast.Expression = children[0]
    return inner


# ---------------------------------------------------------------- map projections


def make_map_projection(tokens: Tokens, at: int, children: list[Any]) -> ast.MapProjection:
    name, *items = children
    position = tokens.at(at)
    subject = ast.Variable(name, position=position)
    whole = (item.of(subject) if type(item) is _ProjectedKey else item for item in items if item is not None)
    return ast.MapProjection(subject, tuple(whole), position=position)


@dataclass(frozen=True, slots=True)
class _ProjectedKey:
    """``.key``, until it is known of what."""

    key: str
    position: ast.Position

    def of(self, subject: ast.Variable) -> tuple[str, ast.Expression]:
        return self.key, ast.Property(subject, self.key, position=self.position)


def make_projected_key(tokens: Tokens, at: int, children: list[Any]) -> _ProjectedKey:
    return _ProjectedKey(children[0], tokens.at(at))


def make_projected_all(tokens: Tokens, at: int, children: list[Any]) -> ast.AllProperties:
    return ast.AllProperties(position=tokens.at(at))


def make_projected_entry(tokens: Tokens, at: int, children: list[Any]) -> tuple[str, ast.Expression]:
    key, value = children
    return key, value


def make_projected_variable(tokens: Tokens, at: int, children: list[Any]) -> tuple[str, ast.Expression]:
    (name,) = children
    return name, ast.Variable(name, position=tokens.at(at))


# ---------------------------------------------------------------- comprehensions, patterns, subqueries


def make_comprehension(tokens: Tokens, at: int, children: list[Any]) -> ast.ListComprehension:
    variable, source, predicate, projection = children
    return ast.ListComprehension(variable, source, predicate, projection, position=tokens.at(at))


def make_pattern_comprehension(tokens: Tokens, at: int, children: list[Any]) -> ast.PatternComprehension:
    path, predicate, projection = children
    return ast.PatternComprehension(path, predicate, projection, position=tokens.at(at))


def make_pattern_predicate(tokens: Tokens, at: int, children: list[Any]) -> ast.PatternPredicate:
    position = tokens.at(at)
    return ast.PatternPredicate(
        ast.PathPattern(path_elements(children), position=position), position=position
    )


def make_exists_subquery(tokens: Tokens, at: int, children: list[Any]) -> ast.SubqueryExpression:
    return ast.SubqueryExpression("EXISTS", children[0], position=tokens.at(at))


def make_count_subquery(tokens: Tokens, at: int, children: list[Any]) -> ast.SubqueryExpression:
    return ast.SubqueryExpression("COUNT", children[0], position=tokens.at(at))


def make_collect_subquery(tokens: Tokens, at: int, children: list[Any]) -> ast.SubqueryExpression:
    return ast.SubqueryExpression("COLLECT", children[0], position=tokens.at(at))


def make_pattern_query(tokens: Tokens, at: int, children: list[Any]) -> ast.Query:
    pattern, predicate = children
    position = tokens.at(at)
    match = ast.Match(pattern, predicate, position=position)
    return ast.Query((ast.SingleQuery((match,), position=position),), position=position)
