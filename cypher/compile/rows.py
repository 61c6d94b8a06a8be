"""Row by row: scalar definitions over the values of vectors, and parts of frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, repeat
from typing import Any

from lithograph.cypher.ast import Position
from lithograph.cypher.errors import place
from lithograph.cypher.frames import Frame
from lithograph.cypher.vectors import TextVector, Vector
from lithograph.storage.errors import LithographError
from lithograph.storage.patience import breathe, pause


def values_of(vector: Vector, count: int) -> Iterable[Any]:
    """The ``count`` Python values of an operand, which may be one value for all rows."""
    values = vector.tolist()
    return values if len(values) == count else repeat(values[0], count)


def per_row(
    function: Callable[..., Any], operands: Sequence[Vector], count: int, position: Position
) -> list[Any]:
    """``function`` of the operands' values in each of ``count`` rows.

    Raises:
        LithographError: what ``function`` raises, with ``position`` where it has none.
    """
    values = map(function, *[values_of(operand, count) for operand in operands])
    try:
        return list(values) if count <= _FEW else _in_pieces(values, count)
    except LithographError as error:
        place(error, position)
        raise


_FEW = 4
"""So many rows are worked on at once, however large the results may be."""

_MANY = 1024
"""Rows after which a query is asked at the latest whether it may go on, however small the results are."""

_LARGE = 1 << 22
"""Bytes of results that are about to be made between two such questions."""


def _in_pieces(values: Iterator[Any], count: int) -> list[Any]:
    """All of ``values``, with a breath after every piece, whose length goes by the size of the results before."""
    made: list[Any] = []
    piece = _FEW
    while len(made) < count:
        new = list(islice(values, piece))
        size = _size(new)
        made += new
        breathe(size)
        pause()
        piece = min(_MANY, 4 * piece, 1 + piece * _LARGE // (size + 1))
    return made


_ITEM_BYTES: dict[type, int] = {list: 8, str: 1, dict: 100}
"""What an item, a character or an entry takes, at the least."""


def _size(values: list[Any]) -> int:
    """About how many bytes the strings, lists and maps among the values take."""
    kinds = set(map(type, values))
    sizes = (
        _ITEM_BYTES[kind] * sum(map(len, values if len(kinds) == 1 else _of_kind(values, kind)))
        for kind in kinds & _ITEM_BYTES.keys()
    )
    return sum(sizes)


def _of_kind(values: list[Any], kind: type) -> list[Any]:
    return [value for value in values if type(value) is kind]


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
