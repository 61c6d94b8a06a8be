"""A compiled expression over a frame gives, row by row, what the scalar definitions give.

Where the plain evaluation of some row is an error, so is that of the frame; and where it is none, none of the
shortcuts (constants, evaluation in advance, sub-frames) may bring one about.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from lithograph.cypher import ast
from lithograph.cypher.compile import compile_expression
from lithograph.cypher.compile.operations import BINARY
from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.vectors import Kind, Vector
from lithograph.storage.errors import LithographError
from support.graphs import FakeTransaction, small_graph
from support.reference_expressions import Evaluator
from support.vectors import same, vectors

READER = small_graph()
PARAMETERS: dict[str, Any] = {
    "int": 2, "null": None, "list": [1, None, 2.0], "text": "a", "map": {"p": 1}, "true": True,
}  # fmt: skip

VARIABLES = ("n", "r", "i", "f", "b", "o", "l")
FUNCTIONS = (("id", 1), ("size", 1), ("toString", 1), ("head", 1), ("range", 2), ("abs", 1), ("coalesce", 2))


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """All variables, each as a column of the kind that its name says or as anything at all."""
    count = draw(st.sampled_from((0, 1, 2, 5, 20)))
    kinds = (Kind.NODE, Kind.RELATIONSHIP, Kind.INT, Kind.FLOAT, Kind.BOOL, Kind.OBJECT)
    columns = {name: draw(vectors(count, (kind,))) for name, kind in zip(VARIABLES, kinds, strict=False)}
    items = st.one_of(st.integers(-3, 3), st.none(), st.booleans(), st.sampled_from(("a", 1.5)))
    lists = st.lists(st.one_of(st.none(), st.lists(items, max_size=4)), min_size=count, max_size=count)
    columns["l"] = Vector.objects(draw(lists))
    return Frame(columns, count)


TYPES: st.SearchStrategy[ast.ValueType] = st.one_of(
    st.builds(ast.NamedType, st.sampled_from(("INTEGER", "STRING", "ANY", "NODE", "NOTHING")), st.booleans()),
    st.just(ast.ListType(ast.NamedType("INTEGER"))),
    st.just(ast.UnionType((ast.NamedType("INTEGER"), ast.NamedType("BOOLEAN")))),
)

LEAVES: st.SearchStrategy[ast.Expression] = st.one_of(
    st.sampled_from(VARIABLES).map(ast.Variable),
    st.sampled_from((None, True, False, 0, 1, -1, 2.5, "a", 2**63 - 1)).map(ast.Literal),
    st.sampled_from(tuple(PARAMETERS)).map(ast.Parameter),
    st.builds(ast.Property, st.sampled_from(("n", "r")).map(ast.Variable), st.sampled_from("pqtz")),
)


def _renamed(expression: ast.Expression, variable: str) -> ast.Expression:
    """Something that uses ``variable`` and ``expression``."""
    return ast.Binary("=", ast.Variable(variable), expression)


def _larger(parts: st.SearchStrategy[ast.Expression]) -> st.SearchStrategy[ast.Expression]:
    x, accumulator = ast.Variable("x"), ast.Variable("acc")
    bodies = st.one_of(parts, st.just(x), parts.map(lambda part: _renamed(part, "x")))
    predicates = st.one_of(
        bodies, st.builds(ast.Binary, st.sampled_from(("<", ">=", "<>")), st.just(x), parts)
    )
    sources = st.one_of(st.just(ast.Variable("l")), st.just(ast.Parameter("list")), parts)
    steps = st.one_of(st.just(accumulator), bodies, bodies.map(lambda b: ast.Binary("+", accumulator, b)))
    calls = st.sampled_from(FUNCTIONS).flatmap(
        lambda named: st.builds(ast.FunctionCall, st.just(named[0]), st.tuples(*[parts] * named[1]))
    )
    subject = st.just(ast.CaseSubject())
    tests = st.one_of(
        st.builds(ast.Binary, st.sampled_from(("<", ">=", "<>", "IN", "STARTS WITH")), subject, parts),
        st.builds(ast.IsNull, subject, st.booleans()),
        st.builds(ast.IsTyped, subject, TYPES, st.booleans()),
    )
    several = st.lists(st.one_of(parts, tests), min_size=2, max_size=3)
    whens = st.one_of(parts, tests, several.map(lambda found: ast.CaseTests(tuple(found))))
    cases = st.lists(st.tuples(whens, parts), min_size=1, max_size=3).map(tuple)
    branches = st.lists(st.tuples(parts, parts), min_size=1, max_size=2).map(tuple)
    return st.one_of(
        st.builds(ast.Binary, st.sampled_from(tuple(BINARY)), parts, parts),
        st.builds(ast.Binary, st.sampled_from(("AND", "OR")), predicates_of(parts), predicates_of(parts)),
        st.builds(ast.Unary, st.sampled_from(("-", "+", "NOT")), parts),
        st.builds(ast.IsNull, parts, st.booleans()),
        st.builds(ast.Subscript, parts, parts),
        st.builds(ast.Slice, parts, st.one_of(st.none(), parts), st.one_of(st.none(), parts)),
        st.lists(parts, max_size=3).map(lambda items: ast.ListLiteral(tuple(items))),
        st.builds(ast.MapLiteral, st.tuples(st.tuples(st.just("k"), parts))),
        st.builds(
            ast.MapProjection,
            st.sampled_from(("n", "r", "o")).map(ast.Variable),
            st.sampled_from(((ast.AllProperties(),), (("p", ast.Literal(1)), ast.AllProperties()))),
        ),
        st.builds(ast.Case, st.one_of(st.none(), parts), branches, st.one_of(st.none(), parts)),
        st.builds(ast.Case, parts, cases, st.one_of(st.none(), parts)),
        st.builds(ast.IsTyped, parts, TYPES, st.booleans()),
        st.builds(ast.IsNormalized, parts, st.sampled_from(("NFC", "NFKD")), st.booleans()),
        calls,
        st.builds(
            ast.ListComprehension,
            st.just("x"),
            sources,
            st.one_of(st.none(), predicates),
            st.one_of(st.none(), bodies),
        ),
        st.builds(
            ast.Quantifier,
            st.sampled_from(("all", "any", "none", "single")),
            st.just("x"),
            sources,
            predicates,
        ),
        st.builds(ast.Reduce, st.just("acc"), parts, st.just("x"), sources, steps, st.none() | steps),
    )


def predicates_of(parts: st.SearchStrategy[ast.Expression]) -> st.SearchStrategy[ast.Expression]:
    """Mostly truth values, so that connectives get to work."""
    return st.one_of(
        parts,
        st.builds(ast.Binary, st.sampled_from(("<", "=", ">=")), parts, parts),
        st.just(ast.Variable("b")),
        st.builds(
            ast.Binary,
            st.just("="),
            st.builds(ast.Binary, st.just("/"), parts, st.just(ast.Variable("i"))),
            parts,
        ),
    )


EXPRESSIONS = st.recursive(LEAVES, _larger, max_leaves=8)


@settings(max_examples=250)
@given(expression=EXPRESSIONS, frame=frames())
def test_a_compiled_expression_equals_the_scalar_definitions_row_by_row(
    expression: ast.Expression, frame: Frame
) -> None:
    context = Context(FakeTransaction(READER), READER, PARAMETERS)  # type: ignore[arg-type]
    columns = {name: vector.tolist() for name, vector in frame.columns.items()}
    rows = [{name: columns[name][row] for name in columns} for row in range(frame.count)]
    evaluator = Evaluator(READER, PARAMETERS)
    expected: list[Any] | None
    try:
        expected = [evaluator.value(expression, row) for row in rows]
    except LithographError:
        expected = None
    event(f"{type(expression).__name__}: {'an error' if expected is None else 'values'}")
    compiled = compile_expression(expression)
    try:
        result = compiled.vector(frame, context)
    except LithographError:
        assert expected is None
    else:
        assert expected is not None
        assert len(result) == frame.count
        assert same(result.tolist(), expected)


@settings(max_examples=250)
@given(expression=EXPRESSIONS, frame=frames())
def test_the_value_for_one_row_is_that_of_the_vector(expression: ast.Expression, frame: Frame) -> None:
    """Both ways, errors included; that the vector is right is said above."""
    context = Context(FakeTransaction(READER), READER, PARAMETERS)  # type: ignore[arg-type]
    compiled = compile_expression(expression)
    for row in range(frame.count):
        single = frame.slice(row, row + 1)
        try:
            expected = compiled.vector(single, context).tolist()
        except LithographError as error:
            with pytest.raises(type(error)):
                compiled.one(single, context)
        else:
            assert same([compiled.one(single, context)], expected)
