"""``db.schema.visualization()``: the graph of labels and types, for browsers to draw.

Its nodes and relationships are not of the graph: they have negative ids, a label or type that they stand for, and the
properties that Neo4j's have. They can be returned, and that is all: no function and no pattern takes them.
"""

from __future__ import annotations

from collections.abc import Iterator

from lithograph.cypher.context import Context
from lithograph.cypher.entities import VirtualNode, VirtualRelationship
from lithograph.cypher.frames import Frame
from lithograph.cypher.procedures.observations import Gradually, connections, totals
from lithograph.cypher.procedures.registry import procedure
from lithograph.cypher.results import Node, Relationship
from lithograph.cypher.vectors import Vector
from lithograph.storage.store import Store

Connection = tuple[str, str, str]
"""(label of the start, type, label of the end)"""


@procedure(
    "db.schema.visualization() :: (nodes :: LIST<NODE>, relationships :: LIST<RELATIONSHIP>)",
    "A node for each label, and a relationship for each type between two labels.",
    columnar=True,
)
def visualization(context: Context) -> Iterator[Frame]:
    store, view = context.transaction.store, context.transaction.view
    counted = yield from totals(store.vertices, view)
    labels = dict.fromkeys(label for code in sorted(counted) for label in store.label_sets.texts(code))
    nodes = {label: _node(number, label, store) for number, label in enumerate(labels, start=1)}
    connected = yield from _connected(context)
    relationships = [
        Relationship(-number, type_, nodes[start].id, nodes[end].id, {"name": type_})
        for number, (start, type_, end) in enumerate(sorted(connected), start=1)
    ]
    columns = {
        "nodes": Vector.objects([[VirtualNode(node) for node in nodes.values()]]),
        "relationships": Vector.objects([[VirtualRelationship(each) for each in relationships]]),
    }
    yield Frame(columns, 1)


def _connected(context: Context) -> Gradually[set[Connection]]:
    """What types lead from which label to which."""
    store = context.transaction.store
    triples = yield from connections(store, context.transaction.view)
    return {
        (start, store.types.texts[code], end)
        for source, code, target in triples
        for start in store.label_sets.texts(source)
        for end in store.label_sets.texts(target)
    }


def _node(number: int, label: str, store: Store) -> Node:
    indexes = [",".join(keys) for of_label, keys in store.vertex_indexes.by_keys if of_label == label]
    return Node(-number, [label], {"name": label, "indexes": sorted(indexes), "constraints": []})
