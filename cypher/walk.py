"""Going through syntax trees without knowing each of their classes."""

from __future__ import annotations

from collections.abc import Callable
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
            _collect(getattr(node, name), found.append)
    return found


_names: dict[type, tuple[str, ...]] = {}


def _collect(value: object, add: Callable[[ast.Syntax], None]) -> None:
    if isinstance(value, ast.Syntax):
        add(value)
    elif type(value) is tuple:
        for item in value:
            _collect(item, add)


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
