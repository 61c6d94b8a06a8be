"""Something goes wrong at every single call of the file layer while RECOVER SNAPSHOT is at work.

A database that runs, with a log, snapshots and an earlier generation in ``.old``, is told to recover a snapshot and
goes on. After each fault the power fails, in several ways. What recovery then finds is what was there before, every
acknowledged transaction of it, or the snapshot, with every transaction acknowledged after it, and nothing between.
The same for a start that finds the switch made and what it replaced not moved away yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lithograph.durability.errors import DurabilityError
from lithograph.storage.errors import WritesRefusedError
from support.durable_model import Database, Settings, recovered
from support.files import Crash, Fault, FaultKind, MemoryFiles, Survives
from support.power import disks, starts_cut_short

pytestmark = pytest.mark.usefixtures("quiet")

BACKUP = Path("/backup/snapshot")
PRESENT, RESTORED = 15, 4

VARIANTS = {
    "kept": Settings(),
    "deleted": Settings(storage_backup_dir_enabled=False),
    "without a log": Settings(storage_wal_enabled=False),
}


@dataclass
class Account:
    """``before``: what is there without the switch; ``after``: what is there with it, each acknowledged."""

    before: list[int] = field(default_factory=lambda: list(range(1, PRESENT + 1)))
    after: list[int] = field(default_factory=lambda: list(range(1, RESTORED + 1)))
    switched: bool | None = None
    """None while it may be either."""

    def check(self, found: list[int]) -> None:
        allowed = [*([self.before] if self.switched is not True else [])]
        allowed += [self.after] if self.switched is not False else []
        # one that was appended and not acknowledged may be there
        assert any(found[: len(one)] == one and len(found) <= len(one) + 1 for one in allowed), found


def prepared(settings: Settings) -> tuple[MemoryFiles, Database]:
    """Before it begins; no fault so far."""
    backup = MemoryFiles()
    other = Database(backup)
    other.commit_many(RESTORED)
    path = other.snapshot()
    assert path is not None
    files = MemoryFiles()
    files.place(BACKUP, backup.contents()[path])
    database = Database(files, settings)
    database.recover(BACKUP)  # so that there is an earlier generation
    while database.next <= PRESENT:
        commit(database)
        if database.next in (8, 12):
            database.snapshot()
    if database.durability.observer is None:
        database.snapshot()
    return files, database


def commit(database: Database) -> None:
    if database.durability.observer is not None:
        database.commit()
        return
    database.committed.append(database.next)
    database.next += 1


def run(database: Database, account: Account) -> None:
    """Recover the snapshot and go on, as far as that is possible."""
    try:
        database.recover(BACKUP)
        account.switched = True
    except (DurabilityError, WritesRefusedError) as refused:
        if "Nothing was changed." in str(refused):
            account.switched = False
    if database.durability.observer is None:
        return
    acknowledged = account.after if account.switched else account.before
    for _ in range(3):
        if database.durability.failure is not None:  # as the server asks before every statement that writes
            return
        try:
            number = database.commit()
        except WritesRefusedError:
            return
        assert account.switched is not None, "a commit while nobody knows which state the directory has"
        acknowledged.append(number)


def run_to_the_end(settings: Settings, at: int, kind: FaultKind) -> tuple[MemoryFiles, Account]:
    """With a fault at the ``at``-th call; 0: none."""
    files, database = prepared(settings)
    account = Account()
    if at:
        files.fault = Fault(files.calls + at, kind)
    try:
        run(database, account)
    except Crash:
        assert kind.kills
    return files, account


def number_of_calls(settings: Settings) -> int:
    begun = prepared(settings)[0].calls
    files, account = run_to_the_end(settings, 0, FaultKind.FAIL)
    assert account.switched
    account.check(recovered(files.reboot(Survives.NOTHING), settings))
    return files.calls - begun


def check_every_fault(settings: Settings, stride: int) -> int:
    points = 0
    calls = number_of_calls(settings)
    for kind in FaultKind:
        for at in range(1, calls + 1, stride):
            files, account = run_to_the_end(settings, at, kind)
            for disk in disks(files, at, 2):
                account.check(recovered(disk, settings))
                again = Database(disk, settings)
                for _ in range(2):
                    commit(again)
                again.close()
                assert recovered(disk, settings) == again.committed
            points += 1
    return points


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_fault_leaves_anything_between_before_and_after_sampled(variant: str) -> None:
    assert check_every_fault(VARIANTS[variant], stride=7) > 50


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("variant", VARIANTS)
def test_no_fault_at_any_call_leaves_anything_between_before_and_after(variant: str) -> None:
    assert check_every_fault(VARIANTS[variant], stride=1) > 500


def check_starts_cut_short(settings: Settings, stride: int) -> int:
    """Starts that find the switch made, or not, and are cut short themselves."""
    points = 0
    for at in range(1, number_of_calls(settings) + 1, stride):
        files, account = run_to_the_end(settings, at, FaultKind.CRASHED)
        before = files.reboot(Survives.SOMETHING, at)
        kinds = (FaultKind.CRASH, FaultKind.CRASHED, FaultKind.FAIL)
        for left in starts_cut_short(before, settings, kinds, step=7):
            for disk in left:
                account.check(recovered(disk, settings))
            points += 1
    return points


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_start_after_it_can_be_cut_short_and_repeated_sampled(variant: str) -> None:
    assert check_starts_cut_short(VARIANTS[variant], stride=13) > 50


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_start_after_it_can_be_cut_short_anywhere_and_repeated(variant: str) -> None:
    assert check_starts_cut_short(VARIANTS[variant], stride=1) > 500


# ------------------------------------------------------------------------------------- broken

ARCHIVE = Path("/archive")
BROKEN = Settings(storage_allow_recovery_failure=True, storage_wal_archive_directory=str(ARCHIVE))
EVIDENCE = Path("/data/wal")


def broken() -> tuple[MemoryFiles, Database]:
    """A database that came up broken, with a damaged log and nothing else."""
    files, database = prepared(Settings(storage_wal_file_size_kib=1))
    database.durability.close()
    for path in [path for path in files.contents() if path.parent.name in ("snapshots", ".old")]:
        files.delete(path)
    path = min(path for path in files.contents() if path.parent == EVIDENCE)
    content = bytearray(files.contents()[path])
    content[-1] ^= 1
    files.place(path, bytes(content))
    database = Database(files, BROKEN)
    assert database.durability.broken is not None
    return files, database


@dataclass
class BrokenRun:
    """RECOVER SNAPSHOT on a broken database with a fault at the ``at``-th call, 0: none."""

    at: int
    kind: FaultKind
    account: Account = field(default_factory=Account)
    calls: int = 0

    def __post_init__(self) -> None:
        self.files, database = broken()
        self.evidence = logs(self.files, EVIDENCE)
        begun = self.files.calls
        if self.at:
            self.files.fault = Fault(begun + self.at, self.kind)
        try:
            database.recover(BACKUP)
            self.account.switched = True
        except DurabilityError as refused:
            if "Nothing was changed." in str(refused):
                self.account.switched = False
                assert database.durability.broken is not None
            else:
                assert database.durability.failure is not None
        except Crash:
            assert self.kind in (FaultKind.CRASH, FaultKind.CRASHED)
        self.calls = self.files.calls - begun

    def check(self, disk: MemoryFiles) -> bool:
        """Whether the snapshot is there; else what was there is, and is refused as before."""
        try:
            assert recovered(disk) == self.account.after
        except DurabilityError:
            assert self.account.switched is not True
            assert logs(disk, EVIDENCE) == self.evidence
            return False
        assert self.account.switched is not False
        assert logs(disk, EVIDENCE / ".old") == self.evidence
        return True


def logs(files: MemoryFiles, folder: Path) -> dict[str, bytes]:
    return {path.name: content for path, content in files.contents().items() if path.parent == folder}


def test_a_broken_database_is_brought_back_or_is_as_it_was() -> None:
    whole = BrokenRun(0, FaultKind.FAIL)
    assert whole.check(whole.files.reboot(Survives.NOTHING))
    outcomes = set()
    for kind in (FaultKind.FAIL, FaultKind.BROKEN, FaultKind.FULL, FaultKind.CRASH, FaultKind.CRASHED):
        for at in range(1, whole.calls + 1, 2):
            attempt = BrokenRun(at, kind)
            outcomes |= {attempt.check(disk) for disk in disks(attempt.files, at, 1)}
    assert outcomes == {True, False}
