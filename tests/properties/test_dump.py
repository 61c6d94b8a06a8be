"""DUMP DATABASE, replayed into an empty store, gives the same graph and the same indexes: whatever names and values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.storage.errors import PropertyTypeError
from lithograph.storage.store import Store
from support.engines import fill, graph_of, run, shape
from support.queries import GraphData
from support.values import storable_values

names = st.one_of(
    st.text(min_size=1, max_size=6),
    st.sampled_from(
        ["`", "``", "a b", "MATCH", "__mg_vertex__", "__mg_id__", "__mg_id___", "ünïcode", "\\u0060", "\n"]
    ),
)


def holds_bytes(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(holds_bytes, value.values()))
    return isinstance(value, bytes) or (isinstance(value, list) and any(map(holds_bytes, value)))


values = storable_values.filter(lambda value: value is not None and not holds_bytes(value))
properties = st.dictionaries(names, values, max_size=3)


@st.composite
def nasty_graphs(draw: st.DrawFn) -> GraphData:
    nodes = draw(st.lists(st.tuples(st.frozensets(names, max_size=2), properties), min_size=1, max_size=3))
    end = st.integers(0, len(nodes) - 1)
    return GraphData(nodes, draw(st.lists(st.tuples(names, end, end, properties), max_size=3)))


def dumped(engine: Engine) -> list[str]:
    return [statement for (statement,) in run(engine, "DUMP DATABASE")]


def replayed(statements: list[str]) -> Engine:
    engine = Engine(Store(), capacity=0)
    for statement in statements:
        run(engine, statement.removesuffix(";"))
    return engine


@settings(max_examples=60)
@given(nasty_graphs(), st.lists(st.tuples(names, names), max_size=2))
def test_a_replayed_dump_is_the_same_graph(data: GraphData, indexes: list[tuple[str, str]]) -> None:
    engine = Engine(Store())
    fill(engine.store, data)
    for label, key in indexes:
        label, key = (name.replace("`", "``") for name in (label, key))
        run(engine, f"CREATE INDEX ON :`{label}`(`{key}`)")
        run(engine, f"CREATE INDEX ON :`{label}`")
    statements = dumped(engine)
    copy = replayed(statements)
    nothing = frozenset[tuple[str, int]]()
    assert shape(graph_of(copy.store.begin()), nothing) == shape(graph_of(engine.store.begin()), nothing)
    assert sorted(copy.store.vertex_indexes.names()) == sorted(engine.store.vertex_indexes.names())


def test_an_empty_graph_is_an_empty_dump() -> None:
    assert dumped(Engine(Store())) == []


def test_a_dump_has_the_form_of_memgraphs() -> None:
    engine = Engine(Store())
    run(engine, "CREATE INDEX ON :A(x)")
    run(engine, "CREATE (:A {x: 1, y: 1.0})-[:R {z: 'q'}]->(:B)")
    assert dumped(engine) == [
        "CREATE (:__mg_vertex__:`A` {__mg_id__: 0, `x`: 1, `y`: 1.0});",
        "CREATE (:__mg_vertex__:`B` {__mg_id__: 1});",
        "CREATE INDEX ON :__mg_vertex__(__mg_id__);",
        "MATCH (u:__mg_vertex__), (v:__mg_vertex__) WHERE u.__mg_id__ = 0 AND v.__mg_id__ = 1 "
        'CREATE (u)-[:`R` {`z`: "q"}]->(v);',
        "DROP INDEX ON :__mg_vertex__(__mg_id__);",
        "MATCH (u) REMOVE u:__mg_vertex__, u.__mg_id__;",
        "CREATE INDEX ON :`A`(`x`);",
    ]


def test_a_dump_of_a_replayed_dump_is_the_dump() -> None:
    engine = Engine(Store())
    run(engine, "CREATE (:A {x: 1, y: 1.0})-[:R {z: 'q'}]->(:B {__mg_id__: 3})")
    statements = dumped(engine)
    assert statements[1] == "CREATE (:__mg_vertex__:`B` {__mg_id___: 1, `__mg_id__`: 3});"
    assert dumped(replayed(statements)) == statements


def test_a_dump_shows_the_snapshot_and_not_what_others_have_not_committed() -> None:
    engine = Engine(Store())
    run(engine, "CREATE (:A)")
    other = engine.store.begin()
    execution = engine.run(engine.prepare("MATCH (n:A) SET n.x = 1 CREATE (:B)"), other, {})
    while execution.step() is not None:
        continue
    assert dumped(engine)[0] == "CREATE (:__mg_vertex__:`A` {__mg_id__: 0});"
    assert not any("`B`" in line for line in dumped(engine))


@pytest.mark.parametrize("value", [b"\x00\xff", [b""], {"a": b"a"}])
def test_bytes_cannot_be_written_and_the_error_says_where_they_are(value: object) -> None:
    engine = Engine(Store())
    run(engine, "CREATE (:A)")
    run(engine, "CREATE (:A {`a b`: $value})", value=value)
    with pytest.raises(PropertyTypeError, match="node 1, property `a b`"):
        dumped(engine)
