"""What a function takes and gives, read off the Python signature of what does its work."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from lithograph.cypher.scalar.functions.takes import Takes
from lithograph.cypher.scalar.type_test import CLASSES
from lithograph.storage.values.enums import EnumValue

_NAMES = {kind: name for name, kind in CLASSES.items()} | {bytes: "BYTEARRAY", EnumValue: "ENUM"}
_OF_THE_ENGINE = frozenset({"reader", "state", "hops", "clock"})


@dataclass(frozen=True, slots=True)
class Gives:
    """The type of a result, as ``valueType`` names it; of a list also that of its elements. ``ANY``: not known."""

    name: str = "ANY"
    element: Gives | None = None

    def __str__(self) -> str:
        return self.name if self.name != "LIST" else f"LIST<{self.element or 'ANY'}>"


ANYTHING = Gives()


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a function takes in one place."""

    name: str
    takes: Takes | None
    """None: everything."""
    optional: bool = False
    repeated: bool = False

    @property
    def types(self) -> str:
        """``STRING | LIST<ANY>``."""
        return str(self.takes or "ANY")

    def __str__(self) -> str:
        if self.repeated:
            return f"{self.name}... :: {self.types}"
        return f"[{self.name} :: {self.types}]" if self.optional else f"{self.name} :: {self.types}"


def parameters_of(call: Callable[..., Any]) -> tuple[Parameter, ...]:
    """The parameters that a query gives arguments for; those that the engine adds are left out."""
    hints = get_type_hints(call, include_extras=True)
    return tuple(
        Parameter(
            parameter.name.strip("_"),
            declared(hints.get(parameter.name)),
            optional=parameter.default is not parameter.empty,
            repeated=parameter.kind is parameter.VAR_POSITIONAL,
        )
        for parameter in inspect.signature(call).parameters.values()
        if parameter.name not in _OF_THE_ENGINE
    )


def declared(hint: Any) -> Takes | None:
    """What an annotation out of ``takes.py`` says; None of any other."""
    return next((each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Takes)), None)


def result_of(call: Callable[..., Any]) -> Gives:
    """The type of what a call gives, null apart."""
    return as_result(get_type_hints(call).get("return"))


def as_result(hint: Any) -> Gives:
    """A Python type as the type of a result."""
    options: Sequence[Any] = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    kinds = [each for each in options if each is not NoneType]
    if len(kinds) != 1:
        return ANYTHING
    (kind,) = kinds
    if get_origin(kind) is list:
        return Gives("LIST", as_result(get_args(kind)[0]))
    return Gives(_NAMES.get(get_origin(kind) or kind, "ANY"))
