"""The versions of Bolt spoken here, and what differs between them.

All switches of the message layer hang on a comparison of version tuples; the values on the wire come in three dialects.
5.5 is left out on purpose: no Neo4j server speaks it.
"""

from __future__ import annotations

from enum import Enum

Version = tuple[int, int]

SUPPORTED: tuple[Version, ...] = (
    (5, 8), (5, 7), (5, 6), (5, 4), (5, 3), (5, 2), (5, 1), (5, 0), (4, 4), (4, 3), (4, 2), (4, 1),
)  # fmt: skip
"""Best first."""


class Dialect(Enum):
    """How graph elements and datetimes look on the wire."""

    LEGACY = "numeric ids, local datetimes"
    """4.x without the ``utc`` patch."""
    PATCHED = "numeric ids, UTC datetimes"
    """4.3 and 4.4 with the ``utc`` patch."""
    MODERN = "element ids, UTC datetimes"
    """5.0 and later."""

    @property
    def utc(self) -> bool:
        return self is not Dialect.LEGACY

    @property
    def element_ids(self) -> bool:
        return self is Dialect.MODERN


def initial_dialect(version: Version) -> Dialect:
    """The dialect in force until HELLO asks for a patch."""
    return Dialect.MODERN if version >= (5, 0) else Dialect.LEGACY
