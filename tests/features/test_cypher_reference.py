"""docs/cypher.md: every example gives what it shows, and every function is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from lithograph.cypher.analysis.functions import SPECIAL_FORMS
from lithograph.cypher.scalar.aggregates import AGGREGATE_NAMES
from lithograph.cypher.scalar.functions import all_functions
from support.cypher_reference import Example, read_reference
from support.shown_values import shown_value
from support.tck.in_process import InProcess
from support.tck.subject import Failure, Rows

DOCUMENT = Path(__file__).parents[2] / "docs" / "cypher.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
REFERENCE = read_reference(TEXT)


def run(example: Example) -> Rows | Failure:
    subject = InProcess()
    assert all(isinstance(subject.run(statement, {}), Rows) for statement in REFERENCE.graph)
    return subject.run(example.text, example.parameters)


@pytest.mark.parametrize("example", REFERENCE.examples, ids=lambda example: f"line {example.line}")
def test_an_example_gives_what_it_shows(example: Example) -> None:
    result = run(example)
    if example.error is not None:
        assert isinstance(result, Failure)
        assert example.error in str(result.error)
        return
    assert isinstance(result, Rows), f"{example.text}: {result}"
    if example.columns is not None:
        assert result.columns == example.columns
    if example.rows is None:
        assert result.rows
        return
    shown: list[list[str | None]] = [[shown_value(value) for value in row] for row in result.rows]
    for row, expected in zip(shown, example.rows, strict=False):
        row[:] = [value if wanted is not None else None for value, wanted in zip(row, expected, strict=True)]
    assert shown == example.rows, example.text


def test_every_function_is_documented_and_every_documented_one_exists() -> None:
    registered = {function.name for function in all_functions()} | set(AGGREGATE_NAMES)
    assert {name for name in REFERENCE.names if name.lower() not in SPECIAL_FORMS} == registered


@pytest.mark.parametrize("name", SPECIAL_FORMS)
def test_what_looks_like_a_function_is_documented_too(name: str) -> None:
    assert f"{name}(" in TEXT.lower()


def test_there_are_examples_and_they_are_told_apart() -> None:
    assert len(REFERENCE.examples) > 200
    assert len({example.line for example in REFERENCE.examples}) == len(REFERENCE.examples)
    wrong = Example(1, "RETURN 1 AS x", columns=["x"], rows=[["2"]])
    with pytest.raises(AssertionError):
        test_an_example_gives_what_it_shows(wrong)
    with pytest.raises(AssertionError):
        test_an_example_gives_what_it_shows(Example(1, "RETURN 1 AS x", error="Unknown"))
