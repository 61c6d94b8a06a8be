"""Values as the official driver hands them out, made values of the engine again: what came over Bolt is then compared
like what comes from the engine itself. One thing is lost on the way: the zone named UTC comes back as the offset 0.
"""

from __future__ import annotations

from typing import Any

import neo4j.graph
import neo4j.spatial
import neo4j.time

from lithograph.cypher.results import Node, Path, Relationship
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import (
    Date,
    DateTime,
    Duration,
    LocalDateTime,
    LocalTime,
    Time,
)

_EPOCH = neo4j.time.Date(1970, 1, 1).to_ordinal()
_PLAIN = (type(None), bool, int, float, str, bytes)


class NoValueError(Exception):
    """The driver gave something that no value of the language becomes."""


def received(value: Any) -> Any:
    """The value of ``lithograph.cypher.results`` that the driver made ``value`` of.

    Raises:
        NoValueError: nothing of the kind is ever sent.
    """
    match value:
        case neo4j.graph.Node():
            return Node(int(value.element_id), list(value.labels), _map(value))
        case neo4j.graph.Relationship():
            return _relationship(value)
        case neo4j.graph.Path():
            return Path(
                [received(node) for node in value.nodes], [_relationship(r) for r in value.relationships]
            )
        case neo4j.spatial.Point():
            return Point(int(value.srid or 0), *value)
        case neo4j.time.Date() | neo4j.time.Time() | neo4j.time.DateTime() | neo4j.time.Duration():
            return _temporal(value)
        case list():
            return [received(item) for item in value]
        case dict():
            return _map(value)
    if type(value) not in _PLAIN:
        raise NoValueError(f"{value!r} is a {type(value).__module__}.{type(value).__qualname__}")
    return value


def _map(entries: Any) -> dict[str, Any]:
    return {key: received(value) for key, value in entries.items()}


def _relationship(value: neo4j.graph.Relationship) -> Relationship:
    start, end = value.start_node, value.end_node
    if start is None or end is None:
        raise NoValueError(f"{value!r} has no ends")
    ends = int(start.element_id), int(end.element_id)
    return Relationship(int(value.element_id), value.type, *ends, _map(value))


def _temporal(value: Any) -> Any:
    match value:
        case neo4j.time.Date():
            return Date(value.to_ordinal() - _EPOCH)
        case neo4j.time.Duration():
            return Duration(value.months, value.days, value.seconds, value.nanoseconds)
        case neo4j.time.Time():
            if value.tzinfo is None:
                return LocalTime(value.ticks)
            return Time(value.ticks, _offset(value))
    local = LocalDateTime(
        (value.date().to_ordinal() - _EPOCH) * 86_400 + value.time().ticks // 10**9, value.nanosecond
    )
    if value.tzinfo is None:
        return local
    moment = DateTime.from_local(local, _offset(value))
    zone = getattr(value.tzinfo, "zone", None)  # pytz has None for an offset
    if zone in (None, "UTC"):  # of the offset 0 the driver makes the zone UTC
        return moment
    return DateTime.in_zone(moment.seconds, moment.nanoseconds, zone)


def _offset(value: Any) -> int:
    return int(value.utcoffset().total_seconds())
