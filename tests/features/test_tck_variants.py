"""The TCK again, under conditions that must make no difference: frames of one to three rows, any order of the
steps of a plan, indexes on everything, versions everywhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lithograph.cypher.operators import base
from lithograph.cypher.plan.statistics import Statistics
from support.tck.expected_failures import read_list, reason_for
from support.tck.features import Scenario, read_features
from support.tck.in_process import InProcess
from support.tck.scenario import ScenarioError, play
from support.tck.variants import Indexed, OldSnapshot, OneTransaction

TCK = Path(__file__).parents[3] / "shared" / "tck"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not TCK.is_dir(), reason="the TCK's features are not there: ../shared/tck"),
]

LISTED = read_list(Path(__file__).with_name("expected_failures.txt"))
SCENARIOS = [scenario for scenario in read_features(TCK / "features") if reason_for(scenario, LISTED) is None]
FOLDERS = sorted({scenario.folder for scenario in SCENARIOS})


@pytest.fixture(params=FOLDERS)
def scenarios(request: pytest.FixtureRequest) -> list[Scenario]:
    """Those of one folder that pass under ordinary conditions."""
    return [scenario for scenario in SCENARIOS if scenario.folder == request.param]


def complaints(scenarios: list[Scenario], subject: Callable[[], InProcess]) -> Iterator[str]:
    """What comes out otherwise than expected."""
    for scenario in scenarios:
        try:
            play(scenario, subject(), TCK / "graphs")
        except ScenarioError as error:
            yield str(error)


@pytest.mark.parametrize("subject", [Indexed, OneTransaction, OldSnapshot])
def test_indexes_and_versions_change_no_result(
    scenarios: list[Scenario], subject: Callable[[], InProcess]
) -> None:
    assert list(complaints(scenarios, subject)) == []


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_the_size_of_frames_changes_no_result(
    scenarios: list[Scenario], rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("SMALLEST", "LARGEST", "PROBE"):
        monkeypatch.setattr(base, limit, rows)
    assert list(complaints(scenarios, InProcess)) == []


@pytest.mark.parametrize("subject", [InProcess, Indexed])
@pytest.mark.parametrize("seed", [1, 2])
def test_wrong_statistics_change_no_result(
    scenarios: list[Scenario], subject: Callable[[], InProcess], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    guess = lambda *_: chance.choice([0.0, 0.1, 1.0, 5.0, 1e3, 1e6])  # noqa: E731
    for estimate in ("nodes", "relationships", "fan_out", "equal"):
        monkeypatch.setattr(Statistics, estimate, guess)
    assert list(complaints(scenarios, subject)) == []
