"""What procedures tell of a graph, against the same found element by element: also of an older snapshot, and of what
a transaction has changed itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.cypher.procedures.observations import Shape
from lithograph.cypher.procedures.shapes import neo4j_name
from lithograph.cypher.results import Node
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction
from support.engines import commit, fill, frames_of, graph_of, run_in
from support.naive_graph import NaiveGraph
from support.queries import GraphData
from support.values import storable_values

LABELS = st.frozensets(st.sampled_from("ABC"), max_size=2)
PROPERTIES = st.dictionaries(
    st.sampled_from("xyz"), st.one_of(st.integers(0, 3), st.just("text"), storable_values), max_size=2
)


@st.composite
def graphs(draw: st.DrawFn) -> GraphData:
    nodes = draw(st.lists(st.tuples(LABELS, PROPERTIES), min_size=1, max_size=6))
    end = st.integers(0, len(nodes) - 1)
    relationships = draw(st.lists(st.tuples(st.sampled_from("ST"), end, end, PROPERTIES), max_size=6))
    return GraphData(nodes, relationships)


CHANGES = st.lists(
    st.sampled_from(
        [
            "MATCH (n:A) SET n.x = 1.5",
            "MATCH (n:B) REMOVE n.x, n:B",
            "MATCH (n:A) SET n:C, n.y = null",
            "MATCH ()-[r:S]->() SET r = {z: [1, 2]}",
            "MATCH ()-[r:T]->() DELETE r",
            "MATCH (n:C) DETACH DELETE n",
            "CREATE (:A:New {x: 1})-[:NEW {new: true}]->(:B {y: 'a'})",
            "MATCH (n) REMOVE n.z",
        ]
    ),
    max_size=4,
)


def shape(value: Any) -> Shape:
    if not isinstance(value, list):
        return type(value), None
    kinds = {type(item) for item in value}
    return list, (None if not kinds else kinds.pop() if len(kinds) == 1 else object)


def by_properties(elements: Iterable[tuple[str, dict[str, Any]]]) -> set[tuple[Any, ...]]:
    """(name, property, types, mandatory) for elements of these names."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name, properties in elements:
        found[name].append(properties)
    rows: set[tuple[Any, ...]] = set()
    for name, several in found.items():
        keys = set[str]().union(*several)
        for key in keys:
            types = {neo4j_name(shape(each[key])) for each in several if key in each}
            rows.add((name, key, tuple(sorted(types)), all(key in each for each in several)))
        if not keys:
            rows.add((name, None, None, False))
    return rows


def expected(graph: NaiveGraph) -> dict[str, Any]:
    nodes, relationships = graph.nodes, list(graph.relationships.values())
    return {
        "labels": {label for node in nodes.values() for label in node.labels},
        "types": {each.type for each in relationships},
        "keys": {key for each in (*nodes.values(), *relationships) for key in each.properties},
        "of nodes": by_properties(
            ("".join(f":`{label}`" for label in sorted(node.labels)), node.properties)
            for node in nodes.values()
        ),
        "of relationships": by_properties((f":`{each.type}`", each.properties) for each in relationships),
        "connections": {
            (start, each.type, end)
            for each in relationships
            for start in nodes[each.start].labels
            for end in nodes[each.end].labels
        },
    }


def told(engine: Engine, transaction: Transaction) -> dict[str, Any]:
    def rows(text: str) -> list[list[Any]]:
        return run_in(engine, transaction, text)

    def of(text: str) -> set[tuple[Any, ...]]:
        return {
            (name, key, types if types is None else tuple(types), all_)
            for name, key, types, all_ in rows(text)
        }

    ((nodes, relationships),) = rows("CALL db.schema.visualization()")
    names = {node.id: node.labels[0] for node in nodes if isinstance(node, Node)}
    return {
        "labels": {label for (label,) in rows("CALL db.labels()")},
        "types": {type_ for (type_,) in rows("CALL db.relationshipTypes()")},
        "keys": {key for (key,) in rows("CALL db.propertyKeys()")},
        "of nodes": of(
            "CALL db.schema.nodeTypeProperties() YIELD nodeType, propertyName, propertyTypes, mandatory"
        ),
        "of relationships": of("CALL db.schema.relTypeProperties()"),
        "connections": {(names[each.start], each.type, names[each.end]) for each in relationships},
    }


@given(data=graphs(), changes=CHANGES, more=CHANGES, size=st.sampled_from([1, 2, 1 << 15]))
def test_what_is_told_is_what_is_seen(
    data: GraphData, changes: list[str], more: list[str], size: int
) -> None:
    engine = Engine(Store())
    fill(engine.store, data)
    with frames_of(size):
        early, own = engine.store.begin(), engine.store.begin()
        before = told(engine, early)
        assert before == expected(graph_of(early))
        for text in changes:
            run_in(engine, own, text)
        assert told(engine, own) == expected(graph_of(own))
        assert told(engine, early) == before
        commit(own)
        late = engine.store.begin()
        for text in more:
            writer = engine.store.begin()
            run_in(engine, writer, text)
            commit(writer)
        assert told(engine, early) == before
        assert told(engine, late) == expected(graph_of(late))
