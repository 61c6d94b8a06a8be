"""Trees and values to text: what is written reads back the same."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lithograph.cypher import ast
from lithograph.cypher.entities import NodeRef
from lithograph.cypher.grammar import tables
from lithograph.cypher.parse import parse
from lithograph.cypher.render import (
    quoted,
    render,
    render_expression,
    render_labels,
    render_name,
    render_string,
    render_value,
)
from lithograph.cypher.type_names import TYPE_NAMES
from lithograph.cypher.walk import children
from lithograph.storage.errors import PropertyTypeError
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, Duration


def expression(text: str) -> ast.Expression:
    query = parse(f"RETURN {text} AS result")
    assert isinstance(query, ast.Query)
    clause = query.parts[0].clauses[0]
    assert isinstance(clause, ast.Return)
    return clause.projection.items[0].expression


# ---------------------------------------------------------------- values


def evaluated(tree: ast.Expression) -> Any:
    """The value of an expression made of literals."""
    match tree:
        case ast.Literal(value):
            return value
        case ast.ListLiteral(items):
            return [evaluated(item) for item in items]
        case ast.MapLiteral(entries):
            return {key: evaluated(value) for key, value in entries}
        case _:
            raise AssertionError(f"not a literal: {tree!r}")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_values_read_back_the_same(value: Any) -> None:
    text = render_value(value)
    again = evaluated(expression(text))
    assert again == value
    assert repr(again) == repr(value)  # also in type, and in the sign of zero


@given(st.text())
def test_strings_stay_on_one_line(text: str) -> None:
    assert len(render_value(text).splitlines()) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1.0"),
        (1e17, "1e+17"),
        (math.inf, "(1.0 / 0.0)"),
        (-math.inf, "(-1.0 / 0.0)"),
        (math.nan, "(0.0 / 0.0)"),
        ('a "b"\n\\', r'"a \"b\"\n\\"'),
        ("\x00\u2028", r'"\u0000\u2028"'),
        (b"\x00\xff", 'toByteString("0x00ff")'),
        ({"a b": [None, True]}, "{`a b`: [null, true]}"),
        (Date.of(1994, 12, 7), 'date("1994-12-07")'),
        (Duration(days=3, seconds=5), 'duration("P3DT5S")'),
        (EnumValue("Status", "Good"), "Status::Good"),
        (EnumValue("not", "List"), "`not`::`List`"),
        (EnumValue("a b", "c;d"), "`a b`::`c\\u003Bd`"),
        (Point(7203, 1.0, 2.0), "point({x: 1.0, y: 2.0, srid: 7203})"),
        (Point(4979, 1.0, 2.0, 3.0), "point({longitude: 1.0, latitude: 2.0, height: 3.0, srid: 4979})"),
    ],
)
def test_values_as_text(value: object, text: str) -> None:
    assert render_value(value) == text


def test_what_has_no_literal_is_refused() -> None:
    with pytest.raises(PropertyTypeError, match="Node"):
        render_value(NodeRef(1))


# ---------------------------------------------------------------- names


@given(st.text())
def test_names_read_back_the_same(name: str) -> None:
    tree = parse(f"MATCH ({quoted(name)}:{quoted(name)} {{{render_name(name)}: 1}}) RETURN 1")
    assert parse(render(tree)) == tree
    assert isinstance(tree, ast.Query)
    node = tree.parts[0].clauses[0].pattern.paths[0].elements[0]  # type: ignore[attr-defined]
    assert (node.variable, node.labels.name, node.properties.entries[0][0]) == (name, name, name)


PLACES = (
    "RETURN {}", "RETURN DISTINCT {} AS x", "RETURN 1 + {}", "RETURN [{}, {}]", "RETURN {{a: {}}}", "RETURN NOT {}",
    "RETURN CASE {} WHEN {}, 1 THEN {} ELSE {} END", "RETURN CASE WHEN {} THEN {} END", "RETURN -{}", "RETURN ({})",
    "RETURN f({}, {})", "RETURN count({})", "RETURN count(DISTINCT {})", "RETURN trim({})", "RETURN x[{}..{}]",
    "MATCH (n {{a: {}}} WHERE {}) WHERE {} RETURN n", "MATCH (n) SET n.x = {}, n += {}", "CALL f({})",
    "WITH {} AS x ORDER BY {} SKIP {} LIMIT {} RETURN x", "UNWIND {} AS x RETURN x", "RETURN x IN {} AND x = {}",
    "RETURN [x IN {} WHERE {} | {}]", "RETURN reduce(a = {}, x IN {} | {})", "RETURN all(x IN {} WHERE {})",
    "MATCH (n)-[r:A {{x: {}}} WHERE {}]->() DELETE r", "RETURN {}::INTEGER", "RETURN {}.x, {}[0], {}:A",
)  # fmt: skip
"""Where values of enumerations may stand."""


@pytest.mark.parametrize("place", PLACES)
def test_any_word_may_name_an_enumeration(place: str) -> None:
    for word in sorted(
        {*tables().words, *TYPE_NAMES, "Status"} - {name for name in TYPE_NAMES if " " in name}
    ):
        for value in (EnumValue(word, "v"), EnumValue("E", word)):
            text = place.format(*[render_value(value)] * 4)
            tree = parse(text)
            assert enum_values_of(tree) == [(value.enum, value.value)] * place.count("{}"), text
            assert parse(render(tree)) == tree


def enum_values_of(tree: ast.Syntax) -> list[tuple[str, str]]:
    own = [(tree.enum, tree.value)] if isinstance(tree, ast.EnumValue) else []
    return own + [found for child in children(tree) for found in enum_values_of(child)]


@given(st.text(), st.text())
def test_values_of_enumerations_read_back_the_same(enum: str, value: str) -> None:
    text = render_value(EnumValue(enum, value))
    assert len(text.splitlines()) == 1
    assert expression(text) == ast.EnumValue(enum, value)


@given(st.text())
def test_strings_read_back_the_same(text: str) -> None:
    assert expression(render_string(text)) == ast.Literal(text)


# ---------------------------------------------------------------- trees

NAMES = st.sampled_from(
    [
        "a",
        "n",
        "x y",
        "in",
        "starts",
        "both",
        "from",
        "list",
        "not",
        "where",
        "count",
        "ü",
        "case",
        "null",
        "Match",
        "`",
    ]
)
LABELS = st.recursive(
    st.builds(ast.LabelName, NAMES)
    | st.just(ast.LabelAny())
    | st.builds(
        ast.LabelDynamic, st.builds(ast.Parameter, NAMES) | st.builds(ast.Variable, NAMES), st.booleans()
    ),
    lambda inner: (
        st.builds(ast.LabelNot, inner)
        | st.builds(ast.LabelAnd, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(ast.LabelOr, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=4,
)
LEAVES = (
    st.builds(ast.Literal, st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=3))
    | st.builds(ast.Literal, st.floats(allow_nan=False, allow_infinity=False))
    | st.builds(ast.Parameter, NAMES)
    | st.builds(ast.Variable, NAMES)
    | st.just(ast.CountStar())
)


FORMS = st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"])
_TESTS = ("=", "<>", "<", "<=", ">", ">=", "IN", "=~", "CONTAINS", "STARTS WITH", "ENDS WITH")


def _types(inner: st.SearchStrategy[ast.ValueType]) -> st.SearchStrategy[ast.ValueType]:
    plain = st.builds(ast.NamedType, st.sampled_from(sorted(set(TYPE_NAMES.values()))))
    strict = st.builds(ast.NamedType, st.sampled_from(["INTEGER", "LOCAL TIME"]), st.just(False))
    unions = st.lists(plain, min_size=2, max_size=3) | st.lists(strict, min_size=2, max_size=3)
    return st.builds(ast.ListType, inner, st.booleans()) | unions.map(
        lambda parts: ast.UnionType(tuple(parts))
    )


TYPES: st.SearchStrategy[ast.ValueType] = st.recursive(
    st.builds(ast.NamedType, st.sampled_from(sorted(set(TYPE_NAMES.values()))), st.booleans()),
    _types,
    max_leaves=4,
)


def _nodes(inner: st.SearchStrategy[ast.Expression]) -> st.SearchStrategy[ast.NodePattern]:
    maps = st.none() | st.builds(ast.MapLiteral, st.lists(st.tuples(NAMES, inner), max_size=2).map(tuple))
    return st.builds(ast.NodePattern, st.none() | NAMES, st.none() | LABELS, maps, st.none() | inner)


def _paths(inner: st.SearchStrategy[ast.Expression]) -> st.SearchStrategy[ast.PathPattern]:
    relationships = st.builds(
        ast.RelationshipPattern,
        st.sampled_from(["out", "in", "both"]),
        st.none() | NAMES,
        st.none() | LABELS,
        st.none() | st.builds(ast.Expansion, st.just("walk"), st.none() | st.integers(0, 3), st.none()),
    )
    single = relationships.map(lambda relationship: replace(relationship, expansion=None))
    bounds = st.sampled_from([(0, None), (1, None), (2, 2), (0, 1), (1, 3), (2, None)])
    quantified = st.builds(
        lambda relationship, repeated: replace(
            relationship, expansion=ast.Expansion("walk", *repeated, quantified=True)
        ),
        single,
        bounds,
    )
    groups = st.builds(
        lambda start, steps, repeated, where: ast.QuantifiedPath(_elements(start, steps), *repeated, where),
        _nodes(inner),
        st.lists(st.tuples(single, _nodes(inner)), min_size=1, max_size=2),
        bounds,
        st.none() | inner,
    )
    between = relationships | quantified | groups
    steps = st.lists(st.tuples(between, _nodes(inner)), min_size=1, max_size=2)
    return st.builds(
        lambda start, steps: ast.PathPattern(_elements(start, steps)),
        _nodes(inner),
        steps,
    )


def _elements(
    start: ast.NodePattern, steps: list[tuple[Any, ast.NodePattern]]
) -> tuple[ast.PathElement, ...]:
    return (start, *(element for step in steps for element in step))


def _branches(inner: st.SearchStrategy[ast.Expression]) -> st.SearchStrategy[ast.Expression]:
    optional = st.none() | inner
    lists = st.lists(inner, max_size=3).map(tuple)
    operators = st.sampled_from(
        [
            "+",
            "-",
            "*",
            "/",
            "%",
            "^",
            "AND",
            "OR",
            "XOR",
            "=",
            "<>",
            "<",
            "<=",
            ">",
            ">=",
            "IN",
            "=~",
            "CONTAINS",
            "STARTS WITH",
            "ENDS WITH",
            "||",
        ]
    )
    # behind WHEN, IN and CONTAINS are also names: WHEN IN - 1
    texts = st.builds(ast.Literal, st.text(max_size=3)) | st.builds(ast.Parameter, NAMES)
    tests = (
        st.builds(
            ast.Binary,
            st.sampled_from([operator for operator in _TESTS if operator not in ("IN", "CONTAINS")]),
            st.just(ast.CaseSubject()),
            inner,
        )
        | st.builds(ast.Binary, st.just("IN"), st.just(ast.CaseSubject()), st.builds(ast.ListLiteral, lists))
        | st.builds(ast.Binary, st.just("CONTAINS"), st.just(ast.CaseSubject()), texts)
        | st.builds(ast.IsNull, st.just(ast.CaseSubject()), st.booleans())
        | st.builds(ast.IsTyped, st.just(ast.CaseSubject()), TYPES, st.booleans())
        | st.builds(ast.IsNormalized, st.just(ast.CaseSubject()), FORMS, st.booleans())
    )
    several = st.lists(inner | tests, min_size=2, max_size=3).map(lambda found: ast.CaseTests(tuple(found)))
    operands = inner.filter(lambda tree: not isinstance(tree, ast.Literal))
    return st.one_of(
        st.builds(ast.Binary, operators, inner, inner),
        st.builds(ast.Binary, operators, inner, inner),
        st.builds(ast.Unary, st.sampled_from(["NOT", "-", "+"]), operands),
        st.builds(ast.Unary, st.just("-"), inner),
        st.builds(ast.IsNull, inner, st.booleans()),
        st.builds(ast.HasLabels, inner, LABELS),
        st.builds(ast.Property, inner, NAMES),
        st.builds(ast.Subscript, inner, inner),
        st.builds(ast.Slice, inner, optional, optional),
        st.builds(ast.ListLiteral, lists),
        st.builds(ast.MapLiteral, st.lists(st.tuples(NAMES, inner), max_size=2).map(tuple)),
        st.builds(
            ast.Case, optional, st.lists(st.tuples(inner, inner), min_size=1, max_size=2).map(tuple), optional
        ),
        st.builds(
            ast.Case,
            inner,
            st.lists(st.tuples(inner | tests | several, inner), min_size=1, max_size=2).map(tuple),
            optional,
        ),
        st.builds(ast.IsTyped, inner, TYPES, st.booleans()),
        st.builds(ast.IsNormalized, inner, FORMS, st.booleans()),
        st.builds(ast.FunctionCall, st.sampled_from(["f", "not", "a.b c", "count"]), lists),
        st.builds(ast.FunctionCall, st.just("count"), st.tuples(inner), st.just(True)),
        st.builds(ast.ListComprehension, NAMES, inner, optional, optional),
        st.builds(ast.Quantifier, st.sampled_from(["all", "any", "none", "single"]), NAMES, inner, inner),
        st.builds(ast.Reduce, NAMES, inner, NAMES, inner, inner, st.none() | inner),
        st.builds(ast.PatternPredicate, _paths(inner), st.booleans()),
        st.builds(ast.PatternComprehension, _paths(inner), optional, inner),
    )


PATH = ast.PathPattern(
    (
        ast.NodePattern(None, None, None, None),
        ast.RelationshipPattern("out", None, None, None),
        ast.NodePattern(None, None, None, None),
    )
)

SEVERAL = ast.Case(
    ast.CountStar(), ((ast.CaseTests((ast.Literal(1), ast.Literal(2))), ast.Literal(3)),), None
)

EXPRESSIONS = st.recursive(LEAVES, _branches, max_leaves=8)


@example(ast.Binary("+", ast.PatternPredicate(PATH), ast.CountStar()))
@example(ast.Binary("*", ast.PatternPredicate(PATH), ast.CountStar()))
@example(ast.ListComprehension("a", ast.Literal(None), None, SEVERAL))
@example(
    ast.ListComprehension("a", ast.Literal(None), None, ast.Case(SEVERAL, ((SEVERAL, SEVERAL),), SEVERAL))
)
@example(ast.ListLiteral((ast.Binary("IN", ast.Variable("a"), SEVERAL), SEVERAL)))
@given(EXPRESSIONS)
def test_expressions_read_back_the_same(tree: ast.Expression) -> None:
    assert expression(render_expression(tree)) == tree


@given(LABELS)
def test_labels_read_back_the_same(labels: ast.LabelExpression) -> None:
    text = render_labels(labels)
    assert expression(f"n:{text}") == expression(render_expression(expression(f"n:{text}")))
    assert expression(render_expression(ast.HasLabels(ast.Variable("n"), labels))) == ast.HasLabels(
        ast.Variable("n"), labels
    )


@pytest.mark.parametrize("length", [15, 16, 17, 40, 200])
@pytest.mark.parametrize("operator", ["AND", "OR", "XOR"])
def test_chains_read_back_the_same_however_long(operator: str, length: int) -> None:
    flat = expression(f" {operator} ".join(["a"] * length))
    assert expression(render_expression(flat)) == flat
    deep: ast.Expression = ast.Variable("a")
    for _ in range(min(length, 100)):
        deep = ast.Binary(operator, deep, ast.Variable("a"))  # type: ignore[arg-type]
    assert expression(render_expression(deep)) == deep


STATEMENTS = [
    "MATCH (n:User {id: $id}) RETURN n",
    "MATCH p = (a)-[r:A|B*1..3 {x: 1}]->(b)<--(c), (d) WHERE a.x = 1 RETURN DISTINCT *, a.x  +1 ORDER BY a.x DESC SKIP 1 LIMIT 2",
    "OPTIONAL MATCH (n:A&!B|C WHERE n.x > 1) WITH n AS m WHERE m.x = 2 RETURN m.x AS `strange name`",
    "MATCH p = shortestPath((a)-[*..5]-(b)) RETURN p",
    "MATCH (a)-[r *BFS 2..10 (e, n | n.age > 18)]->(b) RETURN r",
    "MATCH (a)-[*WSHORTEST 10 (e, n | e.w) total (e, n | n.ok)]->(b) RETURN total",
    "MATCH (a)-[*ALLSHORTEST (e, n | e.w) total]->(b)-[*KSHORTEST 1..5 | 3]->(c) RETURN total",
    "UNWIND $rows AS row MERGE (n:A {x: row.x}) ON CREATE SET n.y = 1 ON MATCH SET n += {z: 1}, n:B:C REMOVE n.q, n:D",
    "MATCH (n) DETACH DELETE n",
    "FOREACH (x IN [1, 2] | CREATE (:A {x: x}) FOREACH (y IN [1] | SET x.y = y))",
    "CALL { WITH 1 AS x RETURN x UNION ALL RETURN 2 AS x } RETURN x",
    "OPTIONAL CALL (x, y) { RETURN 1 AS z } RETURN z",
    "MATCH (n) SET n.x = 1 FINISH",
    "CALL (a, b) { CREATE (:A) } IN TRANSACTIONS OF 10 ROWS",
    "CALL { CREATE (:A) } IN TRANSACTIONS REPORT STATUS AS `a status` ON ERROR CONTINUE RETURN 1 AS x",
    "CALL { CREATE (:A) } IN CONCURRENT TRANSACTIONS ON ERROR BREAK",
    "CALL { CREATE (:A) } IN 4 CONCURRENT TRANSACTIONS OF $n ROW ON ERROR FAIL",
    "CALL { CREATE (:A) } IN TRANSACTIONS ON ERROR RETRY OF 1 ROW REPORT STATUS AS s",
    "CALL { CREATE (:A) } IN TRANSACTIONS ON ERROR RETRY FOR 2.5 SECONDS THEN BREAK",
    "CALL { CREATE (:A) } IN TRANSACTIONS ON ERROR RETRY 1 SEC THEN FAIL",
    "CALL { CREATE (:A) } IN TRANSACTIONS ON ERROR RETRY $n SECOND MATCH (n) RETURN n",
    "CALL db.labels() YIELD - RETURN 1 AS x",
    "CALL db.labels YIELD - ",
    "CALL db.labels() YIELD label AS l, other WHERE l = 'x' RETURN l",
    "CALL db.labels",
    "OPTIONAL CALL db.labels() YIELD label RETURN label",
    "RETURN COUNT { (a)-->(b) }, EXISTS { MATCH (n) RETURN n }, n {.a, .*, b: 1, c}",
    "RETURN 1 AS a UNION RETURN 2 AS a",
    "EXPLAIN MATCH (n) RETURN n",
    "PROFILE MATCH (n) RETURN n",
    "CREATE INDEX ON :A(b, c)",
    "CREATE INDEX i IF NOT EXISTS FOR (n:A) ON (n.b)",
    "CREATE EDGE INDEX ON :T(x)",
    "DROP INDEX ON :A",
    "CREATE ENUM `a b` VALUES { Integer, values, `}` }",
    "ALTER ENUM add ADD VALUE `a;b`",
    "ALTER ENUM update UPDATE VALUE value TO to",
    "SHOW ENUMS",
    "SHOW STORAGE INFO",
    "SHOW TRANSACTIONS",
    "SHOW RUNNING, COMMITTING TRANSACTIONS",
    "TERMINATE TRANSACTIONS '1', \"it's\"",
    "SHOW DATABASE SETTINGS",
    "SHOW FUNCTIONS",
    "SHOW PROCEDURES",
    'SHOW DATABASE SETTING "log.level"',
    "SET DATABASE SETTING 'a\\\\b' TO '\"'",
    "STORAGE MODE IN_MEMORY_ANALYTICAL",
    "CREATE SNAPSHOT",
    "RECOVER SNAPSHOT '/backup/it\\'s' FORCE",
    "LOCK DATA DIRECTORY",
    "DATA DIRECTORY LOCK STATUS",
    "DUMP DATABASE",
    "FREE MEMORY",
    "BEGIN",
]


@pytest.mark.parametrize("text", STATEMENTS)
def test_statements_read_back_the_same(text: str) -> None:
    tree = parse(text)
    assert parse(render(tree)) == tree


@pytest.mark.parametrize(
    "pattern",
    [
        "p = SHORTEST 2 (a)-->+(b)",
        "SHORTEST $k GROUPS ((a)-[r]->{2,3}(b) WHERE a.x = 1)",
        "ANY (a)<--*(b)",
        "p = ((a)-->(b) WHERE a.x = 1)",
        "(s) ((a)-[r:T WHERE r.x > 1]->(b)--(c) WHERE a.x < b.x){,2} (t)-[*KSHORTEST 1..2 | 3 (e, n | 1) w (e, n | true)]-(u)",
    ],
)
def test_paths_with_selectors_and_quantifiers_read_back_the_same(pattern: str) -> None:
    tree = parse(f"MATCH {pattern} RETURN 1")
    assert parse(render(tree)) == tree
