"""Names as text."""

from __future__ import annotations

import re

from lithograph.cypher.grammar import tables

_PLAIN = re.compile(r"[^\W\d]\w*")


def quoted(name: str) -> str:
    """A name in backticks, whatever it is; DUMP DATABASE writes all of them so."""
    return "`" + name.replace("`", "``") + "`"


def render_name(name: str) -> str:
    """A label, type, property or map key; in backticks where it is no plain word."""
    return name if _PLAIN.fullmatch(name) else quoted(name)


def render_variable(name: str) -> str:
    """The same for a variable, which must not look like a keyword either."""
    return quoted(name) if name.upper() in tables().words else render_name(name)


def render_function(name: str) -> str:
    """The name of a function, with its namespace."""
    first, *rest = name.split(".")
    if first.upper() in ("NOT", "CASE", "DISTINCT", "WHERE", "NULL", "TRUE", "FALSE"):
        first = quoted(first)
    return ".".join([render_name(first) if first[:1] != "`" else first, *map(render_name, rest)])
