"""What is known of functions before anything runs: that they exist, what they take, what they give."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.analysis.types import ANY, MAP, Kind, Type, element_of, list_of
from lithograph.cypher.errors import CypherError, InvalidArgumentTypeError, UnknownFunctionError
from lithograph.cypher.scalar.aggregates import AGGREGATE_NAMES, is_aggregate, lookup_aggregate
from lithograph.cypher.scalar.functions import all_functions, lookup
from lithograph.cypher.scalar.functions.signatures import Gives, Parameter, result_of

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


def check_arguments(call: ast.FunctionCall, given: list[Type]) -> None:
    """Refuse arguments of types that the function never takes.

    Raises:
        InvalidArgumentTypeError
    """
    parameters = _parameters(call.name)
    for index, (argument, found) in enumerate(zip(call.arguments, given, strict=True)):
        parameter = parameters[min(index, len(parameters) - 1)]
        if found.kind is Kind.ANY or parameter.takes is None or found.kind.written in parameter.takes.types:
            continue
        place = f" as its argument `{parameter.name}`" if len(parameters) > 1 else ""
        raise InvalidArgumentTypeError(
            f"{call.name}() takes {parameter.takes.in_words}{place}, not {found}.", position=argument.position
        )


def _parameters(name: str) -> tuple[Parameter, ...]:
    aggregate = lookup_aggregate(name)
    if aggregate is not None:
        return aggregate.takes
    function = lookup(name)
    return () if function is None else function.parameters


def result_type(name: str, arguments: list[Type]) -> Type:
    """The type of what a function gives, for arguments of these types."""
    key = name.lower()
    first = arguments[0] if arguments else ANY
    if key in ("collect", "collect_list"):
        return list_of(first) if len(arguments) < 2 else MAP
    if first.kind is Kind.LIST:
        if key in _GIVES_AN_ELEMENT:
            return element_of(first)
        if key in _GIVES_THE_SAME:
            return first
    aggregate, function = lookup_aggregate(name), lookup(name)
    if aggregate is not None:
        return _as_type(result_of(aggregate.reduce))
    return ANY if function is None else _as_type(function.gives)


_GIVES_AN_ELEMENT = frozenset({"head", "last", "coll.max", "coll.min"})
_GIVES_THE_SAME = frozenset({"tail", "reverse", "toset", "coll.distinct", "coll.sort", "coll.remove"})
"""What they give of a list has the type that the list has."""


def _as_type(given: Gives) -> Type:
    if given.name == "LIST":
        return list_of(ANY if given.element is None else _as_type(given.element))
    return Type(_KINDS.get(given.name, Kind.ANY))


_KINDS = {kind.written: kind for kind in Kind}


__all__ = ["SPECIAL_FORMS", "check_arguments", "check_call", "is_aggregate", "result_type"]
