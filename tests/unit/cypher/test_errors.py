"""Errors of the language: codes, positions, carets."""

from __future__ import annotations

import inspect

import pytest

from lithograph.cypher import errors
from lithograph.cypher.ast import Position
from lithograph.cypher.errors import (
    CypherError,
    CypherSyntaxError,
    ParameterMissingError,
    UndefinedVariableError,
)

ALL = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, CypherError)]


@pytest.mark.parametrize("error", ALL)
def test_every_error_has_a_status_code_of_four_parts(error: type[CypherError]) -> None:
    vendor, classification, category, title = error.code.split(".")
    assert vendor == "Neo"
    assert classification in {"ClientError", "TransientError", "DatabaseError"}
    assert category
    assert title
    assert len(error.gql_status) == 5


@pytest.mark.parametrize("error", [c for c in ALL if issubclass(c, errors.SemanticError)])
def test_mistakes_found_before_a_query_runs_are_the_clients(error: type[CypherError]) -> None:
    assert error.code.startswith("Neo.ClientError.Statement.")


def test_an_error_shows_line_column_source_line_and_caret() -> None:
    query = "MATCH (n)\nRETURN m"
    error = CypherSyntaxError("Variable `m` not defined", query, Position(17, 2, 8))
    assert str(error) == "Variable `m` not defined (line 2, column 8)\n  RETURN m\n         ^"
    assert error.message == str(error)


def test_the_innermost_place_wins() -> None:
    error = CypherError("no", position=Position(3, 1, 4)).locate("RETURN 1", Position(0, 1, 1))
    assert str(error) == "no (line 1, column 4)\n  RETURN 1\n     ^"


def test_without_a_place_an_error_is_its_message() -> None:
    assert str(CypherError("no").locate("RETURN 1")) == "no"


def test_the_end_of_the_text_can_be_pointed_at() -> None:
    assert str(CypherSyntaxError("end", "RETURN", Position(6, 1, 7))).endswith("  RETURN\n        ^")


def test_tabs_and_windows_line_ends_keep_the_caret_in_place() -> None:
    text = str(CypherSyntaxError("no", "\tRETURN x\r\nLIMIT 1", Position(8, 1, 9)))
    assert text.endswith("\n  \tRETURN x\n  \t       ^")


@pytest.mark.parametrize("offset", [0, 150, 299, 1000, 1099])
def test_long_lines_are_cut_around_the_place(offset: int) -> None:
    query = "".join(chr(0x4E00 + i) for i in range(1100))
    *_, line, caret = str(CypherSyntaxError("no", query, Position(offset, 1, offset + 1))).split("\n")
    assert len(line) <= 110
    assert line[caret.index("^")] == query[offset]


def test_messages_suggest_what_is_close() -> None:
    assert str(UndefinedVariableError.of("usr", ["x", "user"])).endswith("Did you mean `user`?")
    assert str(UndefinedVariableError.of("q", ["x", "user"])) == "Variable `q` not defined."
    assert "Did you mean `rows`?" in str(ParameterMissingError.of(["row"], ["rows"]))
    assert str(ParameterMissingError.of(["a", "b"], ["c"])) == "Expected parameter(s): a, b."
