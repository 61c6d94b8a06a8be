"""The types that functions take, as their Python signatures declare them: ``def left(text: takes.String, …)``.

For a type checker each of them is ``Any``: a function checks what it gets when it runs, with a message of its own. What
is declared refuses an argument of another type before anything runs, where that type is known, and tells people what a
function takes. A parameter that is plain ``Any`` takes everything. Null goes everywhere and is not declared.

Types are named as ``valueType`` names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Takes:
    """The types of an argument, in the order in which they are told."""

    types: tuple[str, ...]

    def __str__(self) -> str:
        """As signatures have it: ``STRING | LIST<ANY>``."""
        return " | ".join("LIST<ANY>" if each == "LIST" else each for each in self.types)

    @property
    def in_words(self) -> str:
        """As a sentence has it: "a number or a string"."""
        rest, words = set(self.types), []
        for types, word in _GROUPS:
            if rest >= types:
                rest -= types
                words.append(word)
        words += [_WORDS.get(each, f"a {each.lower()}") for each in self.types if each in rest]
        return " or ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} or {words[-1]}"


_INSTANTS = ("DATE", "LOCAL TIME", "ZONED TIME", "LOCAL DATETIME", "ZONED DATETIME")
_GROUPS = (
    (frozenset((*_INSTANTS, "DURATION")), "a temporal value"),
    (frozenset(_INSTANTS), "a date, time or moment"),
    (frozenset(("INTEGER", "FLOAT")), "a number"),
)
_WORDS = {
    "INTEGER": "an integer",
    "BYTEARRAY": "bytes",
    "ENUM": "a value of an enumeration",
    "ZONED TIME": "a time",
    "ZONED DATETIME": "a datetime",
}

Boolean: TypeAlias = Annotated[Any, Takes(("BOOLEAN",))]
Integer: TypeAlias = Annotated[Any, Takes(("INTEGER",))]
Number: TypeAlias = Annotated[Any, Takes(("INTEGER", "FLOAT"))]
String: TypeAlias = Annotated[Any, Takes(("STRING",))]
Bytes: TypeAlias = Annotated[Any, Takes(("BYTEARRAY",))]
List: TypeAlias = Annotated[Any, Takes(("LIST",))]
Map: TypeAlias = Annotated[Any, Takes(("MAP",))]
Node: TypeAlias = Annotated[Any, Takes(("NODE",))]
Relationship: TypeAlias = Annotated[Any, Takes(("RELATIONSHIP",))]
Path: TypeAlias = Annotated[Any, Takes(("PATH",))]
PointValue: TypeAlias = Annotated[Any, Takes(("POINT",))]
Instant: TypeAlias = Annotated[Any, Takes(_INSTANTS)]

Element: TypeAlias = Annotated[Any, Takes(("NODE", "RELATIONSHIP"))]
ElementOrMap: TypeAlias = Annotated[Any, Takes(("NODE", "RELATIONSHIP", "MAP"))]
NumberOrDuration: TypeAlias = Annotated[Any, Takes(("INTEGER", "FLOAT", "DURATION"))]
StringOrList: TypeAlias = Annotated[Any, Takes(("STRING", "LIST"))]
StringListOrMap: TypeAlias = Annotated[Any, Takes(("STRING", "LIST", "MAP"))]
StringListMapOrBytes: TypeAlias = Annotated[Any, Takes(("STRING", "LIST", "MAP", "BYTEARRAY"))]
ListMapOrPath: TypeAlias = Annotated[Any, Takes(("LIST", "MAP", "PATH"))]
PathStringOrList: TypeAlias = Annotated[Any, Takes(("PATH", "STRING", "LIST"))]
NumberBooleanOrString: TypeAlias = Annotated[Any, Takes(("INTEGER", "FLOAT", "BOOLEAN", "STRING"))]
NumberOrString: TypeAlias = Annotated[Any, Takes(("INTEGER", "FLOAT", "STRING"))]
BooleanIntegerOrString: TypeAlias = Annotated[Any, Takes(("BOOLEAN", "INTEGER", "STRING"))]
Textual: TypeAlias = Annotated[
    Any, Takes(("STRING", "INTEGER", "FLOAT", "BOOLEAN", *_INSTANTS, "DURATION", "POINT", "ENUM"))
]
Measured: TypeAlias = Annotated[
    Any, Takes(("DATE", "LOCAL TIME", "LOCAL DATETIME", "ZONED DATETIME", "DURATION"))
]
TemporalSource: TypeAlias = Annotated[Any, Takes(("STRING", "MAP", *_INSTANTS))]
DurationSource: TypeAlias = Annotated[Any, Takes(("STRING", "MAP", "DURATION"))]
ZoneSource: TypeAlias = Annotated[Any, Takes(("STRING", "INTEGER", "MAP"))]
