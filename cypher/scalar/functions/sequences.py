"""Functions of lists, some of which take strings and maps as well."""

from __future__ import annotations

import random
from typing import Any

from lithograph.cypher.entities import PathRef
from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.registry import function
from lithograph.cypher.scalar.limits import check_list_length
from lithograph.cypher.scalar.ordering import distinct


@function("head")
def head(elements: takes.List) -> Any:
    """The first element; null for the empty list."""
    return None if elements is None or not arguments.sequence("head", elements) else elements[0]


@function("last")
def last(elements: takes.List) -> Any:
    """The last element; null for the empty list."""
    return None if elements is None or not arguments.sequence("last", elements) else elements[-1]


@function("tail")
def tail(elements: takes.List) -> list[Any] | None:
    """All but the first element."""
    return None if elements is None else arguments.sequence("tail", elements)[1:]


@function("size")
def size(value: takes.StringListMapOrBytes) -> int | None:
    """Number of elements of a list, characters of a string, entries of a map."""
    if value is None:
        return None
    if type(value) not in (list, str, dict, bytes):
        raise arguments.wrong_type("size", "a List, a String or a Map", value)
    return len(value)


@function("cardinality")
def cardinality(value: takes.ListMapOrPath) -> int | None:
    """Number of elements of a list, entries of a map, nodes and relationships of a path."""
    if value is None:
        return None
    if type(value) is PathRef:
        return len(value.nodes) + len(value.relationships)
    if type(value) not in (list, dict):
        raise arguments.wrong_type("cardinality", "a List, a Map or a Path", value)
    return len(value)


@function("length", "path_length")
def length(value: takes.PathStringOrList) -> int | None:
    """Number of relationships of a path; of a list or string the same as ``size``."""
    if value is None:
        return None
    if type(value) is PathRef:
        return len(value.relationships)
    if type(value) not in (list, str):
        raise arguments.wrong_type("length", "a Path, a List or a String", value)
    return len(value)


@function("isEmpty")
def is_empty(value: takes.StringListOrMap) -> bool | None:
    """Has the list, string or map nothing in it?"""
    if value is None:
        return None
    if type(value) not in (list, str, dict):
        raise arguments.wrong_type("isEmpty", "a List, a String or a Map", value)
    return not value


@function("reverse")
def reverse(value: takes.StringOrList) -> Any:
    """A list or string from back to front."""
    if value is None:
        return None
    if type(value) not in (list, str):
        raise arguments.wrong_type("reverse", "a List or a String", value)
    return value[::-1]


@function("toSet")
def to_set(elements: takes.List) -> list[Any] | None:
    """The list without duplicates (in the sense of DISTINCT), in the order of first appearance."""
    return None if elements is None else distinct(arguments.sequence("toSet", elements))


@function("uniformSample", deterministic=False)
def uniform_sample(elements: takes.List, count: takes.Integer) -> list[Any] | None:
    """``count`` elements taken at random, each time from all of them; null for the empty list."""
    if elements is None or count is None:
        return None
    elements = arguments.sequence("uniformSample", elements)
    count = arguments.count("uniformSample", count)
    check_list_length(count)
    return random.choices(elements, k=count) if elements else None


def progression(start: Any, stop: Any, step: Any = 1) -> range | None:
    """The integers from ``start`` to ``stop``, both included, ``step`` apart; null if one of the three is.

    Raises:
        ArgumentError: a step of zero.
        InvalidArgumentValueError: one of them is no integer.
    """
    if start is None or stop is None or step is None:
        return None
    start, stop = arguments.integer("range", start), arguments.integer("range", stop)
    step = arguments.integer("range", step)
    if step == 0:
        raise ArgumentError("range() needs a step other than zero.")
    return range(start, stop + (1 if step > 0 else -1), step)


@function("range")
def range_(start: takes.Integer, stop: takes.Integer, step: takes.Integer = 1) -> list[int] | None:
    """The list of ``progression``.

    Raises:
        MemoryLimitError: more elements than a list may have.
    """
    numbers = progression(start, stop, step)
    if numbers is None:
        return None
    check_list_length(how_many(numbers))
    return list(numbers)


def how_many(numbers: range) -> int:
    """The length of a range, which may be more than ``len`` can tell."""
    step = numbers.step
    over = step - 1 if step > 0 else step + 1
    return max(0, (numbers.stop - numbers.start + over) // step)
