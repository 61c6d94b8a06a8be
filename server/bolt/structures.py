"""Graph elements, temporal values and points as PackStream structures, in the three dialects.

Reading gives the ``structures`` table of ``packstream.py`` (nodes, relationships and paths are not in it: they are no
parameters); writing gives a ``Packer``. Both are built once for each dialect.

Source: the Bolt specification's chapter on structure semantics. Legacy datetimes carry local seconds, the others UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from lithograph.cypher.results import Node, Path, Relationship
from lithograph.server.bolt.packing import Pack, Packer, pack_float, pack_int, pack_string
from lithograph.server.bolt.packstream import Structures
from lithograph.server.bolt.versions import Dialect
from lithograph.server.errors import InvalidRequestError
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import CARTESIAN_2D, CARTESIAN_3D, WGS84_2D, WGS84_3D, Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time

NODE, RELATIONSHIP, UNBOUND_RELATIONSHIP, PATH = 0x4E, 0x52, 0x72, 0x50
DATE, TIME, LOCAL_TIME, LOCAL_DATETIME, DURATION = 0x44, 0x54, 0x74, 0x64, 0x45
DATETIME, DATETIME_ZONE = 0x49, 0x69
LEGACY_DATETIME, LEGACY_DATETIME_ZONE = 0x46, 0x66
POINT_2D, POINT_3D = 0x58, 0x59


# Reading


def _typed(
    name: str, types: tuple[type, ...], build: Callable[..., Any]
) -> tuple[int, Callable[[list[Any]], Any]]:
    """An entry of the structures table: checks the fields' types, then calls ``build`` with them."""

    def hydrate(fields: list[Any]) -> Any:
        if tuple(map(type, fields)) != types:
            wanted = ", ".join(kind.__name__ for kind in types)
            raise InvalidRequestError(f"A {name} in a message must have the fields ({wanted}).")
        return build(*fields)

    return len(types), hydrate


def _legacy_datetime(local_seconds: int, nanoseconds: int, offset_seconds: int) -> DateTime:
    return DateTime(local_seconds - offset_seconds, nanoseconds, offset_seconds)


def _legacy_datetime_zone(local_seconds: int, nanoseconds: int, zone: str) -> DateTime:
    return DateTime.from_local_in_zone(LocalDateTime(local_seconds, nanoseconds), zone)


def _point(dimensions: str, srids: tuple[int, int]) -> Callable[..., Point]:
    def build(srid: int, *coordinates: float) -> Point:
        if srid not in srids:
            raise InvalidRequestError(f"SRID {srid} does not fit a point with {dimensions} coordinates.")
        return Point(srid, *coordinates)

    return build


@cache
def readers(dialect: Dialect) -> Structures:
    """The structures that may arrive as values. What is built raises InvalidRequestError or a StorageError."""
    table = {
        DATE: _typed("date", (int,), Date),
        TIME: _typed("time", (int, int), Time),
        LOCAL_TIME: _typed("local time", (int,), LocalTime),
        LOCAL_DATETIME: _typed("local datetime", (int, int), LocalDateTime),
        DURATION: _typed("duration", (int, int, int, int), Duration),
        POINT_2D: _typed("2D point", (int, float, float), _point("two", (CARTESIAN_2D, WGS84_2D))),
        POINT_3D: _typed("3D point", (int, float, float, float), _point("three", (CARTESIAN_3D, WGS84_3D))),
    }
    if dialect.utc:
        table[DATETIME] = _typed("datetime", (int, int, int), DateTime)
        table[DATETIME_ZONE] = _typed("datetime with a zone", (int, int, str), DateTime.in_zone)
    else:
        table[LEGACY_DATETIME] = _typed("datetime", (int, int, int), _legacy_datetime)
        table[LEGACY_DATETIME_ZONE] = _typed("datetime with a zone", (int, int, str), _legacy_datetime_zone)
    return table


# Writing


def structure(tag: int, *packed: bytes) -> bytes:
    """A structure of fields that are packed already."""
    return bytes((0xB0 + len(packed), tag)) + b"".join(packed)


def _pack_point(point: Point) -> bytes:
    tag = POINT_2D if point.z is None else POINT_3D
    return structure(tag, pack_int(point.srid), *map(pack_float, map(float, point.coordinates)))


def _enum_packer(packer: Packer) -> Pack:
    """A map, as Memgraph sends it: Bolt has no structure for it."""
    return lambda value: packer.pack_map({"__type": "mg_enum", "__value": str(value)})


def _datetime_packer(dialect: Dialect) -> Pack:
    def pack_utc(value: DateTime) -> bytes:
        seconds, nanoseconds = pack_int(value.seconds), pack_int(value.nanoseconds)
        if value.zone is None:
            return structure(DATETIME, seconds, nanoseconds, pack_int(value.offset_seconds))
        return structure(DATETIME_ZONE, seconds, nanoseconds, pack_string(value.zone))

    def pack_legacy(value: DateTime) -> bytes:
        seconds, nanoseconds = pack_int(value.seconds + value.offset_seconds), pack_int(value.nanoseconds)
        if value.zone is None:
            return structure(LEGACY_DATETIME, seconds, nanoseconds, pack_int(value.offset_seconds))
        return structure(LEGACY_DATETIME_ZONE, seconds, nanoseconds, pack_string(value.zone))

    return pack_utc if dialect.utc else pack_legacy


def _register_values(packer: Packer, dialect: Dialect) -> None:
    def fields(tag: int, *names: str) -> Pack:
        return lambda value: structure(tag, *[pack_int(getattr(value, name)) for name in names])

    packer.register(Date, fields(DATE, "days"))
    packer.register(Time, fields(TIME, "nanoseconds", "offset_seconds"))
    packer.register(LocalTime, fields(LOCAL_TIME, "nanoseconds"))
    packer.register(LocalDateTime, fields(LOCAL_DATETIME, "seconds", "nanoseconds"))
    packer.register(Duration, fields(DURATION, "months", "days", "seconds", "nanoseconds"))
    packer.register(DateTime, _datetime_packer(dialect))
    packer.register(Point, _pack_point)
    packer.register(EnumValue, _enum_packer(packer))


def _pack_elements(packer: Packer) -> tuple[Pack, Pack, Pack]:
    """Node, relationship and unbound relationship with element ids: the decimal form of the id."""

    def node(value: Node) -> bytes:
        packed = pack_int(value.id)
        labels, properties = packer.pack_list(value.labels), packer.pack_map(value.properties)
        return b"\xb4\x4e" + packed + labels + properties + pack_string(str(value.id))

    def relationship(value: Relationship) -> bytes:
        ids = (value.id, value.start, value.end)
        return structure(
            RELATIONSHIP,
            *map(pack_int, ids),
            pack_string(value.type),
            packer.pack_map(value.properties),
            *map(pack_string, map(str, ids)),
        )

    def unbound(value: Relationship) -> bytes:
        packed = pack_int(value.id), pack_string(value.type), packer.pack_map(value.properties)
        return structure(UNBOUND_RELATIONSHIP, *packed, pack_string(str(value.id)))

    return node, relationship, unbound


def _pack_numbered_elements(packer: Packer) -> tuple[Pack, Pack, Pack]:
    """The same as up to 4.4, with ids alone."""

    def node(value: Node) -> bytes:
        return structure(
            NODE, pack_int(value.id), packer.pack_list(value.labels), packer.pack_map(value.properties)
        )

    def relationship(value: Relationship) -> bytes:
        ids = map(pack_int, (value.id, value.start, value.end))
        return structure(RELATIONSHIP, *ids, pack_string(value.type), packer.pack_map(value.properties))

    def unbound(value: Relationship) -> bytes:
        packed = pack_int(value.id), pack_string(value.type), packer.pack_map(value.properties)
        return structure(UNBOUND_RELATIONSHIP, *packed)

    return node, relationship, unbound


def _path_packer(packer: Packer, pack_node: Pack, pack_unbound: Pack) -> Pack:
    """Distinct nodes and relationships, then for each step the number of the relationship (from 1, negative when
    walked against its direction) and of the node it leads to (from 0)."""

    def pack(path: Path) -> bytes:
        nodes: dict[int, Node] = {}
        node_numbers: dict[int, int] = {}
        for node in path.nodes:
            nodes.setdefault(node.id, node)
            node_numbers.setdefault(node.id, len(node_numbers))
        relationships: dict[int, Relationship] = {}
        relationship_numbers: dict[int, int] = {}
        indices: list[int] = []
        for step, relationship in enumerate(path.relationships):
            relationships.setdefault(relationship.id, relationship)
            number = relationship_numbers.setdefault(relationship.id, len(relationship_numbers) + 1)
            forwards = relationship.start == path.nodes[step].id
            indices += (number if forwards else -number, node_numbers[path.nodes[step + 1].id])
        return structure(
            PATH,
            packer.list_of(map(pack_node, nodes.values())),
            packer.list_of(map(pack_unbound, relationships.values())),
            packer.pack_list(indices),
        )

    return pack


@cache
def packer_for(dialect: Dialect) -> Packer:
    """Packs every value that can be in a result or a message."""
    packer = Packer()
    _register_values(packer, dialect)
    pack = _pack_elements if dialect.element_ids else _pack_numbered_elements
    pack_node, pack_relationship, pack_unbound = pack(packer)
    packer.register(Node, pack_node)
    packer.register(Relationship, pack_relationship)
    packer.register(Path, _path_packer(packer, pack_node, pack_unbound))
    return packer
