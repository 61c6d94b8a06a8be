"""Label and type tests over batches: is this node a ``:A&!B``, this relationship a ``:S|T``?

A node's labels are one code, its label set; so a label expression becomes a truth table over the codes,
made once for the sets there are, and testing a batch is one look-up by code. Of what is computed only parameters
get here; whatever depends on the row is replaced by names first, for all rows with the same names at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherTypeError, ParameterMissingError
from lithograph.cypher.reader import relationship_types
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
    """Which of the relationships ``slots`` (int64[n], all ≥ 0) match, one that is gone by the type it had (bool[n])."""
    codes = relationship_types(slots, context.transaction)
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
            tables = [_evaluate(part, holds, anything, context) for part in expression.parts]
            return _combined(np.logical_and, tables, len(anything))
        case ast.LabelOr():
            tables = [_evaluate(part, holds, anything, context) for part in expression.parts]
            return _combined(np.logical_or, tables, len(anything))
        case ast.LabelNot():
            return ~_evaluate(expression.part, holds, anything, context)
        case ast.LabelAny():
            return anything
        case ast.LabelDynamic(expression=ast.Parameter(name=name)):
            if name not in context.parameters:
                raise ParameterMissingError.of([name], context.parameters)
            named = spelled_out(expression, label_names(context.parameters[name]))
            return _evaluate(named, holds, anything, context)
    raise TypeError(f"unknown label expression {expression!r}")


def _combined(operation: np.ufunc, tables: list[Mask], size: int) -> Mask:
    """All the tables in one, of ``size`` items; of no table, what leaves the others as they are."""
    combined: Mask = operation.reduce(np.array(tables, dtype=np.bool_).reshape(len(tables), size))
    return combined


def dynamic_parts(labels: ast.LabelExpression | None) -> Iterator[ast.LabelDynamic]:
    """The parts of a label expression that are computed."""
    match labels:
        case ast.LabelAnd(parts=parts) | ast.LabelOr(parts=parts):
            for part in parts:
                yield from dynamic_parts(part)
        case ast.LabelNot(part=part):
            yield from dynamic_parts(part)
        case ast.LabelDynamic():
            yield labels


def is_computed(labels: ast.LabelExpression) -> bool:
    """Whether there is more to compute in a label expression than the values of parameters."""
    return any(not isinstance(part.expression, ast.Parameter) for part in dynamic_parts(labels))


def with_names(
    labels: ast.LabelExpression, names: Callable[[ast.LabelDynamic], Sequence[str] | None]
) -> ast.LabelExpression:
    """A label expression with names in place of its computed parts; where ``names`` are None a part stays."""
    match labels:
        case ast.LabelAnd(parts=parts):
            return replace(labels, parts=tuple(with_names(part, names) for part in parts))
        case ast.LabelOr(parts=parts):
            return replace(labels, parts=tuple(with_names(part, names) for part in parts))
        case ast.LabelNot(part=part):
            return replace(labels, part=with_names(part, names))
        case ast.LabelDynamic():
            found = names(labels)
            return labels if found is None else spelled_out(labels, found)
    return labels


def spelled_out(label: ast.LabelDynamic, names: Sequence[str]) -> ast.LabelExpression:
    """What a computed label means that has turned out to be ``names``."""
    parts = tuple(ast.LabelName(name, position=label.position) for name in names)
    if len(parts) == 1:
        return parts[0]
    return (ast.LabelOr if label.any else ast.LabelAnd)(parts, position=label.position)


def label_names(value: object) -> list[str]:
    """A value that stands for labels, as names.

    Raises:
        CypherTypeError: it is no string and no list of strings.
    """
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise CypherTypeError("A label or type must be a string or a list of strings.")
    return names
