"""Plays the openCypher TCK over Bolt, through the official driver: the wire must change nothing.

The same list of expected failures counts as in this process; what only the driver cannot do has a list of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import neo4j
import pytest
from _pytest.mark.structures import ParameterSet

from lithograph.server.database import Database
from support.server_thread import ServerThread
from support.tck.expected_failures import read_list, reason_for
from support.tck.features import Scenario, read_features
from support.tck.over_bolt import OverBolt
from support.tck.scenario import ScenarioError, play

TCK = Path(__file__).parents[3] / "shared" / "tck"
LISTS = [
    Path(__file__).with_name(name) for name in ("expected_failures.txt", "expected_failures_over_bolt.txt")
]

pytestmark = pytest.mark.skipif(not TCK.is_dir(), reason="the TCK's features are not there: ../shared/tck")


def parameters() -> list[ParameterSet]:
    """Every scenario; one that is on a list has to fail."""
    listed = {key: reason for path in LISTS for key, reason in read_list(path).items()}
    return [
        pytest.param(scenario, id=scenario.key, marks=_mark(reason_for(scenario, listed)))
        for scenario in read_features(TCK / "features")
    ]


def _mark(reason: str | None) -> list[pytest.MarkDecorator]:
    return [] if reason is None else [pytest.mark.xfail(strict=True, raises=ScenarioError, reason=reason)]


@pytest.mark.parametrize("scenario", parameters())
def test_scenario(
    scenario: Scenario,
    bolt_server: ServerThread[Database],
    bolt_driver: neo4j.Driver,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("tck folder", scenario.folder)
    record_property("tck run", "over Bolt")
    with bolt_driver.session() as session:
        play(scenario, OverBolt(bolt_server.backend, session), TCK / "graphs")
