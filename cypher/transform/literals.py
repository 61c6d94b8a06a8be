"""Literals: numbers, strings, and what may be wrong with them."""

from __future__ import annotations

import re
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.ast import Position
from lithograph.cypher.errors import (
    CypherSyntaxError,
    FloatLiteralOverflowError,
    IntegerLiteralOverflowError,
    InvalidNumberLiteralError,
    InvalidUnicodeLiteralError,
)
from lithograph.cypher.lexer import Tokens, quoted_name

LARGEST = 2**63 - 1

_DECIMAL = re.compile(r"\d+(?:_\d+)*")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|(?s:.))")
_ESCAPED = {
    "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", '"': '"', "`": "`",
}  # fmt: skip
_SURROGATES = re.compile("[\ud800-\udfff]")


def integer_value(tokens: Tokens, text: str, at: int) -> int:
    """The value of an unsigned integer literal; 2**63, which only a minus sign makes right, is let pass."""
    base = {"0x": 16, "0o": 8}.get(text[:2].lower(), 10)
    try:
        value: int | None = int(text, base)  # underscores may stand between digits, as in Python
    except ValueError:
        value = LARGEST + 2 if _DECIMAL.fullmatch(text) else None  # Python refuses to read very long ones
    if value is None:
        raise _not_a_number(tokens, text, at)
    if value > LARGEST + 1:
        raise too_large(tokens, at)
    return value


def _not_a_number(tokens: Tokens, text: str, at: int) -> CypherSyntaxError:
    return InvalidNumberLiteralError(f"`{text}` is not a number.", tokens.text, tokens.at(at))


def too_large(tokens: Tokens, at: int) -> CypherSyntaxError:
    """The error for an integer that does not fit."""
    text = tokens.value(at)
    shown = text if len(text) < 40 else text[:39] + "…"
    return IntegerLiteralOverflowError(
        f"The integer {shown} does not fit into 64 bits.", tokens.text, tokens.at(at)
    )


def make_integer(tokens: Tokens, at: int, children: list[Any]) -> ast.Literal:
    (text,) = children
    value = integer_value(tokens, text, at)
    if value > LARGEST:
        tokens.oversized.add(at)
    return ast.Literal(value, position=tokens.at(at))


def make_float_literal(tokens: Tokens, at: int, children: list[Any]) -> ast.Literal:
    (text,) = children
    try:
        value = float(text)
    except ValueError:
        raise _not_a_number(tokens, text, at) from None
    if value == float("inf"):
        raise FloatLiteralOverflowError(
            f"The number {text} is too large for a float.", tokens.text, tokens.at(at)
        )
    return ast.Literal(value, position=tokens.at(at))


def make_string(tokens: Tokens, at: int, children: list[Any]) -> ast.Literal:
    (text,) = children
    return ast.Literal(string_value(tokens, text, at), position=tokens.at(at))


def string_value(tokens: Tokens, text: str, at: int) -> str:
    """The value of a string literal with its quotes."""
    if "\\" not in text:
        return str(text[1:-1])
    start = tokens.starts[at] + 1

    def place(match: re.Match[str]) -> Position:
        return tokens.position_of(start + match.start())

    def replaced(match: re.Match[str]) -> str:
        code: str = match[1]
        if len(code) > 1:
            point = int(code[1:], 16)
            if point > 0x10FFFF:
                raise InvalidUnicodeLiteralError(
                    f"\\{code} is no character; the last is \\U0010FFFF.", tokens.text, place(match)
                )
            return chr(point)
        if code in "uU":
            raise InvalidUnicodeLiteralError(
                "\\u needs four hexadecimal digits, \\U eight.", tokens.text, place(match)
            )
        if code not in _ESCAPED:
            raise CypherSyntaxError(
                f"Unknown escape sequence \\{code}. Write \\\\ for a backslash.", tokens.text, place(match)
            )
        return _ESCAPED[code]

    value = _ESCAPE.sub(replaced, text[1:-1])
    if _SURROGATES.search(value):
        # Two halves written as \uD83D\uDE00 are one character.
        try:
            value = value.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise InvalidUnicodeLiteralError(
                "Half a surrogate pair is no character.", tokens.text, tokens.at(at)
            ) from None
    return value


def make_null(tokens: Tokens, at: int, children: list[Any]) -> ast.Literal:
    return ast.Literal(None, position=tokens.at(at))


def make_true(tokens: Tokens, at: int, children: list[Any]) -> ast.Literal:
    return ast.Literal(True, position=tokens.at(at))


def make_false(tokens: Tokens, at: int, children: list[Any]) -> ast.Literal:
    return ast.Literal(False, position=tokens.at(at))


def make_parameter(tokens: Tokens, at: int, children: list[Any]) -> ast.Parameter:
    (text,) = children
    name = text[1:]
    if name[0] == "`":
        name = quoted_name(name)
    return ast.Parameter(name, position=tokens.at(at))


def make_list(tokens: Tokens, at: int, children: list[Any]) -> ast.ListLiteral:
    return ast.ListLiteral(tuple(children), position=tokens.at(at))


def make_map(tokens: Tokens, at: int, children: list[Any]) -> ast.MapLiteral:
    entries = tuple(zip(children[::2], children[1::2], strict=True))
    return ast.MapLiteral(entries, position=tokens.at(at))
