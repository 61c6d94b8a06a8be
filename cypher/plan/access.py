"""Access paths: the ways to get at the nodes of a pattern variable, and the cheapest of them.

A path through an index gives a superset (see ``storage/indexes``); the predicates that chose it stay
in the plan as filters, so nothing here decides what is right, only what is fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.patterns import PatternEdge, Predicate
from lithograph.cypher.plan.statistics import RANGE_SHARE, Statistics
from lithograph.storage.indexes.property import PropertyIndex

IN_LIST = 10
"""The length that a list of wanted values is guessed to have."""

EXISTS = "EXISTS"
"""The operator of a comparison that only says that there is a value."""

SORTED = 1.5
"""What a node costs that is taken out of a whole index, next to one that a scan of its label gives."""

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


SCANS = (logical.ScanAll, logical.ScanAllByLabel, logical.ScanAllByComputedLabel)


@dataclass(frozen=True, slots=True)
class Access:
    """A way to the nodes (or relationships) of ``variable``: what it costs (rows), and the step that takes it."""

    variable: str
    rows: float
    step: logical.Step

    def cost(self) -> tuple[float, int]:
        """What to compare: rows; among equals what cannot grow with the graph comes before what scans it."""
        scans = isinstance(self.step, SCANS)
        return self.rows, scans

    @property
    def _lookup(self) -> logical.Step | None:
        return self.step.lookup if isinstance(self.step, logical.ScanAllByEdge) else self.step

    @property
    def is_lookup(self) -> bool:
        """Whether it looks up values that are equal to given ones, and so most likely finds few nodes."""
        return isinstance(self._lookup, logical.IndexSeek | logical.ScanAllById)

    @property
    def sees_rows(self) -> bool:
        """Whether what it looks up depends on the row."""
        step = self._lookup
        values = step.values if isinstance(step, logical.IndexSeek) else ()
        values = (step.value,) if isinstance(step, logical.ScanAllById) else values
        return any(map(free_variables, values))

    def onto(self, plan: logical.Plan) -> logical.Plan:
        """The step with ``plan`` as its input."""
        return replace(self.step, input=plan)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``variable.key operator value`` where the value does not depend on the variable; or (``EXISTS``) is not null.

    None of them is true where there is no value.
    """

    key: str
    operator: str
    value: ast.Expression


_NO_INPUT = logical.Once()


def accesses(
    variable: str, predicates: Iterable[Predicate], bound: frozenset[str], statistics: Statistics
) -> Iterator[Access]:
    """Every way to the nodes of ``variable`` when the variables ``bound`` have values."""
    usable = [p for p in predicates if variable in p.variables and p.variables <= bound | {variable}]
    yield from _by_id(variable, usable)
    tests = [
        p.expression.labels
        for p in usable
        if isinstance(p.expression, ast.HasLabels) and p.expression.subject == ast.Variable(variable)
    ]
    labels = [test.name for test in tests if isinstance(test, ast.LabelName)]
    for test in tests:
        if isinstance(test, ast.LabelDynamic) and variable not in free_variables(test):
            scan = logical.ScanAllByComputedLabel(_NO_INPUT, variable, test)
            yield Access(variable, statistics.nodes_of_any_label() + 1, scan)
    comparisons = [found for p in usable for found in _comparisons(variable, p.expression)]
    for label in labels:
        rows = max(1.0, statistics.nodes(label))  # none yet, maybe, when the plan is kept
        yield Access(variable, rows, logical.ScanAllByLabel(_NO_INPUT, variable, label))
        yield from _by_index(variable, statistics.indexes(label), comparisons, statistics)
    yield Access(variable, statistics.nodes() + 1, logical.ScanAll(_NO_INPUT, variable))


def edge_accesses(
    edge: PatternEdge, predicates: Iterable[Predicate], bound: frozenset[str], statistics: Statistics
) -> Iterator[Access]:
    """The ways to the relationships of ``edge``, and so to both its ends, that indexes on its type offer."""
    if not isinstance(edge.types, ast.LabelName):
        return
    type_ = edge.types.name
    hop = logical.Hop(edge.source, edge.name, edge.target, edge.direction, edge.types, False)
    every = statistics.edges_by_index(type_)
    if every is not None:
        yield Access(edge.name, every + 1, logical.ScanAllByEdge(_NO_INPUT, hop, type_))
    usable = [p for p in predicates if edge.name in p.variables and p.variables <= bound | {edge.name}]
    comparisons = [found for p in usable for found in _comparisons(edge.name, p.expression)]
    for found in _by_index(edge.name, statistics.edge_indexes(type_), comparisons, statistics):
        if isinstance(found.step, logical.IndexSeek | logical.IndexRange):
            yield replace(found, step=logical.ScanAllByEdge(_NO_INPUT, hop, type_, found.step))


def equalities(
    variable: str, predicates: Iterable[Predicate], bound: frozenset[str]
) -> Iterator[tuple[ast.Expression, ast.Expression]]:
    """(value of the row, property of ``variable``) for each predicate that says that the two are equal."""
    for predicate in predicates:
        if variable in predicate.variables and predicate.variables <= bound | {variable}:
            for comparison in _comparisons(variable, predicate.expression):
                if comparison.operator == "=" and free_variables(comparison.value):
                    yield comparison.value, ast.Property(ast.Variable(variable), comparison.key)


def _by_id(variable: str, usable: list[Predicate]) -> Iterator[Access]:
    for predicate in usable:
        expression = predicate.expression
        if not (isinstance(expression, ast.Binary) and expression.operator == "="):
            continue
        for call, value in ((expression.left, expression.right), (expression.right, expression.left)):
            if (
                isinstance(call, ast.FunctionCall)
                and call.name.lower() in ("id", "elementid")
                and call.arguments == (ast.Variable(variable),)
                and variable not in free_variables(value)
            ):
                textual = call.name.lower() == "elementid"
                yield Access(variable, 1, logical.ScanAllById(_NO_INPUT, variable, value, textual))


def _comparisons(variable: str, expression: ast.Expression) -> Iterator[Comparison]:
    match expression:
        case ast.IsNull(operand=ast.Property(subject=ast.Variable(name=name), key=key), negated=True):
            if name == variable:
                yield Comparison(key, EXISTS, expression)
    if not isinstance(expression, ast.Binary):
        return
    operator = expression.operator
    if operator == "OR":
        yield from _alternatives(variable, expression)
        return
    sides = [(expression.left, operator, expression.right)]
    if operator == "=":
        sides.append((expression.right, operator, expression.left))
    elif operator in MIRRORED:
        sides.append((expression.right, MIRRORED[operator], expression.left))  # type: ignore[arg-type]
    for subject, seen, value in sides:
        if (
            isinstance(subject, ast.Property)
            and subject.subject == ast.Variable(variable)
            and variable not in free_variables(value)
        ):
            yield Comparison(subject.key, seen, value)


def _alternatives(variable: str, expression: ast.Binary) -> Iterator[Comparison]:
    """``variable.key = a OR variable.key = b …`` as ``variable.key IN [a, b, …]``; nothing for any other OR."""
    values: list[ast.Expression] = []
    keys: set[str] = set()
    for part in _disjuncts(expression):
        found = [c for c in _comparisons(variable, part) if c.operator == "="]
        if len(found) != 1:
            return
        keys.add(found[0].key)
        values.append(found[0].value)
    if len(keys) == 1:
        yield Comparison(keys.pop(), "IN", ast.ListLiteral(tuple(values)))


def _disjuncts(expression: ast.Expression) -> Iterator[ast.Expression]:
    if isinstance(expression, ast.Binary) and expression.operator == "OR":
        yield from _disjuncts(expression.left)
        yield from _disjuncts(expression.right)
    else:
        yield expression


def _by_index(
    variable: str, indexes: Iterable[PropertyIndex], comparisons: list[Comparison], statistics: Statistics
) -> Iterator[Access]:
    equal = {c.key: c.value for c in comparisons if c.operator == "="}
    for index in indexes:
        label = index.label
        yield from _by_equality(variable, index, equal, {c.key for c in comparisons}, statistics)
        if len(index.keys) > 1:
            continue
        (key,) = index.keys
        for comparison in comparisons:
            if comparison.key == key and comparison.operator == "IN":
                seek = logical.IndexSeek(
                    _NO_INPUT, variable, label, index.keys, (comparison.value,), each=True
                )
                yield Access(variable, _items(comparison.value) * statistics.equal(index), seek)
        found = _range(variable, label, key, comparisons)
        if found is not None:
            yield Access(variable, RANGE_SHARE * len(index) + 1, found)
        elif any(c.key == key for c in comparisons):
            every = logical.IndexRange(_NO_INPUT, variable, label, key)
            yield Access(variable, SORTED * len(index) + 1, every)


def _by_equality(
    variable: str,
    index: PropertyIndex,
    equal: dict[str, ast.Expression],
    demanded: set[str],
    statistics: Statistics,
) -> Iterator[Access]:
    """The look-up of all keys that are equal to something, from the first one on.

    An index has only elements with values for all of its keys, so the others must be ``demanded`` to have one.
    """
    keys = tuple(takewhile(equal.__contains__, index.keys))
    if keys and demanded.issuperset(index.keys):
        values = tuple(equal[key] for key in keys)
        seek = logical.IndexSeek(_NO_INPUT, variable, index.label, index.keys, values)
        yield Access(variable, statistics.equal(index, len(keys)), seek)


def _items(expression: ast.Expression) -> int:
    """How many items a list has, or is guessed to have."""
    return len(expression.items) if isinstance(expression, ast.ListLiteral) else IN_LIST


def _range(variable: str, label: str, key: str, comparisons: list[Comparison]) -> logical.IndexRange | None:
    """A range from the comparisons of a key with constants of the query."""
    low = high = prefix = None
    low_open = high_open = False
    for comparison in comparisons:
        if comparison.key != key or free_variables(comparison.value):
            continue
        if comparison.operator in (">", ">=") and low is None:
            low, low_open = comparison.value, comparison.operator == ">"
        elif comparison.operator in ("<", "<=") and high is None:
            high, high_open = comparison.value, comparison.operator == "<"
        elif comparison.operator == "STARTS WITH":
            prefix = comparison.value
    if low is None and high is None and prefix is None:
        return None
    return logical.IndexRange(_NO_INPUT, variable, label, key, low, low_open, high, high_open, prefix)
