"""The syntax tree of Cypher: plain frozen data, one class for each construct, with its position.

Syntax only: names are not resolved here and types not known. ``transform.py`` makes these from the
grammar's tree, ``render.py`` prints them back, ``analysis/`` checks them and ``plan/`` plans them.
Two trees compare equal whatever their positions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from typing import Literal as OneOf

if TYPE_CHECKING:
    from lithograph.cypher.procedures.registry import Procedure


@dataclass(frozen=True, slots=True)
class Position:
    """Where a construct begins in the query text: 0-based offset, 1-based line and column."""

    offset: int
    line: int
    column: int


NOWHERE = Position(0, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """Anything with a place in the text."""

    position: Position = field(default=NOWHERE, compare=False, repr=False)


# ---------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression(Syntax):
    """Anything that has a value."""


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """``null``, ``true``, ``42``, ``1.5``, ``'text'``; ``value`` is the Python value.

    Equal only to the same value of the same type, unlike in Python, where ``1 == 1.0 == True`` and
    ``0.0 == -0.0``: expressions that are equal may be computed once for all.
    """

    value: None | bool | int | float | str

    def __eq__(self, other: object) -> bool:
        if type(other) is not Literal or type(other.value) is not type(self.value):
            return False
        if isinstance(self.value, float):
            return repr(self.value) == repr(other.value)
        return self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True)
class Parameter(Expression):
    """``$name``, ``$0``."""

    name: str


@dataclass(frozen=True, slots=True)
class OptionalParameter(Expression):
    """A parameter, or a default where it is not given. No text says so: it stands for an argument left out."""

    name: str
    default: Expression


@dataclass(frozen=True, slots=True)
class Variable(Expression):
    """A name bound by a clause."""

    name: str


@dataclass(frozen=True, slots=True)
class Property(Expression):
    """``subject.key``."""

    subject: Expression
    key: str


@dataclass(frozen=True, slots=True)
class Subscript(Expression):
    """``subject[index]``."""

    subject: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Slice(Expression):
    """``subject[start..stop]``; either bound may be missing."""

    subject: Expression
    start: Expression | None
    stop: Expression | None


UnaryOperator = OneOf["-", "+", "NOT"]
BinaryOperator = OneOf[
    "+", "-", "*", "/", "%", "^", "AND", "OR", "XOR", "=", "<>", "<", "<=", ">", ">=",
    "IN", "STARTS WITH", "ENDS WITH", "CONTAINS", "=~", "||",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """``-x``, ``+x``, ``NOT x``."""

    operator: UnaryOperator
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """``left operator right``. A chain ``a < b <= c`` is the AND of its pairs."""

    operator: BinaryOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class IsNull(Expression):
    """``operand IS NULL``, or ``IS NOT NULL`` when negated."""

    operand: Expression
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueType(Syntax):
    """What follows ``IS ::``; null is of every type but those that say NOT NULL."""


@dataclass(frozen=True, slots=True)
class NamedType(ValueType):
    """``INTEGER``, ``LOCAL DATETIME``, ``ANY``; ``name`` is none of the synonyms."""

    name: str
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class ListType(ValueType):
    """``LIST<element>``."""

    element: ValueType
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class UnionType(ValueType):
    """``A | B``: null is of it where it is of one of the parts."""

    parts: tuple[ValueType, ...]


@dataclass(frozen=True, slots=True)
class IsTyped(Expression):
    """``operand IS :: type``, or ``IS NOT ::`` when negated."""

    operand: Expression
    type: ValueType
    negated: bool


NormalForm = OneOf["NFC", "NFD", "NFKC", "NFKD"]


@dataclass(frozen=True, slots=True)
class IsNormalized(Expression):
    """``operand IS [NFC] NORMALIZED``, or ``IS NOT [NFC] NORMALIZED`` when negated."""

    operand: Expression
    form: NormalForm
    negated: bool


@dataclass(frozen=True, slots=True)
class HasLabels(Expression):
    """``subject:Label`` as a predicate; on a relationship it tests the type."""

    subject: Expression
    labels: LabelExpression


@dataclass(frozen=True, slots=True)
class ListLiteral(Expression):
    """``[a, b]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MapLiteral(Expression):
    """``{key: value}``."""

    entries: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Case(Expression):
    """``CASE [subject] WHEN … THEN … [ELSE …] END``; branches are (when, then).

    With a subject, a ``when`` is a value to compare it with, a test with ``CaseSubject`` as its operand, or
    ``CaseTests``, several of those.
    """

    subject: Expression | None
    branches: tuple[tuple[Expression, Expression], ...]
    default: Expression | None


@dataclass(frozen=True, slots=True)
class CaseSubject(Expression):
    """What is missing before the operator of ``WHEN > 5``: the subject of the CASE around it."""


@dataclass(frozen=True, slots=True)
class CaseTests(Expression):
    """``1, > 5`` between WHEN and THEN: one of them has to hold."""

    tests: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class FunctionCall(Expression):
    """``name([DISTINCT] arguments)``; ``name`` as written, with its namespace (``point.distance``)."""

    name: str
    arguments: tuple[Expression, ...]
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class CountStar(Expression):
    """``count(*)``."""


@dataclass(frozen=True, slots=True)
class ListComprehension(Expression):
    """``[variable IN source WHERE predicate | projection]``; also ``filter`` and ``extract``."""

    variable: str
    source: Expression
    predicate: Expression | None
    projection: Expression | None


QuantifierKind = OneOf["all", "any", "none", "single"]


@dataclass(frozen=True, slots=True)
class Quantifier(Expression):
    """``all(variable IN source WHERE predicate)`` and its siblings."""

    kind: QuantifierKind
    variable: str
    source: Expression
    predicate: Expression


@dataclass(frozen=True, slots=True)
class Reduce(Expression):
    """``reduce(accumulator = initial, variable IN source | body)``."""

    accumulator: str
    initial: Expression
    variable: str
    source: Expression
    body: Expression


@dataclass(frozen=True, slots=True)
class AllProperties(Syntax):
    """``.*`` in a map projection."""


@dataclass(frozen=True, slots=True)
class MapProjection(Expression):
    """``subject {.key, .*, name: value, variable}``; items are (key, value) or ``.*``."""

    subject: Expression
    items: tuple[tuple[str, Expression] | AllProperties, ...]


@dataclass(frozen=True, slots=True)
class PatternPredicate(Expression):
    """``(a)-[:T]->()`` used as a truth value; ``exists((a)-->())``, a value like any other, when ``explicit``."""

    pattern: PathPattern
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class PatternComprehension(Expression):
    """``[path = (a)-->(b) WHERE predicate | projection]``; the path's name is in the pattern."""

    pattern: PathPattern
    predicate: Expression | None
    projection: Expression


SubqueryKind = OneOf["EXISTS", "COUNT", "COLLECT"]


@dataclass(frozen=True, slots=True)
class SubqueryExpression(Expression):
    """``EXISTS { … }``, ``COUNT { … }``, ``COLLECT { … }``; a bare pattern inside becomes a MATCH."""

    kind: SubqueryKind
    query: Query


@dataclass(frozen=True, slots=True)
class PathExpression(Expression):
    """A pattern whose value is a path: ``shortestPath((a)-[*]-(b))`` in an expression."""

    pattern: PathPattern


# ---------------------------------------------------------------- patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelExpression(Syntax):
    """What follows the colon of a node or relationship."""


@dataclass(frozen=True, slots=True)
class LabelName(LabelExpression):
    """A label or a type by name."""

    name: str


@dataclass(frozen=True, slots=True)
class LabelAnd(LabelExpression):
    """``:A:B``, ``:A&B``."""

    parts: tuple[LabelExpression, ...]


@dataclass(frozen=True, slots=True)
class LabelOr(LabelExpression):
    """``:A|B``."""

    parts: tuple[LabelExpression, ...]


@dataclass(frozen=True, slots=True)
class LabelNot(LabelExpression):
    """``:!A``."""

    part: LabelExpression


@dataclass(frozen=True, slots=True)
class LabelAny(LabelExpression):
    """``:%``, any label at all."""


@dataclass(frozen=True, slots=True)
class LabelDynamic(LabelExpression):
    """``:$name`` or ``:$(expression)``: a string, or a list of strings that are all wanted."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class NodePattern(Syntax):
    """``(variable:Label {properties} WHERE predicate)``; ``properties`` a map literal or parameter."""

    variable: str | None = None
    labels: LabelExpression | None = None
    properties: Expression | None = None
    predicate: Expression | None = None


@dataclass(frozen=True, slots=True)
class Lambda(Syntax):
    """``(edge, node [, path [, weight]] | body)`` of a variable-length expansion."""

    variables: tuple[str, ...]
    body: Expression


Algorithm = OneOf["walk", "bfs", "wshortest", "allshortest", "kshortest"]


@dataclass(frozen=True, slots=True)
class Expansion(Syntax):
    """``*``, ``*2``, ``*1..3``, ``*BFS ..15 (e, n | …)``; bounds as written, None where missing.

    ``quantified``: a walk written as ``-[r]->{1,3}``, ``+`` or ``*`` behind the arrow; ``minimum`` is then never None.
    """

    algorithm: Algorithm = "walk"
    minimum: int | None = None
    maximum: int | None = None
    limit: Expression | None = None
    weight: Lambda | None = None
    total: str | None = None
    filter: Lambda | None = None
    quantified: bool = False


Direction = OneOf["out", "in", "both"]


@dataclass(frozen=True, slots=True)
class RelationshipPattern(Syntax):
    """``-[variable:TYPE *1..3 {properties}]->``; no expansion: exactly one relationship."""

    direction: Direction
    variable: str | None = None
    types: LabelExpression | None = None
    expansion: Expansion | None = None
    properties: Expression | None = None
    predicate: Expression | None = None


@dataclass(frozen=True, slots=True)
class QuantifiedPath(Syntax):
    """``((a)-[r]->(b) WHERE predicate){minimum,maximum}`` between two nodes; ``maximum`` None: any number of times."""

    elements: tuple[NodePattern | RelationshipPattern, ...]
    minimum: int
    maximum: int | None
    predicate: Expression | None = None

    def variables(self) -> dict[str, NodePattern | RelationshipPattern]:
        """The names inside, each with the first element that has it; outside they stand for lists."""
        found: dict[str, NodePattern | RelationshipPattern] = {}
        for element in self.elements:
            if element.variable is not None:
                found.setdefault(element.variable, element)
        return found


PathElement = NodePattern | RelationshipPattern | QuantifiedPath

PathFunction = OneOf["shortestPath", "allShortestPaths"]


@dataclass(frozen=True, slots=True)
class PathSelector(Syntax):
    """``ANY k``, ``SHORTEST k``, ``SHORTEST k GROUPS``: for each two ends, some paths only; without ``count`` one."""

    kind: OneOf["ANY", "SHORTEST", "GROUPS"]
    count: Expression | None = None


@dataclass(frozen=True, slots=True)
class PathPattern(Syntax):
    """``variable = (a)-[r]->(b)``: nodes and what is between them in turn, beginning and ending with a node.

    ``predicate`` is the WHERE of a path in parentheses, which ``selector`` looks at before it selects.
    """

    elements: tuple[PathElement, ...]
    variable: str | None = None
    function: PathFunction | None = None
    selector: PathSelector | None = None
    predicate: Expression | None = None

    def plain(self) -> tuple[NodePattern | RelationshipPattern, ...]:
        """The nodes and relationships: all there is in a path that can be created."""
        return tuple(e for e in self.elements if not isinstance(e, QuantifiedPath))

    def names(self) -> frozenset[str]:
        """All variables of the path, its own and those inside quantified paths among them."""
        found = {self.variable, *(element.variable for element in self.plain())}
        for element in self.elements:
            if isinstance(element, QuantifiedPath):
                found |= element.variables().keys()
        return frozenset(name for name in found if name is not None)


@dataclass(frozen=True, slots=True)
class Pattern(Syntax):
    """The comma-separated paths of one clause."""

    paths: tuple[PathPattern, ...]


# ---------------------------------------------------------------- clauses


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause(Syntax):
    """One step of a query."""


@dataclass(frozen=True, slots=True)
class Match(Clause):
    """``[OPTIONAL] MATCH pattern [WHERE predicate]``."""

    pattern: Pattern
    predicate: Expression | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Unwind(Clause):
    """``UNWIND expression AS variable``."""

    expression: Expression
    variable: str


@dataclass(frozen=True, slots=True)
class ProjectionItem(Syntax):
    """``expression [AS alias]``; ``name`` is the alias, or the source text where there is none."""

    expression: Expression
    name: str
    aliased: bool


@dataclass(frozen=True, slots=True)
class SortItem(Syntax):
    """``expression [ASC|DESC]``."""

    expression: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Projection(Syntax):
    """The body of WITH and RETURN; ``star`` for ``*`` (items then follow it)."""

    items: tuple[ProjectionItem, ...]
    star: bool = False
    distinct: bool = False
    order_by: tuple[SortItem, ...] = ()
    skip: Expression | None = None
    limit: Expression | None = None


@dataclass(frozen=True, slots=True)
class With(Clause):
    """``WITH projection [WHERE predicate]``."""

    projection: Projection
    predicate: Expression | None = None


@dataclass(frozen=True, slots=True)
class Return(Clause):
    """``RETURN projection``."""

    projection: Projection


@dataclass(frozen=True, slots=True)
class Finish(Clause):
    """``FINISH``: the end of a query that gives nothing."""


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


@dataclass(frozen=True, slots=True)
class YieldItem(Syntax):
    """``field [AS variable]``."""

    field: str
    variable: str


@dataclass(frozen=True, slots=True)
class CallProcedure(Clause):
    """``[OPTIONAL] CALL name(arguments) [YIELD items [WHERE predicate]]``.

    ``arguments`` is None where the parentheses are missing; ``yields`` is None without YIELD and
    the string ``"*"`` for ``YIELD *``. Once the analysis has found the ``procedure``, all arguments are
    there and ``yields`` is a tuple, empty where nothing is taken.
    """

    name: str
    arguments: tuple[Expression, ...] | None
    yields: tuple[YieldItem, ...] | OneOf["*"] | None = None
    predicate: Expression | None = None
    optional: bool = False
    procedure: Procedure | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CallSubquery(Clause):
    """``[OPTIONAL] CALL [(imports)] { query } [IN TRANSACTIONS [OF n ROWS]]``.

    ``imports`` is None for the form without parentheses, ``"*"`` for ``(*)``.
    """

    query: Query
    imports: tuple[str, ...] | OneOf["*"] | None = None
    in_transactions: bool = False
    batch: Expression | None = None
    optional: bool = False


# ---------------------------------------------------------------- statements


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Syntax):
    """What one RUN message holds."""


@dataclass(frozen=True, slots=True)
class SingleQuery(Syntax):
    """Clauses in a row."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Query(Statement):
    """Single queries joined by UNION (all of them UNION ALL when ``all``)."""

    parts: tuple[SingleQuery, ...]
    all: bool = False


@dataclass(frozen=True, slots=True)
class Explain(Statement):
    """``EXPLAIN query``."""

    query: Query


@dataclass(frozen=True, slots=True)
class Profile(Statement):
    """``PROFILE query``."""

    query: Query


@dataclass(frozen=True, slots=True)
class CreateIndex(Statement):
    """``CREATE INDEX ON :Label[(a, b)]`` or ``CREATE INDEX [name] [IF NOT EXISTS] FOR … ON …``."""

    entity: OneOf["node", "relationship"]
    label: str
    properties: tuple[str, ...]
    name: str | None = None
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropIndex(Statement):
    """``DROP INDEX ON :Label[(a, b)]``."""

    entity: OneOf["node", "relationship"]
    label: str
    properties: tuple[str, ...]


ShowSubject = OneOf[
    "INDEX INFO", "STORAGE INFO", "CONSTRAINT INFO", "CONFIG", "VERSION", "DATABASE", "DATABASES",
    "SNAPSHOTS", "NEXT SNAPSHOT", "BUILD INFO", "DATABASE SETTINGS", "FUNCTIONS", "PROCEDURES",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Show(Statement):
    """``SHOW subject``; ``SHOW INDEXES`` is ``INDEX INFO``, ``SHOW CONSTRAINTS`` ``CONSTRAINT INFO``."""

    subject: ShowSubject


@dataclass(frozen=True, slots=True)
class ShowSetting(Statement):
    """``SHOW DATABASE SETTING "name"``."""

    name: str


@dataclass(frozen=True, slots=True)
class SetSetting(Statement):
    """``SET DATABASE SETTING "name" TO "value"``."""

    name: str
    value: str


StorageMode = OneOf["IN_MEMORY_TRANSACTIONAL", "IN_MEMORY_ANALYTICAL", "ON_DISK_TRANSACTIONAL"]


@dataclass(frozen=True, slots=True)
class SetStorageMode(Statement):
    """``STORAGE MODE mode``."""

    mode: StorageMode


@dataclass(frozen=True, slots=True)
class CreateSnapshot(Statement):
    """``CREATE SNAPSHOT``."""


@dataclass(frozen=True, slots=True)
class RecoverSnapshot(Statement):
    """``RECOVER SNAPSHOT "path" [FORCE]``."""

    path: str
    force: bool = False


@dataclass(frozen=True, slots=True)
class DataDirectory(Statement):
    """``LOCK DATA DIRECTORY``, ``UNLOCK DATA DIRECTORY``, ``DATA DIRECTORY LOCK STATUS``."""

    action: OneOf["LOCK", "UNLOCK", "STATUS"]


@dataclass(frozen=True, slots=True)
class DumpDatabase(Statement):
    """``DUMP DATABASE``."""


@dataclass(frozen=True, slots=True)
class TransactionControl(Statement):
    """``BEGIN``, ``COMMIT``, ``ROLLBACK`` as text."""

    action: OneOf["BEGIN", "COMMIT", "ROLLBACK"]


@dataclass(frozen=True, slots=True)
class FreeMemory(Statement):
    """``FREE MEMORY``."""
