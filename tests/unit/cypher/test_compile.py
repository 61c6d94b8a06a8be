"""What compiled expressions promise beyond equality with the scalar definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lithograph.cypher import ast
from lithograph.cypher.compile import Compiled, compile_expression
from lithograph.cypher.compile.iteration import SLICE
from lithograph.cypher.context import Context
from lithograph.cypher.entities import NodeRef, RelationshipRef
from lithograph.cypher.errors import (
    CypherTypeError,
    DivisionByZeroError,
    ParameterMissingError,
    UnknownFunctionError,
)
from lithograph.cypher.frames import EMPTY, UNIT, Frame
from lithograph.cypher.reader import TransactionReader
from lithograph.cypher.vectors import Kind, Vector
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.errors import DeletedElementError
from lithograph.storage.store import Store
from support.expressions import expression


@pytest.fixture
def context() -> Context:
    """Four persons 0 to 3, the odd ones with an age and a second label; 0 knows 1, 1 likes 2."""
    transaction = Store().begin()
    transaction.create_vertices(("Person",), 1, {"name": Chunk.of(["Ann"])})
    transaction.create_vertices(("Admin", "Person"), 1, {"name": Chunk.of(["Bob"]), "age": Chunk.of([20])})
    transaction.create_vertices(("Person",), 1, {"name": Chunk.of(["Cid"])})
    transaction.create_vertices(("Admin", "Person"), 1, {"name": Chunk.of(["Dan"]), "age": Chunk.of([40])})
    ends = np.array([0, 1]), np.array([1, 2])
    transaction.create_edges("KNOWS", ends[0][:1], ends[1][:1], {"since": Chunk.of([1999])})
    transaction.create_edges("LIKES", ends[0][1:], ends[1][1:], {})
    return Context(
        transaction, TransactionReader(transaction), {"minimum": 30, "names": ["Ann", "Dan", None]}
    )


PEOPLE = Frame(
    {
        "n": Vector.nodes(np.array([0, 1, -1, 3])),
        "r": Vector.relationships(np.array([0, 1, -1, 0])),
        "any": Vector.objects([NodeRef(1), RelationshipRef(0), None, {"age": 5}]),
        "i": Vector.of([0, 5, None, -2]),
    },
    4,
)


def values(text: str, context: Context, frame: Frame = PEOPLE) -> list[Any]:
    return compile_expression(expression(text)).vector(frame, context).tolist()


def test_properties_of_nodes_and_relationships_come_as_typed_columns(context: Context) -> None:
    ages = compile_expression(expression("n.age")).vector(PEOPLE, context)
    assert ages.kind is Kind.INT
    assert ages.tolist() == [None, 20, None, 40]
    assert values("r.since", context) == [1999, None, None, 1999]
    assert values("n.name", context) == ["Ann", "Bob", None, "Dan"]
    assert values("n.unknown", context) == [None] * 4


def test_properties_of_mixed_values_are_read_one_by_one(context: Context) -> None:
    assert values("any.age", context) == [20, None, None, 5]


def test_a_deleted_node_has_no_properties_to_read(context: Context) -> None:
    context.transaction.delete_vertices(np.array([3]), detach=True)
    with pytest.raises(DeletedElementError):
        values("n.age", context)
    assert values("CASE WHEN i < 0 THEN null ELSE n.age END", context) == [None, 20, None, None]
    assert values("i < 0 OR n.age > 1", context) == [None, True, None, True]


def test_labels_and_types_are_tested_with_null_for_null(context: Context) -> None:
    assert values("n:Admin", context) == [False, True, None, True]
    assert values("n:Person&!Admin", context) == [True, False, None, False]
    assert values("r:KNOWS", context) == [True, False, None, True]
    mixed = Frame({"any": Vector.objects([NodeRef(1), RelationshipRef(0), None])}, 3)
    assert values("any:KNOWS", context, mixed) == [False, True, None]
    with pytest.raises(CypherTypeError):
        values("any:KNOWS", context)


def test_operands_that_could_raise_are_evaluated_only_where_they_count(context: Context) -> None:
    assert values("i <> 0 AND 10 / i > 1", context) == [False, True, None, False]
    assert values("i = 0 OR 10 / i > 1", context) == [True, True, None, False]
    assert values("CASE i WHEN 0 THEN 'none' ELSE 10 / i END", context) == ["none", 2, None, -5]
    assert values("coalesce(n.age, 10 / (i + 1))", context) == [10, 20, None, 40]
    with pytest.raises(DivisionByZeroError):
        values("10 / i > 1 AND i <> 0", context)


def test_a_long_chain_of_conditions_needs_no_deep_stack(context: Context) -> None:
    condition: ast.Expression = expression("i = -1")
    for number in range(3000):
        condition = ast.Binary("OR", condition, ast.Binary("=", ast.Variable("i"), ast.Literal(number)))
    compiled = compile_expression(condition)
    assert compiled.vector(PEOPLE, context).tolist() == [True, True, None, False]


def test_constants_are_recognised_and_evaluated_without_rows(context: Context) -> None:
    for text, value in (("1 + 2", 3), ("[1, -2, {a: $minimum}]", [1, -2, {"a": 30}]), ("toUpper('a')", "A")):
        compiled = compile_expression(expression(text))
        assert compiled.constant
        assert compiled.value(context) == value
        assert compiled.scalar(context) == value
    constant = compile_expression(expression("reduce(s = 0, x IN [y IN range(1, 4) WHERE y > 1] | s + x)"))
    assert constant.constant
    assert constant.value(context) == 9
    for text in ("i", "rand()", "[x IN [1] | x + i]", "all(x IN [i] WHERE true)", "n:Admin"):
        assert not compile_expression(expression(text)).constant
    assert 0 <= compile_expression(expression("toInteger(rand() * 9)")).scalar(context) < 9


def test_a_constant_has_one_value_in_an_execution(context: Context) -> None:
    moment = compile_expression(expression("timestamp()"))
    assert moment.constant
    context.memo[moment] = 42
    assert moment.vector(PEOPLE, context).tolist() == [42] * 4
    later = Context(context.transaction, context.reader, {})
    assert moment.value(later) != 42


def test_a_constant_that_cannot_be_evaluated_is_no_error_without_rows(context: Context) -> None:
    division = compile_expression(expression("1 / 0"))
    assert division.vector(EMPTY, context).tolist() == []
    with pytest.raises(DivisionByZeroError):
        division.vector(UNIT, context)


def test_a_missing_parameter_is_named(context: Context) -> None:
    with pytest.raises(ParameterMissingError, match="minimun"):
        values("i > $minimun", context)


def test_an_unknown_function_is_named() -> None:
    with pytest.raises(UnknownFunctionError, match="toUper"):
        compile_expression(ast.FunctionCall("toUper", (ast.Literal("a"),)))


def test_errors_point_at_the_operation_that_failed(context: Context) -> None:
    with pytest.raises(DivisionByZeroError) as caught:
        values("i + 10 / i", context)
    position = caught.value.position
    assert position is not None
    assert "RETURN i + 10 / i"[position.offset :].lstrip().startswith(("10", "/"))


def test_in_a_list_of_parameters_null_makes_the_answer_unknown(context: Context) -> None:
    assert values("n.name IN $names", context) == [True, None, None, True]
    assert values("n.age IN [20, 30.0]", context) == [None, True, None, False]
    assert values("n.age IN []", context) == [False] * 4
    assert values("n.age IN [$minimum + 10]", context) == [None, False, None, True]


def test_ids_of_elements_are_their_slots(context: Context) -> None:
    result = compile_expression(expression("id(n)")).vector(PEOPLE, context)
    assert result.kind is Kind.INT
    assert result.tolist() == [0, 1, None, 3]


def test_functions_may_read_the_graph(context: Context) -> None:
    assert values("size(labels(n))", context) == [1, 2, None, 2]
    assert values("type(r)", context) == ["KNOWS", "LIKES", None, "KNOWS"]
    assert values("n {.name, .*, id: id(n), i}", context)[1:3] == [
        {"name": "Bob", "age": 20, "id": 1, "i": 5},
        None,
    ]
    assert values("n['na' + 'me']", context) == ["Ann", "Bob", None, "Dan"]


def test_lists_longer_than_a_slice_keep_the_order_of_items_and_rows(context: Context) -> None:
    sizes = [3, SLICE + 5, 0, 2 * SLICE]
    frame = Frame({"size": Vector.of(sizes)}, 4)
    text = "[x IN range(1, size) WHERE x % 2 = 1 | x + size]"
    assert values(text, context, frame) == [[x + s for x in range(1, s + 1, 2)] for s in sizes]
    assert values("single(x IN range(1, size) WHERE x = 4)", context, frame) == [False, True, False, True]


def test_an_inner_variable_hides_a_column_of_its_name(context: Context) -> None:
    assert values("[i IN [1, 2] | i]", context) == [[1, 2]] * 4
    assert values("[x IN [1, 2] WHERE any(i IN [x] WHERE i = 2) | i]", context) == [[0], [5], [None], [-2]]


def test_patterns_are_left_to_the_subquery_compiler(context: Context) -> None:
    asked: list[ast.Expression] = []

    class Answer(Compiled):
        def vector(self, frame: Frame, context: Context) -> Vector:
            return Vector(Kind.BOOL, np.arange(frame.count) % 2 == 0)

    def subqueries(inner: ast.Expression) -> Compiled:
        asked.append(inner)
        return Answer(may_raise=False)

    compiled = compile_expression(expression("i IS NOT NULL AND exists((n)-[:KNOWS]->())"), subqueries)
    assert compiled.vector(PEOPLE, context).tolist() == [True, False, False, False]
    assert len(asked) == 1
    with pytest.raises(TypeError):
        compile_expression(asked[0])
