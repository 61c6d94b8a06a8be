"""``db.labels()``, ``db.relationshipTypes()``, ``db.propertyKeys()``: the names in use in the graph.

In use is what an element has that the transaction sees; a name that only was in use once is not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.procedures.observations import holds_values, totals
from lithograph.cypher.procedures.registry import procedure
from lithograph.cypher.vectors import Vector


@procedure("db.labels() :: (label :: STRING)", "All labels of the nodes in the graph.", columnar=True)
def labels(context: Context) -> Iterator[Frame]:
    store = context.transaction.store
    found = yield from totals(store.vertices, context.transaction.view)
    used = frozenset[int]().union(*(store.label_sets.sets[code] for code in found))
    yield _column("label", [store.label_sets.labels.texts[label] for label in sorted(used)])


@procedure(
    "db.relationshipTypes() :: (relationshipType :: STRING)",
    "All types of the relationships in the graph.",
    columnar=True,
)
def relationship_types(context: Context) -> Iterator[Frame]:
    store = context.transaction.store
    found = yield from totals(store.edges, context.transaction.view)
    yield _column("relationshipType", [store.types.texts[code] for code in sorted(found)])


@procedure(
    "db.propertyKeys() :: (propertyKey :: STRING)",
    "All keys of the properties of nodes and relationships in the graph.",
    columnar=True,
)
def property_keys(context: Context) -> Iterator[Frame]:
    store, view = context.transaction.store, context.transaction.view
    used: list[str] = []
    for key in list(store.keys.texts):  # others may add to it meanwhile
        for table in (store.vertices, store.edges):
            found = yield from holds_values(table, key, view)
            if found:
                used.append(key)
                break
    yield _column("propertyKey", used)


def _column(name: str, texts: list[str]) -> Frame:
    return Frame({name: Vector.objects(texts)}, len(texts)) if texts else EMPTY
