"""Which ``|`` straight inside a comprehension begins its projection, and which divide labels or types.

``[x IN list WHERE x:A|B | x.name]``: the first divides, the second projects. One at most projects, and the others can
only be where labels or types stand before and behind them. So the first one projects that leaves the ones behind it a
place. Where there is a choice, as in ``[x IN list WHERE x:A|B]``, a bar projects.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from lithograph.cypher.type_names import LONGEST, TYPE_NAMES

if TYPE_CHECKING:
    from lithograph.cypher.lexer import Tokens

_NAMES = frozenset({"WORD", "QUOTED", "PERCENT", "PARAMETER"})


class _Divided(Enum):
    """What a bar may stand between."""

    LABELS = auto()
    TYPES = auto()


def begins_projection(tokens: Tokens, bar: int) -> bool:
    """Whether a bar straight inside a comprehension, where a projection fits, begins it."""
    if tokens.kinds[bar + 1] == "COLON":  # x:A|:B
        return False
    before, divided = bar, None
    following = _next_bar(tokens, bar)
    while following is not None:
        divided = _divided(tokens, following, before, divided)
        if divided is None:
            return False
        before, following = following, _next_bar(tokens, following)
    return True


def _divided(tokens: Tokens, bar: int, before: int, divided: _Divided | None) -> _Divided | None:
    """What a bar could divide; None: nothing.

    Args:
        tokens: all the tokens.
        bar: the number of the bar.
        before: that of the bar before it.
        divided: what that one divides; None: it projects.
    """
    if _behind_type(tokens, bar, before, divided is _Divided.TYPES):
        return _Divided.TYPES if tokens.is_type(bar + 1) else None
    if _behind_labels(tokens, bar, before, divided is _Divided.LABELS):
        joined = tokens.kinds[bar + 1] in _NAMES and tokens.kinds[bar + 2] == "COLON"  # … | x:A
        return None if joined else _Divided.LABELS
    return None


def _next_bar(tokens: Tokens, bar: int) -> int | None:
    """The next bar at the same depth."""
    token = bar + 1
    while token < len(tokens.kinds):
        kind = tokens.kinds[token]
        if kind == "VBAR":
            return token
        if kind in ("RSQB", "RPAR", "RBRACE"):
            return None
        token = tokens.mates.get(token, token) + 1
    return None


def _behind_labels(tokens: Tokens, bar: int, start: int, goes_on: bool) -> bool:
    """Whether ``:A``, ``:A&!B``, ``IS A`` or ``:(A|B)`` ends before a bar.

    It begins behind the token ``start``; if that is such a bar itself (``goes_on``), it may be without the colon.
    """
    openings = {mate: opening for opening, mate in tokens.mates.items() if start < opening < bar}
    token = bar - 1
    while token > start:
        if tokens.kinds[token] == "RPAR" and token in openings:
            token = openings[token] - 1
            if tokens.kinds[token] in ("DOLLAR", "PARAMETER"):  # $(expression), $all(expression)
                token -= 1
        elif tokens.kinds[token] in _NAMES:
            token -= 1
        else:
            return False
        while tokens.kinds[token] == "BANG":
            token -= 1
        if tokens.kinds[token] == "COLON" or _is_word(tokens, token, "IS"):
            return token > start
        if tokens.kinds[token] != "AMPERSAND":
            return goes_on and token == start
        token -= 1
    return False


def _behind_type(tokens: Tokens, bar: int, start: int, goes_on: bool) -> bool:
    """The same of ``:: INTEGER`` and ``IS TYPED LOCAL TIME NOT NULL``."""
    end = bar
    if _is_word(tokens, end - 1, "NULL") and _is_word(tokens, end - 2, "NOT"):
        end -= 2
    elif tokens.kinds[end - 1] == "BANG":
        end -= 1
    for first in range(end - 1, max(start, end - 1 - LONGEST), -1):
        if tokens.kinds[first] != "WORD":
            return False
        begins = tokens.kinds[first - 1] == "TYPED_AS" or _is_word(tokens, first - 1, "TYPED")
        if begins or (goes_on and first - 1 == start):
            return " ".join(tokens.value(each).upper() for each in range(first, end)) in TYPE_NAMES
    return False


def _is_word(tokens: Tokens, token: int, word: str) -> bool:
    return tokens.kinds[token] == "WORD" and tokens.value(token).upper() == word
