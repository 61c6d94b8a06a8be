"""When a result is the expected one: by value, with types told apart, ids left out.

Values are turned into nested tuples that are equal and hashable exactly when the TCK takes the values for
the same: 1 is not 1.0, NaN is NaN, a temporal value is the string it prints as, labels have no order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from lithograph.cypher.results import Node, Path, Relationship
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time

_TEMPORAL = (Date, LocalTime, Time, LocalDateTime, DateTime, Duration)


class StrangeValueError(Exception):
    """A result holds something that is no value of the language, such as a NumPy scalar."""


def comparable(value: Any, ordered_lists: bool = True) -> Hashable:
    """What stands for ``value`` in comparisons; without ``ordered_lists`` lists are taken for bags.

    Raises:
        StrangeValueError: it is not a value.
    """
    kind = type(value)
    if value is None or kind is bool or kind is int or kind is str:
        return kind.__name__, value
    if kind is float:
        return "float", "NaN" if value != value else value
    if kind is list:
        items = [comparable(item, ordered_lists) for item in value]
        return ("list", *items) if ordered_lists else ("bag", _bag(items))
    if kind is dict:
        return "map", _map(value, ordered_lists)
    if kind is Node:
        return "node", _bag(value.labels), _map(value.properties, ordered_lists)
    if kind is Relationship:
        return "relationship", value.type, _map(value.properties, ordered_lists)
    if kind is Path:
        return "path", *_path(value, ordered_lists)
    if kind is EnumValue:
        return "enum", value
    if kind in _TEMPORAL:
        return "str", str(value)
    raise StrangeValueError(
        f"{value!r} is a {kind.__module__}.{kind.__qualname__}, not a value of the language"
    )


def _map(entries: dict[str, Any], ordered_lists: bool) -> Hashable:
    return frozenset((key, comparable(value, ordered_lists)) for key, value in entries.items())


def _bag(items: Iterable[Hashable]) -> Hashable:
    return frozenset(Counter(items).items())


def _path(path: Path, ordered_lists: bool) -> Iterable[Hashable]:
    yield comparable(path.nodes[0], ordered_lists)
    for here, relationship, there in zip(path.nodes, path.relationships, path.nodes[1:], strict=False):
        ends = (relationship.start, relationship.end)
        if ends == (here.id, there.id):
            forwards = True
        elif ends == (there.id, here.id):
            forwards = False
        else:
            raise StrangeValueError(f"a path in which {relationship} connects {here} and {there}")
        yield forwards
        yield comparable(relationship, ordered_lists)
        yield comparable(there, ordered_lists)


Row = Sequence[Any]


def difference(
    expected: Sequence[Row], found: Sequence[Row], in_order: bool, ordered_lists: bool
) -> str | None:
    """What is wrong with the rows ``found``, in words; None when nothing is.

    Raises:
        StrangeValueError: a row holds something that is no value.
    """
    wanted = [tuple(comparable(value, ordered_lists) for value in row) for row in expected]
    given = [tuple(comparable(value, ordered_lists) for value in row) for row in found]
    if wanted == given if in_order else Counter(wanted) == Counter(given):
        return None
    missing = _left_over(expected, wanted, given)
    surplus = _left_over(found, given, wanted)
    if not missing and not surplus:
        return f"the rows are right, their order is not: {_shown(found)}"
    return f"missing rows: {_shown(missing)}\nunexpected rows: {_shown(surplus)}"


def _left_over(rows: Sequence[Row], keys: Sequence[Hashable], others: Sequence[Hashable]) -> list[Row]:
    """The rows whose keys are not among the others, each of these counting once."""
    available = Counter(others)
    left = []
    for row, key in zip(rows, keys, strict=True):
        if available[key]:
            available[key] -= 1
        else:
            left.append(row)
    return left


def _shown(rows: Sequence[Row], at_most: int = 10) -> str:
    if not rows:
        return "none"
    lines = [f"\n  {', '.join(map(repr, row))}" for row in rows[:at_most]]
    if len(rows) > at_most:
        lines.append(f"\n  and {len(rows) - at_most} more")
    return "".join(lines)
