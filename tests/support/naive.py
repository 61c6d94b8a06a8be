"""A naive evaluator of queries: clause after clause over lists of rows, nothing but loops over dictionaries.

What the engine is compared with. It shares with it the parser and the scalar definitions (through
``reference_expressions``), and no planner, no frame and no operator. Each clause is worked off for all rows before the
next one begins; within a clause the rows go one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import children, free_variables
from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.cypher.errors import CypherTypeError, EntityNotFoundError, MergeReadOwnWritesError
from lithograph.cypher.parse import parse
from lithograph.cypher.results import Node, Path, Relationship
from lithograph.cypher.scalar.aggregates import is_aggregate, lookup_aggregate
from lithograph.cypher.scalar.ordering import distinct, equivalence_key, order_key
from lithograph.storage.errors import StillConnectedError
from support.naive_graph import NaiveGraph
from support.naive_match import Matcher, Row, label_holds
from support.reference_expressions import Evaluator


def evaluate(text: str, graph: NaiveGraph, parameters: dict[str, Any] | None = None) -> list[list[Any]]:
    """Run a query on ``graph`` and change it; gives the rows, their elements made whole.

    Raises:
        LithographError: where the query has to fail; the graph is then in no defined state.
    """
    query = parse(text)
    assert isinstance(query, ast.Query)
    naive = Naive(graph, parameters or {})
    rows: list[list[Any]] = []
    for part in query.parts:
        found = naive.clauses(part.clauses, [{}])
        if isinstance(part.clauses[-1], ast.Return):
            rows.extend(list(row.values()) for row in found)
    for relationship in graph.relationships.values():
        if relationship.start not in graph.nodes or relationship.end not in graph.nodes:
            raise StillConnectedError()
    if len(query.parts) > 1 and not query.all:
        rows = distinct(rows)
    return [[whole(value, graph) for value in row] for row in rows]


def whole(value: Any, graph: NaiveGraph) -> Any:
    """A value as a result shows it."""
    match value:
        case NodeRef(slot=slot):
            node = graph.nodes.get(slot)
            return Node(slot, sorted(node.labels), node.properties) if node else Node(slot, [], {})
        case RelationshipRef(slot=slot):
            start, end = graph.relationship_ends(slot)
            alive = graph.relationships.get(slot)
            return Relationship(
                slot, alive.type if alive else "", start, end, alive.properties if alive else {}
            )
        case PathRef(nodes=nodes, relationships=relationships):
            return Path(
                [whole(NodeRef(slot), graph) for slot in nodes],
                [whole(RelationshipRef(slot), graph) for slot in relationships],
            )
        case list():
            return [whole(item, graph) for item in value]
        case dict():
            return {key: whole(item, graph) for key, item in value.items()}
    return value


class Expressions(Evaluator):
    """Expressions with patterns, subqueries and, while a group is at hand, aggregates."""

    def __init__(self, naive: Naive) -> None:
        super().__init__(naive.graph, naive.parameters)
        self.naive = naive
        self.group: list[Row] | None = None

    def value(self, expression: ast.Expression, row: Row) -> Any:
        match expression:
            case ast.HasLabels(subject=subject, labels=labels):
                element = self.value(subject, row)
                if element is None:
                    return None
                if isinstance(element, RelationshipRef):
                    return label_holds(labels, {self.reader.relationship_type(element.slot)})
                return label_holds(labels, set(self.reader.node_labels(element.slot)))
            case ast.PatternPredicate(pattern=pattern):
                return any(True for _ in self.naive.matcher.matches((pattern,), row))
            case ast.PatternComprehension(pattern=pattern, predicate=predicate, projection=projection):
                found = [
                    inner
                    for inner in self.naive.matcher.matches((pattern,), row)
                    if predicate is None or self.value(predicate, inner) is True
                ]
                return [self.value(projection, inner) for inner in found]
            case ast.SubqueryExpression(kind=kind, query=query):
                rows = self.naive.clauses(query.parts[0].clauses, [row])
                if kind == "COLLECT":
                    return [next(iter(inner.values())) for inner in rows]
                return len(rows) if kind == "COUNT" else bool(rows)
            case ast.CountStar():
                assert self.group is not None
                return len(self.group)
            case ast.FunctionCall(name=name) if is_aggregate(name):
                return self._aggregate(expression)
        return super().value(expression, row)

    def _aggregate(self, call: ast.FunctionCall) -> Any:
        assert self.group is not None
        group, self.group = self.group, None
        values = [self.value(call.arguments[0], row) for row in group]
        others = [self.value(argument, group[0] if group else {}) for argument in call.arguments[1:]]
        self.group = group
        aggregate = lookup_aggregate(call.name)
        assert aggregate is not None
        return aggregate.reduce(distinct(values) if call.distinct else values, *others)

    def in_group(self, expression: ast.Expression, row: Row, group: list[Row]) -> Any:
        """The value for a whole group; ``row`` is any row of it."""
        self.group = group
        try:
            return self.value(expression, row)
        finally:
            self.group = None


class Naive:
    """One query on one graph."""

    def __init__(self, graph: NaiveGraph, parameters: dict[str, Any]) -> None:
        self.graph = graph
        self.parameters = parameters
        self.expressions = Expressions(self)
        self.matcher = Matcher(graph, self.expressions.value)

    def value(self, expression: ast.Expression, row: Row) -> Any:
        return self.expressions.value(expression, row)

    def clauses(self, clauses: Iterable[ast.Clause], rows: list[Row]) -> list[Row]:
        for clause in clauses:
            rows = self.clause(clause, rows)
        return rows

    def clause(self, clause: ast.Clause, rows: list[Row]) -> list[Row]:
        match clause:
            case ast.Match():
                return [found for row in rows for found in self._match(clause, row)]
            case ast.Unwind(expression=expression, variable=variable):
                return [{**row, variable: item} for row in rows for item in self.value(expression, row) or []]
            case ast.With(projection=projection, predicate=predicate):
                rows = self._project(projection, rows)
                return [r for r in rows if predicate is None or self.value(predicate, r) is True]
            case ast.Return(projection=projection):
                return self._project(projection, rows)
            case ast.Create(pattern=pattern):
                return [self._create(pattern.paths, row) for row in rows]
            case ast.Merge():
                return [found for row in rows for found in self._merge(clause, row)]
            case ast.Set(items=items) | ast.Remove(items=items):
                for row in rows:
                    self._update(items, row)
                return rows
            case ast.Delete():
                for row in rows:
                    for expression in clause.expressions:
                        self._delete(self.value(expression, row), clause.detach)
                return rows
            case ast.Foreach(variable=variable, source=source, updates=updates):
                for row in rows:
                    for item in self.value(source, row) or []:
                        self.clauses(updates, [{**row, variable: item}])
                return rows
        raise TypeError(f"no naive meaning for {type(clause).__name__}")

    # -- reading

    def _match(self, clause: ast.Match, row: Row) -> list[Row]:
        found = [
            inner
            for inner in self.matcher.matches(clause.pattern.paths, row)
            if clause.predicate is None or self.value(clause.predicate, inner) is True
        ]
        if clause.optional and not found:
            names = free_variables(clause.pattern)
            return [{**dict.fromkeys(names), **row}]
        return found

    # -- projecting

    def _project(self, projection: ast.Projection, rows: list[Row]) -> list[Row]:
        """Rows with only the items; each is sorted by what it is and by the row it comes from."""
        names = sorted(rows[0]) if projection.star and rows else []
        items: list[tuple[str, ast.Expression]] = [(name, ast.Variable(name)) for name in names]
        items += [(item.name, item.expression) for item in projection.items]
        groups = self._groups(items, rows)
        made: list[tuple[Row, Row, list[Row]]] = []
        for group in groups:
            before = group[0] if group else {}
            after = {name: self.expressions.in_group(item, before, group) for name, item in items}
            made.append((before, after, group))
        if projection.distinct:
            seen: dict[Any, tuple[Row, Row, list[Row]]] = {}
            for entry in made:
                seen.setdefault(equivalence_key(list(entry[1].values())), entry)
            made = list(seen.values())
        for sort in reversed(projection.order_by):
            made.sort(
                key=lambda entry: order_key(
                    self.expressions.in_group(sort.expression, {**entry[0], **entry[1]}, entry[2])
                ),
                reverse=sort.descending,
            )
        skip = 0 if projection.skip is None else self.value(projection.skip, {})
        made = made[skip:]
        if projection.limit is not None:
            made = made[: self.value(projection.limit, {})]
        return [after for _, after, _ in made]

    def _groups(self, items: list[tuple[str, ast.Expression]], rows: list[Row]) -> list[list[Row]]:
        """The rows that become one row each; without aggregates every row by itself."""
        keys = [item for _, item in items if not holds_aggregate(item)]
        if len(keys) == len(items):
            return [[row] for row in rows]
        if not keys:
            return [rows]
        groups: dict[Any, list[Row]] = {}
        for row in rows:
            key = equivalence_key([self.value(item, row) for item in keys])
            groups.setdefault(key, []).append(row)
        return list(groups.values())

    # -- changing

    def _properties(self, properties: ast.Expression | None, row: Row) -> dict[str, Any]:
        found = {} if properties is None else self.value(properties, row) or {}
        return {key: value for key, value in found.items() if value is not None}

    def _create(self, paths: Iterable[ast.PathPattern], row: Row) -> Row:
        for path in paths:
            nodes: list[int] = []
            row = dict(row)
            for element in path.elements:
                if not isinstance(element, ast.NodePattern):
                    continue
                ref = row.get(element.variable or "")
                if element.variable not in row:
                    labels = _plain_names(element.labels)
                    ref = NodeRef(self.graph.create_node(labels, self._properties(element.properties, row)))
                    if element.variable is not None:
                        row[element.variable] = ref
                if ref is None and len(path.elements) > 1:
                    raise EntityNotFoundError("null")
                nodes.append(-1 if ref is None else ref.slot)
            edges: list[int] = []
            for number, element in enumerate(path.elements[1::2]):
                assert isinstance(element, ast.RelationshipPattern)
                ends = nodes[number], nodes[number + 1]
                start, end = ends if element.direction != "in" else ends[::-1]
                (type_,) = _plain_names(element.types)
                properties = self._properties(element.properties, row)
                edges.append(self.graph.create_relationship(type_, start, end, properties))
                if element.variable is not None:
                    row[element.variable] = RelationshipRef(edges[-1])
            if path.variable is not None:
                row[path.variable] = PathRef(tuple(nodes), tuple(edges))
        return row

    def _merge(self, clause: ast.Merge, row: Row) -> list[Row]:
        for element in clause.path.elements:
            if element.variable in row and row[element.variable] is None:
                raise MergeReadOwnWritesError("null")
            if isinstance(element.properties, ast.MapLiteral):
                if None in [self.value(value, row) for _, value in element.properties.entries]:
                    raise MergeReadOwnWritesError("null")
        found = list(self.matcher.matches((clause.path,), row))
        items = clause.on_match if found else clause.on_create
        if not found:
            found = [self._create((clause.path,), row)]
        for inner in found:
            self._update(items, inner)
        return found

    def _update(self, items: Iterable[ast.UpdateItem], row: Row) -> None:
        for item in items:
            match item:
                case ast.SetProperty(target=target, value=value):
                    self._set(self.value(target.subject, row), _key(target), self.value(value, row))
                case ast.RemoveProperty(target=target):
                    self._set(self.value(target.subject, row), _key(target), None)
                case ast.SetProperties(variable=variable, value=value, merge=merge):
                    self._set_all(row[variable], self.value(value, row), merge)
                case ast.SetLabels(variable=variable, labels=labels):
                    if row[variable] is not None:
                        self.graph.node(row[variable].slot).labels |= {label.name for label in labels}  # type: ignore[union-attr]
                case ast.RemoveLabels(variable=variable, labels=labels):
                    if row[variable] is not None:
                        self.graph.node(row[variable].slot).labels -= {label.name for label in labels}  # type: ignore[union-attr]

    def _element_properties(self, element: NodeRef | RelationshipRef) -> dict[str, Any]:
        if isinstance(element, NodeRef):
            return self.graph.node(element.slot).properties
        return self.graph.relationship(element.slot).properties

    def _set(self, element: NodeRef | RelationshipRef | None, key: str, value: Any) -> None:
        if element is None:
            return
        properties = self._element_properties(element)
        if value is None:
            properties.pop(key, None)
        else:
            properties[key] = value

    def _set_all(self, element: NodeRef | RelationshipRef | None, value: Any, merge: bool) -> None:
        if element is None:
            return
        if isinstance(value, NodeRef | RelationshipRef):
            value = dict(self._element_properties(value))
        properties = self._element_properties(element)
        if not merge:
            properties.clear()
        for key, wanted in (value or {}).items():
            self._set(element, key, wanted)

    def _delete(self, value: Any, detach: bool) -> None:
        match value:
            case None:
                return
            case NodeRef(slot=slot):
                if detach:
                    for relationship in self.graph.incident(slot):
                        del self.graph.relationships[relationship]
                self.graph.nodes.pop(slot, None)
            case RelationshipRef(slot=slot):
                self.graph.relationships.pop(slot, None)
            case PathRef(nodes=nodes, relationships=relationships):
                for slot in relationships:
                    self._delete(RelationshipRef(slot), detach)
                for slot in nodes:
                    self._delete(NodeRef(slot), detach)
            case list():
                for item in value:
                    self._delete(item, detach)
            case _:
                raise CypherTypeError("not deletable")


def holds_aggregate(expression: ast.Syntax) -> bool:
    """Whether an aggregate is called in the expression."""
    if isinstance(expression, ast.CountStar):
        return True
    if isinstance(expression, ast.FunctionCall) and is_aggregate(expression.name):
        return True
    return any(map(holds_aggregate, children(expression)))


def _plain_names(labels: ast.LabelExpression | None) -> set[str]:
    match labels:
        case None:
            return set()
        case ast.LabelName(name=name):
            return {name}
        case ast.LabelAnd(parts=parts):
            return set().union(*map(_plain_names, parts))
    raise TypeError(f"no naive meaning for {type(labels).__name__}")


def _key(target: ast.Property | ast.Subscript) -> str:
    assert isinstance(target, ast.Property)
    return target.key
