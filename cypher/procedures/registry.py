"""The table of procedures, and how a procedure gets into it.

::

    @procedure("my.squares(limit :: INTEGER) :: (square :: INTEGER)", "The squares up to a limit.")
    def squares(context: Context, limit: int) -> Iterator[tuple[int]]:
        ...

    engine.procedures.register(squares)

The decorated function gets the context of the execution, then the arguments, which have the types of the signature
and are complete: defaults are filled in. It gives rows, tuples with a value for each field. One that has many of them
gives frames instead, whose columns are named by the fields (``columnar``); an empty frame is a breath, in which whoever
drives the query gets control. A function without fields gives no rows and is called for its effects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Any

from lithograph.cypher.errors import CypherTypeError, ProcedureNotFoundError, suggestion
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.procedures.signature import Signature
from lithograph.cypher.procedures.types import MisfitError
from lithograph.cypher.vectors import Vector
from lithograph.storage.values.types import type_name

if TYPE_CHECKING:
    from lithograph.cypher.ast import Position
    from lithograph.cypher.context import Context

BATCH = 1024
"""Rows of a frame that is made of single rows."""


class Mode(Enum):
    """What a procedure may do; the value is Neo4j's word for it."""

    READ = "READ"
    WRITE = "WRITE"
    """Changes the graph: needs a transaction that may write, and whatever follows sees all of it."""
    SCHEMA = "SCHEMA"
    """Changes indexes and constraints; handled as WRITE is."""
    DBMS = "DBMS"
    """Tells of the server and not of the graph."""


@dataclass(frozen=True, slots=True, eq=False)
class Procedure:
    """A procedure; ``frames(context, *arguments)`` runs it."""

    signature: Signature
    frames: Callable[..., Iterator[Frame]]
    description: str = ""
    mode: Mode = Mode.READ
    deterministic: bool = True
    """Whether calls with the same arguments on one state of the graph give the same rows. Only then may one
    call stand for many rows."""

    @property
    def name(self) -> str:
        return self.signature.name

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.mode in (Mode.WRITE, Mode.SCHEMA)

    def call(
        self, context: Context, values: Iterable[Any], position: Position | None = None
    ) -> Iterator[Frame]:
        """The frames for these arguments, one for each of the signature.

        Raises:
            CypherTypeError: one is of a type that the procedure does not take.
        """
        fitted = []
        for argument, value in zip(self.signature.arguments, values, strict=True):
            try:
                fitted.append(argument.type.fitted(value))
            except MisfitError:
                raise CypherTypeError(
                    f"{self.name}() takes {argument.type} as its argument `{argument.name}`, not {type_name(value)}.",
                    position=position,
                ) from None
        return self.frames(context, *fitted)


def procedure(
    signature: str,
    description: str = "",
    *,
    mode: Mode = Mode.READ,
    deterministic: bool = True,
    columnar: bool = False,
) -> Callable[[Callable[..., Any]], Procedure]:
    """Make a procedure of the decorated function; see the module's docstring.

    Raises:
        ValueError: the signature cannot be read.
    """
    read = Signature.read(signature)

    def make(function: Callable[..., Any]) -> Procedure:
        frames = function if columnar else framed(function, read.fields)
        return Procedure(read, frames, description, mode, deterministic)

    return make


def framed(
    function: Callable[..., Iterable[tuple[Any, ...]] | None], fields: tuple[str, ...]
) -> Callable[..., Iterator[Frame]]:
    """A function that gives rows as one that gives frames."""

    def frames(context: Context, *arguments: Any) -> Iterator[Frame]:
        yield from as_frames(function(context, *arguments) or (), fields)

    return frames


def as_frames(rows: Iterable[tuple[Any, ...]], fields: tuple[str, ...]) -> Iterator[Frame]:
    """Rows as frames with a column for each field, and a breath at the end."""
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        columns = zip(*batch, strict=True)
        named = {name: Vector.of(values) for name, values in zip(fields, columns, strict=True)}
        yield Frame(named, len(batch))
    yield EMPTY


class Procedures:
    """The procedures that the queries of one engine can call.

    A name is looked up as it is written, and if there is none in any case. ``version`` changes with every change,
    so that plans made before can be told from those made after.
    """

    def __init__(self, procedures: Iterable[Procedure] = ()) -> None:
        self.version = 0
        self._by_name: dict[str, Procedure] = {}
        self._by_folded: dict[str, Procedure] = {}
        for each in procedures:
            self.register(each)

    def __iter__(self) -> Iterator[Procedure]:
        """All of them, by name."""
        return iter(sorted(self._by_name.values(), key=lambda procedure: procedure.name))

    def register(self, procedure: Procedure) -> None:
        """Make a procedure known.

        Raises:
            ValueError: there is one of this name.
        """
        if procedure.name in self._by_name:
            raise ValueError(f"There is a procedure named {procedure.name} already.")
        self._by_name[procedure.name] = procedure
        self._changed()

    def unregister(self, name: str) -> None:
        """Forget a procedure; plans made with it still run.

        Raises:
            ValueError: there is none of this name.
        """
        if self._by_name.pop(name, None) is None:
            raise ValueError(f"There is no procedure named {name}.")
        self._changed()

    def _changed(self) -> None:
        self._by_folded = {name.casefold(): procedure for name, procedure in self._by_name.items()}
        self.version += 1

    def find(self, name: str) -> Procedure | None:
        """The procedure called ``name``, or None."""
        return self._by_name.get(name) or self._by_folded.get(name.casefold())

    def get(self, name: str, position: Position | None = None) -> Procedure:
        """The procedure called ``name``.

        Raises:
            ProcedureNotFoundError: there is none; the closest is suggested.
        """
        found = self.find(name)
        if found is None:
            hint = suggestion(name, self._by_name)
            raise ProcedureNotFoundError(f"There is no procedure named '{name}'.{hint}", position=position)
        return found
