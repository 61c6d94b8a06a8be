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

from dataclasses import dataclass, field

import pytest

from lithograph.durability.errors import DurabilityError
from lithograph.storage.errors import WritesRefusedError
from support.durable_model import Database, Settings, recovered
from support.files import Crash, Fault, FaultKind, MemoryFiles, Survives
from support.power import disks, starts_cut_short

pytestmark = pytest.mark.usefixtures("quiet")

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
        for step in range(18):
            commit(database, account, together=3 if step % 4 == 3 else 1)
            if step == 5:
                database.durability.lock("tester")
            if step == 12:
                attempt(database.durability.unlock)
            if step % 7 == 4:
                attempt(database.snapshot)
            if step == 14:
                files.make_room()
            if step == 15 - 6 * life and not change_mode(database, account):
                break
        if life == 1:
            attempt(database.durability.close)
        elif life == 2:
            attempt(database.close)
        files.locks.clear()  # a kill, if not stopped above: what was written stays with the system


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


def commit(database: Database, account: Account, together: int) -> None:
    """Some transactions that share a sync, as group commit does."""
    durability, numbers = database.durability, []
    for _ in range(together):
        number, position = database.next, durability.position
        try:
            database.append()
        except WritesRefusedError:
            assert durability.position == position, "refused, and there all the same"
        except Crash:
            account.appended.append(number)
            raise
        else:
            account.appended.append(number)
            numbers.append(number)
    try:
        durability.flush()
    except WritesRefusedError:
        return
    account.acknowledged += numbers
    database.committed += numbers


def change_mode(database: Database, account: Account) -> bool:
    """Some transactions without the log, as in analytical mode, certain once there is a snapshot of them.

    Returns whether the database can go on: where the mode cannot be left, it is killed.
    """
    durability = database.durability
    try:
        durability.skip_to(database.next - 1)
    except WritesRefusedError:
        return True
    numbers = [database.next, database.next + 1]
    database.next += len(numbers)
    database.committed += numbers
    account.appended += numbers
    for _ in range(2):
        try:
            database.snapshot("storage_mode_change")
            durability.skip_to(numbers[-1])
        except (OSError, WritesRefusedError, DurabilityError):
            continue
        account.acknowledged += numbers
        return True
    return False


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
        assert fault.kind.kills
    return files, account


def number_of_calls() -> int:
    files, account = run_to_the_end(None)
    assert account.acknowledged == account.appended
    assert len(account.acknowledged) == 3 * 26 + 3 * 2
    return files.calls


def fault_points() -> list[Fault]:
    """Every kind of fault at every call."""
    return [Fault(at, kind) for at in range(1, number_of_calls() + 1) for kind in FaultKind]


def check_fault(fault: Fault) -> None:
    files, account = run_to_the_end(fault)
    for disk in disks(files, fault.at, 2):
        account.check(recovered(disk.copy(), SETTINGS))
        again = Database(disk, SETTINGS)
        account.check(again.committed)
        again.commit_many(2)
        again.close()
        assert recovered(disk, SETTINGS) == again.committed


def test_no_fault_loses_an_acknowledged_transaction_sampled() -> None:
    points = fault_points()
    kinds = set()
    for fault in points[:: 2 * len(FaultKind) * 9 + 1]:  # all kinds in turn
        check_fault(fault)
        kinds.add(fault.kind)
    assert kinds == set(FaultKind)


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("half", [0, 1])
def test_no_fault_at_any_call_loses_an_acknowledged_transaction(
    half: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them, on two cores."""
    points = fault_points()[half::2]
    for fault in points:
        check_fault(fault)
    with capsys.disabled():
        print(f"\n{len(points)} fault points in this half of the workload")
    assert len(points) > 3000


def check_crashed_recoveries(stride: int) -> int:
    points = 0
    for at in range(20, number_of_calls(), stride):
        files, account = run_to_the_end(Fault(at, FaultKind.CRASHED))
        before = files.reboot(Survives.SOMETHING, at)
        kinds = (FaultKind.CRASH, FaultKind.CRASHED, FaultKind.FAIL, FaultKind.FULL)
        for left in starts_cut_short(before, SETTINGS, kinds):
            for disk in left:
                account.check(recovered(disk, SETTINGS))
            points += 1
    return points


def test_a_recovery_that_is_cut_short_can_be_repeated_sampled() -> None:
    assert check_crashed_recoveries(stride=240) > 50


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_recovery_that_is_cut_short_anywhere_can_be_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    points = check_crashed_recoveries(stride=11)
    with capsys.disabled():
        print(f"\n{points} fault points in recovery")
    assert points > 1000
