"""``kill -9`` of the real process while several clients write: what was acknowledged is there, whole; nothing is there in part."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from neo4j.exceptions import ServiceUnavailable, SessionExpired

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


def switch_until_killed(server: ServerProcess, after: float, first: int) -> int:
    """Write numbers, in one storage mode and the other, until a kill ``after`` some seconds.

    Returns the last number that has to be there: acknowledged in transactional mode, or before a change back to it was.
    """
    certain = first - 1
    killer = threading.Timer(after, server.kill)
    with connected(server) as driver, driver.session() as session:
        killer.start()
        number = first
        try:
            while True:
                for mode in ("TRANSACTIONAL", "ANALYTICAL"):
                    session.run(f"STORAGE MODE IN_MEMORY_{mode}").consume()
                    if mode == "TRANSACTIONAL":
                        certain = number - 1
                    for _ in range(3):
                        session.run("CREATE (:Number {n: $n})", n=number).consume()
                        if mode == "TRANSACTIONAL":
                            certain = number
                        number += 1
        except (ServiceUnavailable, SessionExpired, OSError):
            return certain
        finally:
            killer.join()


def switch_and_look(server: ServerProcess, rounds: int, seed: int) -> None:
    numbers = random.Random(seed)
    reached = 0
    for _ in range(rounds):
        certain = switch_until_killed(server, numbers.uniform(0.05, 0.4), reached + 1)
        server.start()
        with connected(server) as driver:
            found = [
                row["n"]
                for row in driver.execute_query("MATCH (n:Number) RETURN n.n AS n ORDER BY n").records
            ]
        assert found == list(range(1, len(found) + 1)), "one is missing before the last"
        assert len(found) >= certain, f"{certain} were certain, {len(found)} are there"
        reached = len(found)


def test_a_kill_while_the_storage_mode_changes_loses_nothing_that_was_certain(tmp_path: Path) -> None:
    with serving(tmp_path / "data", SMALL_FILES) as server:
        switch_and_look(server, rounds=3, seed=1)


def kill_recoveries(server: ServerProcess, rounds: int, seed: int) -> None:
    """Kill the server at some moment of its start, again and again; nothing changes by that."""
    numbers = random.Random(seed)
    reached = kill_and_look(server, rounds=2, seed=seed)
    for _ in range(rounds // 4):
        server.kill()
        for _ in range(3):
            server.launch()
            threading.Event().wait(numbers.uniform(0.2, 0.8))
            server.kill()
        server.start()
        with connected(server) as driver:
            assert writers.check(driver, reached) == reached


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("work", "flags"),
    [
        (kill_and_look, ()),
        (kill_and_look, (SMALL_FILES, "--storage-snapshot-interval-sec=1")),
        (kill_recoveries, (SMALL_FILES,)),
        (switch_and_look, (SMALL_FILES, "--storage-snapshot-retention-count=2")),
    ],
    ids=["commit", "rotation and snapshot", "recovery", "mode change"],
)
def test_many_kills(
    work: Callable[[ServerProcess, int, int], object], flags: tuple[str, ...], tmp_path: Path
) -> None:
    """200 in all."""
    seed = random.SystemRandom().randrange(sys.maxsize)
    print(f"seed {seed}")
    with serving(tmp_path / "data", *flags) as server:
        work(server, 50, seed)
