"""The tools on sealed directories: with the key, without it, and with the key of only some files."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from lithograph.durability import copying
from lithograph.durability.check import CheckReport, check
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import WrongKeyError
from lithograph.durability.files import RealFiles
from lithograph.durability.framing import HEADER_SIZE
from lithograph.durability.header import read_snapshot
from lithograph.durability.history import spans
from lithograph.durability.inspect import Record, inspect
from lithograph.durability.keys import NO_KEYS, Keys, MasterKey
from lithograph.durability.point import UpToTransaction
from lithograph.durability.rebuild import RestoreReport, restore
from lithograph.durability.source import Source
from lithograph.server.app import main
from lithograph.server.commands.keys import KEY_FILE_VARIABLE
from support.durable_model import ROOT, Settings
from support.durable_store import ROOMY, StoreDatabase
from support.files import MemoryFiles
from support.key_files import hex_key, key_file

TARGET = Path("/target")
MARK = b"User"
"""A label that is in every readable log and snapshot."""

KeyFileOf = Callable[..., str]


@pytest.fixture
def file_of(tmp_path: Path) -> KeyFileOf:
    """Makes a key file with these keys, by number; the first is the current one."""
    return lambda *numbers: key_file(tmp_path / f"keys{'-'.join(map(str, numbers))}", *map(hex_key, numbers))


def keys(*numbers: int) -> Keys:
    return Keys(tuple(MasterKey(bytes([number] * 32)) for number in numbers))


def id_of(number: int) -> str:
    return keys(number).ids[0]


def sealed(path: str, settings: Settings = ROOMY) -> Settings:
    return replace(settings, storage_encryption_key_file=path)


def source(*lives: str) -> MemoryFiles:
    """For each key file a life of the database with 9 transactions, a snapshot and 9 more."""
    files = MemoryFiles()
    for path in lives:
        running = StoreDatabase(files, sealed(path))
        running.create_many(9)
        running.snapshot()
        running.create_many(9)
        running.close()
    return files


def on_disk(path: str, directory: Path) -> Path:
    running = StoreDatabase(RealFiles(), replace(sealed(path), data_directory=directory))
    running.create_many(3)
    running.snapshot()
    running.create_many(3)
    running.close()
    return directory


def everything(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


# ------------------------------------------------------------------------------------------- restore


def written(files: MemoryFiles, report: RestoreReport) -> tuple[bytes, str | None]:
    """What a restore wrote: the bytes, and the id of the key that they take."""
    assert report.snapshot is not None
    with closing(files.open(report.snapshot)) as handle:
        return files.contents()[report.snapshot], read_snapshot(handle, report.snapshot)[1].key_id


@pytest.mark.parametrize("until", [5, 9, 14, 18])
def test_a_sealed_directory_taken_back_to_a_point_is_sealed(file_of: KeyFileOf, until: int) -> None:
    files = source(file_of(1))
    report = restore(ROOT, TARGET, until=UpToTransaction(until), files=files, keys=keys(1))
    content, key = written(files, report)
    assert key == id_of(1)
    assert MARK not in content
    running = StoreDatabase(files, replace(sealed(file_of(1)), data_directory=TARGET))
    assert running.numbers() == list(range(1, until + 1))


def test_what_is_restored_is_sealed_with_the_current_key_whatever_the_source_was(file_of: KeyFileOf) -> None:
    for files, given in ((source(file_of(1)), keys(2, 1)), (source(""), keys(2))):
        content, key = written(files, restore(ROOT, TARGET, files=files, keys=given))
        assert key == id_of(2)
        assert MARK not in content


def test_a_restore_in_place_changes_the_key_at_once(file_of: KeyFileOf) -> None:
    files = source(file_of(1))
    report = restore(ROOT, ROOT, force=True, files=files, keys=keys(2, 1))
    assert written(files, report)[1] == id_of(2)
    running = StoreDatabase(files, sealed(file_of(2)))
    assert running.numbers() == list(range(1, 19))


@pytest.mark.parametrize("until", [None, UpToTransaction(5)])
@pytest.mark.parametrize(("given", "at_hand"), [(NO_KEYS, "no key was given"), (keys(7), id_of(7))])
def test_a_restore_without_the_key_names_it_and_writes_nothing(
    file_of: KeyFileOf, until: UpToTransaction | None, given: Keys, at_hand: str
) -> None:
    files = source(file_of(1))
    before = files.contents()
    with pytest.raises(WrongKeyError, match=f"sealed with key {id_of(1)}, but .*{at_hand}") as caught:
        restore(ROOT, TARGET, until=until, files=files, keys=given)
    assert caught.value.key_id == id_of(1)
    assert files.contents() == before


# --------------------------------------------------------------------------------------------- check


def checked(files: MemoryFiles, given: Keys) -> CheckReport:
    before = files.contents()
    report = check(ROOT, files, keys=given)
    assert files.contents() == before
    return report


def test_check_reads_a_sealed_directory_with_its_key(file_of: KeyFileOf) -> None:
    files = source(file_of(1))
    report = checked(files, keys(1))
    assert report.fine
    assert report.recoverable is not None
    assert (report.recoverable.timestamp, report.recoverable.vertices) == (18, 18)
    assert [(span.first, span.last) for span in report.history] == [(1, 18)]


def test_check_without_the_key_says_for_each_file_which_one_it_takes(file_of: KeyFileOf) -> None:
    files = source(file_of(1))
    report = checked(files, NO_KEYS)
    assert not report.fine
    assert report.locked == report.files
    assert report.damaged == ()
    assert {file.problem for file in report.files} == {
        f"It is sealed with key {id_of(1)}, but no key was given."
    }
    assert report.refusal is not None
    assert id_of(1) in report.refusal
    assert report.history == ()


def test_a_file_that_no_start_needs_and_whose_key_is_gone_is_locked_and_not_fine(file_of: KeyFileOf) -> None:
    files = source(file_of(1), file_of(2, 1))
    report = checked(files, keys(2))
    assert report.refusal is None
    assert report.recoverable is not None
    assert report.recoverable.vertices == 36
    assert report.locked
    assert not report.fine
    assert checked(files, keys(2, 1)).fine


def test_the_history_without_the_old_key_begins_where_the_new_one_reaches(file_of: KeyFileOf) -> None:
    files = source(file_of(1), file_of(2, 1))
    for given, expected in (((2, 1), [(1, 36)]), ((2,), [(27, 36)])):
        found = spans(Source.open(ROOT, files, keys=keys(*given)))
        assert [(span.first, span.last) for span in found] == expected


# ------------------------------------------------------------------------------------------- inspect


def test_inspect_shows_the_header_to_everybody_and_the_content_with_the_key(file_of: KeyFileOf) -> None:
    files = source(file_of(1))
    for path in files.contents():
        reading = inspect(path, files)
        header: Record = next(reading)
        with pytest.raises(WrongKeyError, match=id_of(1)):
            next(reading)
        assert (header["key"], header["compressed"]) == (id_of(1), False)
        records = list(inspect(path, files, keys=keys(1)))
        assert records[0] == header
        offsets = [record["offset"] for record in records[1:]]
        sizes = [record["bytes"] + HEADER_SIZE for record in records[1:-1]]
        assert [after - before for before, after in pairwise(offsets)] == sizes
        assert any("CreateVertices" in record.get("counts", {}) for record in records)


def test_inspect_says_nothing_of_keys_where_nothing_is_sealed() -> None:
    files = source("")
    for path in files.contents():
        assert not {"key", "compressed"} & next(iter(inspect(path, files))).keys()


# ------------------------------------------------------------------------------------------- backups


def test_a_copy_is_checked_with_its_keys_and_remarks_name_those_that_are_missing(file_of: KeyFileOf) -> None:
    files = source(file_of(1), file_of(2, 1))
    for given in ((2, 1), (1, 2)):
        plan, remarks = copying.check_copy(DataDirectory(ROOT, files, keys=keys(*given)), lambda size: None)
        assert (plan.timestamp, remarks) == (36, [])
    plan, remarks = copying.check_copy(DataDirectory(ROOT, files, keys=keys(2)), lambda size: None)
    assert plan.timestamp == 36
    assert len([remark for remark in remarks if id_of(1) in remark]) == len(remarks) > 1
    with pytest.raises(WrongKeyError, match=id_of(2)):
        copying.check_copy(DataDirectory(ROOT, files, keys=keys(1)), lambda size: None)


def test_a_snapshot_tells_before_the_copy_whether_the_key_is_there(file_of: KeyFileOf) -> None:
    files = source(file_of(1))
    (name,) = DataDirectory(ROOT, files).snapshot_names()
    copying.check_key(DataDirectory(ROOT, files, keys=keys(3, 1)), name)
    with pytest.raises(WrongKeyError, match=id_of(1)):
        copying.check_key(DataDirectory(ROOT, files), name)


def test_a_key_file_in_the_data_directory_is_not_copied_with_the_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    DataDirectory.open(data, RealFiles()).close()
    secret = Path(key_file(data / "keys", hex_key(1)))
    (data / "notes").touch()
    directory = DataDirectory(data, RealFiles())
    for given, expected in ((secret, ["notes"]), (data / "wal" / ".." / "keys", ["notes"])):
        assert [str(file.path) for file in copying.list_files(directory, given)] == expected
    assert [str(file.path) for file in copying.list_files(directory)] == ["keys", "notes"]


# ---------------------------------------------------------------------------------- the command line


@pytest.fixture
def data(file_of: KeyFileOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(KEY_FILE_VARIABLE, raising=False)
    return on_disk(file_of(1), tmp_path / "data")


def test_every_command_takes_the_key_file_as_a_flag(
    data: Path, file_of: KeyFileOf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flag = f"--storage-encryption-key-file={file_of(1)}"
    assert main(["check", flag, str(data)]) == 0
    assert "all is fine" in capsys.readouterr().out
    assert main(["inspect", flag, str(data)]) == 0
    shown = capsys.readouterr().out
    assert "CreateVertices" in shown
    assert f"  key           {id_of(1)}" in shown
    target = tmp_path / "target"
    assert main(["restore", flag, str(data), "--data-directory", str(target), "--until", "4"]) == 0
    assert len(everything(target)) > 512
    assert MARK not in everything(target)
    assert main(["check", flag, "--json", str(target)]) == 0
    capsys.readouterr()


def test_every_command_without_the_key_names_it(
    data: Path, file_of: KeyFileOf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reason = f"It is sealed with key {id_of(1)}, but no key was given."
    target = tmp_path / "target"
    assert main(["check", str(data)]) == 1
    told = capsys.readouterr()
    assert reason in told.out
    assert "locked" in told.out
    assert reason in told.err
    assert "--storage-encryption-key-file" in told.err
    assert main(["inspect", str(data)]) == 1
    told = capsys.readouterr()
    assert told.out.count(f"  key           {id_of(1)}") == told.err.count(reason) > 1
    assert main(["restore", str(data), "--data-directory", str(target)]) == 1
    assert reason in capsys.readouterr().err
    assert everything(target) == b""


def test_without_the_flag_the_variable_of_the_server_counts(
    data: Path, file_of: KeyFileOf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(KEY_FILE_VARIABLE, file_of(1))
    assert main(["check", "--json", str(data)]) == 0
    assert json.loads(capsys.readouterr().out)["fine"] is True
    assert main(["check", "--storage-encryption-key-file=", str(data)]) == 1
    assert "no key was given" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "inspect", "restore", "backup"])
def test_a_key_file_that_cannot_be_used_is_one_line(
    command: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing"
    more = ["--data-directory", str(tmp_path / "target")] if command == "restore" else []
    words = [command, str(tmp_path / "backup" if command == "backup" else data), *more]
    assert main([*words, f"--storage-encryption-key-file={missing}"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert f"{missing}: The key file cannot be read" in told.err
    assert "Traceback" not in told.err
