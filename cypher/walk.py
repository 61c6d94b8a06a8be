"""Going through syntax trees without knowing each of their classes."""

from __future__ import annotations

from dataclasses import fields

from lithograph.cypher import ast
from lithograph.storage.patience import breathe


def children(node: object) -> list[ast.Syntax]:
    """The nodes right below a node, in the order of its fields; those in (nested) tuples count as such."""
    breathe()
    found: list[ast.Syntax] = []
    if isinstance(node, ast.Syntax):
        kind = type(node)
        names = _names.get(kind)
        if names is None:
            names = tuple(field.name for field in fields(kind) if field.name != "position")
            _names[kind] = names
        for name in names:
            value = getattr(node, name)
            if isinstance(value, ast.Syntax):
                found.append(value)
            elif type(value) is tuple:
                _collect(value, found)
    return found


_names: dict[type, tuple[str, ...]] = {}


def _collect(values: tuple[object, ...], found: list[ast.Syntax]) -> None:
    for value in values:
        if isinstance(value, ast.Syntax):
            found.append(value)
        elif type(value) is tuple:
            _collect(value, found)


def is_larger(tree: ast.Syntax, limit: int) -> bool:
    """Whether the tree has more than ``limit`` nodes, one that stands in several places counting for each."""
    waiting = [tree]
    seen = 0
    while waiting:
        seen += 1
        if seen > limit:
            return True
        waiting.extend(children(waiting.pop()))
    return False


def first_below(tree: ast.Syntax, depth: int) -> ast.Syntax | None:
    """A node with ``depth`` nodes above it, or None where the tree is not that deep. Does not recurse."""
    level: list[ast.Syntax] = [tree]
    for _ in range(depth):
        level = [child for node in level for child in children(node)]
    return level[0] if level else None
