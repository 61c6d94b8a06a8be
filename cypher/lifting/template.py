"""What is kept of the first text of its kind: which literals have to be the same, and what is made of the others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Container, Iterable
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.lifting.places import Liftable, liftable
from lithograph.cypher.lifting.skeleton import UNREADABLE, Skeleton, reader_of
from lithograph.cypher.plan.rewrite import rewrite

RESERVED = " literal "
"""Lifted parameters have names that begin so."""

Key = tuple[str, ...]

Make = Callable[[list[str]], Any]
"""Makes a parameter's value of the literals of a text."""


class Template:
    """How to get from the literals of a text to the parameters of its plan."""

    __slots__ = ("_fixed", "_makers", "skeleton")

    def __init__(self, skeleton: Skeleton, lifted: Container[int], makers: list[tuple[str, Make]]) -> None:
        """``lifted`` are the numbers of the literals that the parameters are made of."""
        self.skeleton = skeleton
        self._makers = makers
        self._fixed = tuple(number for number in range(len(skeleton.literals)) if number not in lifted)

    def key(self, skeleton: Skeleton) -> Key | None:
        """What plans of this kind differ by: the skeleton and the literals that stay; None for another kind."""
        literals = skeleton.literals
        if len(literals) != len(self.skeleton.literals):
            return None
        return (skeleton.key, *[literals[number] for number in self._fixed])

    def parameters(self, skeleton: Skeleton) -> dict[str, Any] | None:
        """The parameters for a text with the same key; None if one of its literals is wrong."""
        literals = skeleton.literals
        try:
            return {name: make(literals) for name, make in self._makers}
        except UNREADABLE:
            return None  # the parser will say what is wrong, and where


def lift(statement: ast.Statement, skeleton: Skeleton) -> tuple[ast.Statement, Template] | None:
    """The statement with parameters for what can be lifted, and the template; None if nothing can."""
    lifting = _Lifting(skeleton)
    changed: ast.Statement = rewrite(statement, lifting.substitute(liftable(statement)))
    if not lifting.lifted:
        return None
    return changed, Template(skeleton, lifting.lifted, lifting.makers)


class _Lifting:
    """The lifting of one statement."""

    def __init__(self, skeleton: Skeleton) -> None:
        self.lifted: set[int] = set()
        self.makers: list[tuple[str, Make]] = []
        self._skeleton = skeleton
        self._starts = [start for start, _ in skeleton.spans()]

    def substitute(self, found: Iterable[Liftable]) -> Callable[[ast.Syntax], ast.Syntax | None]:
        """A function for ``rewrite`` that has parameters for the nodes ``found``."""
        parameters: dict[tuple[int, type], ast.Parameter] = {}
        for node in found:
            place = node.position.offset, type(node)
            if place not in parameters:  # the operands of a chain of comparisons are in the tree twice
                parameter = self._parameter(node)
                if parameter is not None:
                    parameters[place] = parameter

        def replaced(syntax: ast.Syntax) -> ast.Syntax | None:
            if isinstance(syntax, ast.Literal | ast.ListLiteral):
                return parameters.get((syntax.position.offset, type(syntax)))
            return None

        return replaced

    def _parameter(self, node: Liftable) -> ast.Parameter | None:
        """The parameter for a literal or list; None if the skeleton has not found the literals in it."""
        lifted: set[int] = set()
        make = self._maker(node, lifted)
        if make is None or not lifted:
            return None
        self.lifted |= lifted
        name = f"{RESERVED}{len(self.makers)}"
        self.makers.append((name, make))
        return ast.Parameter(name, position=node.position)

    def _maker(self, node: ast.Syntax, lifted: set[int]) -> Make | None:
        """How to make the value of a node of literals, which are noted in ``lifted``."""
        match node:
            case ast.ListLiteral(items=items):
                return _list_maker([self._maker(item, lifted) for item in items])
            case ast.MapLiteral(entries=entries):
                makers = [self._maker(value, lifted) for _, value in entries]
                return _map_maker([key for key, _ in entries], makers)
            case ast.Literal(value=value) if value is None or type(value) is bool:
                return lambda _: value
            case ast.Literal():
                return self._literal_maker(node, lifted)
        raise TypeError(f"{type(node).__name__} is no literal")

    def _literal_maker(self, node: ast.Literal, lifted: set[int]) -> Make | None:
        """The same for a number or string; None if the skeleton has nothing of that value in its place."""
        offset = node.position.offset
        negative = self._skeleton.text[offset] == "-"
        number = bisect_right(self._starts, offset) - (not negative)
        if not 0 <= number < len(self._starts) or not (negative or self._starts[number] == offset):
            return None
        literal = self._skeleton.literals[number]
        read = reader_of(literal, negative)
        try:
            if ast.Literal(read(literal)) != node:
                return None
        except UNREADABLE:
            return None
        lifted.add(number)
        return lambda literals: read(literals[number])


def _list_maker(makers: list[Make | None]) -> Make | None:
    known = [make for make in makers if make is not None]
    if len(known) < len(makers):
        return None
    return lambda literals: [make(literals) for make in known]


def _map_maker(keys: list[str], makers: list[Make | None]) -> Make | None:
    known = [make for make in makers if make is not None]
    if len(known) < len(makers):
        return None
    pairs = list(zip(keys, known, strict=True))
    return lambda literals: {key: make(literals) for key, make in pairs}
