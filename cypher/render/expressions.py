"""Expressions as text, with as few brackets as their meaning allows."""

from __future__ import annotations

from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.render import clauses, patterns
from lithograph.cypher.render.names import render_enum_value, render_function, render_name, render_variable
from lithograph.cypher.render.values import render_value
from lithograph.cypher.transform.expressions import LONG_CHAIN

# How tightly things bind, as in the grammar.
LOOSEST, XOR, AND, NOT, COMPARISON, PREDICATE, SUM, PRODUCT, POWER, SIGN, LABEL_TEST, POSTFIX, ATOM = range(
    13
)

_OPERATORS: dict[str, int] = {
    "OR": LOOSEST, "XOR": XOR, "AND": AND,
    "=": COMPARISON, "<>": COMPARISON, "<": COMPARISON, "<=": COMPARISON, ">": COMPARISON, ">=": COMPARISON,
    "IN": PREDICATE, "STARTS WITH": PREDICATE, "ENDS WITH": PREDICATE, "CONTAINS": PREDICATE, "=~": PREDICATE,
    "+": SUM, "-": SUM, "||": SUM, "*": PRODUCT, "/": PRODUCT, "%": PRODUCT, "^": POWER,
}  # fmt: skip


_LIKE_COMPREHENSIONS = (ast.Binary, ast.IsNull, ast.IsTyped, ast.IsNormalized, ast.PatternPredicate)
"""What must not begin a list as it is."""


def render_expression(expression: ast.Expression, level: int = LOOSEST) -> str:
    """An expression as text.

    ``level``: how tightly what surrounds it binds; what binds less tightly gets brackets.
    """
    text, own = _render(expression)
    if own >= level:
        return text
    # (pattern)+ and (pattern)* are repeated ones
    return f"(({text}))" if isinstance(expression, ast.PatternPredicate) else f"({text})"


def _render(expression: ast.Expression) -> tuple[str, int]:
    """(text, how tightly it binds)."""
    match expression:
        case ast.Variable(name):
            return render_variable(name), ATOM
        case ast.Literal(value):
            negative = isinstance(value, int | float) and str(value).startswith("-")
            return render_value(value), SIGN if negative else ATOM
        case ast.EnumValue(enum, value):
            return render_enum_value(enum, value), ATOM
        case ast.Parameter(name):
            return "$" + (name if name.isdecimal() else render_name(name)), ATOM
        case ast.Property(subject, key):
            return f"{_subject(subject)}.{render_name(key)}", POSTFIX
        case ast.Subscript(subject, index):
            return f"{_subject(subject)}[{render_expression(index)}]", POSTFIX
        case ast.Slice(subject, start, stop):
            return f"{_subject(subject)}[{_optional(start)}..{_optional(stop)}]", POSTFIX
        case ast.Unary(operator, operand):
            return _unary(operator, operand)
        case ast.Binary(operator, left, right):
            return _binary(operator, left, right)
        case ast.IsNull(operand, negated):
            test = "IS NOT NULL" if negated else "IS NULL"
            return f"{render_expression(operand, PREDICATE)} {test}", PREDICATE
        case ast.IsTyped(operand, type_, negated):
            test = f"IS {'NOT ' * negated}:: {render_type(type_)}"
            return f"{render_expression(operand, PREDICATE)} {test}", PREDICATE
        case ast.IsNormalized(operand, form, negated):
            test = f"IS {'NOT ' * negated}{form} NORMALIZED"
            return f"{render_expression(operand, PREDICATE)} {test}", PREDICATE
        case ast.HasLabels(subject, labels):
            return f"{_subject(subject)}:{patterns.render_labels(labels)}", LABEL_TEST
        case ast.PatternPredicate(pattern, explicit=True):
            return f"exists({patterns.render_path(pattern)})", ATOM
        case ast.PatternPredicate(pattern):
            # Beside an arithmetic operator it would swallow a minus as part of the pattern.
            return patterns.render_path(pattern), NOT
        case _:
            return _atom(expression), ATOM


def render_type(type_: ast.ValueType) -> str:
    """A type of values as text."""
    match type_:
        case ast.NamedType(name, nullable):
            return name if nullable else f"{name} NOT NULL"
        case ast.ListType(element, nullable):
            return f"LIST<{render_type(element)}>" + ("" if nullable else " NOT NULL")
        case ast.UnionType(parts):
            return f"ANY<{' | '.join(map(render_type, parts))}>"
        case _:
            raise TypeError(f"not a type: {type_!r}")


def _subject(subject: ast.Expression) -> str:
    """What stands before a dot, a bracket or a colon."""
    text = render_expression(subject, POSTFIX)
    return f"({text})" if text[0].isdigit() else text


def _optional(expression: ast.Expression | None) -> str:
    return "" if expression is None else render_expression(expression)


def _unary(operator: str, operand: ast.Expression) -> tuple[str, int]:
    if operator == "NOT":
        return f"NOT {render_expression(operand, NOT)}", NOT
    text = render_expression(operand, SIGN)
    if text[0] in "-+.0123456789" or isinstance(operand, ast.Literal):
        text = f"({text})"  # -(1) is not the literal -1
    return operator + text, SIGN


def _binary(operator: str, left: ast.Expression, right: ast.Expression) -> tuple[str, int]:
    own = _OPERATORS[operator]
    tighter = own + 1
    if own == COMPARISON:
        sides = tighter, tighter  # unbracketed it would be a chain
    elif own <= AND and (_is(operator, right) or _chain_length(operator, left) >= LONG_CHAIN):
        sides = tighter, tighter  # the parser would arrange an unbracketed one in another way
    else:
        sides = own, tighter
    return f"{render_expression(left, sides[0])} {operator} {render_expression(right, sides[1])}", own


def _is(operator: str, expression: ast.Expression) -> bool:
    return isinstance(expression, ast.Binary) and expression.operator == operator


def _chain_length(operator: str, expression: ast.Expression) -> int:
    length = 1
    while isinstance(expression, ast.Binary) and expression.operator == operator:
        expression = expression.left
        length += 1
    return length


def _atom(expression: ast.Expression) -> str:
    match expression:
        case ast.ListLiteral(items):
            return f"[{_items(items)}]"
        case ast.MapLiteral(entries):
            return "{" + ", ".join(map(_entry, entries)) + "}"
        case ast.FunctionCall(name, arguments, distinct):
            return f"{render_function(name)}({'DISTINCT ' * distinct}{', '.join(map(render_expression, arguments))})"
        case ast.CountStar():
            return "count(*)"
        case ast.Case(subject, branches, default):
            return _case(subject, branches, default)
        case ast.MapProjection(subject, items):
            shown = ", ".join(_projected(subject, item) for item in items)
            return f"{render_expression(subject)} {{{shown}}}"
        case ast.SubqueryExpression(kind, query):
            return f"{kind} {{ {clauses.render(query)} }}"
        case ast.CaseSubject():
            return ""
        case ast.CaseTests(tests):
            return ", ".join(render_expression(test).lstrip() for test in tests)
        case ast.PathExpression(pattern):
            return patterns.render_path(pattern)
        case _:
            return _iteration(expression)


def _iteration(expression: ast.Expression) -> str:
    match expression:
        case ast.ListComprehension(variable, source, predicate, projection):
            return f"[{_bound(variable, source, predicate)}{_projection(projection)}]"
        case ast.Quantifier(kind, variable, source, predicate):
            return f"{kind}({_bound(variable, source, predicate)})"
        case ast.Reduce(accumulator, initial, variable, source, body, predicate):
            start = f"{render_variable(accumulator)} = {render_expression(initial, PREDICATE)}"
            steps = f"{start}, {_bound(variable, source, None)}{_projection(body)}"
            return (
                f"reduce({steps})"
                if predicate is None
                else f"allReduce({steps}, {render_expression(predicate)})"
            )
        case ast.PatternComprehension(pattern, predicate, projection):
            where = "" if predicate is None else f" WHERE {_before_bar(predicate)}"
            return f"[{patterns.render_path(pattern)}{where}{_projection(projection)}]"
        case _:
            raise TypeError(f"not an expression: {expression!r}")


def _bound(variable: str, source: ast.Expression, predicate: ast.Expression | None) -> str:
    where = "" if predicate is None else f" WHERE {_before_bar(predicate)}"
    return f"{render_variable(variable)} IN {_before_bar(source, SUM)}{where}"


def _before_bar(expression: ast.Expression, level: int = LOOSEST) -> str:
    """In brackets where a label might take the bar behind it for its own, or have one."""
    text = render_expression(expression, level)
    return f"({text})" if ":" in text else text


def _projection(projection: ast.Expression | None) -> str:
    return "" if projection is None else f" | {render_expression(projection)}"


def _items(items: tuple[ast.Expression, ...]) -> str:
    """Of a list; its first item must not make it look like a comprehension."""
    texts = [render_expression(item) for item in items]
    if items and isinstance(items[0], _LIKE_COMPREHENSIONS):
        texts[0] = f"({texts[0]})"
    return ", ".join(texts)


def _entry(entry: tuple[str, ast.Expression]) -> str:
    key, value = entry
    return f"{render_name(key)}: {render_expression(value)}"


def _projected(subject: ast.Expression, item: tuple[str, ast.Expression] | ast.AllProperties) -> str:
    if isinstance(item, ast.AllProperties):
        return ".*"
    key, value = item
    if value == ast.Property(subject, key):
        return "." + render_name(key)
    return _entry(item)


def _case(
    subject: ast.Expression | None, branches: tuple[tuple[Any, Any], ...], default: ast.Expression | None
) -> str:
    parts = ["CASE"] if subject is None else ["CASE", render_expression(subject)]
    for when, then in branches:
        parts += ["WHEN", render_expression(when).lstrip(), "THEN", render_expression(then)]
    if default is not None:
        parts += ["ELSE", render_expression(default)]
    return " ".join([*parts, "END"])
