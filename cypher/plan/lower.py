"""Plan nodes to operators, from the last step to the first, each told which columns are still needed.

``needed`` goes down the plan: what the steps after use, less what a step itself binds, plus what it uses.
Operators that repeat or gather rows carry only needed columns along.
"""

from __future__ import annotations

from functools import singledispatchmethod

from lithograph.cypher import ast
from lithograph.cypher.compile import compile_expression
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.operators import (
    aggregate,
    apart,
    apply,
    between,
    bfs,
    call,
    create,
    expand,
    joins,
    kshortest,
    merge,
    paths,
    profiled,
    ranges,
    reach,
    repeat,
    rows,
    scans,
    search,
    select,
    selected,
    update,
    walks,
    weighted,
)
from lithograph.cypher.operators.base import Names, Once, Operator
from lithograph.cypher.operators.batches import InTransactions, OnError
from lithograph.cypher.operators.ends import Wanted
from lithograph.cypher.operators.guard import Guard
from lithograph.cypher.operators.judge import Judge
from lithograph.cypher.operators.unfold import Unfolding
from lithograph.cypher.operators.weights import Weigher
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.scope import Namer
from lithograph.cypher.plan.subquery import Subquery

ROWS_IN_TRANSACTION = ast.Literal(1000)
"""Of a batch of IN TRANSACTIONS that does not say."""


def lower(plan: logical.Plan, needed: Names) -> Operator:
    """The operator for a whole plan, whose columns ``needed`` somebody wants."""
    return _Lowering().lower(plan, needed)


def lower_profiled(plan: logical.Plan, needed: Names) -> tuple[Operator, dict[int, int]]:
    """The same with a meter on every operator, and the number of its measure by the ``id`` of its plan node.

    A node has none where its work is done by the operator of the step after it.
    """
    lowering = _ProfiledLowering()
    return lowering.lower(plan, needed), lowering.numbers


def expression(syntax: ast.Expression) -> Compiled:
    """A compiled expression, whatever patterns and queries it holds, that knows its place."""
    compiled = compile_expression(syntax, lambda inner: Subquery(inner, lower))
    compiled.position = _position(syntax)
    return compiled


def _position(syntax: ast.Syntax) -> ast.Position | None:
    """Where something begins in the text, None where nobody wrote it."""
    return None if syntax.position is ast.NOWHERE else syntax.position


def _free(*expressions: ast.Expression | None) -> Names:
    return frozenset().union(*(free_variables(e) for e in expressions if e is not None))


class _Lowering:
    """The lowering of one plan: a method for each kind of node."""

    def __init__(self) -> None:
        self._rows = Namer("#")

    @singledispatchmethod
    def lower(self, plan: logical.Plan, needed: Names) -> Operator:
        """The operator for one plan node and all before it."""
        raise TypeError(f"no operator for {type(plan).__name__}")

    @lower.register
    def _once(self, _plan: logical.Once, _needed: Names) -> Operator:
        return Once()

    # -- reading

    @lower.register
    def _scan_all(self, plan: logical.ScanAll, needed: Names) -> Operator:
        keep = needed - {plan.variable}
        return scans.ScanAll(self.lower(plan.input, keep), plan.variable, keep)

    @lower.register
    def _scan_all_by_label(self, plan: logical.ScanAllByLabel, needed: Names) -> Operator:
        keep = needed - {plan.variable}
        return scans.ScanAll(self.lower(plan.input, keep), plan.variable, keep, plan.label)

    @lower.register
    def _scan_all_by_computed_label(self, plan: logical.ScanAllByComputedLabel, needed: Names) -> Operator:
        keep, names = needed - {plan.variable}, plan.label.expression
        source = self.lower(plan.input, keep | _free(names))
        return scans.ScanByComputedLabel(source, plan.variable, expression(names), plan.label.any, keep)

    @lower.register
    def _index_seek(self, plan: logical.IndexSeek, needed: Names) -> Operator:
        keep = needed - {plan.variable}
        return self._seek(plan, plan.input, keep)

    def _seek(
        self, seek: logical.IndexSeek, before: logical.Plan, keep: Names, edges: bool = False
    ) -> Operator:
        source = self.lower(before, keep | _free(*seek.values))
        values = [expression(value) for value in seek.values]
        return scans.IndexSeek(source, seek.variable, (seek.label, seek.keys), values, seek.each, keep, edges)

    @lower.register
    def _index_range(self, plan: logical.IndexRange, needed: Names) -> Operator:
        return self._range(plan, plan.input, needed - {plan.variable})

    def _range(
        self, plan: logical.IndexRange, before: logical.Plan, keep: Names, edges: bool = False
    ) -> Operator:
        low, high, prefix = (None if e is None else expression(e) for e in (plan.low, plan.high, plan.prefix))
        bounds = (low, plan.low_open, high, plan.high_open, prefix)
        source = self.lower(before, keep)
        return scans.IndexRange(source, plan.variable, (plan.label, (plan.key,)), bounds, keep, edges)

    @lower.register
    def _scan_all_by_edge(self, plan: logical.ScanAllByEdge, needed: Names) -> Operator:
        hop, lookup = plan.hop, plan.lookup
        own = {hop.relationship, hop.source, hop.target}
        keep = needed - own
        if isinstance(lookup, logical.IndexSeek):
            found = self._seek(lookup, plan.input, keep, edges=True)
        elif lookup is not None:
            found = self._range(lookup, plan.input, keep, edges=True)
        else:
            found = scans.ScanEdges(self.lower(plan.input, keep), hop.relationship, plan.type, keep)
        return expand.EdgeEnds(found, hop, plan.type, keep, needed & own)

    @lower.register
    def _scan_all_by_id(self, plan: logical.ScanAllById, needed: Names) -> Operator:
        keep = needed - {plan.variable}
        source = self.lower(plan.input, keep | _free(plan.value))
        return scans.ScanAllById(source, plan.variable, expression(plan.value), plan.textual, keep)

    @lower.register
    def _count_elements(self, plan: logical.CountElements, _needed: Names) -> Operator:
        return scans.CountElements(plan.name, plan.label, plan.types)

    def _hop(self, hop: logical.Hop, needed: Names) -> tuple[Names, Names, Names]:
        """(kept from the input, wanted from the input, wanted of the hop itself)."""
        own = {hop.relationship} if hop.into else {hop.relationship, hop.target}
        keep = needed - own
        ends = {hop.source, hop.target} if hop.into else {hop.source}
        return keep, keep | ends, needed & own

    @lower.register
    def _expand(self, plan: logical.Expand, needed: Names) -> Operator:
        keep, wanted, names = self._hop(plan.hop, needed)
        source = self.lower(plan.input, wanted | set(plan.others))
        kind = between.ExpandInto if plan.hop.into else expand.Expand
        return kind(source, plan.hop, plan.others, keep, names)

    def _guard(
        self, element: str, conditions: tuple[ast.Expression, ...], function: ast.Lambda | None = None
    ) -> tuple[Guard, Names]:
        """The guard of an expansion, and the columns that it uses."""
        compiled = [expression(condition) for condition in conditions]
        used = _free(*conditions) - {element}
        if function is None:
            return Guard(element, compiled), used
        inside = free_variables(function.body)
        names = tuple(name if name in inside else None for name in function.variables)
        return Guard(element, compiled, names, expression(function.body)), used | free_variables(function)

    @lower.register
    def _expand_variable(self, plan: logical.ExpandVariable, needed: Names) -> Operator:
        keep, wanted, names = self._hop(plan.hop, needed)
        guard, used = self._guard(plan.element, plan.conditions, plan.filter)
        source = self.lower(plan.input, wanted | set(plan.others) | used)
        bounds = (plan.minimum, plan.maximum)
        return walks.ExpandVariable(source, plan.hop, bounds, guard, plan.others, keep, names)

    @lower.register
    def _bfs_expand(self, plan: logical.BFSExpand, needed: Names) -> Operator:
        keep, wanted, names = self._hop(plan.hop, needed)
        guard, used = self._guard(plan.element, plan.conditions, plan.filter)
        source = self.lower(plan.input, wanted | used)
        bounds = (plan.minimum, plan.maximum)
        return bfs.BFSExpand(source, plan.hop, bounds, guard, plan.all_shortest, keep, names)

    def _weighted(
        self, plan: logical.WeightedExpand | logical.KShortestExpand, needed: Names
    ) -> tuple[Operator, Wanted, Guard, Weigher]:
        """The parts that searches by weight have in common."""
        own = frozenset() if plan.total is None else frozenset((plan.total,))
        keep, wanted, names = self._hop(plan.hop, needed - own)
        guard, used = self._guard(plan.element, plan.conditions, plan.filter)
        weigher = Weigher()
        if plan.weight is not None:
            edge, node = plan.weight.variables[:2]
            weigher = Weigher(edge, node, expression(plan.weight.body))
            used |= free_variables(plan.weight)
        source = self.lower(plan.input, wanted | used)
        return source, Wanted(plan.hop, plan.total, keep, names | (needed & own)), guard, weigher

    @lower.register
    def _weighted_expand(self, plan: logical.WeightedExpand, needed: Names) -> Operator:
        source, wanted, guard, weigher = self._weighted(plan, needed)
        return weighted.WeightedExpand(source, wanted, plan.maximum, guard, weigher, plan.every)

    @lower.register
    def _k_shortest_expand(self, plan: logical.KShortestExpand, needed: Names) -> Operator:
        inner = needed | _free(plan.limit)
        source, wanted, guard, weigher = self._weighted(plan, inner)
        limit = None if plan.limit is None else expression(plan.limit)
        bounds = (plan.minimum, plan.maximum)
        return kshortest.KShortestExpand(source, wanted, bounds, guard, weigher, limit)

    @lower.register
    def _selected_expand(self, plan: logical.SelectedExpand, needed: Names) -> Operator:
        keep, wanted, names = self._hop(plan.hop, needed)
        guard, used = self._guard(plan.element, plan.conditions)
        source = self.lower(plan.input, wanted | used)
        count = None if plan.selector.count is None else expression(plan.selector.count)
        bounds, groups = (plan.minimum, plan.maximum), plan.selector.kind == "GROUPS"
        columns = Wanted(plan.hop, None, keep, names)
        return selected.SelectedExpand(source, columns, bounds, guard, count, groups)

    @lower.register
    def _search_paths(self, plan: logical.SearchPaths, needed: Names) -> Operator:
        own = {name for part in plan.parts for name, _ in (*part.nodes, *part.relationships)}
        own |= {part.name for part in plan.parts} | set(plan.between)
        keep, wanted, _ = self._hop(plan.hop, needed - own)
        row = self._rows.fresh("row")
        used = frozenset[str]().union(*(uses(stretch.inner) for stretch in plan.stretches))
        used -= own | {plan.hop.source, plan.hop.target}
        inners = [
            self.lower(stretch.inner, frozenset((row, stretch.end, *stretch.relationships)))
            for stretch in plan.stretches
        ]
        judge, judged = self._judge(plan, own)
        source = self.lower(plan.input, wanted | used | judged)
        count = None if plan.selector.count is None else expression(plan.selector.count)
        unfolding = Unfolding(plan, keep, needed)
        longest = [expression(number) for number in plan.longest]
        return search.SearchPaths(source, plan, inners, row, used, count, unfolding, judge, longest)

    def _judge(self, plan: logical.SearchPaths, own: set[str]) -> tuple[Judge | None, Names]:
        """What judges paths, and the columns from outside that it looks at."""
        if plan.judge is None:
            return None, frozenset()
        row = self._rows.fresh("row")
        mentioned = uses(plan.judge)
        outside = mentioned - own - (frozenset() if plan.hop.into else {plan.hop.target})
        inner = self.lower(plan.judge, frozenset((row,)))
        return Judge(inner, row, Unfolding(plan, outside, mentioned)), outside

    @lower.register
    def _select_paths(self, plan: logical.SelectPaths, needed: Names) -> Operator:
        row = self._rows.fresh("row")
        inside = needed | {row, plan.first, plan.last, *plan.relationships}
        inner = self.lower(plan.inner, inside)
        source = self.lower(plan.input, needed | uses(plan.inner))
        count = None if plan.selector.count is None else expression(plan.selector.count)
        return select.SelectPaths(source, inner, plan, row, count, needed)

    @lower.register
    def _repeat(self, plan: logical.Repeat, needed: Names) -> Operator:
        groups = tuple(name for name in plan.named if name in needed)
        keep, wanted, names = self._hop(plan.hop, needed - set(plan.named))
        row = self._rows.fresh("row")
        inside = {plan.start, plan.end, *plan.relationships, *plan.nodes}
        used = uses(plan.inner) - inside
        inner = self.lower(plan.inner, frozenset({row, plan.end, *plan.relationships, *groups}))
        source = self.lower(plan.input, wanted | set(plan.others) | used)
        return repeat.Repeat(source, inner, plan, row, used, groups, keep, names)

    @lower.register
    def _pruning_bfs_expand(self, plan: logical.PruningBFSExpand, needed: Names) -> Operator:
        keep, wanted, names = self._hop(plan.hop, needed)
        guard, used = self._guard(plan.element, plan.conditions)
        source = self.lower(plan.input, wanted | used)
        return reach.PruningBFSExpand(source, plan.hop, (plan.minimum, plan.maximum), guard, keep, names)

    @lower.register
    def _construct_named_path(self, plan: logical.ConstructNamedPath, needed: Names) -> Operator:
        if plan.variable not in needed:
            return self.lower(plan.input, needed)
        source = self.lower(plan.input, (needed - {plan.variable}) | set(plan.parts))
        return paths.ConstructNamedPath(source, plan.variable, plan.parts)

    @lower.register
    def _hash_join(self, plan: logical.HashJoin, needed: Names) -> Operator:
        keep = needed - {plan.variable}
        inner = self.lower(plan.inner, frozenset((plan.variable,)))
        source = self.lower(plan.input, keep | _free(*plan.values))
        values, keys = ([expression(e) for e in several] for several in (plan.values, plan.keys))
        return joins.HashJoin(source, inner, plan.variable, values, keys, keep)

    @lower.register
    def _optional(self, plan: logical.Optional, needed: Names) -> Operator:
        keep = needed - set(plan.introduced)
        introduced = tuple(name for name in plan.introduced if name in needed)
        row = self._rows.fresh("row")
        inner = self.lower(plan.inner, needed | {row})
        source = self.lower(plan.input, keep | uses(plan.inner))
        return apply.Optional(source, inner, row, introduced, keep)

    # -- rows

    @lower.register
    def _filter(self, plan: logical.Filter, needed: Names) -> Operator:
        source = self.lower(plan.input, needed | _free(*plan.predicates))
        return rows.Filter(source, [expression(predicate) for predicate in plan.predicates])

    @lower.register
    def _extend(self, plan: logical.Extend, needed: Names) -> Operator:
        source = self.lower(
            plan.input, (needed - {name for name, _ in plan.items}) | _free(*(e for _, e in plan.items))
        )
        return rows.Extend(source, [(name, expression(item)) for name, item in plan.items])

    @lower.register
    def _produce(self, plan: logical.Produce, _needed: Names) -> Operator:
        return rows.Produce(
            self.lower(plan.input, frozenset(before for _, before in plan.columns)), plan.columns
        )

    @lower.register
    def _unwind(self, plan: logical.Unwind, needed: Names) -> Operator:
        keep = needed - {plan.variable}
        source = self.lower(plan.input, keep | _free(plan.expression))
        match plan.expression:
            case ast.FunctionCall(name=name, arguments=bounds) if name.lower() == "range":
                compiled = [expression(bound) for bound in bounds]
                return ranges.UnwindRange(source, compiled, plan.variable, keep, plan.expression.position)
        return rows.Unwind(source, expression(plan.expression), plan.variable, keep)

    @lower.register
    def _call_procedure(self, plan: logical.CallProcedure, needed: Names) -> Operator:
        keep = needed - {variable for _, variable in plan.columns}
        arguments = [expression(argument) for argument in plan.arguments]
        columns = tuple((field, variable) for field, variable in plan.columns if variable in needed)
        source = self.lower(plan.input, keep | _free(*plan.arguments))
        return call.CallProcedure(source, plan.procedure, arguments, columns, keep, plan.position)

    @lower.register
    def _aggregate(self, plan: logical.Aggregate, _needed: Names) -> Operator:
        arguments = [
            function.arguments if isinstance(function, ast.FunctionCall) else ()
            for _, function in plan.aggregates
        ]
        used = _free(*(key for _, key in plan.keys), *(a for several in arguments for a in several))
        calls = [
            (name, function, [expression(argument) for argument in several])
            for (name, function), several in zip(plan.aggregates, arguments, strict=True)
        ]
        keys = [(name, expression(key)) for name, key in plan.keys]
        return aggregate.Aggregate(self.lower(plan.input, used), keys, calls, plan.each)

    @lower.register
    def _distinct(self, plan: logical.Distinct, needed: Names) -> Operator:
        return rows.Distinct(self.lower(plan.input, needed | set(plan.columns)), plan.columns)

    @lower.register
    def _order_by(self, plan: logical.OrderBy, needed: Names) -> Operator:
        source = self.lower(plan.input, needed | {name for name, _ in plan.keys})
        limit, skip = (None if e is None else expression(e) for e in (plan.limit, plan.skip))
        return rows.OrderBy(source, plan.keys, limit, skip)

    @lower.register
    def _skip(self, plan: logical.Skip, needed: Names) -> Operator:
        return rows.Skip(self.lower(plan.input, needed), expression(plan.count))

    @lower.register
    def _limit(self, plan: logical.Limit, needed: Names) -> Operator:
        return rows.Limit(self.lower(plan.input, needed), expression(plan.count), plan.drain)

    @lower.register
    def _slice_each(self, plan: logical.SliceEach, needed: Names) -> Operator:
        source = self.lower(plan.input, needed | {plan.row})
        skip, limit = (None if e is None else expression(e) for e in (plan.skip, plan.limit))
        return apply.SliceEach(source, plan.row, skip, limit)

    @lower.register
    def _recall(self, plan: logical.Recall, needed: Names) -> Operator:
        names = tuple(name for name in plan.names if name in needed)
        source = self.lower(plan.input, (needed - set(names)) | {plan.row})
        return apply.Recall(source, plan.row, names) if names else source

    @lower.register
    def _apply(self, plan: logical.Apply, needed: Names) -> Operator:
        batches = plan.transactions
        status = None if batches is None else batches.status
        keep = needed.difference(plan.introduced, () if status is None else (status,))
        inner = self.lower(plan.inner, frozenset((*plan.introduced, plan.row)))
        source = self.lower(plan.input, keep.union(plan.imports))
        columns = apply.Columns(plan.row, plan.imports, plan.introduced, keep)
        if plan.alike:
            return apply.Cross(source, inner, columns)
        applied = apply.Apply(source, inner, columns, plan.unit, plan.rowwise, plan.optional)
        if batches is None:
            return applied
        on_error = batches.on_error
        seconds = None if on_error.seconds is None else expression(on_error.seconds)
        return InTransactions(
            applied,
            expression(ROWS_IN_TRANSACTION if batches.batch is None else batches.batch),
            OnError(on_error.behaviour, on_error.retry, seconds),
            status if status in needed else None,
        )

    @lower.register
    def _union(self, plan: logical.Union, _needed: Names) -> Operator:
        parts = [self.lower(part, frozenset(plan.columns)) for part in plan.parts]
        return rows.Union(parts, plan.columns)

    @lower.register
    def _empty_result(self, plan: logical.EmptyResult, _needed: Names) -> Operator:
        return rows.EmptyResult(self.lower(plan.input, frozenset()))

    @lower.register
    def _accumulate(self, plan: logical.Accumulate, needed: Names) -> Operator:
        source = self.lower(plan.input, needed)
        return source if isinstance(plan.input, logical.Once) else rows.Accumulate(source)

    # -- changing the graph

    def _properties(self, properties: ast.Expression | None) -> create.Properties:
        if isinstance(properties, ast.MapLiteral):
            return create.Properties([(key, expression(value)) for key, value in properties.entries])
        return create.Properties([], None if properties is None else expression(properties))

    @lower.register(logical.CreateNode)
    @lower.register(logical.CreateExpand)
    def _create(self, plan: logical.Plan, needed: Names) -> Operator:
        """All elements that are created one after the other, in a loop: there may be thousands."""
        elements: list[create.NewNode | create.NewRelationship] = []
        while isinstance(plan, logical.CreateNode | logical.CreateExpand):
            properties = self._properties(plan.properties)
            needed = (needed - {plan.variable}) | _free(plan.properties)
            if isinstance(plan, logical.CreateNode):
                labels = create.label_parts(plan.labels, expression)
                needed |= _free(*_dynamic(plan.labels))
                elements.append(create.NewNode(plan.variable, labels, properties))
            else:
                (type_,) = create.label_parts(plan.type, expression)
                ends = (plan.source, plan.target)
                needed |= _free(*_dynamic(plan.type)) | set(ends)
                elements.append(
                    create.NewRelationship(plan.variable, type_, ends, properties, _position(plan.type))
                )
            plan = plan.input
        return create.Create(self.lower(plan, needed), elements[::-1])

    @lower.register
    def _merge(self, plan: logical.Merge, needed: Names) -> Operator:
        after = needed | uses(plan.on_match) | uses(plan.on_create) | set(plan.introduced)
        row = self._rows.fresh("row")
        outer = (after - set(plan.introduced)) | uses(plan.match) | uses(plan.create)
        outer |= _free(*(key for _, key in plan.keys))
        inner = outer | set(plan.introduced)
        plans = merge.MergePlans(
            self.lower(plan.match, inner | {row}),
            self.lower(plan.create, inner),
            self.lower(plan.on_match, after),
            self.lower(plan.on_create, after),
        )
        keys = [(name, expression(key)) for name, key in plan.keys]
        source = self.lower(plan.input, outer)
        return merge.Merge(source, plans, row, keys, plan.introduced, plan.symmetric, plan.rowwise, outer)

    @lower.register
    def _set_property(self, plan: logical.SetProperty, needed: Names) -> Operator:
        key = None if isinstance(plan.key, str) else plan.key
        source = self.lower(plan.input, needed | _free(plan.subject, plan.value, key))
        compiled_key = plan.key if isinstance(plan.key, str) else expression(plan.key)
        return update.SetProperty(source, expression(plan.subject), compiled_key, expression(plan.value))

    @lower.register
    def _apart(self, plan: logical.Apart, needed: Names) -> Operator:
        used = {*plan.written, *plan.read, *plan.searched} | uses(plan.inner)
        source = self.lower(plan.input, needed | used)
        inner = self.lower(plan.inner, frozenset())
        return apart.Apart(
            source, inner, plan.written, plan.read, plan.searched, plan.overwrites, plan.single
        )

    @lower.register
    def _set_properties(self, plan: logical.SetProperties, needed: Names) -> Operator:
        source = self.lower(plan.input, needed | _free(plan.value) | {plan.variable})
        return update.SetProperties(source, plan.variable, expression(plan.value), plan.merge)

    @lower.register
    def _change_labels(self, plan: logical.ChangeLabels, needed: Names) -> Operator:
        parts = [part for label in plan.labels for part in create.label_parts(label, expression)]
        used = {plan.variable} | _free(*(e for label in plan.labels for e in _dynamic(label)))
        source = self.lower(plan.input, needed | used)
        return update.ChangeLabels(source, plan.variable, parts, plan.remove, _position(plan.labels[0]))

    @lower.register
    def _delete(self, plan: logical.Delete, needed: Names) -> Operator:
        source = self.lower(plan.input, needed | _free(*plan.expressions))
        return update.Delete(source, [expression(e) for e in plan.expressions], plan.detach)

    @lower.register
    def _foreach(self, plan: logical.Foreach, needed: Names) -> Operator:
        source = self.lower(plan.input, needed | _free(plan.source) | (uses(plan.inner) - {plan.variable}))
        inner = self.lower(plan.inner, frozenset())
        return apply.Foreach(
            source, plan.variable, expression(plan.source), inner, plan.rowwise, plan.list_by_rows
        )


class _ProfiledLowering(_Lowering):
    """The same, with a meter on every operator."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[int, int] = {}

    def lower(self, plan: logical.Plan, needed: Names) -> Operator:
        number = self.numbers.setdefault(id(plan), len(self.numbers))
        return profiled.Profiled(super().lower(plan, needed), number)


def _dynamic(labels: ast.LabelExpression | None) -> list[ast.Expression]:
    """The expressions among the labels of a CREATE."""
    if isinstance(labels, ast.LabelAnd):
        return [expression for part in labels.parts for expression in _dynamic(part)]
    return [labels.expression] if isinstance(labels, ast.LabelDynamic) else []


def uses(plan: logical.Plan) -> Names:
    """Every variable that an inner plan mentions: at least what it takes from the rows around it."""
    found: set[str] = set()
    for name in type(plan).__dataclass_fields__:
        _mentioned(getattr(plan, name), found)
    return frozenset(found)


def _mentioned(value: object, found: set[str]) -> None:
    match value:
        case ast.Syntax():
            found |= free_variables(value)
        case logical.Plan():
            found |= uses(value)
        case logical.Hop():
            found |= {value.source, value.relationship, value.target}
        case str():
            found.add(value)
        case tuple():
            for item in value:
                _mentioned(item, found)
