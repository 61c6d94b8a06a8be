"""What a planner is told about the way to take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lithograph.cypher.ast.base import Syntax


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint(Syntax):
    """What a planner is told about the way to take."""


@dataclass(frozen=True, slots=True)
class IndexHint(Hint):
    """``USING [RANGE] INDEX [SEEK] variable:Label(a, b)``: begin there, by that index.

    Without a variable it is one of the indexes before a query, ``USING INDEX :Label(a, b)``, and may be without
    properties.
    """

    variable: str | None
    label: str
    properties: tuple[str, ...] = ()
    seek: bool = False
    kind: OneOf["RANGE", "TEXT", "POINT", "BTREE"] | None = None


@dataclass(frozen=True, slots=True)
class ScanHint(Hint):
    """``USING SCAN variable:Label``: begin with all of these."""

    variable: str
    label: str


@dataclass(frozen=True, slots=True)
class JoinHint(Hint):
    """``USING JOIN ON a, b``."""

    variables: tuple[str, ...]
