"""Plays our own feature files, in the TCK's language: what the TCK lacks, above all mistakes once made."""

from __future__ import annotations

from pathlib import Path

import neo4j
import pytest
from _pytest.mark.structures import ParameterSet
from neo4j.exceptions import BrokenRecordError

from lithograph.server.database import Database
from support.server_thread import ServerThread
from support.tck.expected_failures import read_list, reason_for
from support.tck.features import Scenario, read_features
from support.tck.in_process import InProcess
from support.tck.over_bolt import OverBolt
from support.tck.scenario import play
from support.tck.subject import Rows

OWN = Path(__file__).with_name("own")


@pytest.mark.parametrize("scenario", read_features(OWN), ids=lambda scenario: scenario.key)
def test_scenario(scenario: Scenario) -> None:
    play(scenario, InProcess(), OWN)


def over_bolt() -> list[ParameterSet]:
    """Every scenario; one with what the driver cannot hold has to fail."""
    listed = read_list(OWN / "expected_failures_over_bolt.txt")
    return [
        pytest.param(scenario, id=scenario.key, marks=_mark(reason_for(scenario, listed)))
        for scenario in read_features(OWN)
    ]


def _mark(reason: str | None) -> list[pytest.MarkDecorator]:
    return [] if reason is None else [pytest.mark.xfail(strict=True, raises=BrokenRecordError, reason=reason)]


@pytest.mark.parametrize("scenario", over_bolt())
def test_scenario_over_bolt(
    scenario: Scenario, bolt_server: ServerThread[Database], bolt_driver: neo4j.Driver
) -> None:
    with bolt_driver.session() as session:
        play(scenario, OverBolt(bolt_server.backend, session), OWN)


def test_a_statement_without_return_has_no_columns() -> None:
    assert InProcess().run("UNWIND [1, 2] AS x WITH x AS y CREATE ({y: y})", {}) == Rows([], [])


def test_a_script_of_thousands_of_creates_runs() -> None:
    script = "CREATE (n0:N {i: 0})" + "".join(
        f"\nCREATE (n{i - 1})-[:NEXT]->(n{i}:N {{i: {i}}})" for i in range(1, 3000)
    )
    subject = InProcess()
    assert subject.run(script, {}) == Rows([], [])
    chain = subject.run(
        "MATCH (n:N)-[:NEXT]->(m) RETURN count(*) AS c, min(m.i - n.i) AS a, max(m.i - n.i) AS b", {}
    )
    assert chain == Rows(["c", "a", "b"], [[2999, 1, 1]])
    assert isinstance(subject.run(f"EXPLAIN {script}", {}), Rows)


def test_a_branch_with_several_values_is_compiled_once_however_deep_it_is() -> None:
    nested, values = "0", ", ".join(map(str, range(3000)))
    for _ in range(60):  # as two branches each, these would be 2 ** 60
        nested = f"CASE 1 WHEN 1, 2 THEN {nested} END"
    assert InProcess().run(f"RETURN {nested} AS x", {}) == Rows(["x"], [[0]])
    assert InProcess().run(f"RETURN CASE 2999 WHEN {values} THEN 1 END AS x", {}) == Rows(["x"], [[1]])
