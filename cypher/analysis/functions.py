"""What is known of functions before anything runs: that they exist, what they take, what they give."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.analysis.types import (
    ANY,
    BOOLEAN,
    FLOAT,
    INTEGER,
    MAP,
    NODE,
    RELATIONSHIP,
    STRING,
    Kind,
    Type,
    element_of,
    list_of,
)
from lithograph.cypher.errors import CypherError, InvalidArgumentTypeError, UnknownFunctionError
from lithograph.cypher.scalar.aggregates import AGGREGATE_NAMES, is_aggregate, lookup_aggregate
from lithograph.cypher.scalar.functions import all_functions, lookup

_TAKES: dict[str, frozenset[Kind]] = {
    "type": frozenset({Kind.RELATIONSHIP}),
    "startnode": frozenset({Kind.RELATIONSHIP}),
    "endnode": frozenset({Kind.RELATIONSHIP}),
    "labels": frozenset({Kind.NODE}),
    "id": frozenset({Kind.NODE, Kind.RELATIONSHIP}),
    "elementid": frozenset({Kind.NODE, Kind.RELATIONSHIP}),
    "properties": frozenset({Kind.NODE, Kind.RELATIONSHIP, Kind.MAP}),
    "keys": frozenset({Kind.NODE, Kind.RELATIONSHIP, Kind.MAP}),
    "nodes": frozenset({Kind.PATH}),
    "relationships": frozenset({Kind.PATH}),
    "length": frozenset({Kind.PATH, Kind.LIST, Kind.STRING, Kind.MAP}),
    "size": frozenset({Kind.LIST, Kind.STRING, Kind.MAP}),
}
"""Kinds of the first argument, where a wrong one is to be refused before anything runs."""

_GIVES: dict[str, Type] = {
    "type": STRING,
    "startnode": NODE,
    "endnode": NODE,
    "labels": list_of(STRING),
    "keys": list_of(STRING),
    "nodes": list_of(NODE),
    "relationships": list_of(RELATIONSHIP),
    "rels": list_of(RELATIONSHIP),
    "properties": MAP,
    "range": list_of(INTEGER),
    "id": INTEGER,
    "elementid": STRING,
    "length": INTEGER,
    "size": INTEGER,
    "count": INTEGER,
    "timestamp": INTEGER,
    "tointeger": INTEGER,
    "tofloat": FLOAT,
    "tostring": STRING,
    "toboolean": BOOLEAN,
    "rand": FLOAT,
    "isempty": BOOLEAN,
    "project": MAP,
}

SPECIAL_FORMS = {
    "all": "all(x IN list WHERE …)",
    "any": "any(x IN list WHERE …)",
    "none": "none(x IN list WHERE …)",
    "single": "single(x IN list WHERE …)",
    "filter": "filter(x IN list WHERE …)",
    "extract": "extract(x IN list | …)",
    "reduce": "reduce(total = 0, x IN list | …)",
    "allreduce": "allReduce(total = 0, x IN list | …, predicate)",
    "exists": "exists((a)-->(b)); for a property write IS NOT NULL",
    "shortestpath": "shortestPath((a)-[*]-(b))",
    "allshortestpaths": "allShortestPaths((a)-[*]-(b))",
}


def check_call(call: ast.FunctionCall) -> None:
    """Refuse a function that does not exist, or takes another number of arguments.

    Raises:
        UnknownFunctionError, InvalidNumberOfArgumentsError
    """
    count = len(call.arguments)
    try:
        aggregate = lookup_aggregate(call.name)
        if aggregate is not None:
            aggregate.check_arity(count)
            return
        function = lookup(call.name)
        if function is not None:
            function.check_arity(count)
            return
    except CypherError as error:
        error.position = error.position or call.position
        raise
    form = SPECIAL_FORMS.get(call.name.lower())
    if form is not None:
        raise UnknownFunctionError(f"{call.name} has the form {form}.", position=call.position)
    names = [*(function.name for function in all_functions()), *AGGREGATE_NAMES, *SPECIAL_FORMS]
    raise UnknownFunctionError.of(call.name, names, call.position)


def check_first_argument(call: ast.FunctionCall, given: Type) -> None:
    """Refuse a first argument of a type the function never takes.

    Raises:
        InvalidArgumentTypeError
    """
    kinds = _TAKES.get(call.name.lower())
    if kinds is None or given.kind is Kind.ANY or given.kind in kinds:
        return
    wanted = " or ".join(kind.value for kind in Kind if kind in kinds)
    raise InvalidArgumentTypeError(
        f"{call.name}() takes {wanted}, not {given}.", position=call.arguments[0].position
    )


def result_type(name: str, arguments: list[Type]) -> Type:
    """The type of what a function gives, for arguments of these types."""
    key = name.lower()
    first = arguments[0] if arguments else ANY
    if key in ("collect", "collect_list"):
        return list_of(first) if len(arguments) < 2 else MAP
    if key in ("head", "last") and first.kind is Kind.LIST:
        return element_of(first)
    if key in ("tail", "reverse") and first.kind is Kind.LIST:
        return first
    return _GIVES.get(key, ANY)


__all__ = ["SPECIAL_FORMS", "check_call", "check_first_argument", "is_aggregate", "result_type"]
