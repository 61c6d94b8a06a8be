"""Which names are bound at a place in a query, and to what.

As clauses go by, MATCH and CREATE add their names to the scope, which is that of one single query; WITH starts a new one.
Names of comprehensions and lambdas live in an inner scope, through which the outer one shows. What a subquery is given from outside are constants to it:
they stay visible behind every WITH, are no columns (``*`` leaves them out), and nothing else can have their names.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping, MutableMapping

from lithograph.cypher.analysis.types import ANY, Kind, Type
from lithograph.cypher.ast import Position
from lithograph.cypher.errors import (
    UndefinedVariableError,
    VariableAlreadyBoundError,
    VariableTypeConflictError,
)


class Scope(Mapping[str, Type]):
    """Names and their types; iterating gives those that clauses have bound, in that order, without the constants."""

    __slots__ = ("_types", "constants")

    def __init__(
        self, types: Mapping[str, Type] | None = None, constants: Mapping[str, Type] | None = None
    ) -> None:
        self._types: MutableMapping[str, Type] = dict(types or {})
        self.constants: Mapping[str, Type] = constants or {}

    def __getitem__(self, name: str) -> Type:
        known = self._types.get(name)
        return self.constants[name] if known is None else known

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def copy(self) -> Scope:
        """One that goes its own way from here on."""
        return Scope(self._types, self.constants)

    def within(self) -> Scope:
        """One for names that are known inside a part of a clause only; made in no time, however many there are.

        This scope has to stay as it is as long as the other one is used.
        """
        inner = self.behind()
        known = self._types
        inner._types = known.new_child() if isinstance(known, ChainMap) else ChainMap({}, known)
        return inner

    def behind(self) -> Scope:
        """One without the names that clauses have bound."""
        return Scope(None, self.constants)

    def inside(self, names: Collection[str] | None = None) -> Scope:
        """What a subquery begins with: these names (None: all) as constants."""
        known = {**self.constants, **self._types}
        return Scope(None, known if names is None else {name: known[name] for name in names})

    def names(self) -> frozenset[str]:
        """All the names there are, the constants among them."""
        return frozenset((*self._types, *self.constants))

    def binds(self, name: str) -> bool:
        """Whether a clause has bound the name; a constant need not be one."""
        return name in self._types

    def type_of(self, name: str, position: Position) -> Type:
        """The type of a variable.

        Raises:
            UndefinedVariableError: nothing of that name is bound here.
        """
        known = self.get(name)
        if known is None:
            raise UndefinedVariableError.of(name, [*self._types, *self.constants], position)
        return known

    def bind(self, name: str, kind: Type, position: Position) -> None:
        """Bind a name that has to be new.

        Raises:
            VariableAlreadyBoundError: it is bound.
        """
        if name in self:
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
        known = self.get(name)
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
