"""Clauses that change the graph, and the items of SET and REMOVE."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher.ast.base import Clause, Expression, Syntax
from lithograph.cypher.ast.expressions import Property, Subscript
from lithograph.cypher.ast.labels import LabelDynamic, LabelName
from lithograph.cypher.ast.patterns import PathPattern, Pattern


@dataclass(frozen=True, slots=True)
class Create(Clause):
    """``CREATE pattern``."""

    pattern: Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateItem(Syntax):
    """One item of SET or REMOVE."""


@dataclass(frozen=True, slots=True)
class SetProperty(UpdateItem):
    """``target = value``, the target being a property (dynamic ones: a subscript)."""

    target: Property | Subscript
    value: Expression


@dataclass(frozen=True, slots=True)
class SetProperties(UpdateItem):
    """``variable = map`` (all others go) or, when ``merge``, ``variable += map``."""

    variable: str
    value: Expression
    merge: bool


@dataclass(frozen=True, slots=True)
class SetLabels(UpdateItem):
    """``variable:A:B``."""

    variable: str
    labels: tuple[LabelName | LabelDynamic, ...]


@dataclass(frozen=True, slots=True)
class RemoveProperty(UpdateItem):
    """``REMOVE target``."""

    target: Property | Subscript


@dataclass(frozen=True, slots=True)
class RemoveLabels(UpdateItem):
    """``REMOVE variable:A:B``."""

    variable: str
    labels: tuple[LabelName | LabelDynamic, ...]


@dataclass(frozen=True, slots=True)
class Set(Clause):
    """``SET items``."""

    items: tuple[UpdateItem, ...]


@dataclass(frozen=True, slots=True)
class Remove(Clause):
    """``REMOVE items``."""

    items: tuple[UpdateItem, ...]


@dataclass(frozen=True, slots=True)
class Merge(Clause):
    """``MERGE path [ON CREATE SET …] [ON MATCH SET …]``."""

    path: PathPattern
    on_create: tuple[UpdateItem, ...] = ()
    on_match: tuple[UpdateItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete(Clause):
    """``[DETACH] DELETE expressions``."""

    expressions: tuple[Expression, ...]
    detach: bool = False


@dataclass(frozen=True, slots=True)
class Foreach(Clause):
    """``FOREACH (variable IN source | updates)``."""

    variable: str
    source: Expression
    updates: tuple[Clause, ...]
