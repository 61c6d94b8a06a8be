"""``kill -9`` of the real process while several clients write: what was acknowledged is there, whole; nothing is there in part."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from benchmarks import writers
from benchmarks.server import ServerProcess
from support.servers import connected, serving

pytestmark = pytest.mark.driver

CLIENTS = 4

SMALL_FILES = "--storage-wal-file-size-kib=16"
"""So that the log is cut into many files while clients write."""


def kill_and_look(server: ServerProcess, rounds: int, seed: int) -> list[int]:
    """Let clients write, kill, restart, check; the numbers of the last transactions."""
    numbers = random.Random(seed)
    with connected(server) as driver:
        writers.set_up(driver, CLIENTS)
    reached = [0] * CLIENTS
    for _ in range(rounds):
        clients = writers.Writers(server.uri, CLIENTS)
        clients.go_on_from(reached)
        with clients:
            clients.wait_for(numbers.randint(1, 100))
            server.kill()
        server.start()
        with connected(server) as driver:
            reached = writers.check(driver, clients.acknowledged)
    return reached


@pytest.mark.parametrize("flags", [(), (SMALL_FILES,)], ids=["one file", "many files"])
def test_acknowledged_transactions_survive_and_others_leave_no_part(
    flags: tuple[str, ...], tmp_path: Path
) -> None:
    with serving(tmp_path / "data", *flags) as server:
        assert min(kill_and_look(server, rounds=3, seed=len(flags))) >= 0


def test_a_kill_while_snapshots_are_taken_loses_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "data", SMALL_FILES) as server:
        with connected(server) as driver:
            writers.set_up(driver, CLIENTS)
        reached = [0] * CLIENTS
        for snapshots in (1, 4):
            clients = writers.Writers(server.uri, CLIENTS)
            clients.go_on_from(reached)
            with clients:
                clients.wait_for(10)
                with connected(server) as driver:
                    for _ in range(snapshots):
                        driver.execute_query("CREATE SNAPSHOT")
                clients.wait_for(20)
                server.kill()
            server.start()
            with connected(server) as driver:
                reached = writers.check(driver, clients.acknowledged)
        assert sum(reached) >= 40


def test_a_server_killed_during_recovery_recovers_all_the_same(tmp_path: Path) -> None:
    with serving(tmp_path / "data", SMALL_FILES) as server:
        reached = kill_and_look(server, rounds=1, seed=7)
        server.kill()
        for _ in range(3):
            server.launch()
            server.kill()
        server.start()
        with connected(server) as driver:
            assert writers.check(driver, reached) == reached


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "flags", [(), (SMALL_FILES, "--storage-snapshot-interval-sec=1")], ids=["quiet", "snapshots"]
)
def test_many_kills(flags: tuple[str, ...], tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(sys.maxsize)
    print(f"seed {seed}")
    with serving(tmp_path / "data", *flags) as server:
        kill_and_look(server, rounds=30, seed=seed)
