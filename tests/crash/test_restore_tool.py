"""Something goes wrong at every single call of the file layer while a backup is restored.

Whatever it is, and whatever a power failure leaves afterwards, a start finds in the target either what had been there
or what was restored, whole, and never a mixture or nothing. A full disk leaves the target as it was.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lithograph.durability.errors import DurabilityError
from lithograph.durability.point import UpToTransaction
from lithograph.durability.rebuild import restore
from support.durable_model import ROOT, Settings
from support.durable_store import StoreDatabase
from support.files import Crash, Fault, FaultKind, MemoryFiles, Survives

pytestmark = pytest.mark.usefixtures("quiet")

TARGET = Path("/target")
AT_TARGET = Settings(data_directory=TARGET)
OLD = [101, 102, 103]
NEW = list(range(1, 13))


def disk(occupied: bool) -> MemoryFiles:
    """A source with more than is wanted, and a target, with data in it or not."""
    files = MemoryFiles()
    running = StoreDatabase(files)
    running.create_many(9)
    running.snapshot()
    running.create_many(9)
    running.close()
    if occupied:
        present = StoreDatabase(files, AT_TARGET)
        present.create(101)
        present.snapshot()
        present.create(102)
        present.create(103)
        present.close()
    return files.copy()


def found(files: MemoryFiles) -> list[int]:
    """What a start finds in the target; it also goes on from there."""
    files.locks.clear()
    running = StoreDatabase(files, AT_TARGET)
    numbers = running.numbers()
    running.create(999)
    running.close()
    again = StoreDatabase(files, AT_TARGET)
    assert again.numbers() == [*numbers, 999]
    again.close()
    return numbers


def run(files: MemoryFiles) -> None:
    restore(ROOT, TARGET, until=UpToTransaction(12), force=True, files=files)


def at_target(files: MemoryFiles) -> dict[Path, bytes]:
    return {path: content for path, content in files.contents().items() if TARGET in path.parents}


def check_every_fault(occupied: bool, stride: int) -> int:
    """Returns the number of faults that were met."""
    before, points = disk(occupied), 0
    old = OLD if occupied else []
    for kind in FaultKind:
        for at in range(1, 10_000, stride):
            files = before.copy()
            files.fault = Fault(at, kind)
            try:
                run(files)
            except Crash:
                assert kind.kills
            except OSError:
                assert not kind.kills
                if kind in (FaultKind.FULL, FaultKind.NO_ROOM):
                    assert at_target(files) == at_target(before)
            except DurabilityError:  # all but what was there before is in its place
                assert found(files.copy()) == NEW
            if files.calls < at:
                break
            points += 1
            for how in Survives:
                assert found(files.reboot(how, at)) in (old, NEW)
            assert found(files.copy()) in (old, NEW)
    return points


@pytest.mark.parametrize("occupied", [False, True], ids=["empty", "occupied"])
def test_no_fault_leaves_a_mixture_sampled(occupied: bool) -> None:
    assert check_every_fault(occupied, stride=4) > 100


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("occupied", [False, True], ids=["empty", "occupied"])
def test_no_fault_at_any_call_leaves_a_mixture(occupied: bool) -> None:
    assert check_every_fault(occupied, stride=1) > 400


def test_without_a_fault_it_is_restored() -> None:
    for occupied in (False, True):
        files = disk(occupied)
        run(files)
        assert found(files.reboot(Survives.NOTHING)) == NEW
