"""Aggregate functions by name, each as a reducer over all values of a group.

The reducers say what an aggregation means; vectorised aggregation has to agree with them. They get every
value of the group, nulls included, in the order of the rows; nulls are skipped by all of them. DISTINCT is
applied before (``ordering.distinct``). ``count(*)`` is syntax and not here.

Floating-point sums are correctly rounded here (``math.fsum``), so that they do not depend on the order
of rows, also where integers are among the numbers; array code may differ in the last digits. Integers are summed exactly, and the sum has to fit
into 64 bits at the end, whatever it was in between.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.cypher.errors import ArgumentError, InvalidArgumentValueError, InvalidNumberOfArgumentsError
from lithograph.cypher.scalar.arithmetic import checked
from lithograph.cypher.scalar.functions import takes
from lithograph.cypher.scalar.functions.signatures import Parameter, declared
from lithograph.cypher.scalar.ordering import order_key, type_name
from lithograph.storage.values.temporal import Duration


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate function.

    ``reduce(values)``, or ``reduce(values, parameter)`` where ``parameters`` is 1: the second argument,
    which is the same for all rows of a group.
    """

    name: str
    """As documented: ``percentileCont``."""
    parameters: int
    """Arguments after the aggregated one."""
    reduce: Callable[..., Any]
    with_second: Callable[[Sequence[Any], Sequence[Any]], Any] | None = None
    """What it means when a second value stands beside each; None: it takes one."""
    takes: tuple[Parameter, ...] = (Parameter("value", None),)
    """Its arguments, as a query gives them."""

    def check_arity(self, count: int) -> None:
        """Raise InvalidNumberOfArgumentsError if it cannot be called with ``count`` arguments."""
        if count != 1 + self.parameters and not (count == 2 and self.with_second):
            if self.with_second:
                raise InvalidNumberOfArgumentsError(f"{self.name}() takes 1 or 2 arguments, not {count}.")
            wanted = "1 argument" if self.parameters == 0 else f"{1 + self.parameters} arguments"
            raise InvalidNumberOfArgumentsError(f"{self.name}() takes exactly {wanted}, not {count}.")


def count(values: Sequence[Any]) -> int:
    """How many are not null."""
    return sum(value is not None for value in values)


def collect(values: Sequence[Any]) -> list[Any]:
    """Those that are not null, in their order."""
    return [value for value in values if value is not None]


def collect_map(keys: Sequence[Any], values: Sequence[Any]) -> dict[str, Any]:
    """A map of keys to the values beside them; null keys are skipped, and of equal keys the first counts.

    Raises:
        InvalidArgumentValueError: a key that is no string.
    """
    found: dict[str, Any] = {}
    for key, value in zip(keys, values, strict=True):
        if key is None:
            continue
        if type(key) is not str:
            raise InvalidArgumentValueError(f"collect() expected Strings as keys, got {type_name(key)}.")
        found.setdefault(key, value)
    return found


def project(values: Sequence[Any]) -> dict[str, list[Any]]:
    """The nodes and relationships of all the paths, each once, in a map with ``nodes`` and ``edges``.

    Raises:
        InvalidArgumentValueError: something else than a path.
    """
    nodes: dict[int, None] = {}
    edges: dict[int, None] = {}
    for path in collect(values):
        if type(path) is not PathRef:
            raise InvalidArgumentValueError(f"project() expected Paths, got {type_name(path)}.")
        nodes |= dict.fromkeys(path.nodes)
        edges |= dict.fromkeys(path.relationships)
    return {"nodes": [NodeRef(slot) for slot in nodes], "edges": [RelationshipRef(slot) for slot in edges]}


def sum_(values: Sequence[Any]) -> Any:
    """The sum of numbers (an integer if all are integers) or of durations; 0 of nothing.

    Raises:
        CypherArithmeticError: a sum of integers beyond 64 bits.
        InvalidArgumentValueError: other types, or numbers and durations together.
    """
    present = _numbers_or_durations("sum", values)
    if not present:
        return 0
    if type(present[0]) is Duration:
        return sum(present[1:], start=present[0])
    return checked(sum(present)) if all(type(v) is int for v in present) else _float_sum(present)


def avg(values: Sequence[Any]) -> Any:
    """The mean of numbers (a float) or of durations; null of nothing."""
    present = _numbers_or_durations("avg", values)
    if not present:
        return None
    if type(present[0]) is Duration:
        return sum(present[1:], start=present[0]).scaled(Fraction(1, len(present)))
    if all(type(v) is int for v in present):
        return sum(present) / len(present)
    return _float_sum(present) / len(present)


def min_(values: Sequence[Any]) -> Any:
    """The first in the order of ORDER BY, of equivalent ones the first to appear; null of nothing."""
    return min(collect(values), key=order_key, default=None)


def max_(values: Sequence[Any]) -> Any:
    """The last in the order of ORDER BY, of equivalent ones the first to appear; null of nothing."""
    return max(collect(values), key=order_key, default=None)


def stdev(values: Sequence[Any]) -> float:
    """Standard deviation of a sample (divided by n - 1); 0.0 of fewer than two values."""
    return _deviation("stDev", values, 1)


def stdevp(values: Sequence[Any]) -> float:
    """Standard deviation of a population (divided by n); 0.0 of nothing."""
    return _deviation("stDevP", values, 0)


def percentile_cont(values: Sequence[Any], percentile: Any) -> float | None:
    """The percentile (0 to 1) by linear interpolation, a float; null of nothing."""
    fraction = _percentile("percentileCont", percentile)
    present = sorted(_numbers("percentileCont", values), key=order_key)
    if not present:
        return None
    position = fraction * (len(present) - 1)
    below = math.floor(position)
    above = math.ceil(position)
    if below == above:
        return float(present[below])
    return float(present[below] * (above - position) + present[above] * (position - below))


def percentile_disc(values: Sequence[Any], percentile: Any) -> Any:
    """The value at the percentile (0 to 1), one of ``values``; null of nothing."""
    fraction = _percentile("percentileDisc", percentile)
    present = sorted(_numbers("percentileDisc", values), key=order_key)
    if not present:
        return None
    return present[max(0, math.ceil(fraction * len(present)) - 1)]


def _numbers(name: str, values: Sequence[Any]) -> list[Any]:
    present = collect(values)
    for value in present:
        if type(value) is not int and type(value) is not float:
            raise InvalidArgumentValueError(f"{name}() expected numbers, got {type_name(value)}.")
    return present


def _numbers_or_durations(name: str, values: Sequence[Any]) -> list[Any]:
    present = collect(values)
    if not present or type(present[0]) is not Duration:
        return _numbers(name, present)
    for value in present:
        if type(value) is not Duration:
            raise InvalidArgumentValueError(f"{name}() expected Durations, got {type_name(value)}.")
    return present


def _float_sum(numbers: list[Any]) -> float:
    """The sum, rounded once; integers among the numbers are not rounded before."""
    try:
        whole = sum(number for number in numbers if type(number) is int)
        nearest = float(whole)
        integral = (nearest, float(whole - int(nearest))) if whole else ()
        return math.fsum([*(number for number in numbers if type(number) is not int), *integral])
    except (OverflowError, ValueError):
        return float(sum(map(float, numbers)))


def _deviation(name: str, values: Sequence[Any], lost_degrees: int) -> float:
    present = _numbers(name, values)
    degrees = len(present) - lost_degrees
    if degrees <= 0:
        return 0.0
    mean = _float_sum(present) / len(present)
    return math.sqrt(_float_sum([_square(value - mean) for value in present]) / degrees)


def _square(value: float) -> float:
    return value * value


def _percentile(name: str, value: Any) -> float:
    if type(value) is not int and type(value) is not float:
        raise InvalidArgumentValueError(
            f"{name}() expected a number as its percentile, got {type_name(value)}."
        )
    if not 0 <= value <= 1:
        raise ArgumentError(f"{name}() expected a percentile from 0.0 to 1.0, got {value}.")
    return float(value)


def _takes(value: Any, **more: Any) -> tuple[Parameter, ...]:
    """The arguments of an aggregate by their types."""
    return tuple(Parameter(name, declared(types)) for name, types in {"value": value, **more}.items())


_AGGREGATES: dict[str, Aggregate] = {
    aggregate.name.casefold(): aggregate
    for aggregate in (
        Aggregate("count", 0, count),
        Aggregate("collect", 0, collect, collect_map),
        Aggregate("project", 0, project, takes=_takes(takes.Path)),
        Aggregate("sum", 0, sum_, takes=_takes(takes.NumberOrDuration)),
        Aggregate("avg", 0, avg, takes=_takes(takes.NumberOrDuration)),
        Aggregate("min", 0, min_),
        Aggregate("max", 0, max_),
        Aggregate("stDev", 0, stdev, takes=_takes(takes.Number)),
        Aggregate("stDevP", 0, stdevp, takes=_takes(takes.Number)),
        Aggregate("percentileCont", 1, percentile_cont, takes=_takes(takes.Number, percentile=takes.Number)),
        Aggregate("percentileDisc", 1, percentile_disc, takes=_takes(takes.Number, percentile=takes.Number)),
    )
}

ALIASES = {
    "collect_list": "collect",
    "stdev_samp": "stdev",
    "stdev_pop": "stdevp",
    "stddev_samp": "stdev",
    "stddev_pop": "stdevp",
    "percentile_cont": "percentilecont",
    "percentile_disc": "percentiledisc",
}
"""Names that GQL has for some of them, and their own in lower case."""

_AGGREGATES |= {alias: replace(_AGGREGATES[name], name=alias) for alias, name in ALIASES.items()}

AGGREGATE_NAMES: tuple[str, ...] = tuple(aggregate.name for aggregate in _AGGREGATES.values())


def is_aggregate(name: str) -> bool:
    """Is there an aggregate function of this name, in any case?"""
    return name.casefold() in _AGGREGATES


def lookup_aggregate(name: str) -> Aggregate | None:
    """The aggregate function called ``name`` in any case, or None."""
    return _AGGREGATES.get(name.casefold())
