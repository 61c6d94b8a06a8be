"""Something goes wrong at every single call of the file layer, and nothing acknowledged is lost.

A workload with rotations, snapshots, a lock of the directory and restarts runs against the file layer in
memory; the fault is injected at call 1, 2, 3, … until the workload gets through. After each run the power
fails, in several ways; what recovery then finds must be

* every acknowledged transaction, each whole,
* possibly followed by some that were appended and not acknowledged, in their order,
* and nothing else;

and the database must be able to go on from there. The same for recovery itself, crashed at every call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from lithograph.durability.errors import DurabilityError
from lithograph.durability.manager import Durability
from lithograph.storage.errors import WritesRefusedError
from support.durable_model import Database, Model, Settings, recovered
from support.files import Crash, Fault, FaultKind, MemoryFiles, Survives

SETTINGS = Settings(storage_snapshot_retention_count=2)


@dataclass
class Account:
    """What the workload was told: ``acknowledged`` must be there, ``appended`` may be."""

    acknowledged: list[int] = field(default_factory=list)
    appended: list[int] = field(default_factory=list)

    def check(self, found: list[int]) -> None:
        assert set(self.acknowledged) <= set(found), "an acknowledged transaction is gone"
        assert found == self.appended[: len(found)], "not a prefix of what was appended"


def run(files: MemoryFiles, account: Account) -> None:
    """Three lives of a database. Faults are met as a server would: refuse, report, go on or stop."""
    for life in range(3):
        database = opened(files, account)
        if database is None:
            return
        for step in range(26):
            commit(database, account)
            if step == 8:
                database.durability.lock("tester")
            if step == 17:
                attempt(database.durability.unlock)
            if step % 9 == 5:
                attempt(database.snapshot)
            if step == 20 and isinstance(files, MemoryFiles):
                files.make_room()
        if life == 1:
            attempt(database.durability.close)
        elif life == 2:
            attempt(database.close)
        else:
            files.locks.clear()  # killed: what was written stays with the system


def opened(files: MemoryFiles, account: Account) -> Database | None:
    """Start; a fault that passes is met by starting again, as an operator would."""
    for _ in range(2):
        try:
            database = Database(files, SETTINGS)
        except (OSError, WritesRefusedError):
            assert not files.locks, "a failed start keeps the lock"
            files.make_room()
            continue
        account.check(database.committed)
        # What was found is visible from now on, so it counts as acknowledged.
        account.acknowledged = list(database.committed)
        account.appended = list(database.committed)
        return database
    return None


def commit(database: Database, account: Account) -> None:
    observer, number = database.durability.observer, database.next
    position = database.durability.position
    try:
        database.commit()
        account.acknowledged.append(number)
    except WritesRefusedError:
        if database.durability.position == position:
            return
    except Crash:
        account.appended.append(number)
        raise
    assert observer is not None
    account.appended.append(number)


def attempt(action: object) -> None:
    assert callable(action)
    try:
        action()
    except (OSError, WritesRefusedError, DurabilityError):
        return


def run_to_the_end(fault: Fault | None) -> tuple[MemoryFiles, Account]:
    files, account = MemoryFiles(fault), Account()
    try:
        run(files, account)
    except Crash:
        assert fault is not None
        assert fault.kind in (FaultKind.CRASH, FaultKind.CRASHED)
    return files, account


def disks(files: MemoryFiles, seed: int, count: int) -> list[MemoryFiles]:
    """What the power failure may leave."""
    some = [files.reboot(Survives.SOMETHING, seed * 100 + i) for i in range(count)]
    return [files.reboot(Survives.NOTHING), files.reboot(Survives.EVERYTHING), *some]


def number_of_calls() -> int:
    files, account = run_to_the_end(None)
    assert account.acknowledged == account.appended
    assert len(account.acknowledged) == 78
    return files.calls


def check_every_fault(stride: int, start: int) -> int:
    points = 0
    calls = number_of_calls()
    for kind in FaultKind:
        for at in range(start, calls + 1, stride):
            files, account = run_to_the_end(Fault(at, kind))
            for disk in disks(files, at, 2):
                account.check(recovered(disk, SETTINGS))
                again = Database(disk, SETTINGS)
                again.commit_many(2)
                again.close()
                assert recovered(disk, SETTINGS) == again.committed
            points += 1
    return points


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.mark.parametrize("start", range(1, 4))
def test_no_fault_loses_an_acknowledged_transaction_sampled(start: int) -> None:
    assert check_every_fault(stride=87, start=start * 7) > 30


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", [1, 2])
def test_no_fault_at_any_call_loses_an_acknowledged_transaction(
    part: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The odd calls and the even ones: all of them, on two cores."""
    points = check_every_fault(stride=2, start=part)
    with capsys.disabled():
        print(f"\n{points} fault points in this half of the workload")
    assert points > 1000


def check_crashed_recoveries(stride: int) -> int:
    points = 0
    for at in range(20, number_of_calls(), stride):
        files, account = run_to_the_end(Fault(at, FaultKind.CRASHED))
        before = files.reboot(Survives.SOMETHING, at)
        for kind in (FaultKind.CRASH, FaultKind.CRASHED, FaultKind.FAIL, FaultKind.FULL):
            call = 0
            while True:
                call += 1
                disk = before.copy()
                disk.fault = Fault(call, kind)
                try:
                    Durability.open(SETTINGS, Model(), files=disk)
                except Crash:
                    pass
                except (OSError, WritesRefusedError):
                    assert not disk.locks
                if disk.calls < call:
                    break
                for left in disks(disk, call, 1):
                    account.check(recovered(left, SETTINGS))
                points += 1
    return points


def test_a_recovery_that_is_cut_short_can_be_repeated_sampled() -> None:
    assert check_crashed_recoveries(stride=291) > 30


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_recovery_that_is_cut_short_anywhere_can_be_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    points = check_crashed_recoveries(stride=11)
    with capsys.disabled():
        print(f"\n{points} fault points in recovery")
    assert points > 1000
