"""Calls of procedures: which procedure is meant, and what a call leaves to be understood.

``resolved`` finds the procedures of a statement and writes out what is not said: defaults, arguments that come
from parameters, the fields of ``YIELD *``, and the RETURN of a call that is a whole statement. What comes
after sees only complete calls within queries.
"""

from __future__ import annotations

from dataclasses import fields, replace
from operator import is_
from typing import Any, TypeVar

from lithograph.cypher import ast
from lithograph.cypher.errors import (
    InvalidArgumentPassingModeError,
    InvalidNumberOfArgumentsError,
    UndefinedVariableError,
    UnexpectedConstructError,
    suggestion,
)
from lithograph.cypher.procedures.registry import Procedure, Procedures
from lithograph.cypher.procedures.signature import Argument, Signature
from lithograph.cypher.walk import children

_S = TypeVar("_S", bound=ast.Statement)


def resolved(statement: _S, procedures: Procedures) -> _S:
    """The statement with every call complete; itself, if there is none in it.

    Raises:
        ProcedureNotFoundError, InvalidNumberOfArgumentsError, InvalidArgumentPassingModeError,
        UndefinedVariableError (of a field), UnexpectedConstructError
    """
    if not _has_calls(statement):
        return statement
    if isinstance(statement, ast.Explain | ast.Profile):
        return replace(statement, query=resolved(statement.query, procedures))
    if isinstance(statement, ast.Query) and len(statement.parts) == 1:
        (part,) = statement.parts
        if len(part.clauses) == 1 and isinstance(call := part.clauses[0], ast.CallProcedure):
            statement = replace(statement, parts=(replace(part, clauses=_alone(call, procedures)),))
    found: _S = _inside(statement, procedures)
    return found


def _has_calls(tree: ast.Syntax) -> bool:
    left = [tree]
    while left:
        node = left.pop()
        if type(node) not in _LEAVES:
            if isinstance(node, ast.CallProcedure):
                return True
            left.extend(children(node))
    return False


_LEAVES = frozenset({ast.Literal, ast.Variable, ast.Parameter, ast.LabelName})
"""Most of a tree, and nothing in them."""


def _inside(value: Any, procedures: Procedures) -> Any:
    """A node of the tree, or a tuple in one, with every call in it complete; itself where nothing changes."""
    if isinstance(value, tuple):
        items = []
        for item in value:  # a loop takes one frame of the stack for each level, no more
            items.append(_inside(item, procedures))  # noqa: PERF401
        return value if all(map(is_, items, value)) else tuple(items)
    if not isinstance(value, ast.Syntax):
        return value
    changes = {}
    for field in fields(value):
        old = getattr(value, field.name)
        new = _inside(old, procedures)
        if new is not old:
            changes[field.name] = new
    found = replace(value, **changes) if changes else value
    if isinstance(found, ast.CallProcedure) and found.procedure is None:
        return _kept(_within(found, procedures))
    return found


# ---------------------------------------------------------------- one call


def _alone(call: ast.CallProcedure, procedures: Procedures) -> tuple[ast.Clause, ...]:
    """A call that is a whole statement, as the clauses of a query: what it gives is the result."""
    procedure = procedures.get(call.name, call.position)
    signature = procedure.signature
    yields = call.yields
    if yields is None or yields == "*":
        yields = tuple(ast.YieldItem(name, name, position=call.position) for name in signature.fields)
    arguments = call.arguments
    if arguments is None:
        arguments = tuple(_implicit(argument, call.position) for argument in signature.arguments)
    complete = _complete(call, procedure, arguments, yields)
    if not yields:
        return (complete,)
    return _kept(complete), _return(yields, call.position)


def _return(yields: tuple[ast.YieldItem, ...], position: ast.Position) -> ast.Return:
    items = tuple(
        ast.ProjectionItem(
            ast.Variable(item.variable, position=item.position), item.variable, True, position=item.position
        )
        for item in yields
    )
    return ast.Return(ast.Projection(items, position=position), position=position)


def _kept(call: ast.CallProcedure) -> ast.CallProcedure | ast.CallSubquery:
    """An OPTIONAL CALL that takes something is the optional subquery with nothing but the call in it."""
    if not call.optional or not call.yields:
        return call
    assert isinstance(call.yields, tuple), "what is taken was written out"
    clauses = (replace(call, optional=False), _return(call.yields, call.position))
    query = ast.Query((ast.SingleQuery(clauses, position=call.position),), position=call.position)
    return ast.CallSubquery(query, "*", optional=True, position=call.position)


def _within(call: ast.CallProcedure, procedures: Procedures) -> ast.CallProcedure:
    """A call among other clauses, where what is passed and taken has to be said."""
    procedure = procedures.get(call.name, call.position)
    signature = procedure.signature
    if call.arguments is None and signature.arguments:
        raise InvalidArgumentPassingModeError(
            f"Within a query {signature.name} needs its arguments in parentheses; only a call that is the whole "
            "statement takes them from the parameters.",
            position=call.position,
        )
    if call.yields == "*":
        raise UnexpectedConstructError(
            "YIELD * can only be used where the call is the whole statement; name the fields: "
            f"{', '.join(signature.fields)}.",
            position=call.position,
        )
    if call.yields is None and not signature.is_void:
        raise UndefinedVariableError(
            f"Within a query, a call of {signature.name} needs a YIELD that names the fields to take: "
            f"{', '.join(signature.fields)}.",
            position=call.position,
        )
    if call.optional and call.yields == () and not signature.is_void:
        raise UnexpectedConstructError(
            f"OPTIONAL CALL keeps a row with nulls for what is taken, and YIELD - takes nothing; name fields: "
            f"{', '.join(signature.fields)}.",
            position=call.position,
        )
    return _complete(call, procedure, call.arguments or (), call.yields or ())


def _complete(
    call: ast.CallProcedure,
    procedure: Procedure,
    arguments: tuple[ast.Expression, ...],
    yields: tuple[ast.YieldItem, ...],
) -> ast.CallProcedure:
    signature = procedure.signature
    _check_number(signature, len(arguments), call.position)
    for item in yields:
        if item.field not in signature.fields:
            raise UndefinedVariableError(
                f"Unknown procedure output: `{item.field}`.{suggestion(item.field, signature.fields)} "
                f"{signature.name} gives {', '.join(signature.fields) or 'nothing'}.",
                position=item.position,
            )
    defaults = tuple(
        _literal(argument.default, call.position) for argument in signature.arguments[len(arguments) :]
    )
    return replace(
        call, name=signature.name, arguments=(*arguments, *defaults), yields=yields, procedure=procedure
    )


def _check_number(signature: Signature, number: int, position: ast.Position) -> None:
    least, most = signature.fewest, len(signature.arguments)
    if least <= number <= most:
        return
    wanted = "1 argument" if most == 1 else f"{most} arguments"
    wanted = f"exactly {wanted}" if least == most else f"{least} to {wanted}"
    raise InvalidNumberOfArgumentsError(
        f"{signature.name}() takes {wanted}, not {number}. Its signature is {signature}.", position=position
    )


def _implicit(argument: Argument, position: ast.Position) -> ast.Expression:
    """The parameter that stands for an argument which is not written."""
    if argument.is_needed:
        return ast.Parameter(argument.name, position=position)
    default = _literal(argument.default, position)
    return ast.OptionalParameter(argument.name, default, position=position)


def _literal(value: Any, position: ast.Position) -> ast.Expression:
    """A default as the expression that a call could have had in its place."""
    if isinstance(value, list):
        return ast.ListLiteral(tuple(_literal(item, position) for item in value), position=position)
    if isinstance(value, dict):
        entries = tuple((key, _literal(item, position)) for key, item in value.items())
        return ast.MapLiteral(entries, position=position)
    return ast.Literal(value, position=position)
