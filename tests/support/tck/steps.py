"""What the steps of a scenario say, as data.

Source: openCypher, ``tck/README.adoc``. A step that is not known is an error of its own, so that no
assertion is ever left out unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from support.tck.notation import read_value

Table = list[list[str]]


class UnknownStepError(Exception):
    """A step that this reader does not know."""


@dataclass(frozen=True, slots=True)
class StartEmpty:
    """``an empty graph``, ``any graph``: for us the same."""


@dataclass(frozen=True, slots=True)
class StartFrom:
    """``the binary-tree-1 graph``."""

    graph: str


@dataclass(frozen=True, slots=True)
class Prepare:
    """``having executed``: a statement that makes the graph and must succeed."""

    text: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """``there exists a procedure``: its signature, and rows of arguments and results."""

    signature: str
    columns: list[str]
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Parameters:
    """``parameters are``, for the statements that follow."""

    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Execute:
    """``executing query`` or ``executing control query``; what follows is said of its outcome."""

    text: str


@dataclass(frozen=True, slots=True)
class ExpectRows:
    """``the result should be``, in one of its forms."""

    columns: list[str]
    rows: list[list[Any]]
    in_order: bool
    ordered_lists: bool


@dataclass(frozen=True, slots=True)
class ExpectNothing:
    """``the result should be empty``: no rows."""


@dataclass(frozen=True, slots=True)
class ExpectError:
    """``a SyntaxError should be raised at compile time: UndefinedVariable``; ``phase`` and ``detail`` may be ``*``."""

    kind: str
    phase: str
    detail: str


@dataclass(frozen=True, slots=True)
class ExpectSideEffects:
    """``the side effects should be``; what is not named is 0."""

    changes: dict[str, int]


Step = (
    StartEmpty
    | StartFrom
    | Prepare
    | Procedure
    | Parameters
    | Execute
    | ExpectRows
    | ExpectNothing
    | ExpectError
    | ExpectSideEffects
)


def read_step(text: str, doc_string: str | None, table: Table | None) -> Step:
    """The meaning of one step.

    Raises:
        UnknownStepError: none is known.
        NotationError: a value in its table is not understood.
    """
    for pattern, make in _FORMS:
        found = pattern.fullmatch(text.strip())
        if found is not None:
            return make(found, doc_string or "", table or [])
    raise UnknownStepError(text)


def _rows(found: re.Match[str], table: Table) -> ExpectRows:
    words = found[0]
    return ExpectRows(
        columns=table[0],
        rows=[[read_value(cell) for cell in row] for row in table[1:]],
        in_order="in order" in words,
        ordered_lists="ignoring element order for lists" not in words,
    )


def _procedure(signature: str, table: Table) -> Procedure:
    columns, *rows = table or [[]]
    return Procedure(signature, columns, [[read_value(cell) for cell in row] for row in rows])


def _error(found: re.Match[str]) -> ExpectError:
    phase = {"compile time": "compile", "runtime": "runtime", "any time": "*"}[found["phase"]]
    return ExpectError(found["kind"], phase, found["detail"])


_FORMS: list[tuple[re.Pattern[str], Callable[[re.Match[str], str, Table], Step]]] = [
    (re.compile(pattern), make)
    for pattern, make in (
        (r"an empty graph|any graph", lambda found, text, table: StartEmpty()),
        (r"the (?P<graph>\S+) graph", lambda found, text, table: StartFrom(found["graph"])),
        (r"having executed:", lambda found, text, table: Prepare(text)),
        (
            r"there exists a procedure (?P<signature>.*):",
            lambda found, text, table: _procedure(found["signature"].strip(), table),
        ),
        (
            r"parameters are:",
            lambda found, text, table: Parameters({name: read_value(value) for name, value in table}),
        ),
        (r"executing (control )?query:", lambda found, text, table: Execute(text)),
        (
            r"the result should be(, in any order|, in order)?( \(ignoring element order for lists\))?:",
            lambda found, text, table: _rows(found, table),
        ),
        (r"the result should be empty", lambda found, text, table: ExpectNothing()),
        (
            r"an? (?P<kind>\w+) should be raised at (?P<phase>compile time|runtime|any time): (?P<detail>\S+)",
            lambda found, text, table: _error(found),
        ),
        (r"no side effects", lambda found, text, table: ExpectSideEffects({})),
        (
            r"the side effects should be:",
            lambda found, text, table: ExpectSideEffects({name: int(count) for name, count in table}),
        ),
    )
]
