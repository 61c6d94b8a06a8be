"""Points in the four coordinate reference systems of Neo4j and Memgraph."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lithograph.storage.errors import ValueOutOfRangeError

CARTESIAN_2D = 7203
CARTESIAN_3D = 9157
WGS84_2D = 4326
WGS84_3D = 4979

CRS_NAMES = {
    CARTESIAN_2D: "cartesian",
    CARTESIAN_3D: "cartesian-3d",
    WGS84_2D: "wgs-84",
    WGS84_3D: "wgs-84-3d",
}
"""SRID to the name of the coordinate reference system."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point. For WGS-84 ``x`` is the longitude, ``y`` the latitude (degrees) and ``z`` the height (m).

    Args:
        srid: one of 7203, 9157 (Cartesian in two and three dimensions), 4326, 4979 (WGS-84).
        z: given exactly when the system has three dimensions.

    Raises:
        ValueOutOfRangeError: unknown system, wrong number of coordinates, a coordinate that is not
            finite, or a latitude or longitude off the globe.
    """

    srid: int
    x: float
    y: float
    z: float | None = None

    def __post_init__(self) -> None:
        if self.srid not in CRS_NAMES:
            raise ValueOutOfRangeError(f"Unknown coordinate reference system: SRID {self.srid}.")
        if (self.z is not None) != (self.srid in (CARTESIAN_3D, WGS84_3D)):
            wanted = 3 if self.srid in (CARTESIAN_3D, WGS84_3D) else 2
            raise ValueOutOfRangeError(f"A point in {self.crs} has {wanted} coordinates.")
        if not all(map(math.isfinite, self.coordinates)):
            raise ValueOutOfRangeError(f"A point needs finite coordinates, not {self.coordinates}.")
        if self.geographic and not (-180 <= self.x <= 180 and -90 <= self.y <= 90):
            raise ValueOutOfRangeError(
                f"A point in {self.crs} has a longitude within 180 and a latitude within 90 degrees,"
                f" not {self.x} and {self.y}."
            )

    @property
    def coordinates(self) -> tuple[float, ...]:
        return (self.x, self.y) if self.z is None else (self.x, self.y, self.z)

    @property
    def crs(self) -> str:
        """Name of the coordinate reference system."""
        return CRS_NAMES[self.srid]

    @property
    def geographic(self) -> bool:
        """Is it on the globe (WGS-84)?"""
        return self.srid in (WGS84_2D, WGS84_3D)

    def sort_key(self) -> tuple[int, tuple[float, ...]]:
        """For ORDER BY: by system, then by coordinates."""
        return self.srid, self.coordinates

    def __str__(self) -> str:
        """As Neo4j prints it: ``point({x: 1.0, y: 2.0, crs: 'cartesian'})``."""
        z = "" if self.z is None else f", z: {self.z}"
        return f"point({{x: {self.x}, y: {self.y}{z}, crs: '{self.crs}'}})"
