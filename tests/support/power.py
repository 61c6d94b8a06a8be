"""What power failures and faults leave of a data directory in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lithograph.durability.manager import Durability
from lithograph.storage.errors import WritesRefusedError
from support.durable_model import Model, Settings
from support.files import Crash, Fault, FaultKind, MemoryFiles, Survives


def disks(files: MemoryFiles, seed: int, count: int) -> list[MemoryFiles]:
    """What a power failure may leave; what is the same twice, once. ``count``: how many are drawn, by ``seed``."""
    some = [files.reboot(Survives.SOMETHING, seed * 100 + i) for i in range(count)]
    found = [files.reboot(Survives.NOTHING), files.reboot(Survives.EVERYTHING), *some]
    return list({tuple(sorted(disk.contents().items())): disk for disk in found}.values())


def starts_cut_short(
    before: MemoryFiles, settings: Settings, kinds: Iterable[FaultKind], step: int = 1
) -> Iterator[list[MemoryFiles]]:
    """For a fault of each of ``kinds`` at every ``step``-th call of a start: the disks that it and a power failure leave."""
    for kind in kinds:
        call = step
        while True:
            disk = before.copy()
            disk.fault = Fault(call, kind)
            try:
                Durability.open(settings, Model(), files=disk)
            except Crash:
                pass
            except (OSError, WritesRefusedError):
                assert not disk.locks
            if disk.calls < call:
                break
            yield disks(disk, call, 1)
            call += step
