"""Procedures: signatures and their text, the table, and what a call does to rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher import errors
from lithograph.cypher.context import Context
from lithograph.cypher.engine import Engine
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.procedures import Argument, Field, Mode, Procedure, Procedures, Signature, procedure
from lithograph.cypher.procedures.types import NAMES, MisfitError, ValueType
from lithograph.cypher.vectors import Vector
from lithograph.storage.errors import PropertyTypeError
from lithograph.storage.store import Store
from support.engines import frames_of, run

# ---------------------------------------------------------------- signatures

INTEGER = ValueType("INTEGER")


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("a.b()", Signature("a.b")),
        ("a.b() :: ()", Signature("a.b")),
        ("ping ( ) :: ( ok :: BOOLEAN )", Signature("ping", (), (Field("ok", ValueType("BOOLEAN")),))),
        (
            'p(x :: integer, y = {"a": [1, ")"]} :: MAP?) :: (z :: LIST<LIST<INTEGER?>>?)',
            Signature(
                "p",
                (Argument("x", INTEGER), Argument("y", ValueType("MAP", True), {"a": [1, ")"]})),
                (
                    Field(
                        "z",
                        ValueType(
                            "LIST", True, ValueType("LIST", False, ValueType("INTEGER", nullable=True))
                        ),
                    ),
                ),
            ),
        ),
        (
            "p(x :: LIST? OF STRING?)",
            Signature("p", (Argument("x", ValueType("LIST", True, ValueType("STRING", True))),)),
        ),
    ],
)
def test_a_signature_is_read(text: str, signature: Signature) -> None:
    assert Signature.read(text) == signature


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Expected a name at character 1"),
        ("a", r"Expected `\(`"),
        ("a(x)", "Expected `::` at character 4"),
        ("a(x :: NOTHING)", "There is no type NOTHING"),
        ("a(x = 'y' :: STRING)", "a default written as JSON"),
        ("a(x :: LIST<STRING)", "Expected `>`"),
        ("a() :: (x :: STRING) y", "Expected the end"),
        ("a(x :: ANY, x :: ANY)", "have one name"),
        ("a() :: (x :: ANY, x :: ANY)", "have one name"),
        ("a(x = 1 :: ANY, y :: ANY)", "needed comes after one with a default"),
    ],
)
def test_what_is_no_signature_is_refused_with_the_place(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Signature.read(text)


names = st.from_regex(r"[a-z][a-z_0-9]{0,5}", fullmatch=True)
plain_types = st.builds(ValueType, st.sampled_from([n for n in NAMES if n != "LIST"]), st.booleans())
types = st.recursive(
    plain_types,
    lambda inner: st.builds(
        ValueType,
        st.just("LIST"),
        st.booleans(),
        inner.filter(lambda element: element != ValueType("ANY", nullable=True)),
    ),
    max_leaves=3,
)
defaults = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.integers()), st.just({}))


@st.composite
def signatures(draw: st.DrawFn) -> Signature:
    needed = draw(st.lists(st.builds(Argument, names, types), max_size=2))
    optional = draw(st.lists(st.builds(Argument, names, types, defaults), max_size=2))
    results = draw(st.lists(st.builds(Field, names, types), max_size=2))
    arguments = {argument.name: argument for argument in [*needed, *optional]}
    ordered = sorted(arguments.values(), key=lambda argument: not argument.is_needed)
    name = ".".join(draw(st.lists(names, min_size=1, max_size=3)))
    return Signature(name, tuple(ordered), tuple({field.name: field for field in results}.values()))


@given(signatures())
def test_the_text_of_a_signature_is_read_back(signature: Signature) -> None:
    assert Signature.read(str(signature)) == signature


@pytest.mark.parametrize(
    ("type_", "value", "fitted"),
    [
        ("INTEGER", 1, 1), ("FLOAT", 1, 1.0), ("FLOAT", 1.5, 1.5), ("NUMBER", 1, 1), ("NUMBER", 1.5, 1.5),
        ("STRING?", None, None), ("ANY", [1], [1]), ("LIST<FLOAT>", [1, 2.5], [1.0, 2.5]), ("LIST", [1, "a"], [1, "a"]),
        ("LIST<STRING?>", [None], [None]), ("MAP", {"a": 1}, {"a": 1}), ("BOOLEAN", True, True),
    ],
)  # fmt: skip
def test_values_are_made_to_fit(type_: str, value: Any, fitted: Any) -> None:
    (argument,) = Signature.read(f"p(x :: {type_})").arguments
    found = argument.type.fitted(value)
    assert found == fitted
    assert repr(found) == repr(fitted)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("INTEGER", 1.0), ("INTEGER", True), ("INTEGER", None), ("NUMBER", True), ("FLOAT", "1"), ("STRING", 1),
        ("BOOLEAN", 1), ("ANY", None), ("LIST<STRING>", ["a", None]), ("LIST<STRING>", "a"), ("MAP", []), ("NODE", 1),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(type_: str, value: Any) -> None:
    (argument,) = Signature.read(f"p(x :: {type_})").arguments
    with pytest.raises(MisfitError):
        argument.type.fitted(value)


# ---------------------------------------------------------------- the table


def no_rows(_context: Context) -> None:
    """Nothing."""


def named(name: str) -> Procedure:
    return procedure(f"{name}()")(no_rows)


def test_a_name_is_looked_up_as_written_then_in_any_case() -> None:
    one, other, more = named("a.b"), named("a.B"), named("db.Labels")
    table = Procedures([one, other, more])
    assert [table.find("a.b"), table.find("a.B"), table.find("DB.labels")] == [one, other, more]
    assert table.find("a.c") is None
    assert [each.name for each in table] == ["a.B", "a.b", "db.Labels"]


def test_a_name_is_given_once_and_can_be_given_again_after_it_is_taken_back() -> None:
    table = Procedures([named("a.b")])
    with pytest.raises(ValueError, match=r"named a\.b already"):
        table.register(named("a.b"))
    table.unregister("a.b")
    with pytest.raises(ValueError, match=r"no procedure named a\.b"):
        table.unregister("a.b")
    with pytest.raises(errors.ProcedureNotFoundError):
        table.get("a.b")
    table.register(named("a.b"))


def test_plans_do_not_outlive_the_procedures_they_were_made_with(engine: Engine) -> None:
    assert run(engine, "CALL test.squares(2)") == [[1], [4]]
    engine.procedures.unregister("test.squares")
    with pytest.raises(errors.ProcedureNotFoundError):
        run(engine, "CALL test.squares(2)")
    engine.procedures.register(
        procedure("test.squares(n :: INTEGER) :: (a :: ANY)")(lambda _c, n: [(n,), (n,)])
    )
    assert run(engine, "CALL test.squares(2)") == [[2], [2]]


def test_engines_have_tables_of_their_own() -> None:
    one, other = Engine(Store()), Engine(Store())
    one.procedures.register(named("a.b"))
    assert other.procedures.find("a.b") is None


# ---------------------------------------------------------------- calls

CALLS: list[tuple[Any, ...]] = []
"""The arguments of every call of a procedure below."""


@procedure("test.squares(limit :: INTEGER) :: (square :: INTEGER)")
def squares(_context: Context, limit: int) -> Iterator[tuple[int]]:
    CALLS.append((limit,))
    for number in range(1, limit + 1):
        yield (number * number,)


@procedure("test.count() :: (n :: INTEGER)", deterministic=False)
def count(_context: Context) -> list[tuple[int]]:
    CALLS.append(())
    return [(len(CALLS),)]


@procedure("test.note(value :: ANY?)")
def note(_context: Context, value: Any) -> None:
    CALLS.append((value,))


@procedure("test.frames(count :: INTEGER) :: (a :: INTEGER, b :: STRING)", columnar=True)
def frames(_context: Context, count: int) -> Iterator[Frame]:
    yield EMPTY
    for start in range(0, count, 3):
        numbers = list(range(start, min(start + 3, count)))
        yield Frame({"a": Vector.of(numbers), "b": Vector.of(list(map(str, numbers)))}, len(numbers))


@procedure("test.create(name :: STRING) :: (total :: INTEGER)", mode=Mode.WRITE)
def create(context: Context, name: str) -> list[tuple[int]]:
    transaction = context.transaction
    transaction.create_vertices([name], 1, {})
    table = transaction.store.vertices
    return [(len(transaction.scan(table, 0, table.high)[0]),)]


@pytest.fixture
def engine() -> Engine:
    engine = Engine(Store())
    CALLS.clear()
    for each in (squares, count, note, frames, create):
        engine.procedures.register(each)
    return engine


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("CALL test.squares(3)", [[1], [4], [9]]),
        ("CALL test.squares(0)", []),
        ("CALL test.squares", [[1], [4]]),
        ("CALL test.squares(3) YIELD square AS s WHERE s > 1", [[4], [9]]),
        ("UNWIND [2, 1, 0, 1] AS i CALL test.squares(i) YIELD square RETURN i, square", [[2, 1], [2, 4], [1, 1], [1, 1]]),
        ("UNWIND ['a', 'b'] AS x CALL test.squares(2) YIELD square RETURN x, square", [["a", 1], ["a", 4], ["b", 1], ["b", 4]]),
        ("UNWIND ['a', 'b'] AS x CALL test.squares(0) YIELD square RETURN x, square", []),
        ("UNWIND [1, 2] AS x CALL test.squares(2) YIELD square RETURN count(*) AS c", [[4]]),
        ("CALL test.frames(7) YIELD b RETURN collect(b) AS all", [[list("0123456")]]),
        ("UNWIND [2, 4] AS n CALL test.frames(n) YIELD a, b RETURN n, a, b", [[2, 0, "0"], [2, 1, "1"], *[[4, i, str(i)] for i in range(4)]]),
        ("UNWIND [1, 2] AS n CALL test.frames(4) YIELD a RETURN n, a", [[n, a] for n in (1, 2) for a in range(4)]),
        ("OPTIONAL MATCH (n:None) CALL test.note(n) RETURN n", [[None]]),
        ("UNWIND [3, 4] AS x CALL test.note(x) RETURN x", [[3], [4]]),
        ("CALL test.note(1)", []),
        ("UNWIND [] AS x CALL test.squares(x) YIELD square RETURN square", []),
    ],
)  # fmt: skip
def test_rows_are_joined_with_what_is_given(
    engine: Engine, text: str, rows: list[list[Any]], size: int
) -> None:
    with frames_of(size):
        assert run(engine, text, limit=2) == rows


def test_arguments_left_out_come_from_parameters_or_are_the_defaults(engine: Engine) -> None:
    @procedure('test.three(a :: ANY?, b = 2 :: ANY?, c = [1, {"x": null}] :: ANY?) :: (all :: LIST)')
    def three(_context: Context, *arguments: Any) -> list[tuple[Any]]:
        return [([*arguments],)]

    engine.procedures.register(three)
    default = [1, {"x": None}]
    assert run(engine, "CALL test.three", a=1) == [[[1, 2, default]]]
    assert run(engine, "CALL test.three", a=1, c=None, d=5) == [[[1, 2, None]]]
    assert run(engine, "CALL test.three(1)", a=5, b=5) == [[[1, 2, default]]]
    assert run(engine, "UNWIND [1] AS x CALL test.three(x, 3) YIELD all RETURN all", b=5) == [
        [[1, 3, default]]
    ]


def test_one_call_does_for_many_rows_if_it_may(engine: Engine) -> None:
    run(engine, "UNWIND range(1, 1000) AS i CALL test.squares(2) YIELD square RETURN i, square")
    assert CALLS == [(2,)]
    CALLS.clear()
    assert run(engine, "UNWIND [1, 2, 3] AS i CALL test.count() YIELD n RETURN n") == [[1], [2], [3]]
    CALLS.clear()
    run(engine, "UNWIND [1, 1, 2] AS i CALL test.note(i) RETURN i")
    assert CALLS == [(1,), (1,), (2,)]


def test_nothing_is_called_for_no_rows(engine: Engine) -> None:
    run(engine, "MATCH (n) CALL test.squares(2) YIELD square RETURN square")
    run(engine, "MATCH (n) CALL test.note(1) RETURN n")
    assert CALLS == []


def test_an_argument_of_the_wrong_type_is_told_with_its_name_and_place(engine: Engine) -> None:
    with pytest.raises(errors.CypherTypeError) as caught:
        run(engine, "CALL test.squares($limit)", limit=1.5)
    assert "test.squares() takes INTEGER as its argument `limit`, not Float." in str(caught.value)
    assert caught.value.position is not None


def test_what_a_writing_procedure_does_is_seen_by_what_comes_after_and_undone_with_the_statement(
    engine: Engine,
) -> None:
    prepared = engine.prepare("UNWIND ['A', 'B'] AS l CALL test.create(l) YIELD total RETURN l, total")
    assert (prepared.writes, prepared.kind) == (True, "rw")
    assert engine.prepare("CALL test.squares(1)").kind == "r"
    text = "UNWIND ['A', 'B'] AS l CALL test.create(l) YIELD total MATCH (n) RETURN l, total, labels(n)"
    assert run(engine, text) == [["A", 1, ["A"]], ["A", 1, ["B"]], ["B", 2, ["A"]], ["B", 2, ["B"]]]
    assert run(engine, "UNWIND ['A', 'B'] AS l CALL test.create(l) YIELD total RETURN total LIMIT 1") == [[3]]
    assert run(engine, "MATCH (n) RETURN count(*) AS c") == [[4]]
    with pytest.raises(errors.CypherTypeError):
        run(engine, "UNWIND ['C', 1] AS l CALL test.create(l) YIELD total RETURN total")
    assert run(engine, "MATCH (n) RETURN count(*) AS c") == [[4]]


def test_explain_names_the_procedure_and_what_is_taken(engine: Engine) -> None:
    lines = [line for (line,) in run(engine, "EXPLAIN CALL test.frames(3) YIELD a, b AS c")]
    assert lines == [" * Produce {a, c}", " * CallProcedure<test.frames> {a, c}", " * Once"]


VIRTUAL = (
    "CALL db.schema.visualization() YIELD nodes, relationships UNWIND nodes AS n UNWIND relationships AS r"
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("WITH DISTINCT n, r RETURN count(*)", 2),
        ("RETURN count(DISTINCT n)", 2),
        ("WITH n ORDER BY n, r WITH collect(n) AS ns RETURN ns[0] = ns[1]", False),
        ("RETURN collect(DISTINCT valueType(n))", ["NODE NOT NULL"]),
        ("RETURN collect(DISTINCT valueType([r]))", ["LIST<RELATIONSHIP NOT NULL> NOT NULL"]),
        ("WITH max(n) AS m, min(r) AS s RETURN m IN [m] AND NOT s IN [m]", True),
    ],
)
def test_elements_that_are_not_of_the_graph_can_be_passed_on(engine: Engine, text: str, value: Any) -> None:
    run(engine, "CREATE (:A {x: 1})-[:T]->(:B)")
    assert run(engine, f"{VIRTUAL} {text} AS value") == [[value]]


@pytest.mark.parametrize(
    "text",
    [
        "RETURN labels(n)",
        "RETURN id(n)",
        "RETURN n.name",
        "RETURN n {.*}",
        "RETURN n:A",
        "RETURN type(r)",
        "RETURN startNode(r)",
        "MATCH (n)-->(m) RETURN m",
        "SET n.x = 1",
        "SET n:A",
        "DELETE n",
        "DELETE r",
        "CREATE ({x: n})",
        "CREATE (n)-[:T]->()",
    ],
)
def test_elements_that_are_not_of_the_graph_are_refused_by_what_takes_elements(
    engine: Engine, text: str
) -> None:
    run(engine, "CREATE (:A {x: 1})-[:T]->(:B)")
    with pytest.raises((errors.CypherTypeError, PropertyTypeError)):
        run(engine, f"{VIRTUAL} {text}")
