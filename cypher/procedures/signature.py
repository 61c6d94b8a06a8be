"""Signatures of procedures: what they are called, take and give, and their text both ways.

::

    test.my.proc(name :: STRING?, in = 42 :: INTEGER?) :: (out :: LIST<STRING>, more :: ANY?)

A default is written as JSON. A procedure that gives nothing ends with ``:: ()``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from lithograph.cypher.procedures.types import ValueType


class _Needed:
    """The default of an argument that has none."""

    def __repr__(self) -> str:
        return "NEEDED"


NEEDED: Final = _Needed()


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: ``name :: TYPE``, or ``name = default :: TYPE``."""

    name: str
    type: ValueType
    default: Any = NEEDED

    def __str__(self) -> str:
        default = "" if self.is_needed else f" = {json.dumps(self.default)}"
        return f"{self.name}{default} :: {self.type}"

    @property
    def is_needed(self) -> bool:
        """Whether a call has to give it."""
        return self.default is NEEDED


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the rows that a procedure gives."""

    name: str
    type: ValueType

    def __str__(self) -> str:
        return f"{self.name} :: {self.type}"


@dataclass(frozen=True, slots=True)
class Signature:
    """See the module. Arguments with a default come last."""

    name: str
    """With its namespace: ``db.labels``."""
    arguments: tuple[Argument, ...] = ()
    results: tuple[Field, ...] = ()

    def __str__(self) -> str:
        taken = ", ".join(map(str, self.arguments))
        return f"{self.name}({taken}) :: ({', '.join(map(str, self.results))})"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the results."""
        return tuple(field.name for field in self.results)

    @property
    def is_void(self) -> bool:
        """Whether it gives no rows, so that the rows around a call stay as they are."""
        return not self.results

    @property
    def fewest(self) -> int:
        """The least number of arguments."""
        return sum(argument.is_needed for argument in self.arguments)

    @staticmethod
    def read(text: str) -> Signature:
        """The signature that ``text`` writes.

        Raises:
            ValueError: it is none; with the place.
        """
        return _Reader(text).signature()


_WORD = re.compile(r"\s*([^\W\d]\w*)")
_NAME = re.compile(r"\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)")
_BLANKS = re.compile(r"\s*")


class _Reader:
    """Reads one signature from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def signature(self) -> Signature:
        name = self._match(_NAME, "a name")
        arguments = self._arguments()
        results: tuple[Field, ...] = ()
        if self._skip("::"):
            results = self._results()
        if self._text[self._at :].strip():
            raise self._error("the end")
        names = [argument.name for argument in arguments]
        if len({*names}) < len(names) or len({field.name for field in results}) < len(results):
            raise ValueError(f"Two arguments or two results of {name} have one name: {self._text}")
        if any(later.is_needed and not argument.is_needed for argument, later in pairwise(arguments)):
            raise ValueError(f"An argument of {name} that is needed comes after one with a default.")
        return Signature(name, arguments, results)

    def _arguments(self) -> tuple[Argument, ...]:
        found: list[Argument] = []
        self._expect("(")
        while not self._skip(")"):
            if found:
                self._expect(",")
            name = self._match(_WORD, "the name of an argument")
            default = self._default() if self._skip("=") else NEEDED
            self._expect("::")
            found.append(Argument(name, self._type(), default))
        return tuple(found)

    def _results(self) -> tuple[Field, ...]:
        found: list[Field] = []
        self._expect("(")
        while not self._skip(")"):
            if found:
                self._expect(",")
            name = self._match(_WORD, "the name of a result")
            self._expect("::")
            found.append(Field(name, self._type()))
        return tuple(found)

    def _default(self) -> Any:
        start = _end(_BLANKS, self._text, self._at)
        try:
            value, self._at = json.JSONDecoder().raw_decode(self._text, start)
        except json.JSONDecodeError:
            raise self._error("a default written as JSON") from None
        return value

    def _type(self) -> ValueType:
        """``INTEGER?``, ``LIST<STRING>``, and the older ``LIST? OF STRING?``."""
        name = self._match(_WORD, "a type").upper()
        if name != "LIST":
            return self._checked(name, self._skip("?"), None)
        if self._skip("<"):
            element = self._type()
            self._expect(">")
            return self._checked(name, self._skip("?"), element)
        nullable = self._skip("?")
        return self._checked(name, nullable, self._type() if self._skip("OF ") else None)

    @staticmethod
    def _checked(name: str, nullable: bool, element: ValueType | None) -> ValueType:
        if element == ValueType("ANY", nullable=True):
            element = None  # a list of anything
        return ValueType(name, nullable, element)

    def _match(self, pattern: re.Pattern[str], what: str) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise self._error(what)
        self._at = found.end()
        return found[1]

    def _skip(self, sign: str) -> bool:
        start = _end(_BLANKS, self._text, self._at)
        if not self._text.startswith(sign, start):
            return False
        self._at = start + len(sign)
        return True

    def _expect(self, sign: str) -> None:
        if not self._skip(sign):
            raise self._error(f"`{sign}`")

    def _error(self, wanted: str) -> ValueError:
        return ValueError(f"Expected {wanted} at character {self._at + 1} of the signature: {self._text}")


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return start if found is None else found.end()
