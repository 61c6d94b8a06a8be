"""STARTS WITH, ENDS WITH, CONTAINS, ``=~`` and IS NORMALIZED.

The first three are null unless both operands are strings. ``=~`` matches the whole string; its subject
may be anything (null unless a string), its pattern has to be a string or null.
"""

from __future__ import annotations

import unicodedata
from typing import Any, Literal

from lithograph.cypher.errors import CypherTypeError
from lithograph.cypher.scalar.patterns import matches_whole
from lithograph.storage.values.types import type_name


def starts_with(a: Any, b: Any) -> bool | None:
    """``a STARTS WITH b``."""
    return a.startswith(b) if type(a) is str and type(b) is str else None


def ends_with(a: Any, b: Any) -> bool | None:
    """``a ENDS WITH b``."""
    return a.endswith(b) if type(a) is str and type(b) is str else None


def contains(a: Any, b: Any) -> bool | None:
    """``a CONTAINS b``."""
    return b in a if type(a) is str and type(b) is str else None


def matches(a: Any, pattern: Any) -> bool | None:
    """``a =~ pattern``: does the regular expression match all of ``a``?

    The syntax is Java's, as in Neo4j; see ``patterns/``.

    Raises:
        ArgumentError: the pattern is none, or matching it takes too long.
        CypherTypeError: the pattern is neither a string nor null.
    """
    if pattern is None:
        return None
    if type(pattern) is not str:
        raise CypherTypeError(f"=~ needs a String as its pattern, not {type_name(pattern)}.")
    if type(a) is not str:
        return None
    return matches_whole(pattern, a)


def is_normalized(a: Any, form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> bool | None:
    """``a IS form NORMALIZED``: null unless a string."""
    return unicodedata.is_normalized(form, a) if type(a) is str else None
