"""The subject behind a Bolt port: values arrive as the engine gave them, and failures are judged by what a client gets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neo4j
import pytest

from lithograph.cypher.errors import DivisionByZeroError
from lithograph.cypher.results import Node
from lithograph.server.database import Database
from support.driver_values import NoValueError, received
from support.server_thread import ServerThread
from support.tck.in_process import InProcess
from support.tck.over_bolt import OverBolt, WireError
from support.tck.subject import Failure, Growth, Rows

GRAPH = "CREATE (a:A:B {x: [1, 2.5, 'a'], d: date('2024-02-29')})-[:T {y: -0.0}]->(:C)<-[:U]-(a)"

VALUES = [
    "null", "true", "-1", "9223372036854775807", "1.5", "-1.0 / 0.0", "'čaj'", "[]", "[1, [null, 'a']]", "{a: {b: []}}",
    "date('1984-10-11')", "date('0001-01-01')", "date('9999-12-31')", "localtime('23:59:59.999999999')",
    "time('12:31:14.645+01:00')", "time('00:00-18:00')", "time('12:00Z')",
    "localdatetime('1969-12-31T23:59:59.000000001')", "localdatetime('1500-02-28T00:00')",
    "datetime('2015-07-20T21:40Z')", "datetime('2015-07-20T21:40:32.142+01:30')", "datetime('1800-01-01T12:00-18:00')",
    "datetime('2015-07-20T21:40[Europe/Stockholm]')", "datetime('1960-01-20T21:40:00.5[America/New_York]')",
    "duration('P14M-3DT5.000000007S')", "duration('PT-0.000000001S')", "duration('P1DT-3H-0.5S')",
]  # fmt: skip


@pytest.fixture
def subject(bolt_server: ServerThread[Database], bolt_driver: neo4j.Driver) -> Iterator[OverBolt]:
    with bolt_driver.session() as session:
        yield OverBolt(bolt_server.backend, session)


@pytest.mark.parametrize("text", VALUES)
def test_a_value_arrives_as_the_engine_gave_it(text: str, subject: OverBolt) -> None:
    outcome = subject.run(f"RETURN {text} AS value, [{text}] AS list, {{a: {text}}} AS map", {})
    assert isinstance(outcome, Rows)
    assert outcome == InProcess().run(f"RETURN {text} AS value, [{text}] AS list, {{a: {text}}} AS map", {})
    assert [type(value) for value in outcome.rows[0]][1:] == [list, dict]


def test_a_graph_arrives_with_paths_and_counters(subject: OverBolt) -> None:
    created = subject.run(GRAPH, {})
    assert isinstance(created, Rows)
    assert created.growth == Growth(nodes=2, relationships=2)
    here = InProcess()
    here.run(GRAPH, {})
    text = "MATCH p = (:C)<-[r]-(a)-[q]->(:C) WHERE r <> q RETURN labels(a), [p], r.y, type(q), nodes(p) ORDER BY r.y"
    found, expected = subject.run(text, {}), here.run(text, {})
    assert isinstance(found, Rows)
    assert isinstance(expected, Rows)
    assert without_ids(found.rows) == without_ids(expected.rows)
    assert len(found.rows) == 2


def without_ids(value: Any) -> Any:
    """Two databases number their elements differently; what is connected shows in the paths all the same."""
    if isinstance(value, list):
        return [without_ids(item) for item in value]
    if isinstance(value, Node):
        return sorted(value.labels), value.properties
    if hasattr(value, "relationships"):
        return without_ids(value.nodes), [
            (r.type, r.properties, r.start == node.id)
            for node, r in zip(value.nodes, value.relationships, strict=False)
        ]
    return value


def test_each_subject_begins_with_nothing(
    subject: OverBolt, bolt_server: ServerThread[Database], bolt_driver: neo4j.Driver
) -> None:
    subject.run("CREATE (:A)-[:T]->(:B)", {})
    with bolt_driver.session() as session:
        assert OverBolt(bolt_server.backend, session).image().nodes == frozenset()


@pytest.mark.parametrize(
    ("text", "kind", "phase", "detail"),
    [
        ("RETURN m", "SyntaxError", "compile", "UndefinedVariable"),
        ("RETURN $m", "ParameterMissing", "compile", "MissingParameter"),
        ("UNWIND [1, 0] AS n RETURN 1 / n", "ArithmeticError", "runtime", "DivideByZero"),
        ("CREATE (n)-[:T]->() DELETE n", "ConstraintVerificationFailed", "runtime", "DeleteConnectedNode"),
    ],
)
def test_a_failure_is_what_it_is_in_the_engine(
    text: str, kind: str, phase: str, detail: str, subject: OverBolt
) -> None:
    failure = subject.run(text, {})
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.phase, failure.detail) == (kind, phase, detail)
    assert subject.image().nodes == frozenset()


def test_a_code_or_message_of_another_failure_is_noticed(
    subject: OverBolt, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = InProcess.attempt

    def other(self: InProcess, *arguments: Any) -> Rows | Failure:
        attempt(self, *arguments)
        return Failure("ArithmeticError", "runtime", "DivisionByZero", DivisionByZeroError("another text"))

    monkeypatch.setattr(InProcess, "attempt", other)
    with pytest.raises(WireError, match="another text"):
        subject.run("UNWIND [1, 0] AS n RETURN 1 / n", {})


def test_a_code_that_is_none_for_the_kind_is_noticed(
    subject: OverBolt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DivisionByZeroError, "tck_kind", "EntityNotFound")
    with pytest.raises(WireError, match="is no code for a EntityNotFound"):
        subject.run("UNWIND [1, 0] AS n RETURN 1 / n", {})


def test_a_failure_over_bolt_alone_is_noticed(subject: OverBolt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InProcess, "attempt", lambda *_: Rows([], []))
    with pytest.raises(WireError, match="only over Bolt"):
        subject.run("RETURN m", {})


def test_what_is_never_sent_is_refused() -> None:
    with pytest.raises(NoValueError):
        received([{"a": (1,)}])
