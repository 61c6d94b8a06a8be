"""The variables an expression takes from outside.

What decides which columns a part of an expression needs, and where a predicate can be evaluated. A name
in a pattern may bind or refer, which only the scope around it tells; here it counts as taken from outside.
"""

from __future__ import annotations

from collections.abc import Iterator

from lithograph.cypher import ast
from lithograph.cypher.walk import children

Names = frozenset[str]
_NONE: Names = frozenset()


def free_variables(syntax: ast.Syntax) -> Names:
    """The names that ``syntax`` (an expression, pattern or clause) uses and does not itself bind."""
    match syntax:
        case ast.Variable(name=name):
            return frozenset((name,))
        case ast.Literal() | ast.Parameter():
            return _NONE
        case ast.ListComprehension(variable=variable, source=source):
            inner = _of(syntax.predicate) | _of(syntax.projection)
            return free_variables(source) | (inner - {variable})
        case ast.Quantifier(variable=variable, source=source, predicate=predicate):
            return free_variables(source) | (free_variables(predicate) - {variable})
        case ast.Reduce():
            body = free_variables(syntax.body) | _of(syntax.predicate)
            inner = body - {syntax.accumulator, syntax.variable}
            return free_variables(syntax.initial) | free_variables(syntax.source) | inner
        case ast.Lambda(variables=variables, body=body_expression):
            return free_variables(body_expression) - set(variables)
        case ast.Foreach(variable=variable, source=source):
            return free_variables(source) | (_sequence(syntax.updates) - {variable})
        case ast.Query(parts=parts):
            return _union(_sequence(part.clauses) for part in parts)
        case ast.CallSubquery():
            imported = frozenset(syntax.imports or ()) - {"*"}
            return imported | free_variables(syntax.query) | _of(syntax.transactions)
        case _:
            names = set(_own_names(syntax))
            for child in children(syntax):  # a loop takes one frame of the stack for each level, no more
                names |= free_variables(child)
            return frozenset(names)


def _of(syntax: ast.Syntax | None) -> Names:
    return _NONE if syntax is None else free_variables(syntax)


def _union(names: Iterator[Names]) -> Names:
    return _NONE.union(*names)


def _own_names(syntax: ast.Syntax) -> Names:
    """The variables that a pattern or an update names by text."""
    match syntax:
        case ast.NodePattern() | ast.RelationshipPattern() | ast.PathPattern():
            names = {syntax.variable}
        case ast.SetProperties() | ast.SetLabels() | ast.RemoveLabels():
            names = {syntax.variable}
        case ast.Expansion():
            names = {syntax.total}
        case _:
            return _NONE
    return frozenset(name for name in names if name is not None)


def _sequence(clauses: tuple[ast.Clause, ...]) -> Names:
    """The names that clauses in a row use before one of them has introduced them."""
    free: set[str] = set()
    bound: set[str] = set()
    for clause in clauses:
        introduced = _introduced(clause)
        used = free_variables(clause)
        if isinstance(clause, ast.With | ast.Return):
            used = _projected(clause, introduced)
        elif not isinstance(clause, ast.CallSubquery):
            used -= introduced
        free |= used - bound
        bound |= introduced
    return frozenset(free)


def _projected(clause: ast.With | ast.Return, introduced: Names) -> Names:
    """What a projection uses: its items see nothing of its aliases, ORDER BY and WHERE see them."""
    projection = clause.projection
    items = _union(free_variables(item.expression) for item in projection.items)
    later = _union(free_variables(item.expression) for item in projection.order_by)
    later |= _of(projection.skip) | _of(projection.limit)
    if isinstance(clause, ast.With):
        later |= _of(clause.predicate)
    return items | (later - introduced)


def _introduced(clause: ast.Clause) -> Names:
    """The names that a clause certainly binds."""
    match clause:
        case ast.Unwind(variable=variable):
            return frozenset((variable,))
        case ast.With(projection=projection) | ast.Return(projection=projection):
            return frozenset(item.name for item in projection.items)
        case ast.CallProcedure(yields=yields) if yields is not None and yields != "*":
            return frozenset(item.variable for item in yields)
        case ast.CallSubquery(query=query, transactions=transactions):
            last = query.parts[0].clauses[-1]
            names = _introduced(last) if isinstance(last, ast.Return) else _NONE
            return (
                names
                if transactions is None or transactions.status is None
                else names | {transactions.status}
            )
        case _:
            return _NONE
