"""Total order and equivalence of values of any type: ORDER BY, DISTINCT, grouping, indexes.

*Order* is openCypher's orderability. Ascending, types follow each other as in :class:`Rank`; within lists
element by element, a prefix first; maps by size, then keys, then values. Numbers compare by value
whatever their type, NaN comes after all other numbers, null last of all.

*Equivalence* says when two values fall into one group: like equality, except that null is equivalent to
null and NaN to NaN. ``1`` and ``1.0`` are equivalent, ``1`` and ``true`` are not.

The layers above register the types they bring (:func:`register_order`); a type that is hashable and knows
equality needs nothing for equivalence.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from lithograph.storage.patience import PART_BYTES, breathe
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from lithograph.storage.values.types import type_name


class Rank(IntEnum):
    """The order of types, ascending."""

    MAP = 0
    NODE = 1
    RELATIONSHIP = 2
    LIST = 3
    PATH = 4
    BYTES = 5
    POINT = 6
    DATE_TIME = 7
    LOCAL_DATE_TIME = 8
    DATE = 9
    TIME = 10
    LOCAL_TIME = 11
    DURATION = 12
    ENUM = 13
    STRING = 14
    BOOLEAN = 15
    NUMBER = 16
    NAN = 17
    NULL = 18


OrderKey = tuple[Any, ...]
"""Compares with the key of any other value; opaque otherwise."""

_NUMBER, _STRING, _BOOLEAN = int(Rank.NUMBER), int(Rank.STRING), int(Rank.BOOLEAN)
_LIST, _MAP = int(Rank.LIST), int(Rank.MAP)
_NAN_ORDER: OrderKey = (int(Rank.NAN),)
_NULL_ORDER: OrderKey = (int(Rank.NULL),)


def _float_order(value: float) -> OrderKey:
    return (_NUMBER, value) if value == value else _NAN_ORDER


def _list_order(value: list[Any]) -> OrderKey:
    breathe(PART_BYTES)
    return _LIST, tuple(
        [_ORDERS[type(item)](item) if type(item) in _ORDERS else order_key(item) for item in value]
    )


def _map_order(value: dict[str, Any]) -> OrderKey:
    breathe(PART_BYTES)
    keys = sorted(value)
    return _MAP, len(keys), tuple(keys), tuple([order_key(value[key]) for key in keys])


def _by_sort_key(rank: Rank) -> Callable[[Any], OrderKey]:
    number = int(rank)
    return lambda value: (number, value.sort_key())


_ORDERS: dict[type, Callable[[Any], OrderKey]] = {
    type(None): lambda value: _NULL_ORDER,
    int: lambda value: (_NUMBER, value),
    float: _float_order,
    str: lambda value: (_STRING, value),
    bool: lambda value: (_BOOLEAN, value),
    bytes: lambda value: (int(Rank.BYTES), value),
    list: _list_order,
    dict: _map_order,
    Point: _by_sort_key(Rank.POINT),
    DateTime: _by_sort_key(Rank.DATE_TIME),
    LocalDateTime: _by_sort_key(Rank.LOCAL_DATE_TIME),
    Date: _by_sort_key(Rank.DATE),
    Time: _by_sort_key(Rank.TIME),
    LocalTime: _by_sort_key(Rank.LOCAL_TIME),
    Duration: _by_sort_key(Rank.DURATION),
    EnumValue: _by_sort_key(Rank.ENUM),
}


def register_order(python_type: type, rank: Rank, payload: Callable[[Any], Any]) -> None:
    """Give values of ``python_type`` their place: among all by ``rank``, among themselves by ``payload``."""
    number = int(rank)
    _ORDERS[python_type] = lambda value: (number, payload(value))


def order_key(value: Any) -> OrderKey:
    """The sort key of any value: ``sorted(values, key=order_key)`` is ORDER BY … ASC.

    Raises:
        TypeError: not a value of any registered type.
    """
    order = _ORDERS.get(type(value))
    if order is None:
        raise TypeError(f"no order is defined for {type_name(value)}")
    return order(value)


class _Tag:
    """A marker inside equivalence keys, equal to itself alone."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"


_NAN, _TRUE, _FALSE = _Tag("NaN"), _Tag("true"), _Tag("false")
_LIST_TAG, _MAP_TAG = _Tag("list"), _Tag("map")


def _list_equivalence(value: list[Any]) -> object:
    breathe(PART_BYTES)
    return (_LIST_TAG, *[equivalence_key(item) for item in value])


def _map_equivalence(value: dict[str, Any]) -> object:
    breathe(PART_BYTES)
    return _MAP_TAG, frozenset([(key, equivalence_key(item)) for key, item in value.items()])


_EQUIVALENCES: dict[type, Callable[[Any], object]] = {
    bool: lambda value: _TRUE if value else _FALSE,
    float: lambda value: value if value == value else _NAN,
    list: _list_equivalence,
    dict: _map_equivalence,
}
_AS_THEY_ARE: frozenset[type] = frozenset((int, str, type(None)))


def equivalence_key(value: Any) -> Any:
    """A hashable key: two values are equivalent exactly when their keys are equal.

    Integers, strings and null are their own keys.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    equivalence = _EQUIVALENCES.get(kind)
    return value if equivalence is None else equivalence(value)


index_key = equivalence_key
"""The key under which an index keeps a value. Values equal by ``=`` have equal keys; so do null and null,
NaN and NaN, which are not equal by ``=``: a lookup has to test again."""


def distinct(values: list[Any]) -> list[Any]:
    """The first of each group of equivalent values, in their order."""
    first: dict[Any, Any] = {}
    for value in values:
        first.setdefault(equivalence_key(value), value)
    return list(first.values())
