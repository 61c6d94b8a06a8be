"""Which names are bound at a place in a query, and to what.

A scope is replaced rather than changed as clauses go by: WITH starts a new one, MATCH one with more names.
Names of comprehensions and lambdas live in an inner scope.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lithograph.cypher.analysis.types import ANY, Kind, Type
from lithograph.cypher.ast import Position
from lithograph.cypher.errors import (
    UndefinedVariableError,
    VariableAlreadyBoundError,
    VariableTypeConflictError,
)


class Scope(Mapping[str, Type]):
    """Names and their types, in the order in which they were bound."""

    __slots__ = ("_types",)

    def __init__(self, types: Mapping[str, Type] | None = None) -> None:
        self._types: dict[str, Type] = dict(types or {})

    def __getitem__(self, name: str) -> Type:
        return self._types[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def copy(self) -> Scope:
        """One that can be added to."""
        return Scope(self._types)

    def type_of(self, name: str, position: Position) -> Type:
        """The type of a variable.

        Raises:
            UndefinedVariableError: nothing of that name is bound here.
        """
        known = self._types.get(name)
        if known is None:
            raise UndefinedVariableError.of(name, self._types, position)
        return known

    def bind(self, name: str, kind: Type, position: Position) -> None:
        """Bind a name that has to be new.

        Raises:
            VariableAlreadyBoundError: it is bound.
        """
        if name in self._types:
            raise VariableAlreadyBoundError(f"Variable `{name}` is already bound.", position=position)
        self._types[name] = kind

    def shadow(self, name: str, kind: Type) -> None:
        """Bind a name, hiding what it stood for."""
        self._types[name] = kind

    def use(self, name: str, wanted: Type, position: Position) -> bool:
        """Bind a name, or use it where it is bound to the kind wanted; whether it was bound before.

        Raises:
            VariableTypeConflictError: it is bound to something else.
        """
        known = self._types.get(name)
        if known is None:
            self._types[name] = wanted
            return False
        if known.kind not in (wanted.kind, Kind.ANY):
            raise VariableTypeConflictError(
                f"Type mismatch: `{name}` is {known}, but is used as {wanted} here.", position=position
            )
        if known == ANY:
            self._types[name] = wanted
        return True
