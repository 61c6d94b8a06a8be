"""Names that a query reads and the graph does not know: most likely typing errors, worth a remark.

A label, type or property key that nothing in the store has ever had matches nothing, which is no error in
Cypher; but who wrote ``MATCH (n:Usr)`` should hear of it. Names that a query itself creates are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.errors import suggestion
from lithograph.cypher.results import Notification
from lithograph.cypher.walk import children
from lithograph.storage.names import Names
from lithograph.storage.store import Store

KINDS = {
    "label": ("UnknownLabelWarning", "label"),
    "type": ("UnknownRelationshipTypeWarning", "relationship type"),
    "key": ("UnknownPropertyKeyWarning", "property name"),
}


@dataclass(frozen=True, slots=True)
class NameRead:
    """A label, type or key that a query reads, and where."""

    kind: str
    name: str
    position: ast.Position


def unknown_names(query: ast.Query, store: Store) -> tuple[NameRead, ...]:
    """The names read that the store does not know now, each once, in the order of the text."""
    elements = frozenset(_elements(query))
    made = {(name.kind, name.name) for name in _read(query, True, elements)}
    found = {
        (name.kind, name.name): name
        for name in _read(query, False, elements)
        if (name.kind, name.name) not in made and _known(name, store).find(name.name) is None
    }
    return tuple(found.values())


def _elements(syntax: ast.Syntax) -> Iterator[str]:
    """The variables of nodes and relationships: what is read of others is no property of the graph."""
    if isinstance(syntax, ast.NodePattern | ast.RelationshipPattern) and syntax.variable is not None:
        yield syntax.variable
    for child in children(syntax):
        yield from _elements(child)


def notifications(names: tuple[NameRead, ...], store: Store) -> list[Notification]:
    """A remark for each of these names that is still unknown."""
    found = []
    for name in names:
        known = _known(name, store)
        if known.find(name.name) is None:
            code, what = KINDS[name.kind]
            hint = suggestion(name.name, known.texts)
            description = f"The {what} `{name.name}` does not exist in the database. Verify that the spelling is correct.{hint}"
            place = (name.position.offset, name.position.line, name.position.column)
            title = f"The provided {what} is not in the database."
            full = f"Neo.ClientNotification.Statement.{code}"
            found.append(Notification("WARNING", full, title, description, "UNRECOGNIZED", place))
    return found


def _known(name: NameRead, store: Store) -> Names:
    if name.kind == "label":
        return store.label_sets.labels
    return store.types if name.kind == "type" else store.keys


def _read(syntax: ast.Syntax, made: bool, elements: frozenset[str]) -> Iterator[NameRead]:
    """The names in a tree: those of reading parts, or (``made``) those that updates bring into being."""
    update = isinstance(syntax, ast.Create | ast.Merge | ast.Set | ast.Remove | ast.Foreach)
    if update and not made:
        return
    if update or not made:
        yield from _own(syntax, elements)
    for child in children(syntax):
        yield from _within(child, elements) if update else _read(child, made, elements)


def _within(syntax: ast.Syntax, elements: frozenset[str]) -> Iterator[NameRead]:
    """All names in a tree."""
    yield from _own(syntax, elements)
    for child in children(syntax):
        yield from _within(child, elements)


def _own(syntax: ast.Syntax, elements: frozenset[str]) -> Iterator[NameRead]:
    """The names of one node of the tree."""
    match syntax:
        case ast.NodePattern(labels=labels):
            yield from _labels(labels, "label")
            yield from _keys(syntax.properties)
        case ast.RelationshipPattern(types=types):
            yield from _labels(types, "type")
            yield from _keys(syntax.properties)
        case ast.SetLabels(labels=labels):
            for label in labels:
                yield from _labels(label, "label")
        case ast.Property(subject=ast.Variable(name=name), key=key) if name in elements:
            yield NameRead("key", key, syntax.position)


def _labels(labels: ast.LabelExpression | None, kind: str) -> Iterator[NameRead]:
    if isinstance(labels, ast.LabelName):
        yield NameRead(kind, labels.name, labels.position)
    elif isinstance(labels, ast.LabelAnd | ast.LabelOr):
        for part in labels.parts:
            yield from _labels(part, kind)


def _keys(properties: ast.Expression | None) -> Iterator[NameRead]:
    if isinstance(properties, ast.MapLiteral):
        for key, value in properties.entries:
            yield NameRead("key", key, value.position)
