"""Text to syntax tree: the language, its ambiguous corners, and names that are keywords elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from lithograph.cypher import ast
from lithograph.cypher.ast import (
    Binary,
    Expansion,
    FunctionCall,
    HasLabels,
    IsNull,
    LabelAnd,
    LabelAny,
    LabelDynamic,
    LabelName,
    LabelNot,
    LabelOr,
    Lambda,
    ListComprehension,
    ListLiteral,
    Literal,
    MapLiteral,
    NodePattern,
    Parameter,
    PathPattern,
    PatternComprehension,
    PatternPredicate,
    Property,
    Quantifier,
    Reduce,
    RelationshipPattern,
    Slice,
    Subscript,
    Unary,
    Variable,
)
from lithograph.cypher.parse import parse


def clauses(text: str) -> tuple[Any, ...]:
    query = parse(text)
    assert isinstance(query, ast.Query)
    return query.parts[0].clauses


def expression(text: str) -> ast.Expression:
    (clause,) = clauses(f"RETURN {text} AS result")
    assert isinstance(clause, ast.Return)
    return clause.projection.items[0].expression


def path(text: str) -> PathPattern:
    match = clauses(f"MATCH {text} RETURN 1")[0]
    assert isinstance(match, ast.Match)
    return match.pattern.paths[0]


A, B, C, N = (Variable(name) for name in "abcn")
ONE, TWO, THREE = (Literal(value) for value in (1, 2, 3))
LEADS_TO = RelationshipPattern("out")


def edge(left: str, right: str) -> PathPattern:
    return PathPattern((NodePattern(left), LEADS_TO, NodePattern(right)))


# ---------------------------------------------------------------- literals


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("42", 42),
        ("0x1F", 31),
        ("0o17", 15),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("- 1", -1),
        ("-0x8000000000000000", -(2**63)),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("1e-3", 0.001),
        ("1e+3", 1000.0),
        ("1.5E3", 1500.0),
        ("-1.5", -1.5),
        ("true", True),
        ("FALSE", False),
        ("Null", None),
        ('"a"', "a"),
        (r"'\b\f\n\r\t\\\'\"'", "\b\f\n\r\t\\'\""),
        (r"'\u00e9\U0001F600'", "é😀"),
        (r"'\uD83D\uDE00'", "😀"),
        ("'a\nb'", "a\nb"),
        ("'// no comment'", "// no comment"),
    ],
)
def test_literals(text: str, value: object) -> None:
    found = expression(text)
    assert found == Literal(value)  # type: ignore[arg-type]
    assert type(found.value) is type(value)


def test_ranges_are_no_floats() -> None:
    assert path("(a)-[*1..3]->(b)").elements[1] == RelationshipPattern(
        "out", expansion=Expansion("walk", 1, 3)
    )
    assert expression("a[1..3]") == Slice(A, ONE, THREE)
    assert expression("a[..3]") == Slice(A, None, THREE)
    assert expression("a[1..]") == Slice(A, ONE, None)
    assert expression("a[..]") == Slice(A, None, None)


@pytest.mark.parametrize(("text", "name"), [("$name", "name"), ("$0", "0"), ("$`x ``y`", "x `y")])
def test_parameters(text: str, name: str) -> None:
    assert expression(text) == Parameter(name)


def test_lists_and_maps() -> None:
    assert expression("[]") == ListLiteral(())
    assert expression("{}") == MapLiteral(())
    assert expression("[1, [2], {a: 3, `b c`: null, match: 1}]") == ListLiteral(
        (ONE, ListLiteral((TWO,)), MapLiteral((("a", THREE), ("b c", Literal(None)), ("match", ONE))))
    )


# ---------------------------------------------------------------- operators


def test_operators_bind_as_in_the_standard() -> None:
    assert expression("1 + 2 * 3") == Binary("+", ONE, Binary("*", TWO, THREE))
    assert expression("(1 + 2) * 3") == Binary("*", Binary("+", ONE, TWO), THREE)
    assert expression("1 - 2 - 3") == Binary("-", Binary("-", ONE, TWO), THREE)
    assert expression("2 ^ 3 ^ 1") == Binary("^", Binary("^", TWO, THREE), ONE)
    assert expression("-a ^ 2") == Binary("^", Unary("-", A), TWO)
    assert expression("NOT a = b") == Unary("NOT", Binary("=", A, B))
    assert expression("a OR b XOR c AND n") == Binary("OR", A, Binary("XOR", B, Binary("AND", C, N)))
    assert expression("a = b IS NULL") == Binary("=", A, IsNull(B, False))
    assert expression("a IN b + c") == Binary("IN", A, Binary("+", B, C))
    assert expression("a.b[1].c") == Property(Subscript(Property(A, "b"), ONE), "c")


def test_a_chain_of_comparisons_is_the_conjunction_of_its_pairs() -> None:
    assert expression("1 < a <= 3") == Binary("AND", Binary("<", ONE, A), Binary("<=", A, THREE))
    assert expression("(1 < a) = b") == Binary("=", Binary("<", ONE, A), B)


def test_not_equal_has_two_spellings() -> None:
    assert expression("a <> b") == expression("a != b") == Binary("<>", A, B)


@pytest.mark.parametrize("operator", ["STARTS WITH", "ENDS WITH", "CONTAINS", "=~", "IN"])
def test_operators_of_strings_and_lists(operator: Any) -> None:
    assert expression(f"a {operator.lower()} b") == Binary(operator, A, B)


def test_long_chains_of_conditions_are_not_deep() -> None:
    found = expression(" OR ".join(f"a = {i}" for i in range(5000)))
    depth, level = 0, [found]
    while level:
        depth += 1
        level = [side for node in level if isinstance(node, Binary) for side in (node.left, node.right)]
    assert depth < 40


def test_minus_minus_is_arithmetic_where_it_can_be_no_pattern() -> None:
    assert expression("a - -b") == Binary("-", A, Unary("-", B))
    assert expression("(a) - -(b)") == Binary("-", A, Unary("-", B))
    assert expression("(a + 1)--(b)") == Binary("-", Binary("+", A, ONE), Unary("-", B))
    assert expression("a < -b") == Binary("<", A, Unary("-", B))
    assert expression("(a) < (b)") == Binary("<", A, B)


# ---------------------------------------------------------------- what shares its first bracket


def test_parentheses_are_a_pattern_only_before_a_relationship() -> None:
    assert expression("(a)") == A
    assert expression("(a)-(b)") == Binary("-", A, B)
    assert expression("(a)-->(b)") == PatternPredicate(edge("a", "b"))
    assert expression("(a:L)") == HasLabels(A, LabelName("L"))
    assert expression("NOT (a)-->(b) AND (a)") == Binary(
        "AND", Unary("NOT", PatternPredicate(edge("a", "b"))), A
    )
    assert expression("(a)--(b)") == PatternPredicate(
        PathPattern((NodePattern("a"), RelationshipPattern("both"), NodePattern("b")))
    )


def test_square_brackets_open_lists_and_comprehensions() -> None:
    assert expression("[n IN a]") == ListComprehension("n", A, None, None)
    assert expression("[n IN a WHERE b]") == ListComprehension("n", A, B, None)
    assert expression("[n IN a | b]") == ListComprehension("n", A, None, B)
    assert expression("[n IN a WHERE b | c]") == ListComprehension("n", A, B, C)
    assert expression("[(n IN a)]") == ListLiteral((Binary("IN", N, A),))
    assert expression("[n IN a, b]") == ListLiteral((Binary("IN", N, A), B))
    assert expression("[(a)-->(b) | b]") == PatternComprehension(edge("a", "b"), None, B)
    named = PathPattern(edge("a", "b").elements, "p")
    assert expression("[p = (a)-->(b) WHERE c | p]") == PatternComprehension(named, C, Variable("p"))


def test_a_bar_divides_labels_but_ends_the_condition_of_a_comprehension() -> None:
    either = LabelOr((LabelName("A"), LabelName("B")))
    assert expression("n:A|B") == HasLabels(N, either)
    assert expression("[n IN a WHERE n:A | b]") == ListComprehension("n", A, HasLabels(N, LabelName("A")), B)
    assert expression("[n IN a WHERE (n:A|B) | b]") == ListComprehension("n", A, HasLabels(N, either), B)
    assert expression("any(n IN a WHERE n:A|B)") == Quantifier("any", "n", A, HasLabels(N, either))
    assert expression("[(a:A|B)-->(b) | b]") == PatternComprehension(
        PathPattern((NodePattern("a", either), LEADS_TO, NodePattern("b"))), None, B
    )


def test_iterating_functions() -> None:
    assert expression("all(n IN a WHERE b)") == Quantifier("all", "n", A, B)
    assert expression("filter(n IN a WHERE b)") == ListComprehension("n", A, B, None)
    assert expression("extract(n IN a | b)") == ListComprehension("n", A, None, B)
    assert expression("reduce(a = 1, n IN b | c)") == Reduce("a", ONE, "n", B, C)


def test_functions() -> None:
    assert expression("count(*)") == ast.CountStar()
    assert expression("COUNT( DISTINCT a )") == FunctionCall("COUNT", (A,), True)
    assert expression("point.distance(a, b)") == FunctionCall("point.distance", (A, B))
    assert expression("exists((a)-->(b))") == PatternPredicate(edge("a", "b"), explicit=True)
    shortest = PathPattern(edge("a", "b").elements, None, "shortestPath")
    assert expression("shortestpath((a)-->(b))") == ast.PathExpression(shortest)
    assert path("p = shortestPath((a)-->(b))") == PathPattern(edge("a", "b").elements, "p", "shortestPath")


def test_map_projections() -> None:
    assert expression("n {.a, .*, b, c: 1}") == ast.MapProjection(
        N, (("a", Property(N, "a")), ast.AllProperties(), ("b", B), ("c", ONE))
    )


def test_case() -> None:
    assert expression("CASE WHEN a THEN 1 ELSE 2 END") == ast.Case(None, ((A, ONE),), TWO)
    assert expression("CASE n WHEN a THEN 1 WHEN b THEN 2 END") == ast.Case(N, ((A, ONE), (B, TWO)), None)


def test_subqueries_in_expressions() -> None:
    bare = ast.Query((ast.SingleQuery((ast.Match(ast.Pattern((edge("a", "b"),)), C),)),))
    assert expression("EXISTS { (a)-->(b) WHERE c }") == ast.SubqueryExpression("EXISTS", bare)
    assert expression("COUNT { MATCH (a)-->(b) WHERE c }") == ast.SubqueryExpression("COUNT", bare)
    assert expression("collect { RETURN 1 AS x }") == ast.SubqueryExpression(
        "COLLECT",
        parse("RETURN 1 AS x"),  # type: ignore[arg-type]
    )


# ---------------------------------------------------------------- patterns


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (":A:B", LabelAnd((LabelName("A"), LabelName("B")))),
        (":A&B", LabelAnd((LabelName("A"), LabelName("B")))),
        (":A|:B|C", LabelOr((LabelName("A"), LabelName("B"), LabelName("C")))),
        (":A&!B|C", LabelOr((LabelAnd((LabelName("A"), LabelNot(LabelName("B")))), LabelName("C")))),
        (":(A|B)&C", LabelAnd((LabelOr((LabelName("A"), LabelName("B"))), LabelName("C")))),
        (":%", LabelAny()),
        (":$x", LabelDynamic(Parameter("x"))),
        (":$(a.x)", LabelDynamic(Property(A, "x"))),
        (":$all(a.x)", LabelDynamic(Property(A, "x"))),
        (":$Any (a.x)|$x", LabelOr((LabelDynamic(Property(A, "x"), any=True), LabelDynamic(Parameter("x"))))),
        (":`strange ``label`", LabelName("strange `label")),
        (r":`a\u003Bb\n\u00zz\ud83d\u005Cu0041`", LabelName(r"a;b\n\u00zz\ud83d\u0041")),
    ],
)
def test_labels(text: str, labels: ast.LabelExpression) -> None:
    assert path(f"(n{text})").elements == (NodePattern("n", labels),)


def test_nodes_and_relationships() -> None:
    assert path("()").elements == (NodePattern(),)
    assert path("(n:L {a: 1} WHERE b)").elements == (
        NodePattern("n", LabelName("L"), MapLiteral((("a", ONE),)), B),
    )
    assert path("(n $p)").elements == (NodePattern("n", None, Parameter("p")),)
    directions = [
        path(f"(){arrow}()").elements[1] for arrow in ("-->", "<--", "--", "<-->", "-[]-", "<-[]->")
    ]
    assert directions == [RelationshipPattern(way) for way in ("out", "in", "both", "both", "both", "both")]
    assert path("( a ) < - [ r : T ] - ( b )").elements[1] == RelationshipPattern("in", "r", LabelName("T"))


@pytest.mark.parametrize(
    ("text", "expansion"),
    [
        ("*", Expansion()),
        ("*2", Expansion("walk", 2, 2)),
        ("*..", Expansion()),
        ("*bfs..15 (e, n | a)", Expansion("bfs", None, 15, filter=Lambda(("e", "n"), A))),
        ("*BFS 3", Expansion("bfs", 3, 3)),
        (
            "*allshortest 2 (r, n | 1) total_weight",
            Expansion("allshortest", None, 2, weight=Lambda(("r", "n"), ONE), total="total_weight"),
        ),
        (
            "*WSHORTEST (e, n | 1) total (e, n, p, w | a)",
            Expansion(
                "wshortest",
                weight=Lambda(("e", "n"), ONE),
                total="total",
                filter=Lambda(("e", "n", "p", "w"), A),
            ),
        ),
        ("*KSHORTEST 1..5 | 3", Expansion("kshortest", 1, 5, limit=THREE)),
        ("* (e, n | a)", Expansion(filter=Lambda(("e", "n"), A))),
    ],
)
def test_expansions(text: str, expansion: Expansion) -> None:
    assert path(f"(a)-[r:T {text}]->(b)").elements[1] == RelationshipPattern(
        "out", "r", LabelName("T"), expansion
    )


# ---------------------------------------------------------------- clauses and statements


def test_the_name_of_a_column_is_its_source_text() -> None:
    (clause,) = clauses("RETURN  a . b+1 , a, `n`, a AS `x y`, count( * )")
    names = [(item.name, item.aliased) for item in clause.projection.items]
    assert names == [("a . b+1", False), ("a", False), ("n", False), ("x y", True), ("count( * )", False)]


def test_projections() -> None:
    (clause,) = clauses("RETURN DISTINCT *, 1 AS x ORDER BY a DESC, b ASCENDING SKIP 1 LIMIT 2")
    assert clause == ast.Return(
        ast.Projection(
            (ast.ProjectionItem(ONE, "x", True),),
            star=True,
            distinct=True,
            order_by=(ast.SortItem(A, True), ast.SortItem(B)),
            skip=ONE,
            limit=TWO,
        )
    )


def test_updating_clauses() -> None:
    create, merge, set_, remove, delete, each = clauses(
        "CREATE (a) MERGE (n) ON CREATE SET n.x = 1 ON MATCH SET n += b, n = c, n:A:B "
        "SET n[a] = 2 REMOVE n.x, n:A DETACH DELETE n, a FOREACH (a IN b | CREATE (n))"
    )
    assert create == ast.Create(ast.Pattern((PathPattern((NodePattern("a"),)),)))
    assert merge.on_create == (ast.SetProperty(Property(N, "x"), ONE),)
    assert merge.on_match == (
        ast.SetProperties("n", B, True),
        ast.SetProperties("n", C, False),
        ast.SetLabels("n", (LabelName("A"), LabelName("B"))),
    )
    assert set_.items == (ast.SetProperty(Subscript(N, A), TWO),)
    assert remove.items == (ast.RemoveProperty(Property(N, "x")), ast.RemoveLabels("n", (LabelName("A"),)))
    assert delete == ast.Delete((N, A), True)
    assert each == ast.Foreach("a", B, (ast.Create(ast.Pattern((PathPattern((NodePattern("n"),)),))),))


def test_unions() -> None:
    query = parse("RETURN 1 AS a UNION ALL RETURN 2 AS a UNION ALL RETURN 3 AS a")
    assert isinstance(query, ast.Query)
    assert query.all
    assert len(query.parts) == 3


def test_calls() -> None:
    plain, some, all_ = (
        clauses(f"CALL a.b.c{text}")[0] for text in ("", "(1) YIELD x, y AS z WHERE a", "() YIELD *")
    )
    assert plain == ast.CallProcedure("a.b.c", None)
    assert some == ast.CallProcedure("a.b.c", (ONE,), (ast.YieldItem("x", "x"), ast.YieldItem("y", "z")), A)
    assert all_ == ast.CallProcedure("a.b.c", (), "*")
    inner = parse("RETURN 1 AS x")
    for text, imports in (("", None), ("(*)", "*"), ("()", ()), ("(a, b)", ("a", "b"))):
        assert clauses(f"CALL {text} {{ RETURN 1 AS x }} RETURN x")[0] == ast.CallSubquery(inner, imports)  # type: ignore[arg-type]
    batched = clauses("CALL { CREATE () } IN TRANSACTIONS OF 2 ROWS")[0]
    assert batched.transactions == ast.InTransactions(TWO)
    said = clauses(
        "CALL { CREATE () } IN 2 CONCURRENT TRANSACTIONS on error retry for 1 second then break report status as n of 2 rows"
    )[0]
    on_error = ast.OnError("BREAK", True, ONE)
    assert said.transactions == ast.InTransactions(TWO, True, TWO, "n", on_error)
    assert clauses("CALL a() YIELD - RETURN 1")[0] == ast.CallProcedure("a", (), ())


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("CREATE INDEX ON :L", ast.CreateIndex("node", "L", ())),
        ("CREATE INDEX ON :L(a, `b c`);", ast.CreateIndex("node", "L", ("a", "b c"))),
        ("CREATE EDGE INDEX ON :T(a)", ast.CreateIndex("relationship", "T", ("a",))),
        ("DROP INDEX ON :L(a)", ast.DropIndex("node", "L", ("a",))),
        ("DROP EDGE INDEX ON :T", ast.DropIndex("relationship", "T", ())),
        ("CREATE ENUM Status VALUES { Good, `so so` };", ast.CreateEnum("Status", ("Good", "so so"))),
        ("alter enum enum add value value", ast.AddEnumValue("enum", "value")),
        ("ALTER ENUM `a b` UPDATE VALUE to TO update", ast.UpdateEnumValue("a b", "to", "update")),
        ("show enums", ast.Show("ENUMS")),
        ("CREATE INDEX FOR (n:L) ON (n.a, n.b)", ast.CreateIndex("node", "L", ("a", "b"))),
        (
            "CREATE RANGE INDEX i IF NOT EXISTS FOR ()-[r:T]-() ON (r.a)",
            ast.CreateIndex("relationship", "T", ("a",), "i", True),
        ),
        ("show index info", ast.Show("INDEX INFO")),
        ("SHOW TRANSACTION;", ast.Show("TRANSACTIONS")),
        ("SHOW RUNNING TRANSACTIONS", ast.ShowTransactions(("RUNNING",))),
        ("show running, aborting transactions", ast.ShowTransactions(("RUNNING", "ABORTING"))),
        ("TERMINATE TRANSACTION '1'", ast.TerminateTransactions(("1",))),
        ("TERMINATE TRANSACTIONS '1', \"2\", '*';", ast.TerminateTransactions(("1", "2", "*"))),
        ("SHOW INDEXES", ast.Show("INDEX INFO")),
        ("SHOW CONSTRAINTS", ast.Show("CONSTRAINT INFO")),
        ("SHOW STORAGE INFO;", ast.Show("STORAGE INFO")),
        ("SHOW ALL FUNCTIONS", ast.Show("FUNCTIONS")),
        ("SHOW PROCEDURE", ast.Show("PROCEDURES")),
        ("show database settings", ast.Show("DATABASE SETTINGS")),
        ('SHOW DATABASE SETTING "a.b"', ast.ShowSetting("a.b")),
        ('SET DATABASE SETTING "a.b" TO "c";', ast.SetSetting("a.b", "c")),
        ("STORAGE MODE in_memory_analytical", ast.SetStorageMode("IN_MEMORY_ANALYTICAL")),
        ("CREATE SNAPSHOT", ast.CreateSnapshot()),
        ("RECOVER SNAPSHOT 'x'", ast.RecoverSnapshot("x")),
        ('RECOVER SNAPSHOT "x" FORCE', ast.RecoverSnapshot("x", True)),
        ("LOCK DATA DIRECTORY", ast.DataDirectory("LOCK")),
        ("unlock data directory", ast.DataDirectory("UNLOCK")),
        ("DATA DIRECTORY LOCK STATUS", ast.DataDirectory("STATUS")),
        ("DUMP DATABASE", ast.DumpDatabase()),
        ("FREE MEMORY", ast.FreeMemory()),
        ("begin transaction", ast.TransactionControl("BEGIN")),
        ("COMMIT;", ast.TransactionControl("COMMIT")),
        ("ROLLBACK", ast.TransactionControl("ROLLBACK")),
    ],
)
def test_statements(text: str, statement: ast.Statement) -> None:
    assert parse(text) == statement


def test_explain_and_profile() -> None:
    query = parse("RETURN 1")
    assert isinstance(query, ast.Query)
    assert parse("EXPLAIN RETURN 1") == ast.Explain(query)
    assert parse("profile RETURN 1;") == ast.Profile(query)


# ---------------------------------------------------------------- names


KEYWORDS = [
    "match",
    "order",
    "Limit",
    "index",
    "where",
    "in",
    "contains",
    "end",
    "exists",
    "count",
    "all",
    "on",
    "set",
]


@pytest.mark.parametrize("word", KEYWORDS)
def test_keywords_are_names_where_the_grammar_has_no_place_for_them(word: str) -> None:
    assert path(f"(n:{word} {{{word}: 1}})").elements == (
        NodePattern("n", LabelName(word), MapLiteral(((word, ONE),))),
    )
    assert path(f"({word})-[{word}:{word}]->({word}:L)").elements == (
        NodePattern(word),
        RelationshipPattern("out", word, LabelName(word)),
        NodePattern(word, LabelName("L")),
    )
    assert expression(f"n.{word}") == Property(N, word)
    assert expression(word) == Variable(word)
    assert clauses(f"UNWIND [1] AS {word} RETURN {word}")[0].variable == word


@pytest.mark.parametrize("word", ["exists", "count", "collect", "all", "contains", "reduce", "left"])
def test_keywords_are_functions_before_a_parenthesis(word: str) -> None:
    assert expression(f"{word}(a)") == FunctionCall(word, (A,))


def test_names_may_be_of_any_script() -> None:
    for name in ("größe", "名前", "नमस्ते", "_x1"):
        assert expression(f"{name} + 1") == Binary("+", Variable(name), ONE)
    assert expression("`` + `a b`") == Binary("+", Variable(""), Variable("a b"))


def test_comments_and_white_space_mean_nothing() -> None:
    text = "\ufeff/* a\n'b */ RETURN // to the end\r\n 1 /**/ + /* // */ 2\n// at the end"
    assert parse(text).parts[0].clauses[0].projection.items[0].expression == Binary("+", ONE, TWO)  # type: ignore[attr-defined]


def test_positions_point_at_the_first_character() -> None:
    match, return_ = clauses("MATCH (n)\r\n  RETURN n.x")
    assert match.position == ast.Position(0, 1, 1)
    assert match.pattern.paths[0].elements[0].position == ast.Position(6, 1, 7)
    assert return_.position == ast.Position(13, 2, 3)
    assert return_.projection.items[0].expression.position == ast.Position(20, 2, 10)


# ---------------------------------------------------------------- quantified paths and selectors


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("+", (1, None)),
        ("*", (0, None)),
        ("{2}", (2, 2)),
        ("{1,3}", (1, 3)),
        ("{,3}", (0, 3)),
        ("{2,}", (2, None)),
    ],
)
def test_quantifiers(text: str, bounds: tuple[int, int | None]) -> None:
    quantified = ast.Expansion("walk", *bounds, quantified=True)
    assert path(f"(a)-[r:T]->{text}(b)").elements[1] == RelationshipPattern(
        "out", "r", LabelName("T"), quantified
    )
    inner = (NodePattern("a"), RelationshipPattern("both"), NodePattern("b"))
    assert path(f"(x) ((a)--(b) WHERE a){text} (y)").elements[1] == ast.QuantifiedPath(inner, *bounds, A)


def test_nodes_stand_between_what_is_written_side_by_side() -> None:
    inner = (NodePattern("a"), LEADS_TO, NodePattern("b"))
    once, twice = ast.QuantifiedPath(inner, 1, 1), ast.QuantifiedPath(inner, 2, 2)
    anything = NodePattern()
    assert path("((a)-->(b)){1} ((a)-->(b)){2}").elements == (anything, once, anything, twice, anything)
    assert path("(a) ((a)-->(b)){1} (b)-->()").elements == (
        NodePattern("a"), once, NodePattern("b"), LEADS_TO, anything,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "selector"),
    [
        ("SHORTEST 3", ast.PathSelector("SHORTEST", THREE)),
        ("SHORTEST $k PATHS", ast.PathSelector("SHORTEST", Parameter("k"))),
        ("ANY SHORTEST PATH", ast.PathSelector("SHORTEST")),
        ("ALL SHORTEST", ast.PathSelector("GROUPS")),
        ("SHORTEST GROUP", ast.PathSelector("GROUPS")),
        ("SHORTEST 3 PATHS GROUPS", ast.PathSelector("GROUPS", THREE)),
        ("ANY", ast.PathSelector("ANY")),
        ("any 3 paths", ast.PathSelector("ANY", THREE)),
        ("ALL PATHS", None),
        ("", None),
    ],
)
def test_path_selectors(text: str, selector: ast.PathSelector | None) -> None:
    assert path(f"p = {text} (a)-->(b)") == PathPattern(edge("a", "b").elements, "p", selector=selector)
    whole = PathPattern(edge("a", "b").elements, "p", selector=selector, predicate=A)
    assert path(f"p = {text} ((a)-->(b) WHERE a)") == whole


def test_the_words_of_selectors_are_names_elsewhere() -> None:
    assert path("shortest = (any:ALL)-[paths:Groups]->(group)").variable == "shortest"
    assert path("any = (a)-->(b)").variable == "any"


def test_brackets_of_expressions_are_no_quantified_paths() -> None:
    assert isinstance(expression("(a) + (b)"), ast.Binary)
    assert isinstance(expression("((a) - (b)) * (a)"), ast.Binary)
    assert isinstance(expression("((a)--(b))"), ast.PatternPredicate)
    quantified = expression("((a)--(b)){2} (b) AND true")
    assert isinstance(quantified, ast.Binary)
    assert isinstance(quantified.left, ast.PatternPredicate)


def test_is_before_a_label_is_a_colon() -> None:
    assert path("(n IS A|B)-[r IS T]->()") == path("(n:A|B)-[r:T]->()")
    assert expression("n IS A&!B") == expression("n:A&!B")
    assert isinstance(expression("n IS NULL"), ast.IsNull)
    assert isinstance(expression("(n IS NOT NULL)"), ast.IsNull)
    assert isinstance(expression("(n IS A)-->()"), ast.PatternPredicate)


# ---------------------------------------------------------------- types, tests without a left side, trim


INTEGER, FLOAT = ast.NamedType("INTEGER"), ast.NamedType("FLOAT")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("INTEGER", INTEGER),
        ("signed integer", INTEGER),
        ("INT NOT NULL", ast.NamedType("INTEGER", False)),
        ("INT!", ast.NamedType("INTEGER", False)),
        ("TIMESTAMP WITH TIME ZONE", ast.NamedType("ZONED DATETIME")),
        ("TIME WITHOUT TIMEZONE", ast.NamedType("LOCAL TIME")),
        ("ANY VERTEX", ast.NamedType("NODE")),
        ("ANY", ast.NamedType("ANY")),
        ("PROPERTY VALUE", ast.NamedType("PROPERTY VALUE")),
        ("LIST<INTEGER>", ast.ListType(INTEGER)),
        ("ARRAY<INT> NOT NULL", ast.ListType(INTEGER, False)),
        ("INTEGER NOT NULL LIST", ast.ListType(ast.NamedType("INTEGER", False))),
        ("LIST<LIST<INTEGER>>", ast.ListType(ast.ListType(INTEGER))),
        ("INTEGER | FLOAT", ast.UnionType((INTEGER, FLOAT))),
        ("ANY<INTEGER | FLOAT>", ast.UnionType((INTEGER, FLOAT))),
        ("ANY VALUE<INTEGER | ANY<FLOAT | INT>>", ast.UnionType((INTEGER, FLOAT, INTEGER))),
        ("LIST<INTEGER | FLOAT>", ast.ListType(ast.UnionType((INTEGER, FLOAT)))),
    ],
)
def test_types(text: str, wanted: ast.ValueType) -> None:
    for form in ("a IS :: {}", "a::{}", "a IS TYPED {}"):
        assert expression(form.format(text)) == ast.IsTyped(A, wanted, False)
    for form in ("a IS NOT :: {}", "a IS NOT TYPED {}"):
        assert expression(form.format(text)) == ast.IsTyped(A, wanted, True)


def test_the_names_of_types_are_names_elsewhere() -> None:
    assert expression("integer + list") == Binary("+", Variable("integer"), Variable("list"))
    assert expression("n.list") == Property(N, "list")
    assert expression("a IS :: LIST<INTEGER> AND b") == Binary(
        "AND", ast.IsTyped(A, ast.ListType(INTEGER), False), B
    )
    assert expression("a IS :: INT < b") == Binary("<", ast.IsTyped(A, INTEGER, False), B)
    assert expression("CASE WHEN a IS :: INT THEN 1 ELSE a :: INT END") == ast.Case(
        None, ((ast.IsTyped(A, INTEGER, False), ONE),), ast.IsTyped(A, INTEGER, False)
    )


def test_a_bar_divides_types_but_ends_the_condition_of_a_comprehension() -> None:
    either = ast.UnionType((INTEGER, FLOAT))
    assert expression("any(n IN a WHERE n :: INT | FLOAT)") == Quantifier(
        "any", "n", A, ast.IsTyped(N, either, False)
    )
    assert expression("[n IN a WHERE n :: INT | float]") == ListComprehension(
        "n", A, ast.IsTyped(N, INTEGER, False), Variable("float")
    )
    assert expression("[n IN a WHERE n :: ANY<INT | FLOAT> | b]") == ListComprehension(
        "n", A, ast.IsTyped(N, either, False), B
    )


@pytest.mark.parametrize(
    ("condition", "projection"),
    [
        ("n:A|B", "n.a"),
        ("n:A|:B|C", "n:A|B"),
        ("n:A|B", "a"),
        ("n:A", "n:A|B"),
        ("n:A", "n:(A|B)|C"),
        ("n:!A|(B&!C)|$('D')", "n:%|B"),
        ("a OR n IS A|B", "n IS C"),
        ("n:A|B AND n:B|C", "n:B|A"),
        ("n:A|B AND a", "[x IN b WHERE x:A|B | x:C|D]"),
        ("n:A|B", "CASE WHEN n:B|C THEN 1 END"),
        ("n :: INT|LOCAL TIME|FLOAT", "n :: INT"),
        ("n IS TYPED INT NOT NULL|FLOAT NOT NULL", "n :: INT!|FLOAT!"),
        ("n :: INT", "n :: INT|FLOAT"),
        ("n:A|B AND n :: INT|FLOAT", "n"),
    ],
)
@pytest.mark.parametrize("opening", ["n IN a", "(a)-->(n)"])
def test_which_bar_of_a_comprehension_projects(opening: str, condition: str, projection: str) -> None:
    written = expression(f"[{opening} WHERE {condition} | {projection}]")
    assert written == expression(f"[{opening} WHERE ({condition}) | ({projection})]")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (
            "MATCH (n) ORDER BY n.a SKIP 1 LIMIT 2 RETURN n",
            "MATCH (n) WITH * ORDER BY n.a SKIP 1 LIMIT 2 RETURN n",
        ),
        ("MATCH (n) WHERE a LIMIT 2 RETURN n", "MATCH (n) WHERE a WITH * LIMIT 2 RETURN n"),
        ("UNWIND a AS x OFFSET 1 RETURN x", "UNWIND a AS x WITH * SKIP 1 RETURN x"),
        ("CALL a.b() YIELD c ORDER BY c DESC RETURN c", "CALL a.b() YIELD c WITH * ORDER BY c DESC RETURN c"),
        ("CREATE (n) LIMIT 1 MATCH (m) RETURN m", "CREATE (n) WITH * LIMIT 1 MATCH (m) RETURN m"),
        (
            "MATCH (IS A)-[IS B|C*1..2]->(IS !D WHERE a) RETURN 1",
            "MATCH (:A)-[:B|C*1..2]->(:!D WHERE a) RETURN 1",
        ),
        (
            "MATCH (IS (A|B)), (IS `A`), (IS %), (IS $(a)) RETURN 1",
            "MATCH (:A|B), (:A), (:%), (:$(a)) RETURN 1",
        ),
        ("MATCH (is IS A)-[is2 IS B]->(is3) RETURN is", "MATCH (is:A)-[is2:B]->(is3) RETURN is"),
        (
            "MATCH (is), (is:A), (is WHERE is.a) RETURN is",
            "MATCH (`is`), (`is`:A), (`is` WHERE `is`.a) RETURN `is`",
        ),
    ],
)
def test_other_ways_to_write_the_same(written: str, meant: str) -> None:
    assert parse(written) == parse(meant)


def test_where_there_is_a_choice_the_first_bar_projects() -> None:
    a, b = ast.HasLabels(N, LabelName("A")), ast.HasLabels(N, LabelName("B"))
    assert expression("[n IN a WHERE n:A | B]") == ListComprehension("n", A, a, Variable("B"))
    assert expression("[n IN a WHERE n:A | n:B]") == ListComprehension("n", A, a, b)


def test_normal_forms() -> None:
    assert expression("a IS NORMALIZED") == ast.IsNormalized(A, "NFC", False)
    assert expression("a IS NOT nfkd NORMALIZED") == ast.IsNormalized(A, "NFKD", True)
    assert expression("normalize(a, nfd)") == FunctionCall("normalize", (A, Literal("NFD")))
    assert expression("normalize(a, b)") == FunctionCall("normalize", (A, B))


def test_tests_of_a_case() -> None:
    subject = ast.CaseSubject()
    assert expression("CASE n WHEN 1, 2 THEN a END") == ast.Case(N, ((ast.CaseTests((ONE, TWO)), A),), None)
    assert expression("CASE n WHEN > 1, a, IS NULL THEN b WHEN :: INT, IN c THEN a END") == ast.Case(
        N,
        (
            (ast.CaseTests((Binary(">", subject, ONE), A, ast.IsNull(subject, False))), B),
            (ast.CaseTests((ast.IsTyped(subject, INTEGER, False), Binary("IN", subject, C))), A),
        ),
        None,
    )
    assert expression("CASE n WHEN STARTS WITH a, =~ b, IS NOT NORMALIZED THEN c END") == ast.Case(
        N,
        (
            (
                ast.CaseTests(
                    (
                        Binary("STARTS WITH", subject, A),
                        Binary("=~", subject, B),
                        ast.IsNormalized(subject, "NFC", True),
                    )
                ),
                C,
            ),
        ),
        None,
    )


def test_the_operators_of_tests_are_names_where_no_test_follows() -> None:
    for name in ("in", "contains", "starts", "ends", "is"):
        variable = Variable(name)
        assert expression(f"CASE n WHEN {name} THEN a END") == ast.Case(N, ((variable, A),), None)
        assert expression(f"CASE n WHEN {name} + 1 THEN a END") == ast.Case(
            N, ((Binary("+", variable, ONE), A),), None
        )
        assert expression(f"CASE n WHEN {name}.a, {name} THEN a END") == ast.Case(
            N, ((ast.CaseTests((Property(variable, "a"), variable)), A),), None
        )
    assert expression("CASE n WHEN contains(1) THEN a END") == ast.Case(
        N, ((FunctionCall("contains", (ONE,)), A),), None
    )


def test_trim_with_sides() -> None:
    assert expression("trim(BOTH a FROM b)") == FunctionCall("btrim", (B, A))
    assert expression("TRIM(leading FROM b)") == FunctionCall("ltrim", (B,))
    assert expression("trim(trailing a from b)") == FunctionCall("rtrim", (B, A))
    assert expression("trim(a FROM b)") == FunctionCall("btrim", (B, A))
    assert expression("f(both + 1, leading)") == FunctionCall(
        "f", (Binary("+", Variable("both"), ONE), Variable("leading"))
    )


def test_exists_of_a_property() -> None:
    assert expression("exists(n.a)") == ast.IsNull(Property(N, "a"), True)
    assert expression("exists(n['a'])") == ast.IsNull(ast.Subscript(N, Literal("a")), True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1_000_000", 10**6),
        ("0xff_ff", 0xFFFF),
        ("0o1_7", 15),
        ("1_0.2_5", 10.25),
        (".2_5e1_0", 2.5e9),
        ("1_0.", 10.0),
    ],
)
def test_underscores_in_numbers(text: str, value: float) -> None:
    assert expression(text) == Literal(value)


def test_all_reduce() -> None:
    assert expression("allReduce(a = 1, n IN b | c, d)") == Reduce("a", ONE, "n", B, C, Variable("d"))
