"""The functions of the language as rows: what ``SHOW FUNCTIONS`` and ``mg.functions()`` tell of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from lithograph.cypher.scalar.aggregates import AGGREGATE_NAMES, Aggregate, lookup_aggregate
from lithograph.cypher.scalar.functions import Function, all_functions
from lithograph.cypher.scalar.functions.signatures import Parameter, result_of


@dataclass(frozen=True, slots=True)
class Described:
    """A function as people are told of it."""

    name: str
    signature: str
    category: str
    description: str
    aggregating: bool = False
    arguments: tuple[Parameter, ...] = ()
    """None of those with a syntax of their own."""

    @property
    def returns(self) -> str:
        """The type of the result."""
        return self.signature.rpartition(" :: ")[2]


_CATEGORIES = {
    "coll": "List",
    "durations": "Temporal",
    "entity": "Scalar",
    "math": "Numeric",
    "sequences": "List",
    "spatial": "Spatial",
    "string": "String",
    "temporal": "Temporal",
    "vector": "Vector",
}
"""Neo4j's word, by the module of a function; what is not here is Scalar."""

_SPECIAL = (
    Described("all", "all(variable IN list WHERE predicate) :: BOOLEAN", "Predicate", "Whether a predicate is true for all items of a list."),
    Described("any", "any(variable IN list WHERE predicate) :: BOOLEAN", "Predicate", "Whether a predicate is true for an item of a list."),
    Described("none", "none(variable IN list WHERE predicate) :: BOOLEAN", "Predicate", "Whether a predicate is true for no item of a list."),
    Described("single", "single(variable IN list WHERE predicate) :: BOOLEAN", "Predicate", "Whether a predicate is true for exactly one item of a list."),
    Described("allReduce", "allReduce(accumulator = initial, variable IN list | expression, predicate) :: BOOLEAN", "Predicate", "Whether a predicate is true for what comes of an expression applied to one item of a list after the other, after each of them."),
    Described("exists", "exists(pattern) :: BOOLEAN", "Predicate", "Whether a pattern is found."),
    Described("reduce", "reduce(accumulator = initial, variable IN list | expression) :: ANY", "List", "What comes of an expression applied to one item of a list after the other."),
)  # fmt: skip
"""What looks like a function and has a syntax of its own."""


@cache
def described_functions() -> tuple[Described, ...]:
    """All functions, by name."""
    aggregates = map(lookup_aggregate, AGGREGATE_NAMES)
    found = [*map(_function, all_functions()), *(_aggregate(each) for each in aggregates if each), *_SPECIAL]
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.name)))


def _function(function: Function) -> Described:
    module = function.call.__module__.rpartition(".")[2]
    return Described(
        function.name,
        f"{function.name}({', '.join(map(str, function.parameters))}) :: {function.gives}",
        _CATEGORIES.get(module, "Scalar"),
        _description(function.call),
        arguments=function.parameters,
    )


def _aggregate(aggregate: Aggregate) -> Described:
    second = (Parameter("second", None, optional=True),) if aggregate.with_second else ()
    takes = (*aggregate.takes, *second)
    signature = f"{aggregate.name}({', '.join(map(str, takes))}) :: {result_of(aggregate.reduce)}"
    return Described(aggregate.name, signature, "Aggregating", _description(aggregate.reduce), True, takes)


def _description(call: Callable[..., Any]) -> str:
    """The first paragraph of the docstring, on one line and without the marks of code."""
    paragraph = (inspect.getdoc(call) or "").partition("\n\n")[0]
    return " ".join(paragraph.split()).replace("``", "")
