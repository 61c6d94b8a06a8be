"""``lithograph backup`` against real server processes: what it leaves, what it refuses, and what a start on it gives."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.server import HOST, ServerProcess
from lithograph.durability import copying
from lithograph.durability.files import RealFiles
from lithograph.durability.keys import MasterKey
from lithograph.durability.manifest import Manifest, read_manifest
from lithograph.server.app import main
from lithograph.server.client.connection import BoltClient
from support.key_files import hex_key, key_file
from support.servers import serving

pytestmark = pytest.mark.driver

SMALL_FILES = "--storage-wal-file-size-kib=4"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(tmp_path / "data", SMALL_FILES, "--storage-snapshot-retention-count=3") as process:
        yield process


@contextmanager
def client_of(server: ServerProcess) -> Iterator[BoltClient]:
    with BoltClient(HOST, server.port) as client:
        yield client


def lock_status(client: BoltClient) -> str:
    ((status, _, _),) = client.rows("DATA DIRECTORY LOCK STATUS")
    return str(status)


def back_up(server: ServerProcess, target: Path, *flags: str) -> int:
    return main(["backup", str(target), f"--port={server.port}", *flags])


def make(server: ServerProcess, *numbers: int) -> None:
    """A transaction for each number."""
    with client_of(server) as client:
        for number in numbers:
            client.execute("CREATE (:N {i: $i, text: $text})", {"i": number, "text": "x" * 500})


def numbers_in(directory: Path) -> list[int]:
    """What a server finds that is started on a copy of ``directory``."""
    copy = directory.with_name(f"{directory.name} started")
    shutil.copytree(directory, copy)
    with serving(copy) as server, client_of(server) as client:
        return [i for (i,) in client.rows("MATCH (n:N) RETURN n.i ORDER BY n.i")]


def manifest_of(backup: Path) -> Manifest:
    return read_manifest(RealFiles(), backup)


def left_behind(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if ".partial" in path.name]


def test_a_server_starts_on_a_backup_and_has_everything(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(server, 1, 2, 3)
    assert back_up(server, tmp_path / "backups" / "first") == 0
    make(server, 4)
    backup = tmp_path / "backups" / "first"
    assert f"{backup}: " in capsys.readouterr().err
    assert left_behind(backup.parent) == []
    manifest = manifest_of(backup)
    assert manifest.timestamp >= 3
    assert {entry.path: entry.size for entry in manifest.files} == {
        path.relative_to(backup).as_posix(): path.stat().st_size
        for path in backup.rglob("*")
        if path.is_file() and path.name != ".backup.json"
    }
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (backup, *backup.rglob("*"))}
    assert {path: mode for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)} == {}
    with client_of(server) as client:
        assert lock_status(client) == "Data directory is unlocked."
    assert numbers_in(backup) == [1, 2, 3]


def test_a_backup_while_clients_write_has_whole_transactions(server: ServerProcess, tmp_path: Path) -> None:
    stop, enough = threading.Event(), threading.Event()

    def write() -> None:
        with client_of(server) as client:
            number = 0
            while not stop.is_set():
                number += 1
                client.execute("UNWIND [$i, $i] AS i CREATE (:N {i: i})", {"i": number})
                if number == 50:
                    enough.set()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert enough.wait(60)
        assert back_up(server, tmp_path / "backup") == 0
    finally:
        stop.set()
        thread.join()
    found = numbers_in(tmp_path / "backup")
    assert len(found) >= 100
    assert found == sorted([*range(1, len(found) // 2 + 1)] * 2)


def test_a_later_backup_shares_what_an_earlier_one_has_and_is_complete_without_it(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    make(server, *range(30))
    assert back_up(server, first) == 0
    make(server, *range(30, 40))
    capsys.readouterr()
    assert back_up(server, second, f"--since={first}") == 0
    told = capsys.readouterr().err
    shared = [
        path
        for path in second.rglob("*")
        if path.is_file() and (first / path.relative_to(second)).exists() and path.stat().st_nlink == 2
    ]
    assert {path.parent.name for path in shared} == {"snapshots", "wal"}
    assert " new, up to commit" in told
    assert manifest_of(second).based_on == str(first)
    assert not any(path.name.endswith("_current") for path in shared)
    shutil.rmtree(first)
    assert numbers_in(second) == [*range(40)]


def test_a_damaged_file_of_the_earlier_backup_is_not_taken_over(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    make(server, *range(30))
    assert back_up(server, first) == 0
    (snapshot,) = (first / "snapshots").iterdir()
    data = bytearray(snapshot.read_bytes())
    data[-1] ^= 1
    snapshot.write_bytes(data)
    capsys.readouterr()
    assert back_up(server, second, f"--since={first}") == 0
    assert f"{snapshot} is damaged; the file was copied anew." in capsys.readouterr().err
    assert numbers_in(second) == [*range(30)]


def test_the_lock_of_somebody_else_is_left_as_it_was(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(server, 1)
    with client_of(server) as client:
        client.execute("LOCK DATA DIRECTORY")
        assert back_up(server, tmp_path / "backup") == 0
        assert lock_status(client) == "Data directory is locked."
    assert "was locked already, and stays so" in capsys.readouterr().err
    assert numbers_in(tmp_path / "backup") == [1]


def test_what_is_there_is_not_overwritten(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "backup").mkdir()
    assert back_up(server, tmp_path / "backup") == 0
    assert back_up(server, tmp_path / "backup") == 1
    assert "exists and is not an empty directory" in capsys.readouterr().err
    assert back_up(server, server.data_directory / "backup") == 1
    assert "is within the data directory" in capsys.readouterr().err
    assert left_behind(server.data_directory) == []


def test_a_directory_of_another_server_is_refused(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path / "other") as other:
        make(other, 1)
        assert back_up(other, tmp_path / "others") == 0
        capsys.readouterr()
        assert back_up(server, tmp_path / "backup", f"--data-directory={other.data_directory}") == 1
    assert "is not the data directory of the server" in capsys.readouterr().err
    assert back_up(server, tmp_path / "backup", f"--since={tmp_path / 'others'}") == 1
    assert "is a backup of the database" in capsys.readouterr().err
    assert back_up(server, tmp_path / "backup", f"--since={server.data_directory}") == 1
    assert "this is not a backup that was finished" in capsys.readouterr().err
    assert not (tmp_path / "backup").exists()
    assert left_behind(tmp_path) == []
    with client_of(server) as client:
        assert lock_status(client) == "Data directory is unlocked."


def test_the_directory_is_found_wherever_the_server_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with serving(Path(os.path.relpath(tmp_path / "data"))) as server:
        make(server, 1)
        server.log = server.log.absolute()
        monkeypatch.chdir(elsewhere)
        assert back_up(server, Path("backup")) == 0
        assert numbers_in(elsewhere / "backup") == [1]


def test_a_waiting_restore_is_no_time_for_a_backup(
    server: ServerProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(server, 1)
    assert back_up(server, tmp_path / "first") == 0
    make(server, 2)
    with client_of(server) as client:
        for _ in range(4):  # so that the retention removes the first
            client.execute("CREATE SNAPSHOT")
        (snapshot,) = (tmp_path / "first" / "snapshots").iterdir()
        shutil.copy(snapshot, server.data_directory / "snapshots")
        capsys.readouterr()
        assert back_up(server, tmp_path / "second") == 1
        assert "is restored at the next start" in capsys.readouterr().err
        assert lock_status(client) == "Data directory is unlocked."


def test_damage_in_the_source_makes_no_backup(
    server: ServerProcess,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make(server, 1)
    original = copying.list_files

    def damaging(directory: copying.DataDirectory, key_file: Path | None) -> list[copying.SourceFile]:
        listed = original(directory, key_file)
        with (directory.root / listed[0].path).open("r+b") as file:
            file.seek(600)
            file.write(b"damage")
        return listed

    monkeypatch.setattr(copying, "list_files", damaging)
    assert back_up(server, tmp_path / "backup") == 1
    assert "Couldn't recover using any of the specified snapshots!" in capsys.readouterr().err
    assert not (tmp_path / "backup").exists()
    assert left_behind(tmp_path) == []
    with client_of(server) as client:
        assert lock_status(client) == "Data directory is unlocked."


INTERRUPTED_RUN = """
import signal, sys
from lithograph.durability import copying
from lithograph.server.app import main
def wait(*arguments):
    print("copying", flush=True)
    sys.stdin.read()
    raise AssertionError("the signal did not come")
copying.copy_files = wait
signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored where the tests run in the background
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("signal_name", ["SIGINT", "SIGTERM"])
def test_an_interrupted_backup_unlocks_and_leaves_nothing(
    signal_name: str, server: ServerProcess, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", INTERRUPTED_RUN, "backup", str(tmp_path / "b"), f"--port={server.port}"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "copying\n"
        with client_of(server) as client:
            assert lock_status(client) == "Data directory is locked."
            os.kill(process.pid, signal.Signals[signal_name])
            assert process.wait(60) == 130
            assert lock_status(client) == "Data directory is unlocked."
    assert not (tmp_path / "b").exists()
    assert left_behind(tmp_path) == []


def test_a_backup_of_an_encrypted_server_is_encrypted_and_takes_its_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flag = f"--storage-encryption-key-file={key_file(tmp_path / 'keys', hex_key(1))}"
    backup = tmp_path / "backup"
    with serving(tmp_path / "data", SMALL_FILES, flag) as server:
        make(server, 1, 2, 3)
        assert back_up(server, backup) == 1
        told = capsys.readouterr().err
        assert f"It is sealed with key {MasterKey(bytes([1] * 32)).id}, but no key was given." in told
        assert "copying" not in told
        assert not backup.exists()
        assert left_behind(tmp_path) == []
        with client_of(server) as client:
            assert lock_status(client) == "Data directory is unlocked."
        assert back_up(server, backup, flag) == 0
    stored = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    assert len(stored) > 1024
    assert b"xxxx" not in stored
    assert main(["check", str(backup)]) == 1
    assert main(["check", flag, str(backup)]) == 0
    with serving(backup, flag) as server, client_of(server) as client:
        assert [i for (i,) in client.rows("MATCH (n:N) RETURN n.i ORDER BY n.i")] == [1, 2, 3]
