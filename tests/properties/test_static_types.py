"""What is known of the type of an expression before anything runs is the type of its value, or the value is null.

Calls are refused by such knowledge, so it has to be certain.
"""

from __future__ import annotations

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from lithograph.cypher import ast
from lithograph.cypher.analysis.queries import Queries
from lithograph.cypher.analysis.scope import Scope
from lithograph.cypher.analysis.types import Kind, Type
from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import CypherError, SemanticError
from lithograph.cypher.parse import parse
from lithograph.cypher.results import Node, Path, Relationship
from lithograph.cypher.scalar.aggregates import AGGREGATE_NAMES
from lithograph.cypher.scalar.functions import all_functions
from lithograph.storage.errors import StorageError
from lithograph.storage.store import Store
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support.engines import run

LITERALS = (
    "null", "true", "1", "-3", "2.5", "'a'", "'7'", "''", "[]", "[1, 2]", "['a', null]", "[1, 'a']", "[[1], [2]]", "[null]",
    "{}", "{a: 1}", "date('2020-01-01')", "duration('P1D')", "point({x: 1, y: 2})", "localtime('10:00')", "datetime('2020-01-01T10:00Z')", "toByteString('0xff')", "$int", "$list", "$map",
    "n", "r", "p", "n.x", "r.y", "nodes(p)", "relationships(p)",
)  # fmt: skip
PARAMETERS = {"int": 2, "list": [1, None, "a"], "map": {"a": [1]}}
FUNCTIONS = sorted(
    f.name
    for f in all_functions()
    if f.deterministic and "." not in f.name and f.name not in ("counter", "assert", "username", "roles")
)
AGGREGATES = sorted(name for name in AGGREGATE_NAMES if not name.startswith(("percentile", "project")))


def composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions with others in them."""
    return st.one_of(
        st.builds(
            lambda name, arguments: f"{name}({', '.join(arguments[:1])})",
            st.sampled_from(FUNCTIONS),
            st.lists(inner, min_size=1, max_size=1),
        ),
        st.builds("{}({}, {})".format, st.sampled_from(("left", "range", "coalesce", "nullIf", "split", "round", "date.truncate", "duration.between", "coll.insert")), inner, inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(("+", "-", "*", "/", "^", "=", "<", "IN", "AND", "||")), inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{}[{}]".format, st.builds("({})".format, inner), st.sampled_from(("0", "-1", "..1", "1..", "'a'"))),
        st.builds("CASE WHEN {} IS NULL THEN {} ELSE {} END".format, inner, inner, inner),
        st.builds("[x IN [{}] | [x, {}][1]]".format, inner, inner),
        st.builds("reduce(s = {}, x IN [{}] | coalesce(x, s))".format, inner, inner),
        st.builds("COLLECT {{ UNWIND {} AS x RETURN x }}".format, inner),
        st.builds("({} IS :: INTEGER)".format, inner),
        st.builds("{{a: {}}}.a".format, inner),
    )  # fmt: skip


EXPRESSIONS = st.recursive(st.sampled_from(LITERALS), composed, max_leaves=6)
MATCH = "MATCH p = (n:A)-[r:T]->()"

ENGINE = Engine(Store())
run(ENGINE, "CREATE (:A {x: 1})-[:T {y: 'a'}]->(:B)")

_CLASSES: dict[Kind, type] = {
    Kind.BOOLEAN: bool,
    Kind.INTEGER: int,
    Kind.FLOAT: float,
    Kind.STRING: str,
    Kind.LIST: list,
    Kind.MAP: dict,
    Kind.NODE: Node,
    Kind.RELATIONSHIP: Relationship,
    Kind.PATH: Path,
    Kind.DATE: Date,
    Kind.LOCAL_TIME: LocalTime,
    Kind.ZONED_TIME: Time,
    Kind.LOCAL_DATETIME: LocalDateTime,
    Kind.ZONED_DATETIME: DateTime,
    Kind.DURATION: Duration,
    Kind.POINT: Point,
    Kind.BYTEARRAY: bytes,
}


def known_type(text: str) -> Type:
    """What the analysis knows of the column ``x``."""
    statement = parse(text)
    assert isinstance(statement, ast.Query)
    return Queries().query(statement, Scope())["x"]


def fits(value: Any, known: Type) -> bool:
    if value is None or known.kind is Kind.ANY:
        return True
    if type(value) is not _CLASSES[known.kind]:
        return False
    return known.element is None or all(fits(item, known.element) for item in value)


def holds(text: str) -> None:
    """Compare the two, unless the statement fails."""
    try:
        known = known_type(text)
        rows = run(ENGINE, text, **PARAMETERS)
    except SemanticError:
        return
    except (CypherError, StorageError):
        event("fails while it runs")
        return
    event(known.kind.name)
    assert all(fits(value, known) for (value,) in rows), (known, rows)


@settings(max_examples=120)
@given(EXPRESSIONS)
def test_a_known_type_is_that_of_the_value(expression: str) -> None:
    holds(f"{MATCH} RETURN {expression} AS x")


@settings(max_examples=50)
@given(EXPRESSIONS, st.sampled_from(AGGREGATES))
def test_the_same_through_clauses_and_aggregations(expression: str, aggregate: str) -> None:
    holds(
        f"{MATCH} UNWIND [{expression}, {expression}] AS y WITH y WHERE y IS NOT NULL RETURN {aggregate}(y) AS x"
    )
    holds(f"{MATCH} UNWIND {expression} AS y CALL (y) {{ RETURN y AS x UNION RETURN y AS x }} RETURN x")
