"""What a program gets to see when it asks for something impossible: exception class, code, and a text that helps."""

from __future__ import annotations

import pytest
from neo4j import Driver
from neo4j.exceptions import ClientError, CypherSyntaxError, CypherTypeError

pytestmark = pytest.mark.driver

SYNTAX = "Neo.ClientError.Statement.SyntaxError"


def refused(driver: Driver, text: str, **parameters: object) -> ClientError:
    with pytest.raises(ClientError) as caught:
        driver.execute_query(text, parameters_=parameters)
    return caught.value


def test_a_syntax_error_points_at_its_place(driver: Driver) -> None:
    error = refused(driver, "MATCH (n)\nRETRUN n")
    assert isinstance(error, CypherSyntaxError)
    assert error.code == SYNTAX
    message = error.message or ""
    assert "line 2, column 1" in message
    *_, line, caret = message.splitlines()
    assert line.strip() == "RETRUN n"
    assert caret.index("^") == line.index("RETRUN")


def test_what_was_expected_is_named(driver: Driver) -> None:
    error = refused(driver, "MATCH (n RETURN n")
    assert isinstance(error, CypherSyntaxError)
    assert "RETURN" in (error.message or "")


def test_a_variable_that_nothing_binds_is_named(driver: Driver) -> None:
    error = refused(driver, "MATCH (person) RETURN persom.name")
    assert error.code == SYNTAX
    assert "persom" in (error.message or "")
    assert "person" in (error.message or "").replace("persom", "")


def test_a_function_that_does_not_exist_is_named(driver: Driver) -> None:
    error = refused(driver, "RETURN toUper('a')")
    assert error.code == SYNTAX
    message = error.message or ""
    assert "toUper" in message
    assert "toUpper" in message


def test_missing_parameters_are_named(driver: Driver) -> None:
    error = refused(driver, "RETURN $name AS name", nam="Ana")
    assert error.code == "Neo.ClientError.Statement.ParameterMissing"
    assert "name" in (error.message or "")


def test_a_wrong_type_at_run_time_is_a_type_error(driver: Driver) -> None:
    error = refused(driver, "WITH $x AS x RETURN x + {a: 1}", x=True)
    assert isinstance(error, CypherTypeError)
    assert error.code == "Neo.ClientError.Statement.TypeError"


@pytest.mark.parametrize("text", ["RETURN $one / 0", f"RETURN $one + {2**63 - 1}"])
def test_impossible_arithmetic_is_refused(text: str, driver: Driver) -> None:
    assert refused(driver, text, one=1).code == "Neo.ClientError.Statement.ArithmeticError"


def test_a_vertex_with_edges_is_not_deleted_without_detach(driver: Driver) -> None:
    driver.execute_query("CREATE (:Hub)-[:TO]->()")
    error = refused(driver, "MATCH (h:Hub) DELETE h")
    assert error.code == "Neo.ClientError.Schema.ConstraintValidationFailed"
    assert "DETACH DELETE" in (error.message or "")
    assert driver.execute_query("MATCH (h:Hub)-->() RETURN h").records


def test_an_error_in_the_middle_of_a_statement_undoes_all_of_it(driver: Driver) -> None:
    refused(driver, "UNWIND [1, 2, 0] AS divisor CREATE (:Quotient {value: 10 / divisor})")
    assert driver.execute_query("MATCH (q:Quotient) RETURN q").records == []


def test_a_connection_goes_on_after_an_error(driver: Driver) -> None:
    with driver.session() as session:
        for text in ("RETURN", "RETURN $missing", "RETURN 1 / 0", "RETURN f()"):
            with pytest.raises(ClientError):
                session.run(text).consume()
            assert session.run("RETURN 1 AS one").single(strict=True)["one"] == 1


def test_a_label_or_type_that_is_not_there_matches_nothing(driver: Driver) -> None:
    assert driver.execute_query("MATCH (n:Nowhere)-[:NEVER]->() RETURN n").records == []
