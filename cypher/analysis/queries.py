"""Queries, clause by clause: the order of clauses, and the names each of them leaves behind."""

from __future__ import annotations

from itertools import pairwise

from lithograph.cypher import ast
from lithograph.cypher.analysis.arguments import check_argument, result_type
from lithograph.cypher.analysis.expressions import Expressions
from lithograph.cypher.analysis.hints import check_hints
from lithograph.cypher.analysis.patterns import Patterns, check_deleted
from lithograph.cypher.analysis.projections import Projections, check_count
from lithograph.cypher.analysis.scope import Scope
from lithograph.cypher.analysis.types import (
    BOOLEAN,
    INTEGER,
    MAP,
    Kind,
    Type,
    common,
    element_of,
    list_of,
)
from lithograph.cypher.errors import (
    DifferentColumnsInUnionError,
    InvalidArgumentTypeError,
    InvalidClauseCompositionError,
    InvalidDeleteError,
    NegativeIntegerArgumentError,
    NoExpressionAliasError,
    NonConstantExpressionError,
    UndefinedVariableError,
)

UPDATES = (ast.Create, ast.Merge, ast.Set, ast.Remove, ast.Delete, ast.Foreach)


class Queries:
    """The checks of whole queries.

    Attributes:
        writes: whether a clause that can change the graph was met.
    """

    def __init__(self) -> None:
        self.writes = False
        self._depth = 0
        """How many subqueries there are around the clause at hand."""
        self._in_union = False
        self._periodic = False
        """Whether there is a PERIODIC COMMIT before the query."""
        self.expressions = Expressions(self)
        self.patterns = Patterns(self.expressions)
        self.projections = Projections(self.expressions)

    def query(self, query: ast.Query, scope: Scope, may_end_early: bool = False) -> Scope:
        """The columns of a query that sees ``scope``, with their types; none where it returns nothing.

        Args:
            query: the query.
            scope: what is bound around it.
            may_end_early: whether it may end with a reading clause, as in EXISTS { MATCH … }.
        """
        if len(query.parts) > 1 and not self._depth:
            self._in_union = True
        if query.directives is not None:
            self._directives(query.directives)
        results = [self._single(part, scope, may_end_early) for part in query.parts]
        first = results[0]
        for part, result in zip(query.parts[1:], results[1:], strict=True):
            if list(result) != list(first):
                raise DifferentColumnsInUnionError(
                    "All subqueries in an UNION must have the same column names, in the same order: "
                    f"{', '.join(first) or 'none'}; and here {', '.join(result) or 'none'}.",
                    position=part.position,
                )
        if len(results) == 1:
            return first
        return Scope({name: common([result[name] for result in results]) for name in first})

    def _single(self, query: ast.SingleQuery, scope: Scope, may_end_early: bool) -> Scope:
        _check_order(query, may_end_early)
        columns, scope = Scope(), scope.copy()
        for clause in query.clauses:
            if isinstance(clause, ast.Finish):
                continue
            if isinstance(clause, ast.Return):
                columns = self.projections.check(clause.projection, scope, None, is_with=False)
            else:
                scope = self._clause(clause, scope)
        return columns

    def _clause(self, clause: ast.Clause, scope: Scope) -> Scope:
        """The scope behind a clause: a new one, or ``scope`` with more names."""
        match clause:
            case ast.Match():
                self.patterns.match(clause.pattern.paths, scope)
                check_hints(clause)
                self.expressions.predicate(clause.predicate, scope)
                return scope
            case ast.With():
                return self.projections.check(clause.projection, scope, clause.predicate, is_with=True)
            case ast.Unwind():
                return self._unwind(clause, scope)
            case ast.CallSubquery():
                return self._subquery(clause, scope)
            case ast.CallProcedure():
                return self._procedure(clause, scope)
            case _:
                self._update(clause, scope)
                return scope

    def _unwind(self, clause: ast.Unwind, scope: Scope) -> Scope:
        kind = self.expressions.visit(clause.expression, scope)
        item = element_of(kind) if kind.kind is Kind.LIST else kind
        scope.bind(clause.variable, item, clause.position)
        return scope

    # ------------------------------------------------------------ CALL

    def _procedure(self, call: ast.CallProcedure, scope: Scope) -> Scope:
        procedure = call.procedure
        assert procedure is not None, "calls are resolved before they are checked"
        assert isinstance(call.yields, tuple)
        self.writes |= procedure.writes
        for index, argument in enumerate(call.arguments or ()):
            check_argument(procedure, index, self.expressions.visit(argument, scope), argument.position)
        for item in call.yields:
            scope.bind(item.variable, result_type(procedure, item.field), item.position)
        self.expressions.predicate(call.predicate, scope)
        return scope

    def _subquery(self, call: ast.CallSubquery, scope: Scope) -> Scope:
        if call.transactions is not None:
            self._may_commit(call)
        self._depth += 1
        if call.imports is None:
            results = self._importing(call.query, scope)
        elif call.imports == "*":
            results = self.query(call.query, scope.inside())
        else:
            for name in call.imports:
                scope.type_of(name, call.position)
            results = self.query(call.query, scope.inside(call.imports))
        self._depth -= 1
        _check_aliases(call.query)
        for name, kind in results.items():
            scope.bind(name, kind, call.position)
        if call.transactions is not None:
            self._in_transactions(call.transactions, scope)
        return scope

    def _in_transactions(self, batches: ast.InTransactions, behind: Scope) -> None:
        """The numbers in it, and the name that it binds in the scope ``behind``."""
        if batches.batch is not None:
            self._batch(batches.batch)
        if batches.concurrency is not None:
            self._batch(batches.concurrency, "IN … CONCURRENT TRANSACTIONS")
        on_error = batches.on_error
        if on_error.seconds is not None:
            self.expressions.visit(on_error.seconds, Scope())  # its value is checked when the query runs
        if batches.status is None:
            return
        if on_error.behaviour == "FAIL":
            raise InvalidClauseCompositionError(
                "REPORT STATUS can only be used when specifying ON ERROR CONTINUE or ON ERROR BREAK.",
                position=batches.position,
            )
        behind.bind(batches.status, MAP, batches.position)

    def _may_commit(self, call: ast.CallSubquery) -> None:
        """IN TRANSACTIONS commits what the query has done so far, so nothing around it may be half-done."""
        where = None
        if self._periodic:
            where = "in a query with USING PERIODIC COMMIT, which commits already"
        elif self._depth:
            where = "inside another subquery"
        elif self.writes:
            where = "behind a clause that changes the graph"
        elif self._in_union:
            where = "in a UNION"
        if where is not None:
            raise InvalidClauseCompositionError(
                f"CALL {{ … }} IN TRANSACTIONS cannot stand {where}.", position=call.position
            )

    def _importing(self, query: ast.Query, scope: Scope) -> Scope:
        """``CALL { WITH x … }``: a WITH at the beginning sees what is around; nothing else does."""
        parts: list[tuple[ast.SingleQuery, Scope]] = []
        for part in query.parts:
            first = part.clauses[0]
            if isinstance(first, ast.With) and len(part.clauses) > 1:
                visible = self._clause(first, scope)
                parts.append((ast.SingleQuery(part.clauses[1:], position=part.position), visible))
            else:
                parts.append((part, Scope()))
        results = [self._single(part, visible, False) for part, visible in parts]
        if any(list(result) != list(results[0]) for result in results):
            raise DifferentColumnsInUnionError(
                "All subqueries in an UNION must have the same column names, in the same order.",
                position=query.position,
            )
        return results[0]

    def _directives(self, directives: ast.Directives) -> None:
        """What stands before the query; a number of rows to commit after leaves no room for UNION."""
        numbers = {"HOPS LIMIT": directives.hops, "PARALLEL EXECUTION": directives.threads}
        for name, number in numbers.items():
            if number is not None:
                check_count(number, self.expressions.visit(number, Scope()), name)
        if directives.batch is not None:
            self._batch(directives.batch, "PERIODIC COMMIT")
            if directives.batch == ast.Literal(0):
                raise NegativeIntegerArgumentError(
                    "PERIODIC COMMIT needs at least one row, not 0.", position=directives.batch.position
                )
            self._periodic = True
            if self._in_union:
                raise InvalidClauseCompositionError(
                    "USING PERIODIC COMMIT cannot stand before a UNION.", position=directives.position
                )

    def _batch(self, expression: ast.Expression, what: str = "IN TRANSACTIONS OF") -> None:
        try:
            kind = self.expressions.visit(expression, Scope())
        except UndefinedVariableError as error:
            raise NonConstantExpressionError(
                "The number of rows of a transaction cannot depend on variables.", position=error.position
            ) from None
        check_count(expression, kind, what)

    def in_expression(self, subquery: ast.SubqueryExpression, scope: Scope) -> Type:
        """The type of ``EXISTS { … }`` and its siblings."""
        wrote, self.writes = self.writes, False
        self._depth += 1
        columns = self.query(subquery.query, scope.inside(), may_end_early=subquery.kind != "COLLECT")
        self._depth -= 1
        if self.writes:
            raise InvalidClauseCompositionError(
                f"{subquery.kind} {{ … }} cannot hold a clause that changes the graph.",
                position=subquery.position,
            )
        self.writes = wrote
        if subquery.kind == "EXISTS":
            return BOOLEAN
        if subquery.kind == "COUNT":
            return INTEGER
        if len(columns) != 1:
            raise InvalidClauseCompositionError(
                f"COLLECT {{ … }} needs a RETURN of one column, not of {len(columns)}.",
                position=subquery.position,
            )
        return list_of(next(iter(columns.values())))

    # ------------------------------------------------------------ updates

    def _update(self, clause: ast.Clause, scope: Scope) -> None:
        """An update, which may add names to the scope."""
        self.writes = True
        match clause:
            case ast.Create():
                self.patterns.create(clause.pattern.paths, scope)
            case ast.Merge():
                self.patterns.merge(clause.path, scope)
                self._items(clause.on_create, scope)
                self._items(clause.on_match, scope)
            case ast.Set() | ast.Remove():
                self._items(clause.items, scope)
            case ast.Delete():
                for expression in clause.expressions:
                    self._delete(expression, scope)
            case ast.Foreach():
                self._foreach(clause, scope)
            case _:
                raise TypeError(f"not a clause: {clause!r}")

    def _items(self, items: tuple[ast.UpdateItem, ...], scope: Scope) -> None:
        for item in items:
            match item:
                case ast.SetProperty(target, value):
                    self.expressions.visit(target, scope)
                    self.expressions.visit(value, scope)
                case ast.RemoveProperty(target):
                    self.expressions.visit(target, scope)
                case ast.SetProperties(variable, value):
                    self._changeable(variable, item, scope, labels=False)
                    self.expressions.visit(value, scope)
                case ast.SetLabels(variable, labels) | ast.RemoveLabels(variable, labels):
                    self._changeable(variable, item, scope, labels=True)
                    for label in labels:
                        self.expressions.labels(label, scope)

    @staticmethod
    def _changeable(variable: str, item: ast.UpdateItem, scope: Scope, labels: bool) -> None:
        kind = scope.type_of(variable, item.position)
        kinds = (Kind.ANY, Kind.NODE) if labels else (Kind.ANY, Kind.NODE, Kind.RELATIONSHIP)
        if kind.kind not in kinds:
            what = "labels" if labels else "properties that could be set"
            raise InvalidArgumentTypeError(
                f"`{variable}` is {kind}, which has no {what}.", position=item.position
            )

    def _delete(self, expression: ast.Expression, scope: Scope) -> None:
        if isinstance(expression, ast.HasLabels):
            raise InvalidDeleteError(
                "DELETE takes nodes and relationships; to take a label off a node, write REMOVE.",
                position=expression.position,
            )
        check_deleted(expression, self.expressions.visit(expression, scope))

    def _foreach(self, clause: ast.Foreach, scope: Scope) -> None:
        kind = self.expressions.visit(clause.source, scope)
        if kind.kind not in (Kind.LIST, Kind.ANY):
            raise InvalidArgumentTypeError(
                f"FOREACH expression must resolve to a list, but got {kind}.",
                position=clause.source.position,
            )
        inside = scope.within()
        inside.bind(clause.variable, element_of(kind), clause.position)
        for update in clause.updates:
            self._update(update, inside)


# ---------------------------------------------------------------- order of clauses


def _check_order(query: ast.SingleQuery, may_end_early: bool) -> None:
    """Refuse clauses in an order that makes no sense.

    Raises:
        InvalidClauseCompositionError
    """
    updated = False
    for clause, following in pairwise(query.clauses):
        if isinstance(clause, ast.Return | ast.Finish):
            name = type(clause).__name__.upper()
            raise InvalidClauseCompositionError(
                f"{name} can only be the last clause of a query; this comes after it.",
                position=following.position,
            )
    for clause in query.clauses:
        if isinstance(clause, ast.With):
            updated = False
        elif isinstance(clause, UPDATES):
            updated = True
        elif updated and isinstance(clause, ast.Match | ast.Unwind | ast.CallProcedure):
            name = {ast.Match: "MATCH", ast.Unwind: "UNWIND"}.get(type(clause), "CALL")
            raise InvalidClauseCompositionError(
                f"{name} can't be put after an update; put a WITH between them.", position=clause.position
            )
    last = query.clauses[-1]
    ends = (ast.Return, ast.Finish, ast.CallSubquery, *UPDATES)
    if isinstance(last, ends) or may_end_early:
        return
    if isinstance(last, ast.CallProcedure) and not last.yields:
        return
    raise InvalidClauseCompositionError(
        "Query should either create or update something, or return results! Add a RETURN at its end.",
        position=last.position,
    )


def _check_aliases(query: ast.Query) -> None:
    """The columns of a subquery become variables, so they need names."""
    for part in query.parts:
        last = part.clauses[-1]
        if not isinstance(last, ast.Return):
            continue
        for item in last.projection.items:
            if not item.aliased and not isinstance(item.expression, ast.Variable):
                raise NoExpressionAliasError(
                    "Expression returned from subquery must be aliased (use AS)!", position=item.position
                )
