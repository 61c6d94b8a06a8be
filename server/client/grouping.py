"""Statements of a dump, many in one: those that differ in their literals alone become one with rows of parameters.

A statement costs the server a thousand times what the vertex in it does. What DUMP DATABASE (ours or Memgraph's) writes for
vertices and edges has two forms, matched here to the letter; such a statement reads nothing that another one of its
form writes, so they can be run together and in any order. What is not of these forms, or has a value that is not read
here exactly as the server reads it, is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

Request = tuple[str, dict[str, Any]]
"""Text and parameters."""

_QUOTED = r"`[^`]*+(?:``[^`]*+)*+`"
_NAME = rf"(?:{_QUOTED}|[A-Za-z_]\w*+)"
_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_SCALAR = rf"(?:{_NUMBER}|{_STRING})"
_LIST = rf"\[(?:{_SCALAR}(?:, {_SCALAR})*)?\]"
_POINT = rf"(?i:point)\(\{{ ?\w+: ?{_NUMBER}(?:, \w+: ?{_NUMBER})* ?\}}\)"
_TEMPORAL = rf"(?i:date|time|localtime|datetime|localdatetime|duration)\({_STRING}\)"
_VALUE = rf"(?:{_SCALAR}|{_LIST}|true|false|\({_NUMBER} / {_NUMBER}\)|{_TEMPORAL}|{_POINT}|{_NAME}::{_NAME})"
_MAP = rf"\{{{_NAME}: {_VALUE}(?:, {_NAME}: {_VALUE})*\}}"
_VERTEX = re.compile(rf"CREATE \((?::{_NAME})+ {_MAP}\)", re.ASCII)
_EDGE = re.compile(
    rf"MATCH \(u:{_NAME}\), \(v:{_NAME}\) WHERE u\.{_NAME} = {_NUMBER} AND v\.{_NAME} = {_NUMBER} "
    rf"CREATE \(u\)-\[:{_NAME}(?: {_MAP})?\]->\(v\)",
    re.ASCII,
)
_LITERAL = re.compile(rf"{_QUOTED}|(?<!\w)(?:{_SCALAR}|{_LIST})", re.ASCII)
_ITEM = re.compile(_SCALAR, re.ASCII)

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U000[0-9a-fA-F]{5}|U0010[0-9a-fA-F]{4}|.)")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"', "`": "`"}

_LARGEST_INTEGER = 2**63


class _OwnWayError(Exception):
    """A literal is better read by the server."""


def grouped(texts: Iterable[str]) -> Iterator[Request]:
    """The same effect in fewer statements."""
    form: re.Pattern[str] | None = None
    shapes: dict[str, list[dict[str, Any]]] = {}
    for text in texts:
        own = _VERTEX if text.startswith("CREATE (") else _EDGE if text.startswith("MATCH (u:") else None
        parts = _parts(text) if own is not None and own.fullmatch(text) else None
        if parts is None:
            own = None
        if own is not form:
            yield from _joined(shapes)
            form, shapes = own, {}
        if parts is None:
            yield text, {}
        else:
            shapes.setdefault(parts[0], []).append(parts[1])
    yield from _joined(shapes)


def _joined(shapes: dict[str, list[dict[str, Any]]]) -> Iterator[Request]:
    for shape, rows in shapes.items():
        yield f"UNWIND $rows AS row {shape}", {"rows": rows}


def _parts(text: str) -> tuple[str, dict[str, Any]] | None:
    """A statement with ``row.c0``, ``row.c1`` … for its literals, and these."""
    row: dict[str, Any] = {}

    def take_out(match: re.Match[str]) -> str:
        literal = match[0]
        if literal[0] == "`":
            return literal
        name = f"c{len(row)}"
        row[name] = (
            [_value(item[0]) for item in _ITEM.finditer(literal)] if literal[0] == "[" else _value(literal)
        )
        return f"row.{name}"

    try:
        return _LITERAL.sub(take_out, text), row
    except _OwnWayError:
        return None


def _value(literal: str) -> Any:
    if literal[0] == '"':
        return _ESCAPE.sub(_character, literal[1:-1]) if "\\" in literal else literal[1:-1]
    if literal.lstrip("-").isdigit():
        if len(literal) > 20 or not -_LARGEST_INTEGER <= int(literal) < _LARGEST_INTEGER:
            raise _OwnWayError
        return int(literal)
    number = float(literal)
    if number in (float("inf"), float("-inf")):
        raise _OwnWayError
    return number


def _character(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) == 1:
        if code not in _ESCAPED:
            raise _OwnWayError
        return _ESCAPED[code]
    number = int(code[1:], 16)
    if 0xD800 <= number < 0xE000:
        raise _OwnWayError
    return chr(number)
