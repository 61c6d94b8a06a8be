"""Label and type tests over batches: is this node a ``:A&!B``, this relationship a ``:S|T``?

A node's labels are one code, its label set; so a label expression becomes a truth table over the codes,
made once for the sets there are, and testing a batch is one look-up by code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherTypeError, ParameterMissingError
from lithograph.cypher.vectors import Mask
from lithograph.storage.columns.chunk import Slots

if TYPE_CHECKING:
    from lithograph.cypher.context import Context

Holds = Callable[[str], Mask]


def node_label_mask(expression: ast.LabelExpression, slots: Slots, context: Context) -> Mask:
    """Which of the nodes ``slots`` (int64[n], all ≥ 0) match; a node that is gone does not (bool[n])."""
    codes = context.transaction.vertex_label_sets(slots)
    return node_code_table(expression, context)[codes]


def relationship_type_mask(expression: ast.LabelExpression, slots: Slots, context: Context) -> Mask:
    """Which of the relationships ``slots`` (int64[n], all ≥ 0) match (bool[n])."""
    codes = context.transaction.edge_types(slots)
    return type_code_table(expression, context)[codes]


def node_code_table(expression: ast.LabelExpression, context: Context) -> Mask:
    """For every label set code whether it matches; the last item, for code -1, is False."""
    sets = context.transaction.store.label_sets
    if type(expression) is ast.LabelName:
        label = sets.labels.find(expression.name)
        return sets.holding(label) if label is not None else np.zeros(len(sets) + 1, dtype=np.bool_)

    def holds(name: str) -> Mask:
        found = sets.labels.find(name)
        return np.zeros(len(sets) + 1, dtype=np.bool_) if found is None else sets.holding(found)

    labelled = np.array([bool(members) for members in sets.sets] + [False], dtype=np.bool_)
    return _existing(_evaluate(expression, holds, labelled, context))


def type_code_table(expression: ast.LabelExpression | None, context: Context) -> Mask:
    """For every type code whether it matches; the last item, for code -1, is False."""
    types = context.transaction.store.types

    def holds(name: str) -> Mask:
        table = np.zeros(len(types) + 1, dtype=np.bool_)
        found = types.find(name)
        if found is not None:
            table[found] = True
        return table

    every = np.ones(len(types) + 1, dtype=np.bool_)
    if expression is None:
        return _existing(every)
    return _existing(_evaluate(expression, holds, every, context))


def _existing(table: Mask) -> Mask:
    table = table.copy()
    table[-1] = False
    return table


def _evaluate(expression: ast.LabelExpression, holds: Holds, anything: Mask, context: Context) -> Mask:
    match expression:
        case ast.LabelName():
            return holds(expression.name)
        case ast.LabelAnd():
            return _combined(
                np.logical_and, [_evaluate(p, holds, anything, context) for p in expression.parts]
            )
        case ast.LabelOr():
            return _combined(
                np.logical_or, [_evaluate(p, holds, anything, context) for p in expression.parts]
            )
        case ast.LabelNot():
            return ~_evaluate(expression.part, holds, anything, context)
        case ast.LabelAny():
            return anything
        case ast.LabelDynamic():
            names = dynamic_names(expression, context)
            return _combined(np.logical_and, [holds(name) for name in names]) if names else anything | True
    raise TypeError(f"unknown label expression {expression!r}")


def _combined(operation: np.ufunc, tables: list[Mask]) -> Mask:
    combined: Mask = operation.reduce(tables)
    return combined


def dynamic_names(expression: ast.LabelDynamic, context: Context) -> list[str]:
    """The label or type names that a parameter gives.

    Raises:
        ParameterMissingError: it is not given.
        CypherTypeError: it is no string and no list of strings, or no parameter.
    """
    source = expression.expression
    if not isinstance(source, ast.Parameter):
        raise CypherTypeError("A dynamic label or type in a pattern must be a parameter, as in `(n:$label)`.")
    if source.name not in context.parameters:
        raise ParameterMissingError.of([source.name], context.parameters)
    return label_names(context.parameters[source.name])


def label_names(value: object) -> list[str]:
    """A value that stands for labels, as names.

    Raises:
        CypherTypeError: it is no string and no list of strings.
    """
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CypherTypeError("A label or type must be a string or a list of strings.")
    return names
