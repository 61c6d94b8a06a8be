"""The literals of a text, found without parsing it, and what is left: its skeleton.

The regular expression keeps in step with the lexer's (``lexer.py``): it knows strings, names in backticks and
comments. Of numbers it takes decimal ones with no letter, digit or dot next to them; all others stay in the skeleton.
What it takes for a literal need not be one; the syntax tree decides (``template.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lithograph.cypher.errors import CypherError
from lithograph.cypher.lexer import Tokens
from lithograph.cypher.transform.literals import string_value

LONGEST = 100_000
"""Longer texts, in characters, are as good as never followed by others of their kind."""

_LITERAL = re.compile(
    r"""(['"`/0-9](?:
        (?<=')[^'\\]*+(?:\\(?s:.)[^'\\]*+)*+(?:'|\\?\Z)
      | (?<=")[^"\\]*+(?:\\(?s:.)[^"\\]*+)*+(?:"|\\?\Z)
      | (?<=[0-9])(?<![\w.$].)(?: [0-9]{0,17} | [0-9]*\.[0-9]+(?:[eE][-+]?[0-9]+)? )(?![\w.])
      | (?<=`)[^`]*+(?:`|\Z)
      | (?<=/)(?: /[^\n\r]* | \*(?s:.)*?(?:\*/|\Z) )
    ))""",
    re.VERBOSE,
)
"""A literal, or what may look as if there were one in it; each branch looks back at the first character. What is not closed
goes on to the end, so that the time this takes goes by the length of the text whatever is in it."""

_STRING, _INTEGER, _FLOAT = "\0s", "\0i", "\0f"
"""What stands for a literal in a skeleton; no text that can be parsed has a NUL outside of literals and comments."""

_NO_LITERAL = "`/"
"""How names in backticks and comments begin."""


class Skeleton:
    """A text taken apart: ``key`` is what is left without its ``literals``."""

    __slots__ = ("key", "literals", "text")

    def __init__(self, text: str, key: str, literals: list[str]) -> None:
        self.text = text
        self.key = key
        self.literals = literals

    def spans(self) -> list[tuple[int, int]]:
        """Where each literal begins and ends in the text."""
        return [match.span() for match in _LITERAL.finditer(self.text) if match[0][0] not in _NO_LITERAL]


def skeleton_of(text: str) -> Skeleton | None:
    """The text taken apart; None if it is too long, has no literal, or ends within a string."""
    if len(text) > LONGEST:
        return None
    parts = _LITERAL.split(text)  # in turn what is between two matches, and a match
    if not parts[-1] and len(parts) > 1 and _is_open(parts[-2]):
        return None
    literals: list[str] = []
    for number in range(1, len(parts), 2):
        part = parts[number]
        first = part[0]
        if first in _NO_LITERAL:
            continue
        literals.append(part)
        if first in "'\"":
            parts[number] = _STRING
        else:
            parts[number] = _FLOAT if "." in part else _INTEGER
    return Skeleton(text, "".join(parts), literals) if literals else None


def _is_open(part: str) -> bool:
    """Whether what goes on to the end of the text is a string that is not closed; the parser will say so."""
    if part[0] not in "'\"":
        return False
    inner = part[:-1]
    return len(part) == 1 or part[-1] != part[0] or (len(inner) - len(inner.rstrip("\\"))) % 2 == 1


def reader_of(literal: str, negative: bool) -> Callable[[str], Any]:
    """What makes the value of literals of the same type, with a minus sign before them where ``negative``.

    It raises one of ``UNREADABLE`` for a literal that the parser would refuse.
    """
    if literal[0] in "'\"":
        return _string
    if "." in literal:
        return _negative_float if negative else _float
    return _negative_integer if negative else int


UNREADABLE = (CypherError, OverflowError)


def _string(literal: str) -> str:
    return literal[1:-1] if "\\" not in literal else string_value(Tokens(literal), literal, 0)


def _float(literal: str) -> float:
    value = float(literal)
    if value == float("inf"):
        raise OverflowError("no float is that large")
    return value


def _negative_float(literal: str) -> float:
    return -_float(literal)


def _negative_integer(literal: str) -> int:
    return -int(literal)
