"""Hints: which ways into a pattern a query asks for, and whether they exist.

A hint with a variable (``USING INDEX n:Label(key)``, ``USING SCAN n:Label``) is an order: the pattern is entered there,
in that way. One before a query (``USING INDEX :Label(key)``) only goes before other ways that there are. ``USING JOIN``
says nothing that the planner could do otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.errors import IndexNotFoundError, UnexpectedConstructError
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.access import Access
from lithograph.cypher.plan.statistics import Statistics
from lithograph.cypher.render.hints import render_hint


@dataclass(frozen=True, slots=True)
class Hints:
    """``told`` are those of the MATCH at hand, ``preferred`` the indexes named before the query."""

    told: tuple[ast.Hint, ...] = ()
    preferred: tuple[ast.IndexHint, ...] = ()

    @property
    def variables(self) -> frozenset[str]:
        """What the pattern is to be entered by."""
        return frozenset(name for name in map(_variable, self.told) if name is not None)

    def demands(self, access: Access) -> bool:
        """Whether a way in is one that was asked for."""
        return any(_variable(hint) == access.variable and _is(hint, access) for hint in self.told)

    def prefers(self, access: Access) -> bool:
        """Whether a way in goes by an index named before the query."""
        return any(_is(hint, access) for hint in self.preferred)

    def check(self, variable: str, ways: Iterable[Access], statistics: Statistics, is_node: bool) -> None:
        """Refuse hints for ``variable`` that no plan could obey; ``ways`` are all that the pattern offers.

        Raises:
            IndexNotFoundError: there is no such index.
            UnexpectedConstructError: the pattern does not ask for what is in the index.
        """
        found = list(ways)
        for hint in self.told:
            if _variable(hint) == variable:
                if isinstance(hint, ast.IndexHint):
                    _check_exists(hint, statistics, is_node)
                by_index = is_node or isinstance(hint, ast.IndexHint)  # all of a type need not be in an index
                if by_index and not any(_is(hint, way) for way in found):
                    raise useless(hint)


NO_HINTS = Hints()


def useless(hint: ast.Hint) -> UnexpectedConstructError:
    """The error for a hint that the pattern gives no occasion for."""
    wanted = "its label or type"
    if isinstance(hint, ast.IndexHint):
        wanted += " and compare its properties" if len(hint.properties) > 1 else " and compare its property"
    return UnexpectedConstructError(
        f"`{render_hint(hint)}` cannot be obeyed: it needs a node or single relationship of the pattern, not bound before, and "
        f"the pattern or its WHERE has to ask for {wanted}.",
        position=hint.position,
    )


def _check_exists(hint: ast.IndexHint, statistics: Statistics, is_node: bool) -> None:
    index = statistics.index if is_node else statistics.edge_index
    if index(hint.label, hint.properties) is None:
        keys = ", ".join(f"{hint.variable}.{key}" for key in hint.properties)
        element = f"({hint.variable}:{hint.label})" if is_node else f"()-[{hint.variable}:{hint.label}]-()"
        raise IndexNotFoundError(
            f"No such index: FOR {element} ON ({keys}). Create it, or leave the hint out.",
            position=hint.position,
        )


def _variable(hint: ast.Hint) -> str | None:
    return hint.variable if isinstance(hint, ast.IndexHint | ast.ScanHint) else None


def _is(hint: ast.Hint, access: Access) -> bool:
    """Whether a way in is the one that the hint names, whatever the variable."""
    step = access.step
    if isinstance(step, logical.ScanAllByEdge):
        if step.lookup is None:
            return isinstance(hint, ast.ScanHint) and hint.label == step.type
        step = step.lookup
    match hint, step:
        case ast.IndexHint(properties=()) | ast.ScanHint(), logical.ScanAllByLabel(label=label):
            return bool(hint.label == label)
        case ast.IndexHint(label=label, properties=keys), logical.IndexSeek():
            return label == step.label and keys == step.keys
        case ast.IndexHint(label=label, properties=keys, seek=seek), logical.IndexRange():
            return label == step.label and keys == (step.key,) and not (seek and _is_whole(step))
    return False


def _is_whole(step: logical.IndexRange) -> bool:
    """Whether it goes through all of an index."""
    return step.low is None and step.high is None and step.prefix is None
