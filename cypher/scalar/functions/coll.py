"""Functions of lists in the namespace ``coll``, as Neo4j has them since 2025.11.

Order is that of ORDER BY, in which null comes last; ``coll.distinct`` compares as DISTINCT does.
"""

from __future__ import annotations

from typing import Any

from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.compare import equals
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.registry import function
from lithograph.cypher.scalar.limits import check_list_length
from lithograph.cypher.scalar.ordering import distinct, order_key


@function("coll.distinct")
def coll_distinct(elements: takes.List) -> list[Any] | None:
    """The list without duplicates, in the order of first appearance."""
    return None if elements is None else distinct(arguments.sequence("coll.distinct", elements))


@function("coll.flatten")
def coll_flatten(elements: takes.List, depth: takes.Integer = 1) -> list[Any] | None:
    """With the lists in the list in place of themselves, ``depth`` levels of them."""
    if elements is None or depth is None:
        return None
    flat = arguments.sequence("coll.flatten", elements)
    for _ in range(arguments.count("coll.flatten", depth)):
        if not any(type(element) is list for element in flat):
            break
        check_list_length(sum(len(element) if type(element) is list else 1 for element in flat))
        flat = [inner for element in flat for inner in (element if type(element) is list else [element])]
    return flat


@function("coll.indexOf")
def coll_index_of(elements: takes.List, value: Any) -> int | None:
    """The position of the first element that equals ``value`` (0 is the first), or -1."""
    if elements is None or value is None:
        return None
    for index, element in enumerate(arguments.sequence("coll.indexOf", elements)):
        if equals(element, value):
            return index
    return -1


@function("coll.insert", null_in_null_out=False)
def coll_insert(elements: takes.List, index: takes.Integer, value: Any) -> list[Any] | None:
    """With ``value``, which may be null, at position ``index``, and what was there behind it.

    Raises:
        ArgumentError: an index below 0 or above the length of the list.
    """
    if elements is None or index is None:
        return None
    elements = arguments.sequence("coll.insert", elements)
    index = _position("coll.insert", index, len(elements))
    check_list_length(len(elements) + 1)
    return [*elements[:index], value, *elements[index:]]


@function("coll.remove")
def coll_remove(elements: takes.List, index: takes.Integer) -> list[Any] | None:
    """Without the element at position ``index``.

    Raises:
        ArgumentError: no such element.
    """
    if elements is None or index is None:
        return None
    elements = arguments.sequence("coll.remove", elements)
    if not elements:
        raise ArgumentError("coll.remove() expected a List that is not empty.")
    index = _position("coll.remove", index, len(elements) - 1)
    return [*elements[:index], *elements[index + 1 :]]


@function("coll.max")
def coll_max(elements: takes.List) -> Any:
    """The last element in order, which is null where there is a null; null of the empty list."""
    return (
        None
        if elements is None
        else max(arguments.sequence("coll.max", elements), key=order_key, default=None)
    )


@function("coll.min")
def coll_min(elements: takes.List) -> Any:
    """The first element in order; null of the empty list."""
    return (
        None
        if elements is None
        else min(arguments.sequence("coll.min", elements), key=order_key, default=None)
    )


@function("coll.sort")
def coll_sort(elements: takes.List) -> list[Any] | None:
    """The elements in ascending order."""
    return None if elements is None else sorted(arguments.sequence("coll.sort", elements), key=order_key)


def _position(name: str, index: Any, last: int) -> int:
    """``index`` if it is from 0 to ``last``."""
    if not 0 <= arguments.integer(name, index) <= last:
        raise ArgumentError(f"{name}() expected an index from 0 to {last}, got {index}.")
    return int(index)
