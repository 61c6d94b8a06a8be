"""Plan nodes: what is to be done, as data.

A plan is a tree with one node for each step; ``input`` is the step before. Nodes hold syntax trees,
not compiled expressions, so that plans can be printed, compared and rewritten; ``lower.py`` makes
operators of them. The text of a node is what EXPLAIN shows, in the words of Memgraph's plans.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lithograph.cypher import ast
from lithograph.cypher.plan.products import CartesianProduct
from lithograph.cypher.procedures.registry import Procedure
from lithograph.cypher.render import render_labels

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Any plan node."""

    def text(self) -> str:
        """The line of the node in EXPLAIN."""
        return type(self).__name__

    def inputs(self) -> Iterator[Plan]:
        """The step this one takes rows from, if any."""
        yield from ()

    def branches(self) -> Iterator[tuple[str, Plan]]:
        """Plans that run beside the main input, with a word for what they are."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Once(Plan):
    """The rows a plan is given: one empty row for a whole query, the outer rows for an inner plan."""


@dataclass(frozen=True, slots=True)
class Step(Plan):
    """A node with one input."""

    input: Plan

    def inputs(self) -> Iterator[Plan]:
        yield self.input


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class ScanAll(Step):
    """Every node, for each row."""

    variable: str

    def text(self) -> str:
        return f"ScanAll ({shown(self.variable)})"


@dataclass(frozen=True, slots=True)
class ScanAllByLabel(Step):
    """Every node with a label, for each row."""

    variable: str
    label: str

    def text(self) -> str:
        return f"ScanAllByLabel ({shown(self.variable)} :{self.label})"


@dataclass(frozen=True, slots=True)
class ScanAllByComputedLabel(Step):
    """For each row at least every node with the label, or labels, that an expression gives there."""

    variable: str
    label: ast.LabelDynamic

    def text(self) -> str:
        return f"ScanAllByLabel ({shown(self.variable)} :{render_labels(self.label)})"


@dataclass(frozen=True, slots=True)
class IndexSeek(Step):
    """The nodes with given values, from an index; ``values`` see the row.

    There is one for each key, or for the first ones of several. With ``each`` the single value is a list and every
    item of it is looked up.
    """

    variable: str
    label: str
    keys: tuple[str, ...]
    values: tuple[ast.Expression, ...]
    each: bool = False

    def text(self) -> str:
        return f"ScanAllByLabelProperties ({shown(self.variable)} :{self.label} {{{', '.join(self.keys)}}})"


@dataclass(frozen=True, slots=True)
class IndexRange(Step):
    """The nodes with a value within bounds, from an index; the bounds are constants of the query.

    Without any bound: all nodes that have a value.
    """

    variable: str
    label: str
    key: str
    low: ast.Expression | None = None
    low_open: bool = False
    high: ast.Expression | None = None
    high_open: bool = False
    prefix: ast.Expression | None = None

    def text(self) -> str:
        return f"ScanAllByLabelProperties ({shown(self.variable)} :{self.label} {{{self.key}}})"


@dataclass(frozen=True, slots=True)
class ScanAllById(Step):
    """The node with a given id; ``value`` sees the row. ``textual``: it is an element id."""

    variable: str
    value: ast.Expression
    textual: bool = False

    def text(self) -> str:
        return f"ScanAllById ({shown(self.variable)})"


@dataclass(frozen=True, slots=True)
class Hop:
    """What expansions have in common: from a bound node along relationships to another node."""

    source: str
    relationship: str
    target: str
    direction: ast.Direction
    types: ast.LabelExpression | None
    into: bool
    """The target is bound already: only relationships that lead there count."""
    backwards: bool = False
    """The source is the pattern's right end: lists of relationships are to be turned round."""

    def arrow(self, detail: str = "") -> str:
        name = shown(self.relationship)
        types = "" if self.types is None else f":{render_labels(self.types)}"
        left, right = ("<-", "-") if self.direction == "in" else ("-", "-")
        if self.direction == "out":
            right = "->"
        return f"({shown(self.source)}){left}[{name}{types}{detail}]{right}({shown(self.target)})"


@dataclass(frozen=True, slots=True)
class ScanAllByEdge(Step):
    """The relationships that an index finds, with both their ends; of one type, and none of it is bound before.

    ``lookup`` says how, its label being the type and its own input of no account; None: all of the type.
    """

    hop: Hop
    type: str
    lookup: IndexSeek | IndexRange | None = None

    def text(self) -> str:
        match self.lookup:
            case None:
                return f"ScanAllByEdgeType {self.hop.arrow()}"
            case IndexSeek(keys=keys):
                detail = f" {{{', '.join(keys)}}}"
                return f"ScanAllByEdgeTypePropertyValue {self.hop.arrow(detail)}"
            case IndexRange(key=key):
                detail = f" {{{key}}}"
                return f"ScanAllByEdgeTypePropertyRange {self.hop.arrow(detail)}"


@dataclass(frozen=True, slots=True)
class Expand(Step):
    """One relationship from a bound node; it must differ from the ``others`` of the same MATCH."""

    hop: Hop
    others: tuple[str, ...] = ()

    def text(self) -> str:
        return f"Expand {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class ExpandVariable(Step):
    """A walk of ``minimum`` to ``maximum`` (None: any number of) relationships, no one twice.

    ``conditions`` are tested on every relationship, which they know by the name ``element``; ``filter`` is a
    lambda that every step must fulfil.
    """

    hop: Hop
    minimum: int
    maximum: int | None
    element: str
    conditions: tuple[ast.Expression, ...] = ()
    others: tuple[str, ...] = ()
    filter: ast.Lambda | None = None

    def text(self) -> str:
        return f"ExpandVariable {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class BFSExpand(Step):
    """One shortest walk to each node reached (or to the bound one), breadth first.

    ``filter`` is a lambda over (relationship, node) that every step must fulfil; ``all_shortest``
    asks for every walk of the least length.
    """

    hop: Hop
    minimum: int
    maximum: int | None
    element: str
    conditions: tuple[ast.Expression, ...] = ()
    filter: ast.Lambda | None = None
    all_shortest: bool = False

    def text(self) -> str:
        name = "STShortestPath" if self.hop.into else "BFSExpand"
        return f"{name} {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class WeightedExpand(Step):
    """The walk of the least weight (or ``every`` one) to each node, or to the bound one; ``total`` names the weight.

    ``weight`` and ``filter`` are lambdas over each step, ``conditions`` as in :class:`ExpandVariable`.
    """

    hop: Hop
    maximum: int | None
    element: str
    conditions: tuple[ast.Expression, ...] = ()
    weight: ast.Lambda | None = None
    filter: ast.Lambda | None = None
    total: str | None = None
    every: bool = False

    def text(self) -> str:
        return f"{'AllShortestPaths' if self.every else 'WeightedShortestPath'} {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class KShortestExpand(Step):
    """The first ``limit`` (None: all) walks between two bound nodes that visit no node twice, shortest first.

    With a ``weight`` the lightest first. The rest as in :class:`WeightedExpand`.
    """

    hop: Hop
    minimum: int
    maximum: int | None
    limit: ast.Expression | None
    element: str
    conditions: tuple[ast.Expression, ...] = ()
    weight: ast.Lambda | None = None
    filter: ast.Lambda | None = None
    total: str | None = None

    def text(self) -> str:
        return f"KShortestPaths {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class SelectedExpand(Step):
    """The trails that ``selector`` selects for each two ends, of ``minimum`` to ``maximum`` relationships.

    ``conditions`` as in :class:`ExpandVariable`.
    """

    hop: Hop
    minimum: int
    maximum: int | None
    selector: ast.PathSelector
    element: str
    conditions: tuple[ast.Expression, ...] = ()

    def text(self) -> str:
        return f"ShortestPaths {self.hop.arrow()}"


class Stretch(NamedTuple):
    """A plan that leads from ``begin`` to ``end`` and binds ``relationships``, in the order walked; maybe none."""

    inner: Plan
    begin: str
    end: str
    relationships: tuple[str, ...]


class Move(NamedTuple):
    """From one position in a path to another, by one of the stretches (its number), or without any (-1)."""

    source: int
    target: int
    stretch: int


class PathPart(NamedTuple):
    """What is between two nodes of a path: one relationship (``single``), or repetitions of ``hops`` of them.

    ``name`` is that of the relationship or of the list of all; ``nodes`` and ``relationships`` become lists, too, each
    with its place in a repetition.
    """

    name: str
    single: bool
    hops: int
    nodes: tuple[tuple[str, int], ...]
    relationships: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SearchPaths(Step):
    """The trails that ``selector`` selects for each two ends, of those that an automaton accepts.

    Attributes:
        hop: the ends.
        stretches: what moves go by.
        moves: the automaton, from position 0 to the last one.
        part_of: by position the number of the part whose moves lead there.
        parts: in the order walked.
        between: the nodes between each two parts, in that order.
    """

    hop: Hop
    selector: ast.PathSelector
    stretches: tuple[Stretch, ...]
    moves: tuple[Move, ...]
    part_of: tuple[int, ...]
    parts: tuple[PathPart, ...]
    between: tuple[str, ...]

    def text(self) -> str:
        return f"ShortestPaths ({shown(self.hop.source)}) … ({shown(self.hop.target)})"

    def branches(self) -> Iterator[tuple[str, Plan]]:
        for stretch in self.stretches:
            yield "", stretch.inner


@dataclass(frozen=True, slots=True)
class SelectPaths(Step):
    """For each row what ``selector`` selects of the paths that ``inner`` finds, between each two ends.

    ``first`` and ``last`` are the ends, ``relationships`` what lies between, single ones or lists of them.
    """

    inner: Plan
    selector: ast.PathSelector
    first: str
    last: str
    relationships: tuple[str, ...]

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner


@dataclass(frozen=True, slots=True)
class Repeat(Step):
    """What ``inner`` finds, ``minimum`` to ``maximum`` times one behind the other, no relationship twice.

    ``inner`` leads from ``start`` to ``end`` and binds ``relationships``, in the order written; those and the nodes
    among ``named`` become lists of the same names. ``hop.relationship`` is the list of all relationships.
    """

    inner: Plan
    hop: Hop
    start: str
    end: str
    minimum: int
    maximum: int | None
    relationships: tuple[str, ...]
    nodes: tuple[str, ...]
    named: tuple[str, ...]
    others: tuple[str, ...] = ()

    def text(self) -> str:
        bounds = f"{{{self.minimum},{'' if self.maximum is None else self.maximum}}}"
        return f"Repeat ({shown(self.hop.source)}) … {bounds} ({shown(self.hop.target)})"

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner


@dataclass(frozen=True, slots=True)
class PruningBFSExpand(Step):
    """Every node that a walk of ``minimum`` (0 or 1) to ``maximum`` relationships reaches, once.

    For plans to which neither the relationships nor the number of walks matter (``rules/reach.py``).
    """

    hop: Hop
    minimum: int
    maximum: int | None
    element: str
    conditions: tuple[ast.Expression, ...] = ()

    def text(self) -> str:
        return f"PruningBFSExpand {self.hop.arrow()}"


@dataclass(frozen=True, slots=True)
class Filter(Step):
    """The rows for which all predicates are true."""

    predicates: tuple[ast.Expression, ...]

    def text(self) -> str:
        return f"Filter {', '.join(map(brief, self.predicates))}"


@dataclass(frozen=True, slots=True)
class ConstructNamedPath(Step):
    """A path from the nodes and relationships matched, in the order written."""

    variable: str
    parts: tuple[str, ...]

    def text(self) -> str:
        return f"ConstructNamedPath {{{self.variable}}}"


@dataclass(frozen=True, slots=True)
class HashJoin(Step):
    """The rows with each node ``variable`` that ``inner`` finds and whose ``keys`` have the ``values`` of the row.

    ``inner`` knows nothing of the rows and runs once; ``keys`` see its rows. What is joined is a superset, as
    that of an index is.
    """

    inner: Plan
    variable: str
    values: tuple[ast.Expression, ...]
    keys: tuple[ast.Expression, ...]

    def text(self) -> str:
        pairs = zip(self.values, self.keys, strict=True)
        joined = ", ".join(f"{brief(value).strip('{}')} : {brief(key).strip('{}')}" for value, key in pairs)
        return f"HashJoin {{{joined}}}"

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner


@dataclass(frozen=True, slots=True)
class Optional(Step):
    """The rows with what ``inner`` finds for them, or with nulls where it finds nothing."""

    inner: Plan
    introduced: tuple[str, ...]

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner


@dataclass(frozen=True, slots=True)
class Unwind(Step):
    """A row for each item of a list."""

    expression: ast.Expression
    variable: str

    def text(self) -> str:
        return f"Unwind {{{self.variable}}}"


@dataclass(frozen=True, slots=True)
class CallProcedure(Step):
    """The rows with what a procedure gives for them; ``columns`` are (field, variable).

    A procedure that gives nothing leaves the rows as they are. ``position`` is that of the call.
    """

    procedure: Procedure
    arguments: tuple[ast.Expression, ...]
    columns: tuple[tuple[str, str], ...]
    position: ast.Position

    def text(self) -> str:
        variables = ", ".join(variable for _, variable in self.columns)
        return f"CallProcedure<{self.procedure.name}> {{{variables}}}"


# ---------------------------------------------------------------- projecting


@dataclass(frozen=True, slots=True)
class Extend(Step):
    """The rows with further columns."""

    items: tuple[tuple[str, ast.Expression], ...]

    def text(self) -> str:
        return f"Extend {{{', '.join(shown(name) for name, _ in self.items)}}}"


@dataclass(frozen=True, slots=True)
class Produce(Step):
    """Only these columns, under these names: (name, column before)."""

    columns: tuple[tuple[str, str], ...]

    def text(self) -> str:
        names = [name for name, _ in self.columns if not name.startswith(" ")]
        return f"Produce {{{', '.join(names)}}}"


@dataclass(frozen=True, slots=True)
class Aggregate(Step):
    """A row for each combination of the keys, with aggregates over its rows."""

    keys: tuple[tuple[str, ast.Expression], ...]
    aggregates: tuple[tuple[str, ast.FunctionCall | ast.CountStar], ...]
    each: str | None = None
    """The last key, if there is to be a row for each of the outer rows, which it numbers, whether they have rows or not."""

    def text(self) -> str:
        results = ", ".join(brief(call) for _, call in self.aggregates)
        return f"Aggregate {{{results}}} {{{', '.join(brief(key) for _, key in self.keys)}}}"


@dataclass(frozen=True, slots=True)
class CountElements(Plan):
    """The number of all nodes (of one label, or all), from the store's own counts.

    With ``types`` that of the relationships of these types; of all, when there are none.
    """

    name: str
    label: str | None
    types: tuple[str, ...] | None = None

    def text(self) -> str:
        return f"CountFromMetadata {{{shown(self.name)}}}"


@dataclass(frozen=True, slots=True)
class Distinct(Step):
    """The first of several rows with the same values in ``columns``."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderBy(Step):
    """The rows sorted by columns, (name, descending); only the first ``limit`` rows when given."""

    keys: tuple[tuple[str, bool], ...]
    limit: ast.Expression | None = None
    skip: ast.Expression | None = None

    def text(self) -> str:
        return f"OrderBy {{{', '.join(shown(name) for name, _ in self.keys)}}}"


@dataclass(frozen=True, slots=True)
class Skip(Step):
    """Without the first rows."""

    count: ast.Expression


@dataclass(frozen=True, slots=True)
class Limit(Step):
    """Only the first rows. With ``drain`` the input is used up nevertheless, for its effects."""

    count: ast.Expression
    drain: bool = False


@dataclass(frozen=True, slots=True)
class SliceEach(Step):
    """SKIP or LIMIT (either may be missing) for the rows of each outer row, whose number is in ``row``."""

    row: str
    skip: ast.Expression | None
    limit: ast.Expression | None

    def text(self) -> str:
        return "Limit" if self.skip is None else "Skip"


@dataclass(frozen=True, slots=True)
class Recall(Step):
    """The rows with columns of the outer rows they belong to, fetched by the number in ``row``.

    EXPLAIN leaves it out: in most plans nobody needs what it offers, and it comes to nothing.
    """

    row: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apply(Step):
    """CALL { … }: the rows joined with what ``inner`` gives for them.

    Attributes:
        inner: a plan by ``for_each_row``.
        row: the column by which it numbers the rows.
        imports: the variables that it is given.
        introduced: the columns that it gives; with ``unit`` there are none, and every row goes on once.
        rowwise: the rows are to be given one by one, since what is done for one may matter to the next.
        alike: it gives the same for every row, so it need not run more than once.
        batch: IN TRANSACTIONS: after so many rows there is a commit.
        optional: a row for which it gives nothing goes on with nulls.
    """

    inner: Plan
    row: str
    imports: tuple[str, ...]
    introduced: tuple[str, ...]
    unit: bool = False
    rowwise: bool = False
    alike: bool = False
    batch: ast.Expression | None = None
    optional: bool = False

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner

    def text(self) -> str:
        return f"{'Optional' if self.optional else ''}Apply{'' if self.batch is None else ' in transactions'}"


@dataclass(frozen=True, slots=True)
class Union(Plan):
    """The rows of several plans with the same columns, one plan after the other."""

    parts: tuple[Plan, ...]
    columns: tuple[str, ...]

    def inputs(self) -> Iterator[Plan]:
        yield self.parts[0]

    def branches(self) -> Iterator[tuple[str, Plan]]:
        for part in self.parts[1:]:
            yield "", part

    def text(self) -> str:
        return f"Union {{{', '.join(self.columns)}}}"


@dataclass(frozen=True, slots=True)
class EmptyResult(Step):
    """Uses its input up and gives no rows."""


# ---------------------------------------------------------------- changing the graph


@dataclass(frozen=True, slots=True)
class Accumulate(Step):
    """All rows of the input before the first goes on: what follows must not be seen by what went before."""


@dataclass(frozen=True, slots=True)
class CreateNode(Step):
    """A new node for each row."""

    variable: str
    labels: ast.LabelExpression | None
    properties: ast.Expression | None

    def text(self) -> str:
        labels = "" if self.labels is None else f" :{render_labels(self.labels)}"
        return f"CreateNode ({shown(self.variable)}{labels})"


@dataclass(frozen=True, slots=True)
class CreateExpand(Step):
    """A new relationship for each row."""

    variable: str
    type: ast.LabelExpression
    source: str
    target: str
    properties: ast.Expression | None

    def text(self) -> str:
        hop = Hop(self.source, self.variable, self.target, "out", self.type, True)
        return f"CreateExpand {hop.arrow()}"


@dataclass(frozen=True, slots=True)
class Merge(Step):
    """For each row what ``match`` finds, or else what ``create`` makes, once for rows that are alike.

    ``keys`` tell alike rows: the values of the pattern's properties and its bound variables.
    ``introduced`` are the variables the pattern binds. ``rowwise``: rows must go one by one, since one
    may find parts of what several before it made.
    """

    match: Plan
    create: Plan
    keys: tuple[tuple[str, ast.Expression], ...]
    introduced: tuple[str, ...]
    on_match: Plan
    on_create: Plan
    symmetric: tuple[str, str] | None = None
    rowwise: bool = False

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "On Match", self.match
        yield "On Create", self.create


@dataclass(frozen=True, slots=True)
class Apart(Step):
    """The updates ``inner``, a batch at a time in which no row touches what another one writes.

    ``written`` hold the elements that the updates write, ``searched`` and ``read`` those that they read
    (``read``: only the values themselves). ``overwrites``: rows that only write clash, too.
    ``single``: every row goes alone.
    """

    inner: Plan
    written: tuple[str, ...]
    read: tuple[str, ...]
    searched: tuple[str, ...]
    overwrites: bool
    single: bool

    def text(self) -> str:
        return f"Apart {{{', '.join(map(shown, self.written))}}}"

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner


@dataclass(frozen=True, slots=True)
class SetProperty(Step):
    """``target = value``: a property of a node or relationship (null removes it)."""

    subject: ast.Expression
    key: str | ast.Expression
    value: ast.Expression

    def text(self) -> str:
        key = self.key if isinstance(self.key, str) else brief(self.key)
        return f"SetProperty {{{brief(self.subject)}.{key}}}"


@dataclass(frozen=True, slots=True)
class SetProperties(Step):
    """``variable = map`` or ``variable += map``."""

    variable: str
    value: ast.Expression
    merge: bool

    def text(self) -> str:
        return f"SetProperties {{{self.variable}}}"


@dataclass(frozen=True, slots=True)
class ChangeLabels(Step):
    """``SET variable:A:B``, ``REMOVE variable:A:B``."""

    variable: str
    labels: tuple[ast.LabelName | ast.LabelDynamic, ...]
    remove: bool

    def text(self) -> str:
        return f"{'RemoveLabels' if self.remove else 'SetLabels'} {{{self.variable}}}"


@dataclass(frozen=True, slots=True)
class Delete(Step):
    """Deletes the elements that the expressions give."""

    expressions: tuple[ast.Expression, ...]
    detach: bool


@dataclass(frozen=True, slots=True)
class Foreach(Step):
    """Runs ``inner`` for each item of a list, for its effects."""

    variable: str
    source: ast.Expression
    inner: Plan
    rowwise: bool = False
    """Whether the items go one by one, since what one does may matter to the next."""

    def branches(self) -> Iterator[tuple[str, Plan]]:
        yield "", self.inner


@dataclass(frozen=True, slots=True)
class Planned:
    """A whole plan with what a client has to know of it."""

    plan: Plan
    columns: tuple[str, ...]
    writes: bool
    reads: bool
    products: tuple[CartesianProduct, ...] = field(default=())


def shown(name: str) -> str:
    """A variable as EXPLAIN prints it; the planner's own have a short name without the blank."""
    return name.strip()


def brief(expression: ast.Expression) -> str:
    """An expression in a few characters: the properties and labels it is about."""
    match expression:
        case ast.Property(subject=ast.Variable(name=name), key=key):
            return f"{{{shown(name)}.{key}}}"
        case ast.HasLabels(subject=ast.Variable(name=name), labels=labels):
            return f"({shown(name)} :{render_labels(labels)})"
        case ast.Variable(name=name):
            return shown(name)
        case ast.CountStar():
            return "count(*)"
        case ast.FunctionCall(name=name):
            return name
        case ast.Binary(operator="=", left=left):
            return brief(left)
        case ast.Binary(left=left, right=right):
            parts = [part for part in (brief(left), brief(right)) if part.startswith(("{", "("))]
            return ", ".join(parts) or "Generic"
        case ast.Unary(operand=operand) | ast.IsNull(operand=operand) | ast.IsTyped(operand=operand):
            return brief(operand)
    return "Generic"


def identifiers(step: Plan, before: set[str]) -> set[str]:
    """The variables of the query that a step leaves, when its input has those of ``before``."""
    match step:
        case Produce(columns=columns):
            names = {name for name, _ in columns}
        case Aggregate(keys=keys, aggregates=aggregates):
            names = {name for name, _ in keys} | {name for name, _ in aggregates}
        case EmptyResult():
            names = set()
        case Union(columns=columns):
            names = set(columns)
        case CountElements(name=name):
            names = {name}
        case Merge(introduced=introduced) | Optional(introduced=introduced):
            names = before | set(introduced)
        case Extend(items=items):
            names = before | {name for name, _ in items}
        case Foreach():
            names = before
        case _:
            names = before | _own_names(step)
    return {name for name in names if not name.startswith(" ")}


def _own_names(step: Plan) -> set[str]:
    """The variable, or those of the hop, that a step is about."""
    hop = getattr(step, "hop", None)
    if isinstance(hop, Hop):
        return {hop.source, hop.relationship, hop.target}
    variable = getattr(step, "variable", None)
    return {variable} if isinstance(variable, str) else set()
