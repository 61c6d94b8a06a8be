"""DUMP DATABASE, replayed into an empty store, gives the same graph and the same indexes: whatever names and values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lithograph.cypher.dump import BATCH, DEEPEST
from lithograph.cypher.engine import Engine
from lithograph.cypher.lexer import MAXIMUM_LENGTH
from lithograph.cypher.render import quoted
from lithograph.server.client.grouping import grouped
from lithograph.storage.enums import enum_values_in
from lithograph.storage.errors import PropertyTypeError
from lithograph.storage.store import Store
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import CARTESIAN_2D, WGS84_3D, Point
from lithograph.storage.values.temporal import DateTime, Duration
from support.engines import fill, graph_of, run, shape
from support.queries import GraphData
from support.values import storable_values

names = st.one_of(
    st.text(max_size=6),
    st.text(alphabet="`'\";\\\\u003Ba \n\r\x85\u2028/*", max_size=8),
    st.sampled_from(
        [
            "`",
            "``",
            "a b",
            "MATCH",
            "__mg_vertex__",
            "__mg_id__",
            "__mg_id___",
            "ünïcode",
            "\\u0060",
            "\n",
            "",
        ]
    ),
)


values = storable_values.filter(lambda value: value is not None)
properties = st.dictionaries(names, values, max_size=3)


@st.composite
def nasty_graphs(draw: st.DrawFn) -> GraphData:
    nodes = draw(st.lists(st.tuples(st.frozensets(names, max_size=2), properties), min_size=1, max_size=3))
    end = st.integers(0, len(nodes) - 1)
    return GraphData(nodes, draw(st.lists(st.tuples(names, end, end, properties), max_size=3)))


def with_enums(engine: Engine, *values: object) -> Engine:
    """The engine, with the enumerations of which values are in ``values``."""
    enums: dict[str, dict[str, None]] = {}
    for value in values:
        for each in enum_values_in(value):
            enums.setdefault(each.enum, {})[each.value] = None
    for name, members in enums.items():
        run(engine, f"CREATE ENUM {quoted(name)} VALUES {{{', '.join(map(quoted, members))}}}")
    return engine


def filled(data: GraphData) -> Engine:
    found = [properties for _, properties in data.nodes] + [
        properties for *_, properties in data.relationships
    ]
    engine = with_enums(Engine(Store()), *found)
    fill(engine.store, data)
    return engine


def dumped(engine: Engine) -> list[str]:
    return [statement for (statement,) in run(engine, "DUMP DATABASE")]


def replayed(statements: list[str]) -> Engine:
    engine = Engine(Store(), capacity=0)
    for statement in statements:
        run(engine, statement.removesuffix(";"))
    return engine


def cut_as_mgconsole(text: str) -> list[str]:
    """Its way to find statements: a semicolon ends one, except in quotes; it knows no backticks and no comments."""
    statements, start, quote, escaped = [], 0, "", False
    for position, character in enumerate(text):
        if quote:
            closes = character == quote and not escaped
            escaped = character == "\\" and not escaped
            quote = "" if closes else quote
        elif character in "'\"":
            quote = character
        elif character == ";":
            statements.append(text[start : position + 1].lstrip("\n"))
            start = position + 1
    assert text[start:].strip() == ""
    return statements


@settings(max_examples=60)
@given(nasty_graphs(), st.lists(st.tuples(names, names), max_size=2))
def test_a_replayed_dump_is_the_same_graph(data: GraphData, indexes: list[tuple[str, str]]) -> None:
    engine = filled(data)
    for label, key in indexes:
        run(engine, f"CREATE INDEX ON :{quoted(label)}({quoted(key)})")
        run(engine, f"CREATE INDEX ON :{quoted(label)}")
        run(engine, f"CREATE EDGE INDEX ON :{quoted(label)}({quoted(key)})")
    statements = dumped(engine)
    assert all(len(statement.splitlines()) == 1 for statement in statements)
    assert cut_as_mgconsole("".join(f"{statement}\n" for statement in statements)) == statements
    copy = replayed(statements)
    nothing = frozenset[tuple[str, int]]()
    assert shape(graph_of(copy.store.begin()), nothing) == shape(graph_of(engine.store.begin()), nothing)
    assert list(copy.store.enums.items()) == list(engine.store.enums.items())
    for found, expected in (
        (copy.store.vertex_indexes, engine.store.vertex_indexes),
        (copy.store.edge_indexes, engine.store.edge_indexes),
    ):
        assert sorted(found.names()) == sorted(expected.names())


def nested(depth: int, value: object) -> object:
    for level in range(depth):
        value = {"a": value} if level % 2 else [value]
    return value


HARD_VALUES = [
    *(1.0, -0.0, 1e300, 5e-324, 1e17, 0.1, float("inf"), float("-inf"), float("nan"), -(2**63), 2**63 - 1),
    *("", "`;'\"\\", "\x00\x85\u2028\ufeff\U0001f375", "// no comment", "/* nor this"),
    *([], {}, [[], [1, 1.0, [True, "x"]]], {"": {"a;b": [{"`": -0.0}]}}, [float("nan"), float("-inf")]),
    Point(CARTESIAN_2D, -0.0, 1e300),
    Point(WGS84_3D, 24.94, 60.17, -1e-9),
    # An hour that comes twice, and a zone without a city.
    *(DateTime.in_zone(1_761_438_600 + hour * 3600, 1, "Europe/Stockholm") for hour in range(-1, 3)),
    DateTime.in_zone(0, 0, "Etc/GMT+5"),
    DateTime(0, 1, -12_345),
    nested(DEEPEST, Point(WGS84_3D, -1.0, -1.0, -1.0)),
    Duration(-1, 1, -1, 999_999_999),
    *(EnumValue("Plain", "A"), EnumValue("a b", "`;'\""), EnumValue("null", "Point"), EnumValue("Not", "\n")),
    [EnumValue("Case", "LIST"), {"a": EnumValue("", "")}],
]


def replayed_in_groups(statements: list[str]) -> Engine:
    """As ``lithograph load`` does it."""
    engine = Engine(Store(), capacity=0)
    for text, parameters in grouped(statement.removesuffix(";") for statement in statements):
        run(engine, text, **parameters)
    return engine


@settings(max_examples=60)
@given(nasty_graphs())
def test_statements_run_in_groups_give_the_same_graph(data: GraphData) -> None:
    engine = filled(data)
    copy = replayed_in_groups(dumped(engine))
    nothing = frozenset[tuple[str, int]]()
    assert shape(graph_of(copy.store.begin()), nothing) == shape(graph_of(engine.store.begin()), nothing)


@pytest.mark.parametrize("value", HARD_VALUES, ids=repr)
def test_a_value_comes_back_from_a_group(value: object) -> None:
    engine = with_enums(Engine(Store()), value)
    run(engine, "UNWIND [1, 2] AS i CREATE (:A {v: $value})-[:R {v: $value}]->(:B)", value=value)
    copy = replayed_in_groups(dumped(engine))
    rows = run(copy, "MATCH (n)-[r]->() RETURN n.v, r.v")
    assert [list(map(repr, row)) for row in rows] == [[repr(value), repr(value)]] * 2


@pytest.mark.parametrize("value", HARD_VALUES, ids=repr)
def test_a_value_comes_back_to_the_last_bit(value: object) -> None:
    engine = with_enums(Engine(Store()), value)
    run(engine, "CREATE (:A {v: $value})-[:R {v: $value}]->(:B)", value=value)
    copy = replayed(dumped(engine))
    ((node, edge),) = run(copy, "MATCH (n)-[r]->() RETURN n.v, r.v")
    assert (type(node), repr(node), repr(edge)) == (type(value), repr(value), repr(value))


def test_parallel_relationships_and_loops_come_back() -> None:
    engine = Engine(Store())
    run(engine, "CREATE (a:A)-[:R {i: 1}]->(b:B)<-[:R {i: 1}]-(a)-[:S]->(a)<-[:S]-(a)<-[:R {i: 2}]-(b)")
    copy = replayed(dumped(engine))
    text = "MATCH (a)-[r]->(b) RETURN labels(a), type(r), r.i, labels(b)"
    assert sorted(map(repr, run(copy, text))) == sorted(map(repr, run(engine, text)))
    assert len(run(copy, text)) == 5


def test_a_dump_comes_in_small_batches_and_shows_one_moment_while_others_write() -> None:
    engine = Engine(Store())
    run(engine, f"UNWIND range(1, {3 * BATCH}) AS i CREATE (n:A {{i: i}}) CREATE (n)-[:R]->(n)")
    transaction = engine.store.begin()
    sizes: list[int] = []
    rows: list[str] = []
    execution = engine.run(engine.prepare("DUMP DATABASE"), transaction, {})
    while (batch := execution.step()) is not None:
        sizes.append(batch.count)
        rows += batch.columns[0] if batch.columns else []
        run(engine, "MATCH (n:A {i: $i}) SET n.i = -1, n:B CREATE (n)-[:S]->(:C)", i=len(sizes))
    transaction.rollback()
    assert max(sizes) <= BATCH
    copy = replayed(rows)
    assert run(copy, "MATCH (n) RETURN count(n), sum(n.i), sum(size(labels(n)))") == [
        [3 * BATCH, 3 * BATCH * (3 * BATCH + 1) // 2, 3 * BATCH]
    ]
    assert run(copy, "MATCH (a)-[r]->(b) RETURN type(r), count(r), sum(b.i - a.i)") == [["R", 3 * BATCH, 0]]


@pytest.mark.parametrize(
    ("value", "says"),
    [("x" * MAXIMUM_LENGTH, "longer than"), (nested(DEEPEST + 1, 1), "nested more deeply than")],
)
def test_what_could_not_be_read_back_is_refused(value: object, says: str) -> None:
    engine = Engine(Store())
    run(engine, "CREATE (:A {v: $value})", value=value)
    with pytest.raises(PropertyTypeError, match=f"node 0.*{says}"):
        dumped(engine)


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
def test_bytes_come_back(value: object) -> None:
    engine = Engine(Store())
    run(engine, "CREATE (:A {`a b`: $value})", value=value)
    assert run(replayed(dumped(engine)), "MATCH (n:A) RETURN n.`a b`") == [[value]]
