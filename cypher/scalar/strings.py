"""STARTS WITH, ENDS WITH, CONTAINS, ``=~`` and IS NORMALIZED.

The first three are null unless both operands are strings. ``=~`` matches the whole string; its subject
may be anything (null unless a string), its pattern has to be a string or null.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Literal

from lithograph.cypher.errors import ArgumentError, CypherTypeError
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

    The syntax is that of Python's ``re``, which has what the usual expressions need (``(?i)`` and the
    other inline flags, groups, classes, possessive quantifiers); classes are Unicode's.
    """
    if pattern is None:
        return None
    if type(pattern) is not str:
        raise CypherTypeError(f"=~ needs a String as its pattern, not {type_name(pattern)}.")
    if type(a) is not str:
        return None
    return _compiled(pattern).fullmatch(a) is not None


def is_normalized(a: Any, form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> bool | None:
    """``a IS form NORMALIZED``: null unless a string."""
    return unicodedata.is_normalized(form, a) if type(a) is str else None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ArgumentError(f"Invalid regular expression '{pattern[:100]}': {error}.") from None
