"""A disk that is full, and a disk that does not sync: what clients are told is what a recovery finds.

The workload commits, rotates and takes snapshots, through two lives of a database; the disk refuses at every single
write, sync or creation of a file in turn. Where it was merely full, the log must not have failed: commits are taken
again as soon as there is room, and what recovery finds is *exactly* what was acknowledged, for a refused commit leaves
no trace. Where a sync failed, nothing is acknowledged any more until the restart.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lithograph.durability.errors import DiskFullError, SnapshotFailedError
from lithograph.storage.errors import WritesRefusedError
from support.durable_model import ROOT, Database, Settings, recovered
from support.files import SCARCE_WRITES, Fault, FaultKind, MemoryFiles, Survives

pytestmark = pytest.mark.usefixtures("quiet")

SETTINGS = Settings(storage_snapshot_retention_count=2)
STEPS = 24


@dataclass
class Told:
    """What the clients of the workload were told."""

    acknowledged: list[int] = field(default_factory=list)
    uncertain: list[int] = field(default_factory=list)
    refused: int = 0
    failed_snapshots: int = 0
    failed_starts: int = 0
    failures: list[str | None] = field(default_factory=list)
    """Of the log, at the end of each life."""

    @property
    def trouble(self) -> int:
        return self.refused + self.failed_snapshots + self.failed_starts


def run(files: MemoryFiles) -> Told:
    told = Told()
    for _ in range(2):
        database = opened(files, told)
        assert database.committed == told.acknowledged
        for step in range(STEPS):
            commit(database, told)
            if step % 8 == 5:
                snapshot(database, told)
        told.failures.append(database.durability.failure)
        files.locks.clear()  # killed: what was written stays with the system
    return told


def opened(files: MemoryFiles, told: Told) -> Database:
    for _ in range(SCARCE_WRITES + 2):
        try:
            return Database(files, SETTINGS)
        except DiskFullError:
            assert not files.locks, "a failed start keeps the lock"
            told.failed_starts += 1
    raise AssertionError("it never starts")


def commit(database: Database, told: Told) -> None:
    durability, number, position = database.durability, database.next, database.durability.position
    try:
        told.acknowledged.append(database.commit())
    except WritesRefusedError as error:
        refusal = error
    else:
        assert durability.no_room is None
        return
    told.refused += 1
    if isinstance(refusal, DiskFullError):
        assert (refusal.needed or 0) > 0
        assert refusal.folder == ROOT / "wal"
        assert durability.no_room == refusal.message
        assert durability.position == position
    else:
        assert durability.failure == refusal.message
        if durability.position != position:
            told.uncertain.append(number)


def snapshot(database: Database, told: Told) -> None:
    before = {entry.path for entry in database.durability.snapshots()}
    try:
        database.snapshot()
    except SnapshotFailedError:
        told.failed_snapshots += 1
        assert {entry.path for entry in database.durability.snapshots()} == before


def calls(*operations: str, under: Path = ROOT) -> list[int]:
    """The numbers of these calls in a workload that nothing happens to."""
    files = MemoryFiles()
    told = run(files)
    assert (told.trouble, len(told.acknowledged), told.failures) == (0, 2 * STEPS, [None, None])
    return [
        number
        for number, (operation, path) in enumerate(files.journal, 1)
        if operation in operations and path.is_relative_to(under)
    ]


def disks(files: MemoryFiles, seed: int) -> list[MemoryFiles]:
    """What a power failure may leave."""
    some = [files.reboot(Survives.SOMETHING, seed * 10 + number) for number in range(2)]
    return [files.reboot(Survives.NOTHING), files.reboot(Survives.EVERYTHING), *some]


@pytest.mark.parametrize("kind", [FaultKind.FULL, FaultKind.SCARCE])
def test_a_disk_that_is_full_at_any_write_costs_nothing_but_the_commits_refused(kind: FaultKind) -> None:
    points = calls("write", "create")
    assert len(points) > 60
    for at in points:
        files = MemoryFiles(Fault(at, kind))
        told = run(files)
        assert told.trouble == 1 if kind is FaultKind.FULL else 1 <= told.trouble <= SCARCE_WRITES + 1
        assert told.failures == [None, None], "the log goes on"
        assert len(told.acknowledged) + told.refused == 2 * STEPS
        for disk in disks(files, at):
            assert recovered(disk, SETTINGS) == told.acknowledged


@pytest.mark.parametrize("capacity", range(1_100, 6_600, 250))
def test_on_a_disk_of_some_size_commits_are_refused_and_taken_as_room_comes_and_goes(capacity: int) -> None:
    files, told = MemoryFiles(), Told()
    files.capacity = capacity
    database = Database(files, SETTINGS)
    for step in range(3 * STEPS):
        commit(database, told)
        if step % 8 == 5:
            snapshot(database, told)  # whose retention makes room
    assert database.durability.failure is None
    assert told.refused, "the disk is too large for this test"
    for disk in disks(files, capacity):
        assert recovered(disk, SETTINGS) == told.acknowledged
    refused = told.refused
    files.make_room()
    commit(database, told)
    assert told.refused == refused, "there is room, so it is taken"
    database.close()
    assert recovered(files, SETTINGS) == told.acknowledged


@pytest.mark.parametrize("kind", [FaultKind.FAIL, FaultKind.FULL])
def test_after_a_failed_sync_nothing_is_acknowledged_until_the_restart(kind: FaultKind) -> None:
    """A full disk that shows at the sync is a failed sync: which bytes are lost, nobody knows."""
    points = calls("sync", under=ROOT / "wal")
    assert len(points) > 40
    failed = 0
    for at in points:
        files = MemoryFiles(Fault(at, kind))
        try:
            told = run_to_the_failure(files)
        except (OSError, DiskFullError):
            continue  # a start that does not get its files written is none
        if told is None:
            continue  # the sync was a new file's, which was given up, and is not the one that is written now
        failed += 1
        for disk in disks(files, at):
            found = recovered(disk, SETTINGS)
            assert found in (told.acknowledged, [*told.acknowledged, *told.uncertain])
    assert failed > 30


def run_to_the_failure(files: MemoryFiles) -> Told | None:
    """The workload until the log fails, and what is refused from then on; None if it never does."""
    told = Told()
    for _ in range(2):
        database = Database(files, SETTINGS)
        for step in range(STEPS):
            commit(database, told)
            if database.durability.failure is not None:
                refuses_everything(files, database, told)
                return told
            if step % 8 == 5:
                snapshot(database, told)
        files.locks.clear()
    return None


def refuses_everything(files: MemoryFiles, database: Database, told: Told) -> None:
    acknowledged, mark = list(told.acknowledged), len(files.journal)
    for _ in range(5):
        commit(database, told)
        with pytest.raises(WritesRefusedError, match="restart the server"):
            database.durability.flush()
    assert told.acknowledged == acknowledged
    assert files.journal[mark:] == [], "not even tried again"
    assert len(told.uncertain) <= 1


# ----------------------------------------------------------------------------- a real file system

PROGRAM = """
import os, sys
from pathlib import Path
from lithograph.durability.errors import DiskFullError, SnapshotFailedError
from lithograph.durability.files import RealFiles
from support.durable_model import Database, Settings, recovered

root = Path(sys.argv[1])
settings = Settings(data_directory=root / "data", storage_wal_file_size_kib=64)
ballast = root / "ballast"
ballast.write_bytes(bytes(256 << 10))
database = Database(RealFiles(), settings)
refused = 0
while refused < 5:
    try:
        database.commit()
    except DiskFullError as error:
        refused += 1
        assert database.durability.failure is None, database.durability.failure
try:
    database.snapshot()
except SnapshotFailedError as error:
    print(error)
assert not [path for path in (root / "data").rglob("*") if path.name.endswith(".partial")]
ballast.unlink()
database.commit_many(50)
database.durability.close()
assert recovered(RealFiles(), settings) == database.committed
print("acknowledged", len(database.committed))
"""


def test_on_a_small_real_file_system(tmp_path: Path) -> None:
    """In a mount namespace of its own, so that nothing of it is left, whatever happens."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("there is no unshare here to mount a small file system with")
    prefix = [unshare, "--mount"] if os.geteuid() == 0 else [unshare, "--mount", "--map-root-user"]
    mount = f"mount -t tmpfs -o size=1m tmpfs {tmp_path}"
    if subprocess.run([*prefix, "sh", "-c", mount], capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small file system")
    done = subprocess.run(
        [*prefix, "sh", "-c", f'{mount} && exec "$@"', "sh", sys.executable, "-c", PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "the disk is full" in done.stdout
    assert int(done.stdout.split()[-1]) > 500
