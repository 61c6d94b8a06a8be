"""The same on the real file system: modes, locks, and that the twin and the real layer agree."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import DirectoryInUseError, DirectoryNotOwnedError
from lithograph.durability.files import Files, RealFiles
from support.durable_model import Database, Settings, recovered
from support.files import MemoryFiles


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(data_directory=tmp_path / "deep" / "data")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_commits_snapshots_and_restarts_work_on_the_real_disk(here: Settings) -> None:
    database = Database(RealFiles(), here)
    database.commit_many(15)
    path = database.snapshot()
    database.commit_many(3)
    database.close()
    assert path is not None
    assert path.exists()
    again = Database(RealFiles(), here)
    assert again.committed == list(range(1, 19))
    again.durability.close()


def test_a_killed_process_is_recovered(here: Settings) -> None:
    program = """
import os, sys
from pathlib import Path
from support.durable_model import Database, Settings
from lithograph.durability.files import RealFiles
database = Database(RealFiles(), Settings(data_directory=Path(sys.argv[1])))
database.commit_many(25)
os.kill(os.getpid(), 9)
"""
    done = run_python(program, str(here.data_directory))
    assert done.returncode == -9, done.stderr
    assert recovered(RealFiles(), here) == list(range(1, 26))


def run_python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )


def test_everything_is_private(here: Settings) -> None:
    database = Database(RealFiles(), here)
    database.commit_many(15)
    database.snapshot()
    root = here.data_directory
    assert {mode(path) for path in root.rglob("*") if path.is_dir()} == {0o700}
    assert {mode(path) for path in root.rglob("*") if path.is_file()} == {0o600}
    assert mode(root) == 0o700
    database.durability.close()


def test_a_second_start_in_the_same_process_is_refused_and_says_who_holds_it(here: Settings) -> None:
    first = DataDirectory.open(here.data_directory, RealFiles())
    with pytest.raises(DirectoryInUseError) as caught:
        DataDirectory.open(here.data_directory, RealFiles())
    message = str(caught.value)
    assert message.startswith(
        f"Couldn't acquire lock on the storage directory {here.data_directory} within 0s! Another Lithograph process is "
        "currently running with the same storage directory, please stop it first before restarting this process!"
    )
    assert f"held by process {os.getpid()} on {socket.gethostname()} since 20" in message
    first.close()
    DataDirectory.open(here.data_directory, RealFiles()).close()


def test_a_second_process_is_refused_and_the_lock_goes_with_the_first(here: Settings) -> None:
    program = """
import sys
from pathlib import Path
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import DirectoryInUseError
from lithograph.durability.files import RealFiles
try:
    DataDirectory.open(Path(sys.argv[1]), RealFiles())
except DirectoryInUseError as error:
    sys.exit(str(error))
"""
    first = DataDirectory.open(here.data_directory, RealFiles())
    refused = run_python(program, str(here.data_directory))
    assert refused.returncode == 1
    assert f"held by process {os.getpid()}" in refused.stderr
    first.close()
    assert run_python(program, str(here.data_directory)).returncode == 0
    DataDirectory.open(here.data_directory, RealFiles()).close()


def test_a_directory_of_another_user_is_refused(here: Settings) -> None:
    class Foreign(RealFiles):
        def owned(self, path: Path) -> bool:
            return False

    with pytest.raises(DirectoryNotOwnedError, match="owned by another user"):
        DataDirectory.open(here.data_directory, Foreign())


operations = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.binary(max_size=2000)),
        st.tuples(st.just("truncate"), st.integers(0, 1500)),
        st.tuples(st.just("read"), st.tuples(st.integers(0, 2000), st.integers(0, 2000))),
        st.tuples(st.just("sync"), st.none()),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(operations)
def test_the_twin_in_memory_does_what_the_real_layer_does(
    tmp_path: Path, steps: list[tuple[str, object]]
) -> None:
    folder = tmp_path / "twins"
    outcomes = []
    for files in (RealFiles(), MemoryFiles()):
        outcomes.append(outcome(files, folder, steps))
        if isinstance(files, RealFiles):
            for path in folder.iterdir():
                path.unlink()
    assert outcomes[0] == outcomes[1]


def outcome(files: Files, folder: Path, steps: list[tuple[str, object]]) -> list[object]:
    files.make_directory(folder)
    handle = files.create(folder / "a")
    seen: list[object] = []
    for operation, argument in steps:
        match operation, argument:
            case "write", bytes(data):
                handle.write(data)
            case "truncate", int(size):
                handle.truncate(min(size, handle.size()))
            case "read", (int(offset), int(length)):
                seen.append(handle.read(offset, length))
            case _:
                handle.sync()
        seen.append(handle.size())
    handle.close()
    files.rename(folder / "a", folder / "b")
    files.sync_directory(folder)
    with pytest.raises(FileNotFoundError):
        files.open(folder / "a")
    files.create(folder / "a").close()
    with pytest.raises(FileExistsError):
        files.create(folder / "a")
    files.remove(folder / "a")
    handle = files.append(folder / "b")
    handle.write(b"more")
    seen += [handle.status().links, handle.read(0, 10_000), files.list(folder), files.exists(folder / "a")]
    files.remove(folder / "b")
    seen += [handle.status().links, files.list(folder)]
    handle.close()
    return seen
