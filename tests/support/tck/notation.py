"""The notation in which the TCK writes values: ``(:A {a: 1})``, ``[:T]``, ``<(:A)-[:T]->(:B)>``, ``[1, 'a']``, …

Source: openCypher, ``tck/README.adoc`` ("Format of the expected results"). Elements get made-up ids, which only
say within one path where its relationships begin and end.
"""

from __future__ import annotations

import math
import re
from typing import Any

from lithograph.cypher.results import Node, Path, Relationship

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<float>-?(?:\d+\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\.\d+(?:[eE][-+]?\d+)?))
      | (?P<integer>-?\d+)
      | '(?P<string>(?:[^'\\]|\\.)*)'
      | (?P<name>-?[^\W\d]\w*)
      | `(?P<quoted>[^`]*)`
      | (?P<sign><-|->|[][(){}<>:,-])
    )""",
    re.VERBOSE | re.DOTALL,
)

_WORDS: dict[str, Any] = {
    "null": None,
    "true": True,
    "false": False,
    "NaN": math.nan,
    "Inf": math.inf,
    "-Inf": -math.inf,
}

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class NotationError(Exception):
    """The text of a value that this reader does not understand."""


def read_value(text: str) -> Any:
    """The value: None, bool, int, float, str, list, dict, Node, Relationship or Path.

    Raises:
        NotationError: it is not in the notation.
    """
    return _Reader(text).whole()


class _Reader:
    """A recursive descent over the tokens of one value."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0

    def whole(self) -> Any:
        value = self._value()
        if self._at != len(self._tokens):
            raise self._error()
        return value

    def _value(self) -> Any:
        kind, content = self._next()
        match kind, content:
            case "integer", _:
                return int(content)
            case "float", _:
                return float(content)
            case "string", _:
                return re.sub(r"\\(.)", _unescaped, content, flags=re.DOTALL)
            case "name", _ if content in _WORDS:
                return _WORDS[content]
            case "sign", "{":
                return self._entries()
            case "sign", "(":
                return self._node(0)
            case "sign", "<":
                return self._path()
            case "sign", "[" if self._is(":"):
                return self._relationship(0, 1)
            case "sign", "[":
                return self._items()
        self._at -= 1
        raise self._error()

    def _items(self) -> list[Any]:
        items: list[Any] = []
        while not self._take("]"):
            if items:
                self._expect(",")
            items.append(self._value())
        return items

    def _entries(self) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not self._take("}"):
            if entries:
                self._expect(",")
            key = self._name()
            self._expect(":")
            entries[key] = self._value()
        return entries

    def _properties(self) -> dict[str, Any]:
        return self._entries() if self._take("{") else {}

    def _node(self, identity: int) -> Node:
        labels = []
        while self._take(":"):
            labels.append(self._name())
        properties = self._properties()
        self._expect(")")
        return Node(identity, labels, properties)

    def _relationship(self, start: int, end: int) -> Relationship:
        self._expect(":")
        type_ = self._name()
        properties = self._properties()
        self._expect("]")
        return Relationship(0, type_, start, end, properties)

    def _path(self) -> Path:
        self._expect("(")
        nodes, relationships = [self._node(0)], []
        while not self._take(">"):
            here, there = len(nodes) - 1, len(nodes)
            backwards = self._take("<-")
            if not backwards:
                self._expect("-")
            self._expect("[")
            ends = (there, here) if backwards else (here, there)
            relationships.append(self._relationship(*ends))
            self._expect("-" if backwards else "->")
            self._expect("(")
            nodes.append(self._node(there))
        return Path(nodes, relationships)

    # -- tokens

    def _next(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise self._error()
        self._at += 1
        return self._tokens[self._at - 1]

    def _is(self, sign: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at] == ("sign", sign)

    def _take(self, sign: str) -> bool:
        found = self._is(sign)
        self._at += found
        return found

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise self._error()

    def _name(self) -> str:
        kind, content = self._next()
        if kind not in ("name", "quoted", "string"):
            self._at -= 1
            raise self._error()
        return content

    def _error(self) -> NotationError:
        rest = "".join(content for _, content in self._tokens[self._at :])
        return NotationError(f"{self._text!r} is no value of the TCK; not understood: {rest or 'its end'!r}")


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens = []
    at, stop = 0, len(text.rstrip())
    while at < stop:
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise NotationError(f"{text!r} is no value of the TCK; not understood: {text[at:]!r}")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    return tokens


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1], found[1])
