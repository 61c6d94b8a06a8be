"""The TCK runner itself: what it must notice, since a runner that passes everything looks like a perfect engine."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lithograph.cypher.results import Node, Relationship
from lithograph.cypher.results import Path as GraphPath
from lithograph.storage.values.temporal import Date
from support.tck.comparison import StrangeValueError, comparable, difference
from support.tck.expected_failures import read_list, reason_for
from support.tck.features import read_features
from support.tck.in_process import InProcess
from support.tck.notation import NotationError, read_value
from support.tck.scenario import ScenarioError, play
from support.tck.steps import ExpectError, ExpectRows, Procedure, UnknownStepError, read_step
from support.tck.subject import Failure, Growth, Image, Rows

SETUP = """Feature: F
  Scenario: s
    Given an empty graph
    And having executed:
      \"\"\"
      CREATE (:A {x: 1})-[:T {y: 2.5}]->(:B:C)
      \"\"\"
    When executing query:
      \"\"\"
      {query}
      \"\"\"
    Then {then}
"""


def played(tmp_path: Path, query: str, *then: str, subject: Any = None) -> None:
    """Play a scenario on a graph of two nodes; a line of ``then`` that begins with a bar is a table row."""
    lines = "\n      ".join(line if line.startswith("|") else f"And {line}" for line in then)
    (tmp_path / "f.feature").write_text(
        SETUP.replace("{query}", query).replace("{then}", lines.removeprefix("And ")), encoding="utf-8"
    )
    (scenario,) = read_features(tmp_path)
    play(scenario, subject or InProcess(), tmp_path)


ANY_ORDER = "the result should be, in any order:"
IN_ORDER = "the result should be, in order:"
BAGS = "the result should be (ignoring element order for lists):"
NUMBERS = "UNWIND [1, 2] AS n RETURN n"


@pytest.mark.parametrize(
    ("query", "then"),
    [
        (NUMBERS, [ANY_ORDER, "| n |", "| 2 |", "| 1 |"]),
        (NUMBERS, [IN_ORDER, "| n |", "| 1 |", "| 2 |", "no side effects"]),
        ("RETURN [1, [2, 3]] AS l", [BAGS, "| l |", "| [[3, 2], 1] |"]),
        ("MATCH (n:B) RETURN n", [ANY_ORDER, "| n |", "| (:C:B) |"]),
        ("MATCH p = ()<--() RETURN p", [ANY_ORDER, "| p |", "| <(:C:B)<-[:T {y: 2.5}]-(:A {x: 1})> |"]),
        ("MATCH (n:D) RETURN n", ["the result should be empty"]),
        ("CREATE (:D {a: 1, b: 2})", ["the side effects should be:", "| +nodes | 1 |", "| +labels | 1 |", "| +properties | 2 |"]),
        ("MATCH (n:A) SET n.x = 2", ["the side effects should be:", "| +properties | 1 |", "| -properties | 1 |"]),
        ("MATCH (n) DETACH DELETE n", ["the side effects should be:", "| -nodes | 2 |", "| -relationships | 1 |", "| -labels | 3 |", "| -properties | 2 |"]),
        ("RETURN m", ["a SyntaxError should be raised at compile time: UndefinedVariable"]),
        ("MATCH (n:A) DELETE n", ["a ConstraintVerificationFailed should be raised at runtime: DeleteConnectedNode"]),
        ("RETURN [1]['a']", ["a TypeError should be raised at any time: *"]),
    ],
)  # fmt: skip
def test_what_is_right_passes(query: str, then: list[str], tmp_path: Path) -> None:
    played(tmp_path, query, *then)


@pytest.mark.parametrize(
    ("query", "then", "complaint"),
    [
        (NUMBERS, [IN_ORDER, "| n |", "| 2 |", "| 1 |"], "their order is not"),
        (NUMBERS, [ANY_ORDER, "| n |", "| 1 |"], "unexpected rows: \n  2"),
        (NUMBERS, [ANY_ORDER, "| n |", "| 1 |", "| 2 |", "| 2 |"], "missing rows: \n  2"),
        (NUMBERS, [ANY_ORDER, "| n |", "| 1.0 |", "| 2 |"], "missing rows: \n  1.0"),
        (NUMBERS, [ANY_ORDER, "| m |", "| 1 |", "| 2 |"], "columns"),
        ("RETURN 1 AS a, 2 AS b", [ANY_ORDER, "| b | a |", "| 2 | 1 |"], "columns"),
        ("RETURN [1, 2] AS l", [ANY_ORDER, "| l |", "| [2, 1] |"], "missing rows"),
        ("RETURN [1, 1, 2] AS l", [BAGS, "| l |", "| [1, 2, 2] |"], "missing rows"),
        ("RETURN true AS b", [ANY_ORDER, "| b |", "| 1 |"], "missing rows"),
        ("MATCH (n:A) RETURN n", [ANY_ORDER, "| n |", "| (:A) |"], "missing rows"),
        ("MATCH ()-[r]->() RETURN r", [ANY_ORDER, "| r |", "| [:U {y: 2.5}] |"], "missing rows"),
        ("MATCH p = (:A)-->() RETURN p", [ANY_ORDER, "| p |", "| <(:A {x: 1})<-[:T {y: 2.5}]-(:B:C)> |"], "missing"),
        ("MATCH (n:A) RETURN n", ["the result should be empty"], "no rows were expected"),
        ("CREATE (:A)", ["no side effects"], "side effects"),
        ("CREATE (:A)", ["the side effects should be:", "| +nodes | 2 |"], "side effects"),
        ("MATCH (n:A) SET n.x = 1.0", ["no side effects"], "side effects"),
        ("RETURN m", [ANY_ORDER, "| m |", "| 1 |"], "unexpected failure"),
        ("RETURN m", ["no side effects"], "unexpected failure"),
        ("RETURN 1", ["a SyntaxError should be raised at compile time: UndefinedVariable"], "no error"),
        ("RETURN m", ["a SyntaxError should be raised at runtime: UndefinedVariable"], "another error"),
        ("RETURN m", ["a SyntaxError should be raised at compile time: UnknownFunction"], "another error"),
        ("RETURN m", ["a TypeError should be raised at compile time: UndefinedVariable"], "another error"),
        ("MATCH (n:A) DELETE n", ["a ConstraintVerificationFailed should be raised at compile time: *"], "another error"),
    ],
)  # fmt: skip
def test_what_is_wrong_fails(query: str, then: list[str], complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        played(tmp_path, query, *then)
    assert complaint in str(caught.value)


class Broken:
    """A subject whose statements leave something behind when they fail, and give NumPy's numbers."""

    def __init__(self) -> None:
        self.nodes = 0

    def run(self, text: str, parameters: dict[str, Any]) -> Rows | Failure:
        self.nodes += 1
        if text.startswith("FAIL"):
            return Failure("TypeError", "runtime", "InvalidArgumentType", ValueError())
        return Rows(["n"], [[np.int64(1)]])

    def image(self) -> Image:
        return Image.of([Node(n, [], {}) for n in range(self.nodes)], [])

    def register(self, procedure: Procedure) -> None:
        raise NotImplementedError("no procedures")


class Boastful(InProcess):
    """Says that it created one node more than it did."""

    def run(self, text: str, parameters: dict[str, Any]) -> Rows | Failure:
        outcome = super().run(text, parameters)
        if isinstance(outcome, Failure):
            return outcome
        assert outcome.growth is not None
        return Rows(outcome.columns, outcome.rows, Growth(outcome.growth.nodes + 1, 0))


def test_counters_that_are_wrong_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="the counters say"):
        played(tmp_path, "CREATE (:A)", "the side effects should be:", "| +nodes | 1 |", subject=Boastful())


@pytest.mark.parametrize("then", ["an empty graph", 'executing query:\n      """\n      RETURN 1\n      """'])
def test_an_outcome_about_which_nothing_is_said_is_noticed(then: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="nothing is said about the outcome"):
        played(tmp_path, "RETURN m", then)


def test_a_failed_statement_that_changes_the_graph_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="has changed the graph"):
        played(tmp_path, "FAIL", "a TypeError should be raised at runtime: *", subject=Broken())


def test_a_number_that_is_not_pythons_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"numpy\.int64"):
        played(tmp_path, "RETURN 1 AS n", ANY_ORDER, "| n |", "| 1 |", subject=Broken())


def test_a_procedure_that_cannot_be_registered_fails_the_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no procedures"):
        played(tmp_path, "x", "there exists a procedure p() :: ():", "no side effects", subject=Broken())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None), ("true", True), ("-12", -12), ("1.0", 1.0), ("-1e-3", -0.001), (".5", 0.5),
        ("Inf", math.inf), ("-Inf", -math.inf), (r"'a\'b\\'", "a'b\\"), ("''", ""), ("'(:A)'", "(:A)"),
        ("[]", []), ("[1, [null, 'a']]", [1, [None, "a"]]), ("{}", {}), ("{a: 1, b: {c: []}}", {"a": 1, "b": {"c": []}}),
        ("()", Node(0, [], {})), ("(:A:B {x: 1})", Node(0, ["A", "B"], {"x": 1})), ("({x: 1})", Node(0, [], {"x": 1})),
        ("[:T]", Relationship(0, "T", 0, 1, {})), ("[:T {x: -1}]", Relationship(0, "T", 0, 1, {"x": -1})),
        ("<()>", GraphPath([Node(0, [], {})], [])),
        (
            "<(:A)-[:T]->()<-[:U]-(:B)>",
            GraphPath(
                [Node(0, ["A"], {}), Node(1, [], {}), Node(2, ["B"], {})],
                [Relationship(0, "T", 0, 1, {}), Relationship(0, "U", 2, 1, {})],
            ),
        ),
    ],
)  # fmt: skip
def test_the_notation_of_values_is_read(text: str, value: object) -> None:
    found = read_value(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["", "1 2", "[1", "{a 1}", "abc", "(:A", "<()-[:T]-()>", "'a", "#"])
def test_what_is_not_in_the_notation_is_refused(text: str) -> None:
    with pytest.raises(NotationError):
        read_value(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (0, False),
        ("1", 1),
        ([1], [1.0]),
        ({"a": 1}, {"a": True}),
        (None, False),
        ([], {}),
    ],
)
def test_values_of_different_types_are_not_comparable_as_equal(one: object, other: object) -> None:
    assert comparable(one) != comparable(other)


def test_not_a_number_is_itself_and_dates_are_their_text() -> None:
    assert comparable(math.nan) == comparable(float("nan"))
    assert comparable(Date(5397)) == comparable("1984-10-11")


def test_what_is_no_value_of_the_language_is_refused() -> None:
    with pytest.raises(StrangeValueError):
        comparable([{"a": (1,)}])


def test_a_difference_names_each_row_as_often_as_it_is_missing() -> None:
    assert difference([[1], [1], [2]], [[1], [3]], in_order=False, ordered_lists=True) == (
        "missing rows: \n  1\n  2\nunexpected rows: \n  3"
    )


def test_outlines_and_backgrounds_are_resolved(tmp_path: Path) -> None:
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "f.feature").write_text(
        "Feature: F\n  Background:\n    Given an empty graph\n"
        "  Scenario: one\n    When executing query:\n      \"\"\"\n      RETURN 1\n      \"\"\"\n"
        "  Scenario Outline: two <x>\n    Then an <x> should be raised at runtime: Y\n"
        "    Examples:\n      | x |\n      | A |\n      | B |\n    Examples:\n      | x |\n      | C |\n",
        encoding="utf-8",
    )  # fmt: skip
    scenarios = read_features(tmp_path)
    assert [scenario.key for scenario in scenarios] == [
        "g/f.feature | one", "g/f.feature | two <x> | 1", "g/f.feature | two <x> | 2", "g/f.feature | two <x> | 3"
    ]  # fmt: skip
    assert [len(scenario.steps) for scenario in scenarios] == [2, 2, 2, 2]
    assert scenarios[3].read_steps()[1] == ExpectError("C", "runtime", "Y")
    assert scenarios[0].folder == "g"


def test_a_step_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(UnknownStepError):
        read_step("the result should be nice", None, None)


def test_every_form_of_result_says_what_counts() -> None:
    forms = {
        ANY_ORDER: (False, True),
        IN_ORDER: (True, True),
        BAGS: (False, False),
        "the result should be, in order (ignoring element order for lists):": (True, False),
    }
    for words, (in_order, ordered_lists) in forms.items():
        step = read_step(words, None, [["a"], ["1"]])
        assert step == ExpectRows(["a"], [[1]], in_order, ordered_lists)


def test_the_list_of_failures_has_reasons_and_takes_whole_outlines(tmp_path: Path) -> None:
    (tmp_path / "g.feature").write_text(
        "Feature: F\n  Scenario Outline: o\n    Given an empty graph\n    Examples:\n      | x |\n      | 1 |\n      | 2 |\n",
        encoding="utf-8",
    )
    first, second = read_features(tmp_path)
    listed = tmp_path / "list.txt"
    listed.write_text("# because\n\ng.feature | o | 2\n", encoding="utf-8")
    assert [reason_for(scenario, read_list(listed)) for scenario in (first, second)] == [None, "because"]
    listed.write_text("# because\ng.feature | o\n", encoding="utf-8")
    assert [reason_for(scenario, read_list(listed)) for scenario in (first, second)] == ["because", "because"]


@pytest.mark.parametrize("text", ["g.feature | o\n", "# why\ng.feature | o\ng.feature | o\n"])
def test_a_listed_scenario_without_a_reason_or_twice_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"list\.txt, line"):
        read_list(tmp_path / "list.txt")
