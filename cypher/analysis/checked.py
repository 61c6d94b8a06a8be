"""The entry of the analysis: ``check(statement)``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.analysis.calls import resolved
from lithograph.cypher.analysis.enums import with_enum_values
from lithograph.cypher.analysis.numbers import with_numbers
from lithograph.cypher.analysis.queries import Queries
from lithograph.cypher.analysis.scope import Scope
from lithograph.cypher.errors import ParameterMissingError
from lithograph.cypher.procedures.registry import Procedures


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement that makes sense.

    Attributes:
        statement: the statement, in which every call of a procedure is complete (``calls.py``), NaN a number
            (``numbers.py``), and what is a value of an enumeration one (``enums.py``).
        columns: the names of the columns of its result, in order. Empty where there are none, and where only
            others know them: for administration statements, EXPLAIN and PROFILE.
        writes: whether it can change the graph or its schema.
        reads: whether it hands out rows.
        parameters: the names of the parameters it uses.
    """

    statement: ast.Statement
    columns: tuple[str, ...]
    writes: bool
    reads: bool
    parameters: frozenset[str]


def check(
    statement: ast.Statement,
    parameters: Collection[str] | None = None,
    procedures: Procedures | None = None,
    enums: Mapping[str, tuple[str, ...]] | None = None,
) -> Checked:
    """Check a statement.

    Args:
        statement: from ``parse``.
        parameters: the names of those given; None where they are not known yet and nothing is missing.
        procedures: those that can be called; None: none.
        enums: the values of each enumeration; None: there are none.

    Raises:
        SemanticError: one of its subclasses, with the position (``locate`` adds the text).
        ProcedureNotFoundError: a procedure is called that is none of ``procedures``.
        ParameterMissingError: a parameter is used and not given.
    """
    statement = with_enum_values(resolved(statement, procedures or Procedures()), enums or {})
    query = statement.query if isinstance(statement, ast.Explain | ast.Profile) else statement
    if not isinstance(query, ast.Query):
        writes = isinstance(
            query, ast.CreateIndex | ast.DropIndex | ast.CreateEnum | ast.AddEnumValue | ast.UpdateEnumValue
        )
        return Checked(statement, (), writes, not writes, frozenset())

    queries = Queries()
    columns = tuple(queries.query(query, Scope()))
    used = queries.expressions.parameters
    if parameters is not None:
        missing = [name for name in used if name not in parameters]
        if missing:
            raise ParameterMissingError.of(missing, parameters, used[missing[0]])
    explained = query is not statement
    return Checked(
        with_numbers(statement, queries.expressions.numbers),
        () if explained else columns,
        queries.writes and not isinstance(statement, ast.Explain),
        explained or bool(columns),
        frozenset(used),
    )
