"""Row by row: scalar definitions over the values of vectors, and parts of frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

from lithograph.cypher.ast import Position
from lithograph.cypher.errors import CypherError
from lithograph.cypher.frames import Frame
from lithograph.cypher.vectors import TextVector, Vector
from lithograph.storage.errors import LithographError


def values_of(vector: Vector, count: int) -> Iterable[Any]:
    """The ``count`` Python values of an operand, which may be one value for all rows."""
    values = vector.tolist()
    return values if len(values) == count else repeat(values[0], count)


def per_row(
    function: Callable[..., Any], operands: Sequence[Vector], count: int, position: Position
) -> list[Any]:
    """``function`` of the operands' values in each of ``count`` rows.

    Raises:
        CypherError: what ``function`` raises, with ``position`` where it has none.
    """
    try:
        return list(map(function, *[values_of(operand, count) for operand in operands]))
    except CypherError as error:
        if error.position is None:
            error.position = position
        raise


def over_texts(vector: TextVector, function: Callable[[Vector], Vector]) -> Vector | None:
    """``function`` of ``vector``, evaluated for the strings of its dictionary, or None.

    None where that does not pay, or where one of the strings, which need not be in any row, is an error.
    ``function`` must be deterministic.
    """
    if not vector.repeats():
        return None
    try:
        return function(vector.entries()).take(vector.codes)
    except LithographError:
        return None


def needed(frame: Frame, names: frozenset[str]) -> Frame:
    """``frame`` with only those columns ``names`` that it has."""
    columns = frame.columns
    if len(columns) <= len(names):
        return frame
    return Frame({name: columns[name] for name in columns if name in names}, frame.count)
