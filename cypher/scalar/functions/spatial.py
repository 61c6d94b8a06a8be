"""Points: construction, distance, bounding boxes."""

from __future__ import annotations

import math
from typing import Any

from lithograph.cypher.errors import ArgumentError, suggestion
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.registry import function
from lithograph.storage.values.spatial import (
    CARTESIAN_2D,
    CARTESIAN_3D,
    CRS_NAMES,
    WGS84_2D,
    WGS84_3D,
    Point,
)

EARTH_RADIUS = 6_378_140.0
"""Metres; Neo4j's figure."""

_SRIDS = {name: srid for srid, name in CRS_NAMES.items()}
_CARTESIAN_KEYS = ("x", "y", "z")
_GLOBE_KEYS = ("longitude", "latitude", "height")
_KEYS = (*_CARTESIAN_KEYS, *_GLOBE_KEYS, "crs", "srid")


@function("point")
def point(fields: takes.Map) -> Point | None:
    """A point from ``{x, y[, z]}`` or ``{longitude, latitude[, height]}``, and ``crs`` or ``srid``.

    Null when a coordinate is null.

    Raises:
        ArgumentError: unknown or missing keys, or keys that do not fit each other.
    """
    if fields is None:
        return None
    if type(fields) is not dict:
        raise arguments.wrong_type("point", "a Map", fields)
    for key in fields:
        if key not in _KEYS:
            raise ArgumentError(f"point() has no key `{key}`.{suggestion(key, _KEYS)}")
    if any(value is None for value in fields.values()):
        return None
    globe = any(key in fields for key in _GLOBE_KEYS)
    keys = _GLOBE_KEYS if globe else _CARTESIAN_KEYS
    if globe and any(key in fields for key in _CARTESIAN_KEYS):
        raise ArgumentError("point() takes either x, y and z or longitude, latitude and height.")
    for key in keys[:2]:
        if key not in fields:
            raise ArgumentError(f"point() needs {keys[0]} and {keys[1]}; there is no `{key}`.")
    coordinates = [float(arguments.number("point", fields[key])) for key in keys if key in fields]
    return Point(_srid(fields, globe, len(coordinates)), *coordinates)


@function("point.distance", "distance")
def distance(a: takes.PointValue, b: takes.PointValue) -> float | None:
    """How far two points are apart; null if they are in different reference systems.

    Cartesian: Euclidean distance. WGS-84: metres along the great circle (haversine formula) at the mean
    height, with the difference in height as the other leg of a right triangle.
    """
    if a is None or b is None:
        return None
    for each in (a, b):
        if type(each) is not Point:
            raise arguments.wrong_type("point.distance", "two Points", each)
    if a.srid != b.srid:
        return None
    if not a.geographic:
        return math.dist(a.coordinates, b.coordinates)
    if a.z is None:
        return _great_circle(a, b, EARTH_RADIUS)
    return math.hypot(_great_circle(a, b, EARTH_RADIUS + (a.z + b.z) / 2), a.z - b.z)


@function("point.withinBBox")
def within_bounding_box(
    place: takes.PointValue, lower_left: takes.PointValue, upper_right: takes.PointValue
) -> bool | None:
    """Is ``place`` in the box, borders included? Null if the three are in different reference systems.

    On the globe a box whose left longitude exceeds its right one crosses the 180th meridian.
    """
    if place is None or lower_left is None or upper_right is None:
        return None
    for each in (place, lower_left, upper_right):
        if type(each) is not Point:
            raise arguments.wrong_type("point.withinBBox", "three Points", each)
    if not place.srid == lower_left.srid == upper_right.srid:
        return None
    axes = list(zip(place.coordinates, lower_left.coordinates, upper_right.coordinates, strict=True))
    if place.geographic and lower_left.x > upper_right.x:
        value, low, high = axes.pop(0)
        if high < value < low:
            return False
    return all(low <= value <= high for value, low, high in axes)


def _srid(fields: dict[str, Any], globe: bool, dimensions: int) -> int:
    """The reference system: as given, else by the names and number of the coordinates."""
    if "crs" in fields and "srid" in fields:
        raise ArgumentError("point() takes either a crs or a srid.")
    if "crs" in fields:
        name = arguments.string("point", fields["crs"]).lower()
        if name not in _SRIDS:
            raise ArgumentError(f"point() has no crs '{fields['crs']}'; choose one of {', '.join(_SRIDS)}.")
        srid = _SRIDS[name]
    elif "srid" in fields:
        srid = arguments.integer("point", fields["srid"])
    else:
        flat, solid = (WGS84_2D, WGS84_3D) if globe else (CARTESIAN_2D, CARTESIAN_3D)
        srid = flat if dimensions == 2 else solid
    if globe and srid in (CARTESIAN_2D, CARTESIAN_3D):
        raise ArgumentError(f"point(): longitude and latitude do not fit the crs {CRS_NAMES[srid]}.")
    return srid


def _great_circle(a: Point, b: Point, radius: float) -> float:
    latitude_a, latitude_b = math.radians(a.y), math.radians(b.y)
    half_latitude = (latitude_b - latitude_a) / 2
    half_longitude = math.radians(b.x - a.x) / 2
    chord = math.sin(half_latitude) ** 2
    chord += math.cos(latitude_a) * math.cos(latitude_b) * math.sin(half_longitude) ** 2
    return 2 * radius * math.asin(math.sqrt(min(1.0, chord)))
