"""The clauses that change the graph, as plan nodes.

Each of them begins with an Accumulate, unless it could make no difference: what a clause writes must not be
seen by what went before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from lithograph.cypher import ast
from lithograph.cypher.labels import is_computed
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.conflicts import merge_goes_by_rows, touched
from lithograph.cypher.plan.match import MatchPlanner
from lithograph.cypher.plan.patterns import take_apart
from lithograph.cypher.plan.scope import Namer
from lithograph.cypher.plan.statistics import Statistics
from lithograph.cypher.walk import children

Bound = frozenset[str]


def plan_create(
    plan: logical.Plan, bound: Bound, paths: Iterable[ast.PathPattern], namer: Namer
) -> tuple[logical.Plan, Bound]:
    """Create what the paths name and does not exist yet."""
    paths, known = tuple(paths), set(bound)
    if not isinstance(plan, logical.CreateNode | logical.CreateExpand) or any(map(_looks_around, paths)):
        plan = logical.Accumulate(plan)
    for path in paths:
        names = [element.variable or namer.fresh("c") for element in path.plain()]
        for position, element in enumerate(path.plain()):
            if isinstance(element, ast.NodePattern) and names[position] not in known:
                plan = logical.CreateNode(plan, names[position], element.labels, element.properties)
                known.add(names[position])
        for position, element in enumerate(path.plain()):
            if isinstance(element, ast.RelationshipPattern):
                ends = (names[position - 1], names[position + 1])
                source, target = ends if element.direction != "in" else (ends[1], ends[0])
                assert element.types is not None
                plan = logical.CreateExpand(
                    plan, names[position], element.types, source, target, element.properties
                )
                known.add(names[position])
        if path.variable is not None:
            plan = logical.ConstructNamedPath(plan, path.variable, tuple(names))
            known.add(path.variable)
    return plan, frozenset(known)


def creates_joined(clauses: Iterable[ast.Clause]) -> Iterator[ast.Clause]:
    """The clauses with CREATEs in a row as one, which comes to the same and is planned in one go, however many there are."""
    for joined, group in groupby(clauses, _only_creates):
        several = list(group)
        if not joined or len(several) == 1:
            yield from several
            continue
        paths = [
            path for clause in several if isinstance(clause, ast.Create) for path in clause.pattern.paths
        ]
        position = several[0].position
        yield ast.Create(ast.Pattern(tuple(paths), position=position), position=position)


def _only_creates(clause: ast.Clause) -> bool:
    return isinstance(clause, ast.Create) and not any(map(_looks_around, clause.pattern.paths))


def _looks_around(syntax: ast.Syntax) -> bool:
    """Whether a value in a pattern could depend on elements that other rows create."""
    match syntax:
        case (
            ast.SubqueryExpression()
            | ast.PatternPredicate()
            | ast.PatternComprehension()
            | ast.PathExpression()
        ):
            return True
        case ast.FunctionCall(name=name) if name.lower().endswith("degree"):
            return True
    return any(map(_looks_around, children(syntax)))


def plan_merge(
    plan: logical.Plan, bound: Bound, clause: ast.Merge, statistics: Statistics, namer: Namer
) -> tuple[logical.Plan, Bound]:
    """Match the path, or create it."""
    path = _named(clause.path, namer)
    graph = take_apart((path,), None, namer)
    match, matched = MatchPlanner(logical.Once(), bound, graph, statistics, namer).run()
    create, _ = plan_create(logical.Once(), bound, (path,), namer)
    introduced = tuple(sorted(name for name in matched if name not in bound and name in graph.names()))
    relationships = [e for e in path.plain() if isinstance(e, ast.RelationshipPattern)]
    ends = tuple(str(e.variable) for e in path.plain() if isinstance(e, ast.NodePattern))
    undirected = len(relationships) == 1 and relationships[0].direction == "both"
    symmetric = (ends[0], ends[1]) if undirected and bound.issuperset(ends) else None
    plan = logical.Merge(
        plan,
        match,
        create,
        _merge_keys(path, bound, namer),
        introduced,
        plan_update_items(logical.Once(), clause.on_match),
        plan_update_items(logical.Once(), clause.on_create),
        symmetric,
        rowwise=len(relationships) > 1
        or (undirected and symmetric is None)
        or _has_computed_labels(path)
        or merge_goes_by_rows(clause, introduced),
    )
    return plan, bound | set(introduced)


def _named(path: ast.PathPattern, namer: Namer) -> ast.PathPattern:
    """The path with a name for every part, so that matching and creating bind the same ones."""
    elements = tuple(
        element if element.variable is not None else replace(element, variable=namer.fresh("m"))
        for element in path.plain()
    )
    return replace(path, elements=elements)


def _has_computed_labels(path: ast.PathPattern) -> bool:
    """Whether labels or a type may differ from row to row: then one may find what another has created."""
    labels = (
        element.labels if isinstance(element, ast.NodePattern) else element.types for element in path.plain()
    )
    return any(is_computed(expression) for expression in labels if expression is not None)


def _merge_keys(path: ast.PathPattern, bound: Bound, namer: Namer) -> tuple[tuple[str, ast.Expression], ...]:
    keys: list[tuple[str, ast.Expression]] = []
    for element in path.plain():
        if element.variable in bound:
            keys.append((namer.fresh("k"), ast.Variable(str(element.variable), position=element.position)))
        elif isinstance(element.properties, ast.MapLiteral):
            keys.extend((namer.fresh("k"), value) for _, value in element.properties.entries)
        elif element.properties is not None:
            keys.append((namer.fresh("k"), element.properties))
    return tuple(keys)


def plan_update_items(plan: logical.Plan, items: Iterable[ast.UpdateItem]) -> logical.Plan:
    """The items of SET and REMOVE: all of them for one row before the next one, as far as that matters."""
    items = tuple(items)
    found = touched(items)
    if not (found.rereads() or found.overwrites()):
        return _one_after_the_other(plan, items)
    return logical.Apart(
        plan,
        _one_after_the_other(logical.Once(), items),
        written=tuple(sorted(found.written)),
        read=tuple(sorted(found.read)),
        searched=tuple(sorted(found.searched)),
        overwrites=found.overwrites(),
        single=found.anything,
    )


def _one_after_the_other(plan: logical.Plan, items: Iterable[ast.UpdateItem]) -> logical.Plan:
    for item in items:
        match item:
            case ast.SetProperty(target=target, value=value):
                plan = logical.SetProperty(plan, target.subject, _key(target), value)
            case ast.RemoveProperty(target=target):
                plan = logical.SetProperty(plan, target.subject, _key(target), ast.Literal(None))
            case ast.SetProperties(variable=variable, value=value, merge=merge):
                plan = logical.SetProperties(plan, variable, value, merge)
            case ast.SetLabels(variable=variable, labels=labels):
                plan = logical.ChangeLabels(plan, variable, labels, remove=False)
            case ast.RemoveLabels(variable=variable, labels=labels):
                plan = logical.ChangeLabels(plan, variable, labels, remove=True)
    return plan


def _key(target: ast.Property | ast.Subscript) -> str | ast.Expression:
    return target.key if isinstance(target, ast.Property) else target.index
