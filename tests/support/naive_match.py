"""Pattern matching by trying everything: one element of the pattern after the other, over dictionaries.

Shape, labels and types are looked at while walking; the conditions of a pattern (property maps and WHERE inside the
brackets) at the end, when every variable has its value. Shortest walks test theirs at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from support.naive_graph import NaiveGraph

Row = dict[str, Any]
Holds = Callable[[ast.Expression, Row], bool]
Value = Callable[[ast.Expression, Row], Any]


PATIENCE = 50_000
"""Steps after which the naive evaluator gives up."""


class TooMuchWorkError(Exception):
    """The query is too much for an evaluator that tries everything."""


@dataclass(frozen=True)
class Walk:
    """How far one attempt has come: the row, the relationships used in this MATCH, the current path."""

    row: Row
    used: frozenset[int]
    nodes: tuple[int, ...] = ()
    relationships: tuple[int, ...] = ()


def _without_made_up(row: Row) -> Row:
    """A row without the names that were given to what has none in the pattern."""
    return {name: value for name, value in row.items() if not name.startswith("?")}


class Matcher:
    """``value`` evaluates an expression in a row."""

    def __init__(self, graph: NaiveGraph, value: Value) -> None:
        self.graph = graph
        self.value = value
        self.steps = 0

    def matches(self, paths: Iterable[ast.PathPattern], row: Row) -> Iterator[Row]:
        """Every row that continues ``row`` with the variables of the paths."""
        named = [_named(path, number) for number, path in enumerate(paths)]
        begun = Walk(_without_made_up(row), frozenset())  # of a pattern around this one, maybe
        found = (walk for walk in self._paths(named, begun) if self._all_hold(named, walk.row))
        selector = named[0].selector
        for walk in found if selector is None else self._selected(selector, list(found)):
            yield _without_made_up(walk.row)

    def _all_hold(self, paths: list[ast.PathPattern], row: Row) -> bool:
        """Whether all conditions in the patterns hold; those of quantified paths have been looked at."""
        elements = (e for path in paths for e in path.elements if not isinstance(e, ast.QuantifiedPath))
        return all(self._fulfilled(element, row) for element in elements) and all(
            path.predicate is None or self.value(path.predicate, row) is True for path in paths
        )

    def _selected(self, selector: ast.PathSelector, walks: list[Walk]) -> Iterator[Walk]:
        """For each two ends the shortest walks, or the groups of the shortest."""
        count = 1 if selector.count is None else self.value(selector.count, {})
        by_ends: dict[tuple[int, int], list[Walk]] = {}
        for walk in sorted(walks, key=lambda walk: len(walk.relationships)):
            by_ends.setdefault((walk.nodes[0], walk.nodes[-1]), []).append(walk)
        for between in by_ends.values():
            if selector.kind == "GROUPS":
                lengths = sorted({len(walk.relationships) for walk in between})[:count]
                yield from (walk for walk in between if len(walk.relationships) in lengths)
            else:
                yield from between[:count]

    def _step(self) -> None:
        self.steps += 1
        if self.steps > PATIENCE:
            raise TooMuchWorkError

    def _paths(self, paths: list[ast.PathPattern], walk: Walk) -> Iterator[Walk]:
        if not paths:
            yield walk
            return
        first, *rest = paths
        for found in self._elements(first, 0, replace(walk, nodes=(), relationships=())):
            row = found.row
            if first.variable is not None:
                row = {**row, first.variable: PathRef(found.nodes, found.relationships)}
            yield from self._paths(rest, replace(found, row=row))

    def _elements(
        self, path: ast.PathPattern, position: int, walk: Walk, anywhere: bool = True
    ) -> Iterator[Walk]:
        """The walk continued with the elements of the path from ``position``, a node, on."""
        node = path.elements[position]
        assert isinstance(node, ast.NodePattern)
        for arrived in self._first(node, walk) if anywhere else self._node(node, walk):
            if position + 1 == len(path.elements):
                yield arrived
                continue
            between = path.elements[position + 1]
            if isinstance(between, ast.QuantifiedPath):
                groups: dict[str, list[Any]] = {name: [] for name in between.variables()}
                moves = self._repeated(between, arrived, 0, groups)
            else:
                assert isinstance(between, ast.RelationshipPattern)
                moves = self._relationship(path, between, arrived)
            for moved in moves:
                yield from self._elements(path, position + 2, moved, False)

    def _repeated(
        self, path: ast.QuantifiedPath, walk: Walk, times: int, groups: dict[str, list[Any]]
    ) -> Iterator[Walk]:
        """The walk continued with what is left of the repetitions of a quantified path."""
        if times >= path.minimum:
            yield replace(walk, row={**walk.row, **groups})
        if path.maximum is not None and times == path.maximum:
            return
        inner = _named(ast.PathPattern(path.elements, predicate=path.predicate), -1)
        for found in self._elements(inner, 0, walk, False):
            if self._all_hold([inner], found.row):
                longer = {name: [*values, found.row[name]] for name, values in groups.items()}
                yield from self._repeated(path, replace(found, row=walk.row), times + 1, longer)

    def _first(self, node: ast.NodePattern, walk: Walk) -> Iterator[Walk]:
        for slot in list(self.graph.nodes):
            yield from self._node(node, replace(walk, nodes=(slot,)))

    def _node(self, node: ast.NodePattern, walk: Walk) -> Iterator[Walk]:
        """The walk, if the node it is at is one that the pattern wants."""
        self._step()
        slot = walk.nodes[-1]
        assert node.variable is not None
        bound = walk.row.get(node.variable, NodeRef(slot))
        if bound == NodeRef(slot) and slot in self.graph.nodes:
            if label_holds(node.labels, self.graph.nodes[slot].labels):
                yield replace(walk, row={**walk.row, node.variable: bound})

    # -- relationships

    def _relationship(
        self, path: ast.PathPattern, pattern: ast.RelationshipPattern, walk: Walk
    ) -> Iterator[Walk]:
        assert pattern.variable is not None
        expansion = pattern.expansion
        if expansion is None and path.function is None:
            for step in self._steps(pattern, walk):
                ref = RelationshipRef(step.relationships[-1])
                if walk.row.get(pattern.variable, ref) == ref:
                    yield replace(step, row={**step.row, pattern.variable: ref})
            return
        expansion = expansion or ast.Expansion("walk", 1, 1)
        minimum = 1 if expansion.minimum is None else expansion.minimum
        maximum = 10**9 if expansion.maximum is None else expansion.maximum
        if path.function is None and expansion.algorithm == "walk":
            found = self._walks(pattern, walk, minimum, maximum)
        else:
            found = self._apart(walk, self._search(path, pattern, expansion, replace(walk, used=frozenset())))
        for moved in found:
            refs = [RelationshipRef(slot) for slot in moved.relationships[len(walk.relationships) :]]
            yield replace(moved, row={**moved.row, pattern.variable: refs})

    @staticmethod
    def _apart(walk: Walk, found: Iterator[Walk]) -> Iterator[Walk]:
        """Those of the walks found that use nothing which others in the same MATCH use."""
        for moved in found:
            if not moved.used & walk.used:
                yield replace(moved, used=moved.used | walk.used)

    def _search(
        self, path: ast.PathPattern, pattern: ast.RelationshipPattern, expansion: ast.Expansion, walk: Walk
    ) -> Iterator[Walk]:
        minimum = 1 if expansion.minimum is None else expansion.minimum
        maximum = 10**9 if expansion.maximum is None else expansion.maximum
        if expansion.algorithm in ("wshortest", "allshortest", "kshortest"):
            return self._cheapest(pattern, expansion, walk)
        return self._shortest(pattern, walk, minimum, maximum, path.function == "allShortestPaths")

    def _steps(self, pattern: ast.RelationshipPattern, walk: Walk) -> Iterator[Walk]:
        """One relationship further."""
        here = walk.nodes[-1]
        for slot in self.graph.incident(here):
            self._step()
            relationship = self.graph.relationships[slot]
            if slot in walk.used or not label_holds(pattern.types, {relationship.type}):
                continue
            ends = set()
            if pattern.direction != "in" and relationship.start == here:
                ends.add(relationship.end)
            if pattern.direction != "out" and relationship.end == here:
                ends.add(relationship.start)
            for end in ends:
                yield Walk(walk.row, walk.used | {slot}, (*walk.nodes, end), (*walk.relationships, slot))

    def _walks(
        self, pattern: ast.RelationshipPattern, walk: Walk, minimum: int, maximum: int
    ) -> Iterator[Walk]:
        if minimum <= 0:
            yield walk
        if maximum > 0:
            for step in self._steps(pattern, walk):
                yield from self._walks(pattern, step, minimum - 1, maximum - 1)

    def _shortest(
        self, pattern: ast.RelationshipPattern, walk: Walk, minimum: int, maximum: int, every: bool
    ) -> Iterator[Walk]:
        """One shortest walk (or every one) to each node; steps that break a condition do not exist."""
        if minimum == 0:
            yield walk
        reached = {walk.nodes[-1]}
        level = [walk]
        for depth in range(1, min(maximum, len(self.graph.nodes)) + 1):
            steps = [step for before in level for step in self._steps(pattern, before)]
            steps = [s for s in steps if s.nodes[-1] not in reached and self._step_holds(pattern, s)]
            level = steps if every else list({step.nodes[-1]: step for step in steps}.values())
            reached |= {step.nodes[-1] for step in level}
            if depth >= minimum:
                yield from level

    def _cheapest(
        self, pattern: ast.RelationshipPattern, expansion: ast.Expansion, walk: Walk
    ) -> Iterator[Walk]:
        """The walks that visit no node twice: of each end the lightest, all as light, or the first of them."""
        found: dict[int, list[tuple[Any, int, Walk]]] = {}
        most = 10**9 if expansion.maximum is None else expansion.maximum
        for simple in self._simple(pattern, walk, (walk.nodes[-1],), most):
            length = len(simple.relationships) - len(walk.relationships)
            if length >= (expansion.minimum or 1):
                weight = self._weight(pattern, simple, len(walk.relationships))
                found.setdefault(simple.nodes[-1], []).append((weight, length, simple))
        for walks in found.values():
            walks.sort(key=lambda entry: entry[:2])
            if expansion.algorithm == "kshortest":
                chosen = walks if expansion.limit is None else walks[: self.value(expansion.limit, walk.row)]
            elif expansion.algorithm == "allshortest":
                chosen = [entry for entry in walks if entry[0] == walks[0][0]]
            else:
                chosen = walks[:1]
            for weight, _, simple in chosen:
                yield replace(simple, row={**walk.row, expansion.total or "?total": weight})

    def _simple(
        self, pattern: ast.RelationshipPattern, walk: Walk, visited: tuple[int, ...], most: int
    ) -> Iterator[Walk]:
        for step in self._steps(pattern, walk):
            end = step.nodes[-1]
            if most > 0 and end not in visited and self._step_holds(pattern, step):
                yield step
                yield from self._simple(pattern, step, (*visited, end), most - 1)

    def _weight(self, pattern: ast.RelationshipPattern, walk: Walk, done: int) -> Any:
        """What the steps of a walk behind the first ``done`` ones weigh together."""
        assert pattern.expansion is not None
        total: Any = 0
        for slot, node in zip(walk.relationships[done:], walk.nodes[done + 1 :], strict=True):
            weight = pattern.expansion.weight
            if weight is None:
                total += 1
            else:
                named = zip(weight.variables, (RelationshipRef(slot), NodeRef(node)), strict=False)
                total += self.value(weight.body, {**walk.row, **dict(named)})
        return total

    def _step_holds(self, pattern: ast.RelationshipPattern, step: Walk) -> bool:
        relationship, node = RelationshipRef(step.relationships[-1]), NodeRef(step.nodes[-1])
        if not self._conditions(pattern, relationship, step.row):
            return False
        lambda_ = None if pattern.expansion is None else pattern.expansion.filter
        if lambda_ is None:
            return True
        inner = {**step.row, **dict(zip(lambda_.variables, (relationship, node), strict=False))}
        return self.value(lambda_.body, inner) is True

    # -- conditions

    def _fulfilled(self, element: ast.NodePattern | ast.RelationshipPattern, row: Row) -> bool:
        assert element.variable is not None
        value = row[element.variable]
        values = value if isinstance(value, list) else [value]
        return all(self._conditions(element, each, row) for each in values)

    def _conditions(self, element: ast.NodePattern | ast.RelationshipPattern, value: Any, row: Row) -> bool:
        """Whether one node or relationship has the properties wanted, and fulfils its WHERE."""
        outside = row
        row = {**row, "?": value}
        quantified = isinstance(element, ast.RelationshipPattern) and (
            element.expansion is not None and element.expansion.quantified
        )
        if element.variable is not None and quantified:
            row[element.variable] = value
        if isinstance(element.properties, ast.MapLiteral):
            for key, wanted in element.properties.entries:
                same = ast.Binary("=", ast.Property(ast.Variable("?"), key), wanted)
                if self.value(same, row) is not True:
                    return False
        inside = {**outside, element.variable or "?": value}
        return element.predicate is None or self.value(element.predicate, inside) is True


def _named(path: ast.PathPattern, number: int) -> ast.PathPattern:
    """The path with a name for every element; the names made up begin with a question mark."""
    return replace(
        path,
        elements=tuple(
            element
            if isinstance(element, ast.QuantifiedPath)
            else replace(element, variable=element.variable or f"?{number}.{position}")
            for position, element in enumerate(path.elements)
        ),
    )


def label_holds(expression: ast.LabelExpression | None, names: set[str]) -> bool:
    """Whether something with these labels (or this type) is what the expression wants."""
    match expression:
        case None:
            return True
        case ast.LabelName(name=name):
            return name in names
        case ast.LabelAnd(parts=parts):
            return all(label_holds(part, names) for part in parts)
        case ast.LabelOr(parts=parts):
            return any(label_holds(part, names) for part in parts)
        case ast.LabelNot(part=part):
            return not label_holds(part, names)
        case ast.LabelAny():
            return bool(names)
    raise TypeError(f"no naive meaning for {type(expression).__name__}")
