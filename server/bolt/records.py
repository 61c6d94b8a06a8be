"""RECORD messages from whole batches: the hot path of every result.

Each column is packed by what types it holds, found once for the column; nodes, maps and lists are
taken apart into columns again (all ids, all values of one property, …). Then rows are columns joined. The bytes are those that
``packing.py`` gives value by value; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, repeat
from typing import Any

from lithograph.cypher.results import Node, Relationship, ResultBatch
from lithograph.server.bolt.chunking import END, frame
from lithograph.server.bolt.packing import (
    NULL,
    SMALL,
    Packer,
    list_header,
    map_header,
    pack_bool,
    pack_float,
    pack_int,
    pack_key,
    pack_string,
)
from lithograph.server.bolt.structures import packer_for
from lithograph.server.bolt.versions import Dialect
from lithograph.server.errors import UnencodableValueError

_RECORD = b"\xb1\x71"
_FEW_ROWS = 3
"""Up to so many rows the way over columns costs more than it saves."""
_SHORT = 1024
"""Bodies below this many bytes find their chunk header in a table."""

_Columns = list[list[bytes]]
_PackColumn = Callable[[list[Any]], list[bytes]]


class RecordEncoder:
    """Batches to RECORD messages, chunked, in one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._packer: Packer = packer_for(dialect)
        self._element_ids = dialect.element_ids
        self._columnar: dict[type, _PackColumn] = {
            int: _ints,
            str: _strings,
            float: lambda values: list(map(pack_float, values)),
            bool: lambda values: list(map(pack_bool, values)),
            type(None): lambda values: [NULL] * len(values),
            list: self._lists,
            tuple: self._lists,
            dict: self._maps,
            Node: self._nodes,
            Relationship: self._relationships,
        }

    def encode(self, batch: ResultBatch) -> bytes:
        """All rows of the batch. Raises UnencodableValueError; the batch is not sent in part then."""
        count, width = batch.count, len(batch.columns)
        prefix = _RECORD + list_header(width)
        if count <= _FEW_ROWS:
            pack = self._packer.pack
            return b"".join([frame(prefix + b"".join(map(pack, row))) for row in batch_rows(batch)])
        try:
            columns = [self.column(column) for column in batch.columns]
        except RecursionError as error:
            raise UnencodableValueError("A result is nested too deeply to be sent.") from error
        bodies = list(map(b"".join, zip(*columns, repeat(END)))) if columns else [END] * count
        if max(map(len, bodies)) < _SHORT:
            heads = _chunk_heads(prefix)
            return b"".join([part for body in bodies for part in (heads[len(body)], body)])
        return b"".join([frame(prefix + body[:-2]) for body in bodies])

    def column(self, values: list[Any]) -> list[bytes]:
        """Each value packed. Raises UnencodableValueError."""
        kinds = set(map(type, values))
        if len(kinds) == 1:
            (kind,) = kinds
            pack_column = self._columnar.get(kind)
            return pack_column(values) if pack_column else list(map(self._packer.packer_of(kind), values))
        if len(kinds) == 2 and type(None) in kinds:
            packed = iter(self.column([value for value in values if value is not None]))
            return [NULL if value is None else next(packed) for value in values]
        return list(map(self._packer.pack, values))

    def _lists(self, values: list[Sequence[Any]]) -> list[bytes]:
        packed = self.column(list(chain.from_iterable(values)))
        out: list[bytes] = []
        start = 0
        for value in values:
            end = start + len(value)
            out.append(list_header(len(value)) + b"".join(packed[start:end]))
            start = end
        return out

    def _maps(self, maps: list[dict[str, Any]]) -> list[bytes]:
        shapes = list(map(tuple, maps))
        if len(set(shapes)) == 1:
            return self._shaped(shapes[0], maps)
        groups: dict[tuple[str, ...], list[int]] = {}
        for index, shape in enumerate(shapes):
            groups.setdefault(shape, []).append(index)
        out = [b""] * len(maps)
        for shape, indices in groups.items():
            packed = self._shaped(shape, [maps[index] for index in indices])
            for index, entry in zip(indices, packed, strict=True):
                out[index] = entry
        return out

    def _shaped(self, keys: tuple[str, ...], maps: list[dict[str, Any]]) -> list[bytes]:
        """Maps that all have these keys in this order."""
        if len(maps) <= _FEW_ROWS:
            return list(map(self._packer.pack_map, maps))
        parts: list[Iterable[bytes]] = []
        lead = map_header(len(keys))
        for key in keys:
            parts += (repeat(lead + pack_key(key)), self.column([entries[key] for entries in maps]))
            lead = b""
        return list(map(b"".join, zip(*parts, strict=False))) if keys else [lead] * len(maps)

    def _nodes(self, nodes: list[Node]) -> list[bytes]:
        ids = [node.id for node in nodes]
        labels = _memoised(self._packer.pack_list, [tuple(node.labels) for node in nodes])
        properties = self._maps([node.properties for node in nodes])
        if self._element_ids:
            rows = zip(repeat(b"\xb4\x4e"), _ints(ids), labels, properties, _element_ids(ids))
            return list(map(b"".join, rows))
        return list(map(b"".join, zip(repeat(b"\xb3\x4e"), _ints(ids), labels, properties)))

    def _relationships(self, relationships: list[Relationship]) -> list[bytes]:
        ids = (
            [relationship.id for relationship in relationships],
            [relationship.start for relationship in relationships],
            [relationship.end for relationship in relationships],
        )
        parts: list[Iterable[bytes]] = [
            repeat(b"\xb8\x52" if self._element_ids else b"\xb5\x52"),
            *map(_ints, ids),
            _memoised(pack_string, [relationship.type for relationship in relationships]),
            self._maps([relationship.properties for relationship in relationships]),
        ]
        if self._element_ids:
            parts += map(_element_ids, ids)
        return list(map(b"".join, zip(*parts, strict=False)))


def batch_rows(batch: ResultBatch) -> Iterator[tuple[Any, ...]]:
    """The rows of a batch, also of one without columns."""
    return zip(*batch.columns, strict=True) if batch.columns else iter([()] * batch.count)


@cache
def _chunk_heads(prefix: bytes) -> list[bytes]:
    """What goes before a body of ``n`` bytes with its chunk end, at ``n``: the chunk's length and ``prefix``."""
    return [max(len(prefix) + size - 2, 0).to_bytes(2, "big") + prefix for size in range(_SHORT)]


def _ints(values: list[int]) -> list[bytes]:
    if min(values) >= -16 and max(values) < 0x80:
        return [SMALL[value + 16] for value in values]
    return list(map(pack_int, values))


def _strings(values: list[str]) -> list[bytes]:
    return _memoised(pack_string, values)


def _memoised(pack: Callable[[Any], bytes], values: list[Any]) -> list[bytes]:
    """Each value packed, but equal ones once where many are equal."""
    distinct = set(values)
    if len(distinct) * 2 > len(values):
        return list(map(pack, values))
    packed = {value: pack(value) for value in distinct}
    return [packed[value] for value in values]


def _element_ids(ids: list[int]) -> list[bytes]:
    return list(map(pack_string, map(str, ids)))
