"""``restore`` of the command line: sources of every kind, points of their history, and targets left alone."""

from __future__ import annotations

import io
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lithograph.durability.errors import (
    DamagedFileError,
    DirectoryInUseError,
    MissingLogError,
    PointError,
    SourceError,
    TargetNotEmptyError,
)
from lithograph.durability.files import RealFiles
from lithograph.durability.inspect import inspect
from lithograph.durability.point import Point, UpToMoment, UpToTransaction, parse_point
from lithograph.durability.rebuild import RestoreReport, restore
from lithograph.server.app import main
from lithograph.server.commands.progress import SECONDS_BETWEEN_LINES, lines
from lithograph.storage.deltas import ChangeSetting, SetEnum
from support.durable_model import BEGIN, ROOT, Clock, Settings
from support.durable_store import ROOMY, StoreDatabase
from support.files import MemoryFiles

TARGET = Path("/target")
ARCHIVE = Path("/archive")
AT_TARGET = Settings(data_directory=TARGET, storage_snapshot_retention_count=1000)


def in_folder(files: MemoryFiles, folder: str, root: Path = ROOT) -> list[Path]:
    return sorted(path for path in files.contents() if path.parent == root / folder)


def damage(files: MemoryFiles, path: Path, offset: int = -100) -> None:
    content = bytearray(files.contents()[path])
    content[offset] ^= 0x40
    files.place(path, bytes(content))


def source(settings: Settings = ROOMY) -> MemoryFiles:
    """27 transactions in several WAL files, with snapshots as of 9 and 18."""
    files = MemoryFiles()
    running = StoreDatabase(files, settings)
    for _ in range(2):
        running.create_many(9)
        running.snapshot()
    running.create_many(9)
    running.close()
    return files


def restored(files: MemoryFiles, until: Point | None = None, **options: object) -> list[int]:
    """Restore into the target; what a start finds there, before and after it has gone on for a while."""
    report = restore(ROOT, TARGET, until=until, files=files, **options)  # type: ignore[arg-type]
    assert report.snapshot in files.contents()
    return started(files, report)


def started(files: MemoryFiles, report: RestoreReport) -> list[int]:
    running = StoreDatabase(files, AT_TARGET)
    found = running.numbers()
    assert running.store.timestamp == report.timestamp
    assert len(found) == report.vertices
    for number in (1001, 1002):
        running.create(number)
    running.close()
    again = StoreDatabase(files, AT_TARGET)
    assert again.numbers() == [*found, 1001, 1002]
    again.close()
    return found


# ------------------------------------------------------------------------------------------- sources


def test_a_data_directory_is_restored_whole() -> None:
    files = source()
    before = files.contents()
    assert restored(files) == list(range(1, 28))
    assert {path: files.contents()[path] for path in before} == before


@pytest.mark.parametrize("compression", ["none", "zstd"])
def test_what_is_restored_is_compressed_if_its_source_is(compression: str) -> None:
    files = source(replace(ROOMY, storage_snapshot_compression=compression))
    report = restore(ROOT, TARGET, files=files)
    assert report.snapshot is not None
    header = next(inspect(report.snapshot, files))
    assert header.get("compressed", False) == (compression == "zstd")
    assert started(files, report) == list(range(1, 28))


def test_a_copied_snapshot_may_have_any_name_and_place() -> None:
    files = source()
    copied = Path("/mnt/tuesday.backup")
    files.place(copied, files.contents()[in_folder(files, "snapshots")[0]])
    report = restore(copied, TARGET, files=files)
    assert (report.base, report.wal_files) == (copied, 0)
    assert started(files, report) == list(range(1, 10))


def test_a_flat_folder_of_files_is_a_source() -> None:
    files = source()
    for path, content in source().contents().items():
        files.place(Path("/flat") / path.name, content)
    report = restore(Path("/flat"), TARGET, files=files)
    assert started(files, report) == list(range(1, 28))


def test_an_archive_adds_what_the_source_lacks() -> None:
    files = source()
    for path in in_folder(files, "wal"):
        files.place(ARCHIVE / path.name, files.contents()[path])
        files.delete(path)
    assert restored(files.copy()) == list(range(1, 19))
    assert restored(files.copy(), archives=[ARCHIVE]) == list(range(1, 28))
    assert restored(files.copy(), UpToTransaction(5), archives=[ARCHIVE]) == list(range(1, 6))
    with pytest.raises(SourceError, match="The archive /elsewhere does not exist"):
        restore(ROOT, TARGET, files=files, archives=[Path("/elsewhere")])


def test_a_finished_file_of_the_archive_is_taken_for_the_open_one_of_a_backup() -> None:
    files = source()
    last = in_folder(files, "wal")[-1]
    files.place(ARCHIVE / last.name, files.contents()[last])
    files.place(last.with_name(last.name[:20] + "_current"), files.contents()[last][:700])
    files.delete(last)
    assert restored(files, archives=[ARCHIVE]) == list(range(1, 28))


def test_original_and_restored_database_may_share_an_archive() -> None:
    files = source()
    restore(ROOT, TARGET, until=UpToTransaction(12), files=files)
    running = StoreDatabase(files, AT_TARGET)
    running.create_many(20)
    running.close()
    for path in (*in_folder(files, "wal"), *in_folder(files, "wal", TARGET)):
        files.place(ARCHIVE / path.name, files.contents()[path])
    for path in (*in_folder(files, "wal"), *in_folder(files, "wal", TARGET)):
        files.delete(path)
    again = restore(TARGET, Path("/again"), until=UpToTransaction(25), files=files, archives=[ARCHIVE])
    assert (again.timestamp, again.vertices, again.transactions) == (25, 25, 13)
    first = restore(ROOT, Path("/first"), files=files, archives=[ARCHIVE])
    assert (first.timestamp, first.vertices) == (27, 27)


def test_a_torn_tail_is_left_out() -> None:
    files = source()
    last = in_folder(files, "wal")[-1]
    files.place(last.with_name(last.name[:20] + "_current"), files.contents()[last][:-90])
    files.delete(last)
    assert restored(files) == list(range(1, 27))


def test_an_order_to_restore_in_the_source_is_followed() -> None:
    files = source()
    path = in_folder(files, "snapshots")[0]
    running = StoreDatabase(files)
    files.place(path, files.contents()[path])
    with capture_logs():
        running.close()
    assert restored(files) == list(range(1, 10))


def test_settings_are_restored_too() -> None:
    files = source()
    running = StoreDatabase(files)
    running.store.log([ChangeSetting("query.timeout", "5")])
    running.close()
    restore(ROOT, TARGET, files=files)
    assert StoreDatabase(files, AT_TARGET).store.settings == {"query.timeout": "5"}


def test_enumerations_are_restored_as_they_were_then() -> None:
    files = source()
    running = StoreDatabase(files)
    running.store.log([SetEnum("E", ("A", "B"))])
    running.store.log([SetEnum("E", ("A", "C"))])
    last = running.store.timestamp
    running.close()
    for until, values in ((last - 2, None), (last - 1, ("A", "B")), (last, ("A", "C"))):
        restored = files.copy()
        restore(ROOT, TARGET, until=UpToTransaction(until), files=restored)
        assert StoreDatabase(restored, AT_TARGET).store.enums.get("E") == values


@pytest.mark.parametrize("what", ["snapshots", "log", "cut"])
def test_a_damaged_source_is_refused_as_a_start_refuses_it(what: str) -> None:
    files = source()
    wal = in_folder(files, "wal")
    match what:
        case "snapshots":
            for path in in_folder(files, "snapshots"):
                damage(files, path)
        case "log":
            damage(files, wal[-1])
        case "cut":
            files.place(wal[-1], files.contents()[wal[-1]][:-10])
    before = files.contents()
    with pytest.raises(DamagedFileError):
        restore(ROOT, TARGET, files=files)
    assert files.contents() == before
    assert not files.exists(TARGET)


def test_missing_log_is_refused() -> None:
    files = source()
    files.delete(in_folder(files, "wal")[-2])
    with pytest.raises(MissingLogError, match="You must have at least one WAL file"):
        restore(ROOT, TARGET, files=files)


def test_an_empty_source_is_refused() -> None:
    files = MemoryFiles()
    StoreDatabase(files).close()
    with pytest.raises(SourceError, match="nothing to restore"):
        restore(ROOT, TARGET, files=files)


def test_a_source_in_use_is_read_only_when_asked_to() -> None:
    files = source()
    running = StoreDatabase(files)
    running.create(28)
    with pytest.raises(SourceError, match="A server runs on"):
        restore(ROOT, TARGET, files=files)
    assert restored(files, live=True) == list(range(1, 29))


# ---------------------------------------------------------------------------------------- points in time


@pytest.mark.parametrize("until", range(1, 28))
def test_every_transaction_can_be_the_last(until: int) -> None:
    assert restored(source(), UpToTransaction(until)) == list(range(1, until + 1))


def written(files: MemoryFiles) -> dict[int, datetime]:
    """When each transaction was written, as its frame says."""
    records = [record for path in in_folder(files, "wal") for record in inspect(path, files)]
    return {
        record["timestamp"]: datetime.fromisoformat(record["written"])
        for record in records
        if record["record"] == "transaction"
    }


def test_a_moment_is_before_the_first_transaction_written_later() -> None:
    files = source()
    times = written(files)
    for number in (1, 9, 10, 17, 18, 26, 27):
        at = f"{times[number].isoformat()}"
        assert restored(files.copy(), parse_point(at)) == list(range(1, number + 1))
        before = (times[number] - timedelta(microseconds=1)).isoformat()
        if number > 1:
            assert restored(files.copy(), parse_point(before)) == list(range(1, number))
    assert restored(files, parse_point("2100-01-01")) == list(range(1, 28))


def test_where_the_clock_was_set_back_the_first_later_one_ends_it() -> None:
    files = MemoryFiles()
    clock = Clock(BEGIN)
    running = StoreDatabase(files, clock=clock)
    running.create_many(5)
    clock.now += timedelta(hours=1)
    running.create_many(5)
    clock.now = BEGIN + timedelta(minutes=10)
    running.create_many(5)
    running.close()
    noon = (BEGIN + timedelta(minutes=30)).isoformat()
    assert restored(files, parse_point(noon)) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("42", UpToTransaction(42)),
        ("1970-01-01T00:00:01Z", UpToMoment(1_000_000)),
        ("1970-01-01T00:00:01.000002", UpToMoment(1_000_002)),
        ("1970-01-01 02:00:00+02:00", UpToMoment(0)),
        ("1970-01-02", UpToMoment(86_400_000_000)),
    ],
)
def test_points_are_numbers_or_times(text: str, point: Point) -> None:
    assert parse_point(text) == point


@pytest.mark.parametrize("text", ["", "yesterday", "-1", "2026-13-01", "1.5", "٣"])
def test_what_is_no_point_is_refused(text: str) -> None:
    with pytest.raises(PointError, match="ISO 8601"):
        parse_point(text)


def test_damage_behind_the_point_does_not_matter() -> None:
    files = source()
    damage(files, in_folder(files, "snapshots")[-1])
    for path in in_folder(files, "wal")[2:]:
        damage(files, path, 20)  # not even their headers
    last = int(in_folder(files, "wal")[1].name.split("_")[-1])
    for until in (last, last - 1, 10):
        assert restored(files.copy(), UpToTransaction(until)) == list(range(1, until + 1))
    moment = written_until(files, last)
    assert restored(files.copy(), parse_point(moment)) == list(range(1, last))
    with pytest.raises(PointError, match="checksum of the header does not match"):
        restore(ROOT, TARGET, until=UpToTransaction(last + 1), files=files)
    assert not files.exists(TARGET)


def written_until(files: MemoryFiles, number: int) -> str:
    """A moment just before transaction ``number`` was written."""
    records = [record for path in in_folder(files, "wal")[:2] for record in inspect(path, files)]
    (found,) = [r for r in records if r["record"] == "transaction" and r["timestamp"] == number]
    return (datetime.fromisoformat(found["written"]) - timedelta(microseconds=1)).isoformat()


def test_a_damaged_snapshot_is_passed_over_for_an_older_one() -> None:
    files = source()
    damage(files, in_folder(files, "snapshots")[1])
    report = restore(ROOT, TARGET, until=UpToTransaction(20), files=files)
    assert report.base == in_folder(files, "snapshots")[0]
    assert started(files, report) == list(range(1, 21))


def test_a_point_that_no_file_reaches_is_refused_with_those_that_can_be() -> None:
    files = source()
    with pytest.raises(PointError, match=r"The last transaction there is 27\..*transactions 1 to 27 \("):
        restore(ROOT, TARGET, until=UpToTransaction(28), files=files)
    files.delete(in_folder(files, "wal")[0])
    for until in (UpToTransaction(8), parse_point("2020-01-01")):
        with pytest.raises(PointError, match=r"It can be restored as of transactions 9 to 27 \("):
            restore(ROOT, TARGET, until=until, files=files)
    assert restored(files, UpToTransaction(9)) == list(range(1, 10))


def test_of_a_history_with_a_gap_both_sides_can_be_restored() -> None:
    files = source()
    wal = in_folder(files, "wal")
    middle = next(path for path in wal if int(path.name.split("_")[-1]) > 9)
    end = int(middle.name.split("_")[2]) - 1
    files.delete(middle)
    with pytest.raises(PointError, match=rf"transactions 1 to {end} \(.*; transactions 18 to 27 \("):
        restore(ROOT, TARGET, until=UpToTransaction(17), files=files)
    assert restored(files.copy(), UpToTransaction(end)) == list(range(1, end + 1))
    assert restored(files, UpToTransaction(20)) == list(range(1, 21))


def test_nothing_is_no_point() -> None:
    files = source()
    for until in (UpToTransaction(0), parse_point("2020-01-01")):
        with pytest.raises(PointError, match=r"Nothing of it had been committed by then\."):
            restore(ROOT, TARGET, until=until, files=files)


def test_the_report_tells_what_is_in_and_what_is_not() -> None:
    files = source()
    times = written(files)
    report = restore(ROOT, TARGET, until=UpToTransaction(20), files=files, dry_run=True)
    assert (report.timestamp, report.transactions, report.vertices) == (20, 2, 20)
    assert (report.last_commit, report.left_out, report.left_out_written) == (times[20], 21, times[21])
    assert report.snapshot is None


# ---------------------------------------------------------------------------------------- a history of its own


def test_files_of_the_original_are_never_taken_for_its_own() -> None:
    files = source()
    restore(ROOT, TARGET, until=UpToTransaction(12), files=files)
    for path in in_folder(files, "wal"):
        files.place(TARGET / "wal" / path.name, files.contents()[path])
    with capture_logs():
        running = StoreDatabase(files, AT_TARGET)
    assert running.numbers() == list(range(1, 13))
    running.create(1001)
    running.close()
    for path in in_folder(files, "wal"):
        files.place(TARGET / "wal" / path.name, files.contents()[path])
    with capture_logs():
        assert StoreDatabase(files, AT_TARGET).numbers() == [*range(1, 13), 1001]


def test_two_restores_are_two_databases() -> None:
    files = source()
    reports = [restore(ROOT, Path(f"/target{n}"), files=files) for n in (1, 2)]
    headers = [next(iter(inspect(report.snapshot, files))) for report in reports if report.snapshot]
    assert len({header["database"] for header in headers}) == 2
    assert [header["epoch"] for header in headers] == [2, 2]
    assert headers[0]["trigger"] == "restore"


def test_a_restored_database_can_be_taken_back_in_turn() -> None:
    files = source()
    restore(ROOT, TARGET, until=UpToTransaction(12), files=files)
    running = StoreDatabase(files, AT_TARGET)
    running.create_many(5)
    running.close()
    report = restore(TARGET, Path("/second"), until=UpToTransaction(14), files=files)
    again = StoreDatabase(files, Settings(data_directory=Path("/second")))
    assert again.numbers() == list(range(1, 15))
    with pytest.raises(PointError, match="as of transactions 12 to 17"):
        restore(TARGET, Path("/third"), until=UpToTransaction(11), files=files)
    assert report.epoch == 2


# ------------------------------------------------------------------------------------------- targets


@pytest.mark.parametrize("name", ["wal/notes.txt", "snapshots/x", "photo.jpg", ".restore"])
def test_a_target_with_anything_in_it_is_refused(name: str) -> None:
    files = source()
    files.place(TARGET / name, b"x")
    before = files.contents()
    with pytest.raises(TargetNotEmptyError, match=name):
        restore(ROOT, TARGET, files=files)
    assert files.contents() == before


def test_an_empty_data_directory_may_be_filled() -> None:
    files = source()
    StoreDatabase(files, AT_TARGET).close()
    assert restored(files) == list(range(1, 28))


def test_with_force_what_was_there_is_put_aside_and_can_be_restored_in_turn() -> None:
    files = source()
    running = StoreDatabase(files, AT_TARGET)
    running.create_many(7)
    running.snapshot()
    running.create_many(7)
    running.close()
    report = restore(ROOT, TARGET, files=files, force=True)
    assert started(files, report) == list(range(1, 28))
    (aside,) = {path.parent.parent for path in report.put_aside}
    assert aside.parent == TARGET / ".backup"
    back = restore(aside, TARGET, files=files, force=True)
    assert started(files, back) == list(range(1, 15))


def test_a_directory_can_be_taken_back_in_place() -> None:
    files = source()
    report = restore(ROOT, ROOT, until=UpToTransaction(15), files=files, force=True)
    running = StoreDatabase(files)
    assert running.numbers() == list(range(1, 16))
    running.close()
    (aside,) = {path.parent.parent for path in report.put_aside}
    assert restore(aside, TARGET, files=files).timestamp == 27


def test_a_target_in_use_is_refused() -> None:
    files = source()
    running = StoreDatabase(files, AT_TARGET)
    with pytest.raises(DirectoryInUseError, match="held by somebody"):
        restore(ROOT, TARGET, files=files, force=True)
    running.close()


def test_a_dry_run_writes_nothing_and_refuses_the_same() -> None:
    files = source()
    before = files.contents()
    report = restore(ROOT, TARGET, files=files, dry_run=True)
    assert (report.timestamp, report.snapshot) == (27, None)
    assert files.contents() == before
    assert not files.exists(TARGET)
    files.place(TARGET / "x", b"")
    with pytest.raises(TargetNotEmptyError):
        restore(ROOT, TARGET, files=files, dry_run=True)


# ------------------------------------------------------------------------------------------- the command


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    settings = Settings(data_directory=tmp_path / "data", storage_wal_file_size_kib=100)
    running = StoreDatabase(RealFiles(), settings)
    running.create_many(5)
    running.snapshot()
    running.create_many(5)
    running.close()
    return tmp_path / "data"


def test_the_command_restores_privately(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = directory.with_name("target")
    assert main(["restore", str(directory), "--data-directory", str(target), "--until", "7"]) == 0
    out = capsys.readouterr().out
    assert "  last commit   7, written 20" in out
    assert "  left out      8 and what follows, written 20" in out
    modes = {stat.S_IMODE(path.stat().st_mode) for path in target.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (target, *target.rglob("*")) if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})
    running = StoreDatabase(RealFiles(), Settings(data_directory=target))
    assert running.numbers() == list(range(1, 8))
    running.close()


def test_the_command_gives_json_and_tells_by_its_status(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = directory.with_name("target")
    command = ["restore", str(directory), "--data-directory", str(target)]
    assert main([*command, "--dry-run", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["timestamp"], report["snapshot"], report["vertices"]) == (10, None, 10)
    assert main([*command, "--until", "soon"]) == 1
    assert "'soon' is no point in time" in capsys.readouterr().err
    assert main([*command, "--until", "11"]) == 1
    assert "It can be restored as of transactions 1 to 10" in capsys.readouterr().err
    assert main(command) == 0
    assert main(command) == 1
    assert "is not empty" in capsys.readouterr().err
    assert main([*command, "--force"]) == 0
    assert "put aside" in capsys.readouterr().out
    assert main(["restore", str(directory)]) == 1


def test_progress_is_a_line_now_and_then() -> None:
    stream, now = io.StringIO(), 0.0
    show = lines(stream, lambda: now)
    for done in range(101):
        now += SECONDS_BETWEEN_LINES / 10
        show("reading", done, 100)
    written_lines = stream.getvalue().splitlines()
    assert len(written_lines) == 10
    assert written_lines[:2] == ["reading: 9 %", "reading: 19 %"]
    now += SECONDS_BETWEEN_LINES
    show("counting", 7, 0)
    assert stream.getvalue().endswith("counting: 7\n")


def test_times_without_a_zone_are_utc() -> None:
    assert parse_point("2026-11-22T10:00") == parse_point(datetime(2026, 11, 22, 10, tzinfo=UTC).isoformat())
