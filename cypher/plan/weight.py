"""Which statements are known from their text to be heavy, and had better not begin on the event loop.

Most statements are judged by their progress: between steps the loop looks at the clock. But a step cannot
be left half-way, and those below can do a lot within one.
"""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.plan.batches import changes_anything
from lithograph.cypher.procedures.registry import Mode
from lithograph.cypher.walk import children

SMALL_RANGE = 10_000


def is_heavy(syntax: ast.Syntax, inside_subquery: bool = False, inside_loop: bool = False) -> bool:
    """Whether a single step of the statement may take long.

    That is: a procedure that reads the graph or changes it, a search for shortest walks, a walk of any length within a subquery expression, a list that
    ``range`` makes of who knows how many numbers, a loop over a list within another one, and a match with a regular
    expression.
    """
    match syntax:
        case ast.CallProcedure(procedure=procedure) if procedure is None or procedure.mode is not Mode.DBMS:
            return True
        case ast.PathPattern(function=function) if function is not None:
            return True
        case ast.QuantifiedPath() if inside_subquery:
            return True
        case ast.PathSelector():
            return True
        case ast.Expansion(algorithm=algorithm) if inside_subquery or algorithm != "walk":
            return True
        case ast.FunctionCall(name=name, arguments=arguments) if name.lower() == "range":
            return not all(
                isinstance(a, ast.Literal) and isinstance(a.value, int) and abs(a.value) <= SMALL_RANGE
                for a in arguments
            )
        case ast.Binary(operator="=~"):
            return True
        case ast.ListComprehension() | ast.Quantifier() | ast.Reduce():
            if inside_loop:
                return True
            inside_loop = True
    inside = inside_subquery or isinstance(
        syntax, ast.SubqueryExpression | ast.PatternPredicate | ast.PatternComprehension
    )
    return any(is_heavy(child, inside, inside_loop) for child in children(syntax))


def commits_along(query: ast.Query) -> bool:
    """Whether it has PERIODIC COMMIT and something to commit, or CALL { … } IN TRANSACTIONS.

    The latter stands among the clauses of the query itself, nowhere deeper.
    """
    if query.directives is not None and query.directives.batch is not None and changes_anything(query):
        return True
    clauses = (clause for part in query.parts for clause in part.clauses)
    return any(isinstance(clause, ast.CallSubquery) and clause.transactions is not None for clause in clauses)
