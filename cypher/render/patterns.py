"""Patterns and label expressions as text."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.render import expressions
from lithograph.cypher.render.names import render_name, render_variable


def render_pattern(pattern: ast.Pattern) -> str:
    return ", ".join(map(render_path, pattern.paths))


def render_path(path: ast.PathPattern) -> str:
    """``p = (a)-[r:T]->(b)``."""
    text = _elements(path.elements)
    if path.function is not None:
        text = f"{path.function}({text})"
    elif path.predicate is not None:
        text = f"({text} WHERE {expressions.render_expression(path.predicate)})"
    if path.selector is not None:
        text = f"{_selector(path.selector)} {text}"
    return text if path.variable is None else f"{render_variable(path.variable)} = {text}"


def _elements(elements: tuple[ast.PathElement, ...]) -> str:
    return "".join(
        _node(element)
        if isinstance(element, ast.NodePattern)
        else _relationship(element)
        if isinstance(element, ast.RelationshipPattern)
        else _quantified(element)
        for element in elements
    )


def _quantified(path: ast.QuantifiedPath) -> str:
    condition = "" if path.predicate is None else f" WHERE {expressions.render_expression(path.predicate)}"
    return f" ({_elements(path.elements)}{condition}){_quantifier(path.minimum, path.maximum)} "


def _quantifier(minimum: int, maximum: int | None) -> str:
    if maximum is None and minimum < 2:
        return "*+"[minimum]
    return f"{{{minimum}}}" if minimum == maximum else f"{{{minimum},{'' if maximum is None else maximum}}}"


def _selector(selector: ast.PathSelector) -> str:
    word, behind = ("ANY", "") if selector.kind == "ANY" else ("SHORTEST", "")
    if selector.kind == "GROUPS":
        behind = " GROUPS"
    count = "" if selector.count is None else f" {expressions.render_expression(selector.count)}"
    return f"{word}{count}{behind}"


def _node(node: ast.NodePattern) -> str:
    return f"({_details(node.variable, node.labels, None, node.properties, node.predicate)})"


def _relationship(relationship: ast.RelationshipPattern) -> str:
    expansion, quantifier = relationship.expansion, ""
    if expansion is not None and expansion.quantified:
        quantifier = _quantifier(expansion.minimum or 0, expansion.maximum)
        expansion = None
    inner = _details(
        relationship.variable,
        relationship.types,
        expansion,
        relationship.properties,
        relationship.predicate,
    )
    left = "<-" if relationship.direction == "in" else "-"
    right = "->" if relationship.direction == "out" else "-"
    return (f"{left}[{inner}]{right}" if inner else left + right) + quantifier


def _details(
    variable: str | None,
    labels: ast.LabelExpression | None,
    expansion: ast.Expansion | None,
    properties: ast.Expression | None,
    predicate: ast.Expression | None,
) -> str:
    name = "" if variable is None else render_variable(variable)
    if labels is not None:
        name += ":" + render_labels(labels)
    parts = [name] if name else []
    if expansion is not None:
        parts.append(_expansion(expansion))
    if properties is not None:
        parts.append(expressions.render_expression(properties))
    if predicate is not None:
        parts.append("WHERE " + expressions.render_expression(predicate))
    return " ".join(parts)


def _expansion(expansion: ast.Expansion) -> str:
    text = "*" if expansion.algorithm == "walk" else f"*{expansion.algorithm.upper()} "
    minimum = "" if expansion.minimum is None else str(expansion.minimum)
    maximum = "" if expansion.maximum is None else str(expansion.maximum)
    weighted = expansion.algorithm in ("wshortest", "allshortest")
    if minimum or maximum:
        # A single number means that many exactly; in a weighted expansion, at most.
        exact = minimum == maximum or (weighted and not minimum)
        text += maximum if exact else f"{minimum}..{maximum}"
    parts = [text.rstrip()]
    if expansion.limit is not None:
        parts.append("| " + expressions.render_expression(expansion.limit))
    if expansion.weight is not None:
        parts.append(_lambda(expansion.weight))
    if expansion.total is not None:
        parts.append(render_variable(expansion.total))
    if expansion.filter is not None:
        parts.append(_lambda(expansion.filter))
    return " ".join(parts)


def _lambda(function: ast.Lambda) -> str:
    names = ", ".join(map(render_variable, function.variables))
    return f"({names} | {expressions.render_expression(function.body)})"


_OR, _AND, _NOT = range(3)


def render_labels(labels: ast.LabelExpression, level: int = _OR) -> str:
    """A label expression without the colon before it: ``A|B``, ``A&!B``.

    ``level``: what surrounds it; brackets are put where it binds more tightly.
    """
    match labels:
        case ast.LabelName(name):
            return render_name(name)
        case ast.LabelAny():
            return "%"
        case ast.LabelDynamic(expression, any=any_):
            text = expressions.render_expression(expression)
            if any_:
                return f"$any({text})"
            return text if isinstance(expression, ast.Parameter) else f"$({text})"
        case ast.LabelNot(part):
            return "!" + render_labels(part, _NOT)
        case ast.LabelAnd(parts):
            text, own = ":".join(render_labels(part, _NOT) for part in parts), _AND
        case ast.LabelOr(parts):
            text, own = "|".join(render_labels(part, _AND) for part in parts), _OR
        case _:
            raise TypeError(f"not a label expression: {labels!r}")
    return text if own >= level and level != _NOT else f"({text})"
