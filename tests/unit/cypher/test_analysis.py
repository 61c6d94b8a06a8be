"""Semantic analysis: what is refused before anything runs, with which class; and what is not."""

from __future__ import annotations

import pytest

from lithograph.cypher import errors
from lithograph.cypher.analysis import check
from lithograph.cypher.parse import parse
from lithograph.cypher.procedures import Mode, Procedures, procedure


def nothing(*_: object) -> None:
    """What the procedures below would do."""


PROCEDURES = Procedures(
    [
        procedure("a.b() :: (x :: INTEGER, y :: ANY)")(nothing),
        procedure("a.some(in :: INTEGER, list = [] :: LIST<STRING>?) :: (out :: NODE)")(nothing),
        procedure("a.number(n :: FLOAT?) :: ()")(nothing),
        procedure("a.write() :: ()", mode=Mode.WRITE)(nothing),
        procedure("db.labels() :: (label :: STRING)")(nothing),
    ]
)

REFUSED = [
    # names
    ("MATCH () RETURN foo", errors.UndefinedVariableError),
    ("MATCH (n) WITH n.x AS x RETURN n", errors.UndefinedVariableError),
    ("MATCH (n) WHERE (n)-->(m) RETURN n", errors.UndefinedVariableError),
    ("MATCH (n) RETURN [(n)-->(m) | m.x] AS x, m", errors.UndefinedVariableError),
    ("RETURN [x IN [1] | x] AS l, x", errors.UndefinedVariableError),
    ("MATCH (a) CREATE (a)-[:T]->(b {x: missing})", errors.UndefinedVariableError),
    ("MERGE (n) ON CREATE SET x.y = 1", errors.UndefinedVariableError),
    ("MERGE (n {x: n.y})", errors.UndefinedVariableError),
    ("MATCH (n) FOREACH (x IN [1] | SET n.x = x) RETURN x", errors.UndefinedVariableError),
    ("MATCH (n) CALL { RETURN n AS m } RETURN m", errors.UndefinedVariableError),
    ("MATCH (n) CALL (m) { RETURN 1 AS x } RETURN x", errors.UndefinedVariableError),
    ("MATCH (n) RETURN EXISTS { (n)-->(m) } AS e, m", errors.UndefinedVariableError),
    ("MATCH (a)-[r *BFS (e, n | e.x > 1)]->(b) RETURN e", errors.UndefinedVariableError),
    ("MATCH (p) MATCH p = ()-->() RETURN p", errors.VariableAlreadyBoundError),
    ("MATCH p = ()-[p]->() RETURN p", errors.VariableAlreadyBoundError),
    ("UNWIND [1] AS x UNWIND [2] AS x RETURN x", errors.VariableAlreadyBoundError),
    ("MATCH (n) CALL { RETURN 1 AS n } RETURN n", errors.VariableAlreadyBoundError),
    ("CALL a.b() YIELD x, y AS x RETURN x", errors.VariableAlreadyBoundError),
    ("MATCH (r)-[r]->() RETURN r", errors.VariableTypeConflictError),
    ("MATCH ()-[r]->() MATCH (r) RETURN r", errors.VariableTypeConflictError),
    ("WITH 1 AS n MATCH (n) RETURN n", errors.VariableTypeConflictError),
    ("MATCH (n) WITH [n] AS n MATCH (n) RETURN n", errors.VariableTypeConflictError),
    ("MATCH (a)-[r]->(b)-[r]->(c) RETURN r", errors.RelationshipUniquenessError),
    # columns
    ("RETURN 1 AS a, 2 AS a", errors.ColumnNameConflictError),
    ("MATCH (n) RETURN *, 1 AS n", errors.ColumnNameConflictError),
    ("MATCH () RETURN *", errors.NoVariablesInScopeError),
    ("MATCH (n) WITH n.x RETURN 1", errors.NoExpressionAliasError),
    ("CALL { MATCH (n) RETURN n.x } RETURN 1", errors.NoExpressionAliasError),
    ("RETURN 1 AS a UNION RETURN 2 AS b", errors.DifferentColumnsInUnionError),
    # aggregation
    ("MATCH (n) WHERE count(n) > 1 RETURN n", errors.InvalidAggregationError),
    ("MATCH (n) SET n.x = count(n)", errors.InvalidAggregationError),
    ("UNWIND [count(*)] AS x RETURN x", errors.InvalidAggregationError),
    ("RETURN [x IN [1] | count(*)]", errors.InvalidAggregationError),
    ("MATCH (n) RETURN n.x ORDER BY count(n)", errors.InvalidAggregationError),
    ("RETURN size(DISTINCT [1])", errors.InvalidAggregationError),
    ("RETURN count(count(*))", errors.NestedAggregationError),
    ("RETURN count(rand())", errors.NonConstantExpressionError),
    ("MATCH (n) RETURN n.x + count(*)", errors.AmbiguousAggregationExpressionError),
    ("MATCH (n) RETURN n.x + n.y, n.x + n.y + count(*)", errors.AmbiguousAggregationExpressionError),
    (
        "MATCH (n) WITH n.x + n.y AS z, count(*) AS c ORDER BY n.x + n.y + count(*) RETURN z",
        errors.AmbiguousAggregationExpressionError,
    ),
    ("MATCH (n) WITH count(n.x) AS c ORDER BY n.y + count(n.x) RETURN c", errors.UndefinedVariableError),
    ("MATCH (n) RETURN DISTINCT n.x ORDER BY n.y", errors.UndefinedVariableError),
    ("MATCH (n) RETURN n.x AS x, count(*) ORDER BY n.y", errors.UndefinedVariableError),
    # SKIP, LIMIT
    ("MATCH (n) RETURN n SKIP n.x", errors.NonConstantExpressionError),
    ("MATCH (n) RETURN n LIMIT count(*)", errors.NonConstantExpressionError),
    ("MATCH (n) RETURN n SKIP -1", errors.NegativeIntegerArgumentError),
    ("MATCH (n) RETURN n LIMIT 1.5", errors.InvalidArgumentTypeError),
    # types
    ("RETURN NOT 1", errors.InvalidArgumentTypeError),
    ("RETURN 'a' AND true", errors.InvalidArgumentTypeError),
    ("RETURN 1 IN 2", errors.InvalidArgumentTypeError),
    ("MATCH (n) WHERE (n) RETURN n", errors.InvalidArgumentTypeError),
    ("RETURN any(x IN ['a'] WHERE x % 2 = 0)", errors.InvalidArgumentTypeError),
    ("MATCH (n) RETURN type(n)", errors.InvalidArgumentTypeError),
    ("MATCH p = (n) RETURN labels(p)", errors.InvalidArgumentTypeError),
    ("MATCH p = (n) RETURN p.x", errors.InvalidArgumentTypeError),
    ("RETURN properties(1)", errors.InvalidArgumentTypeError),
    ("WITH 1 AS x RETURN x.y", errors.StaticTypeError),
    ("MATCH (n) DELETE n.x + 1, 1 + 1", errors.InvalidArgumentTypeError),
    ("MATCH (n) DELETE n:A", errors.InvalidDeleteError),
    ("MATCH ()-[r]->() SET r:A", errors.InvalidArgumentTypeError),
    ("FOREACH (x IN 1 | CREATE ())", errors.InvalidArgumentTypeError),
    ("MATCH (a) RETURN size((a)-->())", errors.UnexpectedConstructError),
    # functions
    ("RETURN foo(1)", errors.UnknownFunctionError),
    ("RETURN all([1])", errors.UnknownFunctionError),
    ("RETURN size()", errors.InvalidNumberOfArgumentsError),
    ("RETURN count()", errors.InvalidNumberOfArgumentsError),
    # writing
    ("MATCH (a) CREATE (a)", errors.VariableAlreadyBoundError),
    ("MATCH (a) CREATE (a:A)-[:T]->()", errors.VariableAlreadyBoundError),
    ("MATCH (a) MERGE (a)", errors.VariableAlreadyBoundError),
    ("MATCH (a)-[r:T]->(b) CREATE (a)-[r:T]->(b)", errors.VariableAlreadyBoundError),
    ("CREATE ()-->()", errors.NoSingleRelationshipTypeError),
    ("CREATE ()-[:A|B]->()", errors.NoSingleRelationshipTypeError),
    ("CREATE ()-[:A]-()", errors.RequiresDirectedRelationshipError),
    ("CREATE ()-[:A*2]->()", errors.CreatingVarLengthError),
    ("CREATE (:A|B)", errors.UnexpectedConstructError),
    ("CREATE (n WHERE n.x)", errors.UnexpectedConstructError),
    ("MERGE shortestPath((a)-[:T]->(b))", errors.UnexpectedConstructError),
    ("MATCH (n $p) RETURN n", errors.InvalidParameterUseError),
    ("MERGE (n $p)", errors.InvalidParameterUseError),
    # order of clauses
    ("MATCH (n)", errors.InvalidClauseCompositionError),
    ("MATCH (n) WITH n", errors.InvalidClauseCompositionError),
    ("RETURN 1 MATCH (n)", errors.InvalidClauseCompositionError),
    ("CREATE (n) MATCH (m) RETURN m", errors.InvalidClauseCompositionError),
    ("RETURN EXISTS { CREATE () }", errors.InvalidClauseCompositionError),
    ("RETURN COLLECT { RETURN 1 AS a, 2 AS b }", errors.InvalidClauseCompositionError),
    ("MATCH (n) CALL a.b() YIELD * RETURN n", errors.UnexpectedConstructError),
    ("MATCH p = shortestPath((a)-->()-->(b)) RETURN p", errors.UnexpectedConstructError),
    # procedures
    ("CALL a.c() YIELD x RETURN x", errors.ProcedureNotFoundError),
    ("RETURN EXISTS { CALL a.c() YIELD x RETURN x }", errors.ProcedureNotFoundError),
    ("EXPLAIN CALL a.c", errors.ProcedureNotFoundError),
    ("CALL a.b(1)", errors.InvalidNumberOfArgumentsError),
    ("CALL a.some()", errors.InvalidNumberOfArgumentsError),
    ("CALL a.some(1, [], 2) YIELD out RETURN out", errors.InvalidNumberOfArgumentsError),
    ("CALL a.some YIELD out RETURN out", errors.InvalidArgumentPassingModeError),
    ("CALL a.some(1.5)", errors.InvalidArgumentTypeError),
    ("CALL a.some('1')", errors.InvalidArgumentTypeError),
    ("CALL a.some(1, 'a')", errors.InvalidArgumentTypeError),
    ("CALL a.some(1, [1])", errors.InvalidArgumentTypeError),
    ("CALL a.number('a')", errors.InvalidArgumentTypeError),
    ("MATCH (n) CALL a.some(n) YIELD out RETURN out", errors.InvalidArgumentTypeError),
    ("CALL a.some(1) YIELD out RETURN 2 * out", errors.InvalidArgumentTypeError),
    ("CALL a.some(missing)", errors.UndefinedVariableError),
    ("CALL a.some(count(*))", errors.InvalidAggregationError),
    ("CALL a.b() YIELD z", errors.UndefinedVariableError),
    ("CALL a.number(1) YIELD x", errors.UndefinedVariableError),
    ("CALL a.b() RETURN x", errors.UndefinedVariableError),
    ("MATCH (n) CALL a.b()", errors.UndefinedVariableError),
    ("CALL a.b() UNION CALL a.b()", errors.UndefinedVariableError),
    ("CALL a.b() YIELD x, y MATCH (y) RETURN x * y", errors.InvalidArgumentTypeError),
    ("CALL a.b() YIELD x WHERE x RETURN x", errors.InvalidArgumentTypeError),
    ("UNWIND [1] AS x CALL a.b() YIELD x RETURN x", errors.VariableAlreadyBoundError),
    ("MATCH (n) CALL a.b() YIELD x", errors.InvalidClauseCompositionError),
    ("CREATE (n) CALL a.b() YIELD x RETURN x", errors.InvalidClauseCompositionError),
    ("RETURN EXISTS { CALL a.write() RETURN 1 AS one }", errors.InvalidClauseCompositionError),
]


@pytest.mark.parametrize(("text", "kind"), REFUSED, ids=[text for text, _ in REFUSED])
def test_refused_with_its_class_and_place(text: str, kind: type[errors.CypherError]) -> None:
    tree = parse(text)
    with pytest.raises(kind) as caught:
        check(tree, procedures=PROCEDURES)
    assert type(caught.value) is kind
    assert caught.value.position is not None


ACCEPTED = [
    "MATCH (n) RETURN *",
    "MATCH (n) WITH n.x AS x WHERE n.y = 1 AND x = 2 RETURN x",
    "MATCH (n) RETURN n.x AS x ORDER BY n.y, x",
    "MATCH (n) RETURN DISTINCT n.x ORDER BY n.x + 1",
    "MATCH (n) RETURN n.x, n.x + count(*) ORDER BY n.x, n.x + count(*)",
    "MATCH (n) RETURN n.x AS x, count(n) AS c ORDER BY n.x + count(n), c",
    "MATCH (n) RETURN n, n.x + count(*) + $p + 1",
    "MATCH (n) RETURN {a: n.x, b: collect([x IN [1] | x])} AS m, n.x",
    "MATCH (a)-[r]->(b) MATCH (b)-[r]-(c) RETURN r",
    "MATCH (a)-[r*]->(b) WITH r AS rs MATCH (x)-[rs*]->(y) RETURN y",
    "WITH null AS n MATCH (n) RETURN n",
    "MATCH (n) WITH collect(n) AS ns UNWIND ns AS m MATCH (m)-->(o) RETURN o",
    "MATCH (n) WITH head(collect(n)) AS m MATCH (m) RETURN m",
    "MATCH (n) WHERE EXISTS { (n)-->(m) WHERE m.x = n.x } RETURN n",
    "MATCH (n) RETURN COUNT { MATCH (n)-->(m) }, COLLECT { MATCH (n)-->(m) RETURN m.x }",
    "MATCH (n) RETURN [p = (n)-->(m) WHERE m.x = n.x | [p, m]]",
    "MATCH (n) WHERE (n)-->() AND NOT exists((n)<--()) RETURN n",
    "MATCH (n {x: 1}), (m {x: n.x}) RETURN m",
    "CREATE (a {x: 1}), ({y: a.x})",
    "CREATE (a)-[:T]->(a)",
    "MATCH (a), (b) MERGE (a)-[r:T]-(b) ON CREATE SET r.x = a.x ON MATCH SET r.y = 1",
    "CREATE (n $p)",
    "CREATE (:$label)-[:$type]->(:A:B)",
    "MATCH (n) RETURN n SKIP $skip LIMIT toInteger(ceil(1.5)) + 1",
    "MATCH (n) CALL { WITH n RETURN n.x AS x } RETURN x",
    "MATCH (n) CALL (n) { MATCH (n)-->(m) RETURN m UNION MATCH (n)<--(m) RETURN m } RETURN m",
    "MATCH (n) CALL (*) { RETURN n.x AS x } RETURN x",
    "UNWIND [1, 2] AS x CALL (x) { CREATE (:A {x: x}) } IN TRANSACTIONS OF 10 ROWS",
    "MATCH (n) SET n.a.b = 1, n[$key] = 2, n += $map, n:A:B",
    "MATCH (n)-[r]->() DELETE r, n",
    "MATCH p = ()-->() WITH p, nodes(p) AS ns DELETE p, ns[0]",
    "FOREACH (x IN $rows | CREATE (n:A) FOREACH (y IN [x] | SET n.y = y))",
    "CALL db.labels",
    "CALL db.labels() YIELD *",
    "CALL db.labels() YIELD label RETURN label",
    "CALL DB.Labels() YIELD label RETURN label",
    "CALL a.some($in) YIELD out WHERE out.x = 1 RETURN labels(out)",
    "UNWIND [1, 2] AS i CALL a.some(i, [toString(i), null]) YIELD out AS n MATCH (n)-->(m) RETURN m",
    "MATCH (n) CALL a.number(1) RETURN n",
    "MATCH (n) CALL a.number(null)",
    "CREATE (n) WITH n CALL a.write()",
    "CALL { CALL a.b() YIELD x RETURN x } RETURN x",
    "RETURN COUNT { CALL a.b() YIELD x RETURN x }",
    "CALL a.b() YIELD x RETURN x UNION CALL a.b() YIELD y AS x RETURN x",
    "MATCH (a)-[*WSHORTEST (e, n | e.w) total (e, n, p, w | w < 10)]->(b) RETURN total",
    "MATCH (s {id: $id})-[*1..2]->(n) RETURN DISTINCT n.id, n",
    "RETURN 1 + 'a', [1] + 2, 'a' + 1, null + 1, {a: 1}.a, [1, 'a'][0].x, (1 < 2) = true",
    "RETURN CASE WHEN 1 < 2 THEN 1 ELSE 'a' END + 1",
    "RETURN reduce(total = 0, x IN [1, 2] | total + x)",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(text: str) -> None:
    check(parse(text), procedures=PROCEDURES)


@pytest.mark.parametrize(
    ("text", "columns", "writes", "reads"),
    [
        ("MATCH (n) RETURN n, n.x  + 1, 2 AS two", ("n", "n.x  + 1", "two"), False, True),
        ("MATCH (b), (a) RETURN *, 1 AS c", ("b", "a", "c"), False, True),
        ("CREATE (n)", (), True, False),
        ("CREATE (n) RETURN n", ("n",), True, True),
        ("RETURN 1 AS a UNION RETURN 2 AS a", ("a",), False, True),
        ("MATCH (n) CALL (n) { SET n.x = 1 } RETURN n", ("n",), True, True),
        ("CALL a.b() YIELD x, y AS z", ("x", "z"), False, True),
        ("CALL a.b", ("x", "y"), False, True),
        ("CALL a.b() YIELD *", ("x", "y"), False, True),
        ("CALL a.b() YIELD y WHERE y = 1", ("y",), False, True),
        ("CALL a.number(1)", (), False, False),
        ("CALL a.write()", (), True, False),
        ("MATCH (n) CALL a.write() RETURN n", ("n",), True, True),
        ("EXPLAIN CALL a.b", (), False, True),
        ("EXPLAIN CREATE (n)", (), False, True),
        ("PROFILE CREATE (n)", (), True, True),
        ("CREATE INDEX ON :A", (), True, False),
        ("SHOW INDEX INFO", (), False, True),
    ],
)
def test_what_is_known_of_a_statement(text: str, columns: tuple[str, ...], writes: bool, reads: bool) -> None:
    checked = check(parse(text), procedures=PROCEDURES)
    assert (checked.columns, checked.writes, checked.reads) == (columns, writes, reads)


def test_parameters_that_are_missing_are_named() -> None:
    tree = parse("MATCH (n {x: $a}) WHERE n.y = $b RETURN $c LIMIT $limit")
    assert check(tree).parameters == {"a", "b", "c", "limit"}
    check(tree, ["a", "b", "c", "limit", "more"])
    with pytest.raises(errors.ParameterMissingError, match="b, limit"):
        check(tree, ["a", "c"])


@pytest.mark.parametrize("opening", ["[", "{a: ", "CASE WHEN true THEN ", "1 + ("])
def test_calls_are_found_beside_what_is_deep(opening: str) -> None:
    closing = {"[": "]", "{a: ": "}", "1 + (": ")"}.get(opening, " END")
    text = f"CALL a.number(1) RETURN {opening * 140}1{closing * 140} AS deep"
    assert check(parse(text), procedures=PROCEDURES).columns == ("deep",)


def test_a_call_without_arguments_takes_those_needed_from_the_parameters() -> None:
    assert check(parse("CALL a.some"), procedures=PROCEDURES).parameters == {"in"}
    with pytest.raises(errors.ParameterMissingError, match="in"):
        check(parse("CALL a.some"), ["list"], PROCEDURES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("MATCH (person) RETURN persn", "Did you mean `person`?"),
        ("RETURN toUper('a')", "Did you mean `toUpper`?"),
        ("WITH 1 AS n MATCH (n) RETURN n", "`n` is an integer, but is used as a node here"),
        ("RETURN exists(1)", "IS NOT NULL"),
        ("MATCH (n) RETURN labels([1])", "labels() takes a node, not a list."),
        ("CALL db.label()", "There is no procedure named 'db.label'. Did you mean `db.labels`?"),
        ("CALL a.some()", "a.some() takes 1 to 2 arguments, not 0."),
        ("CALL a.some('x')", "a.some() takes INTEGER as its argument `in`, not a string."),
        ("CALL db.labels() YIELD labels", "Did you mean `label`? db.labels gives label."),
        ("MATCH (n) CALL a.b() RETURN n", "needs a YIELD that names the fields to take: x, y."),
        ("MATCH (n) CALL a.some RETURN n", "needs its arguments in parentheses"),
        ("MATCH (n) RETURN [x IN [n] WHERE x:A|B]", "write the test in parentheses: (x:A|B)"),
        ("RETURN range(1, 'a')", "range() takes an integer as its argument `stop`, not a string."),
    ],
)
def test_messages_help(text: str, words: str) -> None:
    with pytest.raises(errors.CypherError) as caught:
        check(parse(text), procedures=PROCEDURES)
    assert words in str(caught.value)
