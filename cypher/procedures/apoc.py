"""``apoc.meta.data()``, as far as LangChain and its like need it for the schema they tell a language model.

APOC's rows and words; the columns ``sample``, ``left``, ``right`` and ``otherLabels`` are left out. APOC samples, this
counts everything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.procedures.observations import Gradually, Observed, Shape, connections, observed
from lithograph.cypher.procedures.registry import as_frames, procedure
from lithograph.cypher.procedures.shapes import apoc_name
from lithograph.storage.indexes.catalog import Catalog

Row = tuple[Any, ...]
_Seen = dict[tuple[str, str], Observed]
"""What was observed by (label or type, property)."""

_FIELDS = (
    "label",
    "property",
    "count",
    "unique",
    "index",
    "existence",
    "type",
    "array",
    "other",
    "elementType",
)


@procedure(
    "apoc.meta.data(config = {} :: MAP) :: (label :: STRING, property :: STRING, count :: INTEGER, unique :: BOOLEAN, "
    "index :: BOOLEAN, existence :: BOOLEAN, type :: STRING, array :: BOOLEAN, other :: LIST<STRING>, "
    "elementType :: STRING)",
    "Labels and types with their properties, and what they lead to.",
    columnar=True,
)
def meta_data(context: Context, _config: dict[str, Any]) -> Iterator[Frame]:
    store = context.transaction.store
    nodes, relationships = yield from _seen(context)
    connected = yield from _connected(context)
    rows = [
        *_properties(nodes, store.vertex_indexes, "node"),
        *_properties(relationships, store.edge_indexes, "relationship"),
        *connected,
    ]
    yield from as_frames(sorted(rows, key=lambda row: (row[-1], row[0], row[1])), _FIELDS)


def _seen(context: Context) -> Gradually[tuple[_Seen, _Seen]]:
    """Of nodes, by single labels, and of relationships."""
    store, view = context.transaction.store, context.transaction.view
    by_sets = yield from observed(store.vertices, view)
    by_types = yield from observed(store.edges, view)
    nodes: _Seen = defaultdict(Observed)
    for (code, key), seen in by_sets.items():
        for label in store.label_sets.texts(code):
            nodes[label, key].count += seen.count
            nodes[label, key].shapes |= seen.shapes
    return nodes, {(store.types.texts[code], key): seen for (code, key), seen in by_types.items()}


def _properties(seen: _Seen, indexes: Catalog, element: str) -> Iterator[Row]:
    for (name, key), found in seen.items():
        indexed = any(label == name and key in keys for label, keys in indexes.by_keys)
        array = any(kind is list for kind, _ in found.shapes)
        yield name, key, found.count, False, indexed, False, _type(found.shapes), array, [], element


def _type(shapes: Iterable[Shape]) -> str:
    """The one word for the values of a property; ``ANY`` where they are of several types."""
    names = {apoc_name(shape) for shape in shapes}
    return names.pop() if len(names) == 1 else "ANY"


def _connected(context: Context) -> Gradually[list[Row]]:
    """A row for each label and type that leaves it."""
    store = context.transaction.store
    triples = yield from connections(store, context.transaction.view)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    others: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (source, code, target), number in triples.items():
        for label in store.label_sets.texts(source):
            counts[label, store.types.texts[code]] += number
            others[label, store.types.texts[code]].update(store.label_sets.texts(target))
    return [
        (
            label,
            type_,
            number,
            False,
            False,
            False,
            "RELATIONSHIP",
            False,
            sorted(others[label, type_]),
            "node",
        )
        for (label, type_), number in counts.items()
    ]
