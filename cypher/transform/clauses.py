"""Clauses, and queries made of them."""

from __future__ import annotations

from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherSyntaxError, InvalidClauseCompositionError
from lithograph.cypher.lexer import Tokens

# ---------------------------------------------------------------- queries


def make_query(tokens: Tokens, at: int, children: list[Any]) -> ast.Query:
    unions: list[tuple[bool, ast.Position]] = children[1::2]
    for every, position in unions:
        if every != unions[0][0]:
            raise InvalidClauseCompositionError(
                "Invalid combination of UNION and UNION ALL.", tokens.text, position
            )
    return ast.Query(tuple(children[::2]), bool(unions) and unions[0][0], position=tokens.at(at))


def make_union(tokens: Tokens, at: int, children: list[Any]) -> tuple[bool, ast.Position]:
    return children[0] is not None, tokens.at(at)


def make_union_distinct(tokens: Tokens, at: int, children: list[Any]) -> tuple[bool, ast.Position]:
    return False, tokens.at(at)


def make_single_query(tokens: Tokens, at: int, children: list[Any]) -> ast.SingleQuery:
    return ast.SingleQuery(tuple(children), position=tokens.at(at))


# ---------------------------------------------------------------- reading


def make_match(tokens: Tokens, at: int, children: list[Any]) -> ast.Match:
    optional, pattern, hints, predicate = children
    return ast.Match(pattern, predicate, optional is not None, hints or (), position=tokens.at(at))


def make_unwind(tokens: Tokens, at: int, children: list[Any]) -> ast.Unwind:
    expression, variable = children
    return ast.Unwind(expression, variable, position=tokens.at(at))


def make_with_clause(tokens: Tokens, at: int, children: list[Any]) -> ast.With:
    projection, predicate = children
    return ast.With(projection, predicate, position=tokens.at(at))


def make_return_clause(tokens: Tokens, at: int, children: list[Any]) -> ast.Return:
    return ast.Return(children[0], position=tokens.at(at))


def make_projection(tokens: Tokens, at: int, children: list[Any]) -> ast.Projection:
    distinct, (star, items), order_by, skip, limit = children
    return ast.Projection(
        items, star, distinct is not None, order_by or (), skip, limit, position=tokens.at(at)
    )


def make_projection_items(tokens: Tokens, at: int, children: list[Any]) -> tuple[bool, tuple[Any, ...]]:
    return False, tuple(children)


def make_projection_star(tokens: Tokens, at: int, children: list[Any]) -> tuple[bool, tuple[Any, ...]]:
    return True, tuple(children)


def make_projection_item(tokens: Tokens, at: int, children: list[Any]) -> ast.ProjectionItem:
    expression, alias = children
    if alias is not None:
        return ast.ProjectionItem(expression, alias, True, position=tokens.at(at))
    name = expression.name if type(expression) is ast.Variable else tokens.source(at, tokens.cursor)
    return ast.ProjectionItem(expression, name, False, position=tokens.at(at))


def make_paging(tokens: Tokens, at: int, children: list[Any]) -> ast.With:
    order_by, skip, limit = children
    position = tokens.at(at)
    return ast.With(
        ast.Projection((), True, False, order_by, skip, limit, position=position), position=position
    )


def make_paging_unordered(tokens: Tokens, at: int, children: list[Any]) -> ast.With:
    return make_paging(tokens, at, [(), *children])


def make_paging_limited(tokens: Tokens, at: int, children: list[Any]) -> ast.With:
    return make_paging(tokens, at, [(), None, *children])


def make_order_by(tokens: Tokens, at: int, children: list[Any]) -> tuple[ast.SortItem, ...]:
    return tuple(children)


def make_ascending(tokens: Tokens, at: int, children: list[Any]) -> ast.SortItem:
    return ast.SortItem(children[0], False, position=tokens.at(at))


def make_descending(tokens: Tokens, at: int, children: list[Any]) -> ast.SortItem:
    return ast.SortItem(children[0], True, position=tokens.at(at))


# ---------------------------------------------------------------- CALL


def make_call_procedure(tokens: Tokens, at: int, children: list[Any]) -> ast.CallProcedure:
    optional, name, arguments, yields, predicate = children
    if predicate is not None and yields is None:
        raise CypherSyntaxError("WHERE needs a YIELD before it.", tokens.text, predicate.position)
    return ast.CallProcedure(name, arguments, yields, predicate, optional is not None, position=tokens.at(at))


def make_dotted_name(tokens: Tokens, at: int, children: list[Any]) -> str:
    return ".".join(children)


def make_arguments(tokens: Tokens, at: int, children: list[Any]) -> tuple[ast.Expression, ...]:
    return tuple(children)


def make_yields(tokens: Tokens, at: int, children: list[Any]) -> tuple[ast.YieldItem, ...]:
    return tuple(children)


def make_yield_nothing(tokens: Tokens, at: int, children: list[Any]) -> tuple[ast.YieldItem, ...]:
    return ()


def make_yield_star(tokens: Tokens, at: int, children: list[Any]) -> str:
    return "*"


def make_yield_item(tokens: Tokens, at: int, children: list[Any]) -> ast.YieldItem:
    field, variable = children
    return ast.YieldItem(field, variable or field, position=tokens.at(at))


def make_finish(tokens: Tokens, at: int, children: list[Any]) -> ast.Finish:
    return ast.Finish(position=tokens.at(at))


def make_call_subquery(tokens: Tokens, at: int, children: list[Any]) -> ast.CallSubquery:
    optional, imports, query, transactions = children
    return ast.CallSubquery(
        query,
        imports,
        transactions,
        optional is not None,
        position=tokens.at(at),
    )


def make_imports(tokens: Tokens, at: int, children: list[Any]) -> tuple[str, ...]:
    return tuple(children)


def make_import_star(tokens: Tokens, at: int, children: list[Any]) -> str:
    return "*"


_BatchOption = tuple[str, int, dict[str, Any]]
"""What to call it, the token where it begins, and fields of ``ast.InTransactions``."""


def make_in_transactions(tokens: Tokens, at: int, children: list[_BatchOption]) -> ast.InTransactions:
    return ast.InTransactions(**_batch_options(tokens, children), position=tokens.at(at))


def make_in_concurrent_transactions(tokens: Tokens, at: int, children: list[Any]) -> ast.InTransactions:
    number, *options = children
    return ast.InTransactions(
        concurrent=True,
        concurrency=number,
        **_batch_options(tokens, options),
        position=tokens.at(at),
    )


def _batch_options(tokens: Tokens, options: list[_BatchOption]) -> dict[str, Any]:
    """The fields of all options, which may come in any order."""
    said: dict[str, Any] = {}
    for what, at, fields in options:
        if not said.keys().isdisjoint(fields):
            raise CypherSyntaxError(f"{what} can be said only once.", tokens.text, tokens.at(at))
        said |= fields
    return said


def make_batch_size(tokens: Tokens, at: int, children: list[Any]) -> _BatchOption:
    return "OF … ROWS", at, {"batch": children[0]}


def make_report_status(tokens: Tokens, at: int, children: list[Any]) -> _BatchOption:
    return "REPORT STATUS", at, {"status": children[0]}


def make_on_error(tokens: Tokens, at: int, children: list[Any]) -> _BatchOption:
    return "ON ERROR", at, {"on_error": ast.OnError(children[0], position=tokens.at(at))}


def make_on_error_retry(tokens: Tokens, at: int, children: list[Any]) -> _BatchOption:
    seconds, behaviour = children
    on_error = ast.OnError(behaviour or "CONTINUE", True, seconds, position=tokens.at(at))
    return "ON ERROR", at, {"on_error": on_error}


def make_error_behaviour(tokens: Tokens, at: int, children: list[Any]) -> str:
    word: str = children[0]
    return word.upper()


# ---------------------------------------------------------------- writing


def make_create(tokens: Tokens, at: int, children: list[Any]) -> ast.Create:
    return ast.Create(children[0], position=tokens.at(at))


def make_merge(tokens: Tokens, at: int, children: list[Any]) -> ast.Merge:
    path, *actions = children
    on_create: list[ast.UpdateItem] = []
    on_match: list[ast.UpdateItem] = []
    for created, items in actions:
        (on_create if created else on_match).extend(items)
    return ast.Merge(path, tuple(on_create), tuple(on_match), position=tokens.at(at))


def make_on_create(tokens: Tokens, at: int, children: list[Any]) -> tuple[bool, list[ast.UpdateItem]]:
    return True, children


def make_on_match(tokens: Tokens, at: int, children: list[Any]) -> tuple[bool, list[ast.UpdateItem]]:
    return False, children


def make_set_clause(tokens: Tokens, at: int, children: list[Any]) -> ast.Set:
    return ast.Set(tuple(children), position=tokens.at(at))


def make_remove(tokens: Tokens, at: int, children: list[Any]) -> ast.Remove:
    return ast.Remove(tuple(children), position=tokens.at(at))


def make_set_property(tokens: Tokens, at: int, children: list[Any]) -> ast.UpdateItem:
    """``target = value``; the target is read as an expression."""
    target, value = children
    position = tokens.at(at)
    if type(target) is ast.Variable:
        return ast.SetProperties(target.name, value, False, position=position)
    if type(target) is ast.Property or type(target) is ast.Subscript:
        return ast.SetProperty(target, value, position=position)
    raise CypherSyntaxError("SET needs a variable or a property before the =.", tokens.text, position)


def make_merge_properties(tokens: Tokens, at: int, children: list[Any]) -> ast.SetProperties:
    target, value = children
    return ast.SetProperties(_variable(tokens, target, "SET … +="), value, True, position=tokens.at(at))


def make_set_labels(tokens: Tokens, at: int, children: list[Any]) -> ast.SetLabels:
    target, labels = children
    return ast.SetLabels(
        _variable(tokens, target, "SET of a label"), _labels(tokens, labels, "SET"), position=tokens.at(at)
    )


def make_remove_labels(tokens: Tokens, at: int, children: list[Any]) -> ast.RemoveLabels:
    target, labels = children
    return ast.RemoveLabels(
        _variable(tokens, target, "REMOVE of a label"),
        _labels(tokens, labels, "REMOVE"),
        position=tokens.at(at),
    )


def make_remove_property(tokens: Tokens, at: int, children: list[Any]) -> ast.RemoveProperty:
    (target,) = children
    if type(target) is ast.Property or type(target) is ast.Subscript:
        return ast.RemoveProperty(target, position=tokens.at(at))
    raise CypherSyntaxError(
        "REMOVE needs a property or a label, such as n.name or n:Label.", tokens.text, tokens.at(at)
    )


def _variable(tokens: Tokens, target: ast.Expression, what: str) -> str:
    if type(target) is ast.Variable:
        return target.name
    raise CypherSyntaxError(f"{what} needs a variable.", tokens.text, target.position)


def _labels(
    tokens: Tokens, labels: ast.LabelExpression, clause: str
) -> tuple[ast.LabelName | ast.LabelDynamic, ...]:
    parts = labels.parts if type(labels) is ast.LabelAnd else (labels,)
    found: list[ast.LabelName | ast.LabelDynamic] = []
    for part in parts:
        if not ast.is_name(part):
            raise CypherSyntaxError(
                f"{clause} takes labels by name, such as n:A:B.", tokens.text, part.position
            )
        found.append(part)
    return tuple(found)


def make_delete(tokens: Tokens, at: int, children: list[Any]) -> ast.Delete:
    detach, *expressions = children
    return ast.Delete(tuple(expressions), detach is not None, position=tokens.at(at))


def make_delete_nodetach(tokens: Tokens, at: int, children: list[Any]) -> ast.Delete:
    return ast.Delete(tuple(children), position=tokens.at(at))


def make_foreach(tokens: Tokens, at: int, children: list[Any]) -> ast.Foreach:
    variable, source, *updates = children
    return ast.Foreach(variable, source, tuple(updates), position=tokens.at(at))
