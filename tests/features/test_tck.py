"""Plays the openCypher TCK against the engine in this process; see README.md beside this file.

The scenarios are not part of the repository: they are looked for beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from support.tck.expected_failures import names_of, read_list, reason_for
from support.tck.features import Scenario, read_features
from support.tck.in_process import InProcess
from support.tck.scenario import ScenarioError, play

TCK = Path(__file__).parents[3] / "shared" / "tck"
LIST = Path(__file__).with_name("expected_failures.txt")
BOLT_LIST = Path(__file__).with_name("expected_failures_over_bolt.txt")

pytestmark = pytest.mark.skipif(not TCK.is_dir(), reason="the TCK's features are not there: ../shared/tck")

SCENARIOS = read_features(TCK / "features")
LISTED = read_list(LIST)


def parameters() -> list[ParameterSet]:
    """Every scenario; one that is listed has to fail, and in the way of a scenario, not by breaking down."""
    return [
        pytest.param(scenario, id=scenario.key, marks=_mark(reason_for(scenario, LISTED)))
        for scenario in SCENARIOS
    ]


def _mark(reason: str | None) -> list[pytest.MarkDecorator]:
    if reason is None:
        return []
    return [pytest.mark.xfail(strict=True, raises=ScenarioError, reason=reason)]


@pytest.mark.parametrize("scenario", parameters())
def test_scenario(scenario: Scenario, record_property: Callable[[str, object], None]) -> None:
    record_property("tck folder", scenario.folder)
    record_property("tck run", "in process")
    play(scenario, InProcess(), TCK / "graphs")


def test_every_listed_scenario_exists() -> None:
    known = {name for scenario in SCENARIOS for name in names_of(scenario)}
    assert sorted({*LISTED, *read_list(BOLT_LIST)} - known) == []
