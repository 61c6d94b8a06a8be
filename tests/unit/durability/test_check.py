"""``check``: what a start would do, found without doing it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability.check import CheckReport, check
from lithograph.durability.errors import SourceError
from lithograph.durability.files import FileStatus, RealFiles
from lithograph.server.app import main
from lithograph.storage.errors import LithographError
from support.durable_model import ROOT, Database, Settings, recovered
from support.durable_store import StoreDatabase
from support.files import MemoryFiles, MemoryHandle

READING = {"open", "read", "size", "fstat", "status", "list", "exists"}


def in_folder(files: MemoryFiles, folder: str) -> list[Path]:
    return sorted(path for path in files.contents() if path.parent == ROOT / folder)


def damage(files: MemoryFiles, path: Path, offset: int = -100) -> None:
    content = bytearray(files.contents()[path])
    content[offset] ^= 0x40
    files.place(path, bytes(content))


def database(snapshots: int = 2) -> MemoryFiles:
    """Snapshots with log before, between and behind them, of 9 transactions each."""
    files = MemoryFiles()
    running = StoreDatabase(files)
    for _ in range(snapshots):
        running.create_many(9)
        running.snapshot()
    running.create_many(9)
    running.close()
    return files


def checked(files: MemoryFiles, quick: bool = False) -> CheckReport:
    """The findings; nothing may have been changed for them."""
    before, mark = files.contents(), len(files.journal)
    report = check(ROOT, files, quick=quick)
    assert files.contents() == before
    assert {operation for operation, _ in files.journal[mark:]} <= READING
    return report


def test_it_foretells_what_a_start_recovers() -> None:
    files = database()
    report = checked(files)
    assert report.fine
    assert {file.state for file in report.files} == {"whole"}
    assert {file.path for file in report.files} == set(files.contents())
    found = report.recoverable
    assert found is not None
    started = StoreDatabase(files)
    told = started.durability.report
    assert told is not None
    assert (found.database, found.epoch, found.timestamp) == (told.database, told.epoch, told.timestamp)
    assert (found.snapshot, found.snapshot_timestamp) == (told.snapshot, told.snapshot_timestamp)
    assert (found.wal_files, found.transactions) == (told.wal_files, told.transactions)
    assert (found.vertices, found.edges, found.indexes) == (27, 0, 0)
    assert found.last_commit is not None
    assert [(span.first, span.last) for span in report.history] == [(1, 27)]
    assert report.history[0].until == found.last_commit


def test_quick_loads_nothing_and_counts_the_same() -> None:
    files = database()
    slow, quick = checked(files).recoverable, checked(files, quick=True).recoverable
    assert slow is not None
    assert quick is not None
    assert quick.vertices is None
    assert (quick.transactions, quick.timestamp) == (slow.transactions, slow.timestamp)


def test_an_empty_directory_is_fine_and_nothing_at_all_is_not() -> None:
    files = MemoryFiles()
    StoreDatabase(files).close()
    report = checked(files)
    assert report.fine
    assert report.recoverable is not None
    assert report.recoverable.database is None
    with pytest.raises(SourceError, match="/nowhere does not exist"):
        check(Path("/nowhere"), files)
    files.place(Path("/photos/a.jpg"), b"x")
    with pytest.raises(SourceError, match="/photos holds no data of Lithograph"):
        check(Path("/photos"), files)


def refuse_by(files: MemoryFiles, what: str) -> None:
    snapshots, wal = in_folder(files, "snapshots"), in_folder(files, "wal")
    match what:
        case "all snapshots damaged":
            for path in snapshots:
                damage(files, path)
        case "log damaged":
            damage(files, wal[-1])
        case "log missing":
            files.delete(wal[-2])
        case "no snapshot, no beginning":
            for path in (*snapshots, wal[0]):
                files.delete(path)
        case "order damaged":
            files.place(ROOT / ".restore", b"rubbish")


@pytest.mark.parametrize(
    "what",
    ["all snapshots damaged", "log damaged", "log missing", "no snapshot, no beginning", "order damaged"],
)
def test_it_refuses_with_the_message_of_a_start(what: str) -> None:
    files = database()
    refuse_by(files, what)
    with pytest.raises(LithographError) as refusal:
        recovered(files)
    if what == "order damaged":
        with pytest.raises(LithographError, match="order to restore"):
            checked(files)
        return
    report = checked(files)
    assert not report.fine
    assert report.recoverable is None
    assert report.refusal == str(refusal.value)


def test_content_that_contradicts_itself_is_refused() -> None:
    files = MemoryFiles()
    running = Database(files)
    running.commit()  # its edge begins at a vertex that never was
    running.durability.close()
    report = checked(files)
    assert report.refusal is not None
    assert "does not exist" in report.refusal


def test_a_torn_tail_is_told_and_fine() -> None:
    files = MemoryFiles()
    running = StoreDatabase(files)
    running.create_many(3)
    (path,) = in_folder(files, "wal")
    files.place(path, files.contents()[path][:-5])
    files.locks.clear()
    report = checked(files)
    assert report.fine
    assert [file.state for file in report.files] == ["torn"]
    assert report.recoverable is not None
    assert report.recoverable.timestamp == 2
    cut = report.recoverable.cut
    assert cut is not None
    started = StoreDatabase(files).durability.report
    assert started is not None
    assert cut == started.cut


def test_a_damaged_file_that_no_start_needs_is_told_and_not_fine() -> None:
    files = database()
    damage(files, in_folder(files, "snapshots")[0])
    damage(files, in_folder(files, "wal")[0])
    report = checked(files)
    assert report.refusal is None
    assert report.recoverable is not None
    assert not report.fine
    assert [file.path for file in report.damaged] == [
        in_folder(files, "snapshots")[0],
        in_folder(files, "wal")[0],
    ]
    assert all(file.problem and file.problem.startswith("at byte") for file in report.damaged)


def test_a_damaged_newest_snapshot_would_be_passed_over() -> None:
    files = database()
    newest = in_folder(files, "snapshots")[-1]
    damage(files, newest)
    found = checked(files).recoverable
    assert found is not None
    assert (found.passed_over, found.put_aside) == ((newest,), (newest,))
    assert found.timestamp == 27


def test_an_order_to_restore_is_told() -> None:
    files = database()
    (copied, content), *_ = [(path, files.contents()[path]) for path in in_folder(files, "snapshots")]
    running = StoreDatabase(files)
    files.place(copied, content)
    with capture_logs():
        running.close()
    found = checked(files).recoverable
    assert found is not None
    assert found.restores
    assert (found.snapshot, found.timestamp, found.epoch) == (copied, 9, 2)
    assert set(found.put_aside) == {path for path in files.contents() if path.parent != ROOT} - {copied}
    with capture_logs():
        assert StoreDatabase(files).durability.epoch == 2


def test_strange_and_unfinished_files_are_told() -> None:
    files = database()
    strange, partial = ROOT / "wal" / "notes.txt", ROOT / "snapshots" / ".x.partial"
    files.place(strange, b"")
    files.place(partial, b"")
    report = checked(files)
    assert (report.strangers, report.partial) == ((strange,), (partial,))


# ------------------------------------------------------------------------------------ while a server runs


def test_while_a_server_runs_it_reads_only_when_asked_to() -> None:
    files = MemoryFiles()
    running = StoreDatabase(files)
    running.create_many(12)
    with pytest.raises(SourceError, match=r"A server runs on /data \(somebody\)"):
        check(ROOT, files)
    report = check(ROOT, files, live=True)
    assert report.fine
    assert report.holder == "somebody"
    assert report.recoverable is not None
    assert report.recoverable.timestamp == 12


class Restless(MemoryFiles):
    """Files of which the first WAL file gets another name when it is looked at for the ``moves``-th time."""

    moves = 0
    looks = 0

    def open(self, path: Path) -> MemoryHandle:
        if path.parent.name == "wal" and self.moves:
            self.looks += 1
            if self.looks == self.moves:
                content = self.contents()[path]
                self.delete(path)
                self.place(path.with_name(path.name.replace("_current", "_from_1_to_3")), content)
        return super().open(path)


@pytest.mark.parametrize("moves", [1, 2, 3, 4])
def test_a_file_that_gets_its_final_name_meanwhile_makes_it_start_over(moves: int) -> None:
    files = Restless()
    running = StoreDatabase(files, Settings(storage_wal_file_size_kib=100))
    running.create_many(3)
    running.durability.lock()  # so that the file is finished under its first name
    running.durability.close()
    files.locks.add(ROOT / ".lock")
    files.moves = moves
    report = check(ROOT, files, live=True)
    assert report.fine
    assert report.recoverable is not None
    assert report.recoverable.timestamp == 3
    assert files.looks > moves


class Written(MemoryFiles):
    """Files of which one grows while they are read."""

    def status(self, path: Path) -> FileStatus:
        found = super().status(path)
        self.place(path, self.contents()[path] + b"\0")
        return found


def test_a_directory_that_somebody_writes_to_is_not_judged() -> None:
    files = Written()
    for path, content in database().contents().items():
        files.place(path, content)
    with pytest.raises(SourceError, match="changed while it was read"):
        check(ROOT, files)


# ------------------------------------------------------------------------------------------- the command


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    running = StoreDatabase(RealFiles(), Settings(data_directory=tmp_path / "data"))
    running.create_many(5)
    running.snapshot()
    running.create_many(20)
    running.close()
    return tmp_path / "data"


def test_the_command_says_what_a_start_would_do(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(directory)]) == 0
    out = capsys.readouterr().out
    assert "  last commit   25, written 20" in out
    assert "  content       25 vertices, 0 edges, 0 indexes" in out
    assert out.endswith("all is fine\n")


def test_the_command_gives_json(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", str(directory)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["fine"] is True
    assert report["recoverable"]["timestamp"] == 25
    assert report["recoverable"]["snapshot_timestamp"] == 5


def test_the_command_refuses_as_a_start_does(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sorted((directory / "wal").iterdir())[-2].unlink()
    assert main(["check", str(directory)]) == 1
    captured = capsys.readouterr()
    assert "cannot start: " in captured.err
    assert "You are missing a WAL file with the sequence number" in captured.err
    assert captured.out.endswith("NOT FINE\n")
    assert main(["check", "--json", str(directory)]) == 1
    assert json.loads(capsys.readouterr().out)["fine"] is False


def test_the_command_makes_no_folders_and_no_lock(tmp_path: Path, directory: Path) -> None:
    copied = tmp_path / "copied"
    (directory / "snapshots").rename(copied)
    before = sorted(tmp_path.rglob("*"))
    assert main(["check", str(copied)]) == 0
    assert main(["check", str(next(copied.iterdir()))]) == 0
    assert main(["check", str(tmp_path / "missing")]) == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_the_command_names_the_holder(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    running = StoreDatabase(RealFiles(), Settings(data_directory=directory))
    try:
        assert main(["check", str(directory)]) == 1
        assert "A server runs on" in capsys.readouterr().err
        assert main(["check", "--live", str(directory)]) == 0
        assert "a server runs on it: process" in capsys.readouterr().out
    finally:
        running.close()
    assert main(["check", str(directory)]) == 0
