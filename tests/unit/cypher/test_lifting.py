"""Literals lifted into parameters: which texts share a plan, and that nobody can tell."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import (
    AmbiguousAggregationExpressionError,
    CypherError,
    CypherSyntaxError,
    FloatLiteralOverflowError,
    IntegerLiteralOverflowError,
    InvalidArgumentTypeError,
    NegativeIntegerArgumentError,
    ParameterMissingError,
)
from lithograph.cypher.lifting import skeleton_of
from lithograph.cypher.prepared import Prepared
from lithograph.storage.errors import LithographError
from lithograph.storage.store import Store
from support.engines import run


@pytest.fixture
def engine() -> Engine:
    engine = Engine(Store())
    run(engine, "UNWIND range(0, 9) AS i CREATE (:A {i: i, s: 'n' + toString(i), f: i / 2.0})")
    return engine


def share(engine: Engine, *texts: str) -> bool:
    """Whether the texts have one plan."""
    operators = [engine.prepare(text).operator for text in texts]
    return all(operator is operators[0] for operator in operators)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("CREATE (:A {id: 17})", "CREATE (:A {id: 100000})"),
        ("CREATE (:A {id: 17, s: 'a'})", 'CREATE (:A {id: 0, s: "it\'s"})'),
        ("CREATE (:A {id: -17})", "CREATE (:A {id: -1})"),
        ("CREATE (:A {id: - 1.5})", "CREATE (:A {id: - 0.0})"),
        ("MATCH (n:A) WHERE n.i > 3 RETURN n", "MATCH (n:A) WHERE n.i > 12 RETURN n"),
        ("MATCH (n:A) WHERE 1 < n.i < 5 RETURN n", "MATCH (n:A) WHERE 2 < n.i < 3 RETURN n"),
        ("MATCH (n) SET n.x = 1.5e3, n.y = 'a'", "MATCH (n) SET n.x = 0.1, n.y = ''"),
        ("MATCH (n) SET n += {a: 1}", "MATCH (n) SET n += {a: 2}"),
        ("MERGE (n:M {i: 1}) ON CREATE SET n.x = 2", "MERGE (n:M {i: 3}) ON CREATE SET n.x = 4"),
        ("UNWIND [1, 2] AS x CREATE (:B {x: x})", "UNWIND [3, 4] AS x CREATE (:B {x: x})"),
        (
            "UNWIND [{a: 1, b: true}] AS x RETURN x",
            "UNWIND [{a: -2, b: true}] AS x RETURN x".replace("-", ""),
        ),
        ("MATCH (n) WHERE n.s IN ['a', 'b'] RETURN n", "MATCH (n) WHERE n.s IN ['c', 'd'] RETURN n"),
        ("RETURN 1 + 2 AS x", "RETURN 3 + 4 AS x"),
        ("RETURN substring('abc', 1) AS x", "RETURN substring('xyz', 2) AS x"),
        (
            "MATCH (n) WHERE EXISTS { (n)-->({x: 1}) } RETURN n",
            "MATCH (n) WHERE EXISTS { (n)-->({x: 2}) } RETURN n",
        ),
        ("EXPLAIN MATCH (n {x: 1}) RETURN n", "EXPLAIN MATCH (n {x: 2}) RETURN n"),
        ("PROFILE MATCH (n {x: 1}) RETURN n", "PROFILE MATCH (n {x: 2}) RETURN n"),
        ("CREATE (:`1` {a: 1}) // 1", "CREATE (:`1` {a: 2}) // 1"),
        ("RETURN $p1 + 1 AS x", "RETURN $p1 + 2 AS x"),
    ],
)
def test_texts_that_differ_in_literals_share_a_plan(engine: Engine, first: str, second: str) -> None:
    assert share(engine, first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("MATCH (n) RETURN n LIMIT 1", "MATCH (n) RETURN n LIMIT 2"),
        ("MATCH (n) RETURN n SKIP 1", "MATCH (n) RETURN n SKIP 2"),
        ("MATCH (n) RETURN n.i + 1", "MATCH (n) RETURN n.i + 2"),
        ("MATCH (n)-[*1]->(m) RETURN m", "MATCH (n)-[*2]->(m) RETURN m"),
        ("MATCH (n)-[*1..2]->(m) RETURN m", "MATCH (n)-[*1..3]->(m) RETURN m"),
        ("RETURN range(1, 3) AS x", "RETURN range(1, 4) AS x"),
        ("MATCH (n) RETURN n['i'] AS x", "MATCH (n) RETURN n['j'] AS x"),
        ("RETURN 1 AS x", "RETURN 1.0 AS x"),
        ("RETURN 1 AS x", "RETURN '1' AS x"),
        ("RETURN 1 AS x", "RETURN -1 AS x"),
        ("RETURN 0x10 AS x", "RETURN 0x11 AS x"),
        ("RETURN [1] AS x", "RETURN [1, 2] AS x"),
        ("MATCH (n:A1) RETURN n", "MATCH (n:A2) RETURN n"),
        ("MATCH (n:`1`) RETURN n", "MATCH (n:`2`) RETURN n"),
        ("RETURN $a1 AS x", "RETURN $a2 AS x"),
        ("RETURN true AS x", "RETURN false AS x"),
        ("MATCH (n) RETURN n.i + 1 AS x ORDER BY n.i + 1", "MATCH (n) RETURN n.i + 1 AS x ORDER BY n.i + 2"),
        ("MATCH (n) RETURN n.i + 1 AS x, count(*) AS c", "MATCH (n) RETURN n.i + 2 AS x, count(*) AS c"),
    ],
)
def test_texts_that_mean_something_else_have_plans_of_their_own(
    engine: Engine, first: str, second: str
) -> None:
    assert not share(engine, first, second)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("UNWIND [{}] AS x RETURN x", [[0], [1]]),
        ("MATCH (n:A) WHERE n.i = {} RETURN n.i AS i", [[0], [1]]),
    ],
)
def test_each_text_has_its_own_values(engine: Engine, text: str, rows: list[list[Any]]) -> None:
    for value, (expected,) in enumerate(rows):
        assert run(engine, text.format(value)) == [[expected]]


@pytest.mark.parametrize(
    "literal",
    [
        r"'a\'b'", r'"a\"b"', r"'\\'", r"'\n\t\u00e9\U0001F600'", r"'\uD83D\uDE00'", "'é'", "'//'", "'/*'", "'`'",
        "''", "0", "007", "999999999999999999", "9223372036854775807", "-9223372036854775808", "0x1F", "0o17",
        "1.5", "0.1", "1e3", "1.5E-3", ".5", "-0.0", "- 3", "- /* no */ 3", "[1, [2, 'a'], {k: -1}]", "{a: 1}",
        "[null, true, 1]", "[]", "- (3)", "[1, 1 + 1]",
    ],
)  # fmt: skip
def test_a_lifted_literal_has_the_value_that_the_parser_gives_it(literal: str) -> None:
    lifting, plain = Engine(Store()), Engine(Store(), lifting=False)
    expected = run(plain, f"RETURN {literal} AS x")
    for _ in range(2):
        found = run(lifting, f"RETURN {literal} AS x")
        assert repr(found) == repr(expected)


def test_what_looks_like_a_literal_in_a_comment_or_a_name_is_none() -> None:
    skeleton = skeleton_of("/* 'a' 1 */ MATCH (`x'1`:A1 {b2: 3}) // it's 4\nWHERE $5 < 6 RETURN $`7'` + 8.5")
    assert skeleton is not None
    assert skeleton.literals == ["3", "6", "8.5"]


def test_the_place_of_an_error_is_that_in_the_text_that_was_sent(engine: Engine) -> None:
    plain = Engine(engine.store, lifting=False)
    texts = [
        "WITH 1 AS one, 'a' AS a WHERE true\nRETURN one / 0 AS x",
        "WITH 12345 AS one, 'several\nlines, \\'quoted\\'' AS a WHERE true\nRETURN one / 0 AS x",
        "WITH 1 AS one, '' AS a WHERE true\nRETURN one / 00000 AS x",
    ]
    assert share(engine, *texts)
    for text in texts:
        with pytest.raises(LithographError) as expected:
            run(plain, text)
        with pytest.raises(LithographError) as found:
            run(engine, text)
        assert str(found.value) == str(expected.value)
        assert "one / 0" in str(found.value)


def test_the_place_of_a_remark_is_that_in_the_text_that_was_sent(engine: Engine) -> None:
    for text in ("MATCH (n:A {i: 1}), (m:Nobody) RETURN m", "MATCH (n:A {i: 12345}), (m:Nobody) RETURN m"):
        execution = engine.run(engine.prepare(text), engine.store.begin(), {})
        places = [
            remark.position for remark in execution.context.notifications if "Nobody" in remark.description
        ]
        assert places == [(text.index("Nobody"), 1, text.index("Nobody") + 1)]


@pytest.mark.parametrize(
    ("good", "bad", "error"),
    [
        ("RETURN 'a' AS x", r"RETURN '\q' AS x", CypherSyntaxError),
        ("RETURN 1.5 AS x", "RETURN 1.5e999 AS x", FloatLiteralOverflowError),
        ("RETURN 1 AS x", "RETURN 9223372036854775808 AS x", IntegerLiteralOverflowError),
        ("RETURN [1] AS x LIMIT 1", "RETURN [1] AS x LIMIT -1", NegativeIntegerArgumentError),
        ("MATCH (n) WHERE n.i > 1 RETURN n", "MATCH (n) WHERE n.i AND 1 RETURN n", InvalidArgumentTypeError),
        (
            "MATCH (n) RETURN [n, 1][0].i AS a, [n, 1][0].i + count(*) AS b",
            "MATCH (n) RETURN [n, 1][0].i AS a, [n, 2][0].i + count(*) AS b",
            AmbiguousAggregationExpressionError,
        ),
        ("RETURN 1 AS x", "RETURN \0i AS x", CypherSyntaxError),
        ("/* \0i */ RETURN 1 AS x", "/* \0i */ RETURN \0i AS x", CypherSyntaxError),
    ],
)
def test_what_is_refused_is_refused_though_a_text_like_it_was_good(
    engine: Engine, good: str, bad: str, error: type[CypherError]
) -> None:
    run(engine, good)
    with pytest.raises(error) as caught:
        engine.prepare(bad)
    assert caught.value.query == bad


def test_the_parameters_of_the_client_are_left_alone(engine: Engine) -> None:
    given = {"a": [1]}
    prepared = engine.prepare("RETURN $a + 2 AS x")
    execution = engine.run(prepared, engine.store.begin(), given)
    batch = execution.step()
    assert batch is not None
    assert batch.columns == [[[1, 2]]]
    assert given == {"a": [1]}


def test_a_missing_parameter_is_named_and_no_other(engine: Engine) -> None:
    with pytest.raises(ParameterMissingError) as caught:
        run(engine, "RETURN $a + 2 AS x", b=1)
    assert "literal" not in str(caught.value)


def test_a_client_may_call_a_parameter_what_it_likes(engine: Engine) -> None:
    for number in (1, 2):
        rows = run(engine, f"RETURN $` literal 0` + {number} AS x", **{" literal 0": 10})
        assert rows == [[10 + number]]
        assert run(engine, f"RETURN {number} AS x", **{" literal 0": 10}) == [[number]]


def test_an_index_that_comes_is_used_by_the_texts_that_follow(engine: Engine) -> None:
    def plan(number: int) -> str:
        return "\n".join(line for (line,) in run(engine, f"EXPLAIN MATCH (n:A {{i: {number}}}) RETURN n"))

    assert "ScanAllByLabelProperties" not in plan(1)
    run(engine, "CREATE INDEX ON :A(i)")
    assert "ScanAllByLabelProperties" in plan(2)


def test_nothing_is_kept_without_a_cache() -> None:
    engine = Engine(Store(), capacity=0)
    assert not share(engine, "RETURN 1 AS x", "RETURN 1 AS x")


def test_a_text_without_literals_is_found_by_itself(engine: Engine) -> None:
    assert engine.prepare("MATCH (n) RETURN n") is engine.prepare("MATCH (n) RETURN n")


def test_the_time_of_planning_is_told_once(engine: Engine) -> None:
    first, second = engine.prepare("RETURN 1 AS x"), engine.prepare("RETURN 2 AS x")
    assert first.planning_time > 0
    assert first.parsing_time > 0
    assert second.planning_time == second.parsing_time == 0


def test_all_that_is_known_of_a_statement_holds_for_the_texts_that_share_its_plan(engine: Engine) -> None:
    texts = [
        "PROFILE MATCH (a:A), (b:Nobody {y: 1}) SET a.x = 1 RETURN a",
        "PROFILE MATCH (a:A), (b:Nobody {y: 2}) SET a.x = 1 RETURN a",
    ]
    first, second = map(engine.prepare, texts)
    assert first.products
    assert first.measured
    own = {"text", "lifted", "moves", "parsing_time", "planning_time"}
    for name in {field.name for field in fields(Prepared)} - own:
        assert getattr(second, name) == getattr(first, name), name


@pytest.mark.parametrize("opening", ["'", '"', "`", "/*a", "\\'", '\\"', "//"])
def test_taking_a_text_apart_takes_time_by_its_length_alone(opening: str) -> None:
    """What is not closed is looked for once, not again from everything that looks like another beginning."""
    for text in (f"RETURN 1 + '{opening * 30_000}", f"RETURN 1 + {opening * 30_000}"):
        skeleton_of(text)  # took minutes; a timeout of the test would say so


@pytest.mark.parametrize(
    "text", ["RETURN 'abc", "RETURN '", "RETURN 'abc\\'", "RETURN 'abc\\", "RETURN \"abc'", "RETURN 1, 'a"]
)
def test_a_string_that_is_not_closed_is_no_literal(text: str) -> None:
    assert skeleton_of(text) is None


@pytest.mark.parametrize("text", ["RETURN 'abc'", "RETURN ''", "RETURN 'abc\\\\'", "RETURN 'a\\''"])
def test_a_string_at_the_end_is_a_literal(text: str) -> None:
    found = skeleton_of(text)
    assert found is not None
    assert found.literals == [text.removeprefix("RETURN ")]
