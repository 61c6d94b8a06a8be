"""Names as text."""

from __future__ import annotations

import re

from lithograph.cypher.grammar import tables
from lithograph.cypher.type_names import OPENINGS, TYPE_NAMES

_PLAIN = re.compile(r"[^\W\d]\w*")

_TO_ESCAPE = re.compile("`|\\\\(?=u[0-9a-fA-F]{4})|['\";\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
"""What would end the name or mean something in it; and what ends a line, or misleads tools that cut a text into
statements without knowing backticks (mgconsole sees a quote or a semicolon in them)."""


_BEFORE_EXPRESSIONS = frozenset({"CASE", "DISTINCT", "FALSE", "IS", "NOT", "NULL", "TRUE", "WHEN"})
"""Keywords where an expression may begin, also before two colons."""


def quoted(name: str) -> str:
    """A name in backticks, on one line, whatever it is; DUMP DATABASE writes all of them so."""
    return "`" + _TO_ESCAPE.sub(_escape, name) + "`"


def _escape(match: re.Match[str]) -> str:
    return "``" if match[0] == "`" else f"\\u{ord(match[0]):04X}"


def render_name(name: str) -> str:
    """A label, type, property or map key; in backticks where it is no plain word."""
    return name if _PLAIN.fullmatch(name) else quoted(name)


def render_variable(name: str) -> str:
    """The same for a variable, which must not look like a keyword either."""
    return quoted(name) if name.upper() in tables().words else render_name(name)


def render_enum_value(enum: str, value: str) -> str:
    """``Enum::value``; some words would be keywords before the colons, and those that name types types behind them."""
    before = quoted(enum) if enum.upper() in _BEFORE_EXPRESSIONS else render_name(enum)
    behind = quoted(value) if value.upper() in TYPE_NAMES or value.upper() in OPENINGS else render_name(value)
    return f"{before}::{behind}"


def render_function(name: str) -> str:
    """The name of a function, with its namespace."""
    first, *rest = name.split(".")
    if first.upper() in ("NOT", "CASE", "DISTINCT", "WHERE", "NULL", "TRUE", "FALSE"):
        first = quoted(first)
    return ".".join([render_name(first) if first[:1] != "`" else first, *map(render_name, rest)])
