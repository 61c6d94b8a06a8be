"""The archive of real servers that are killed: it has every transaction that was acknowledged, without a gap."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import pytest

from benchmarks import writers
from benchmarks.server import ServerProcess
from support.servers import connected, serving

pytestmark = pytest.mark.driver

CLIENTS = 3
SMALL = ("--storage-wal-file-size-kib=16", "--storage-snapshot-retention-count=1")
COPY = "import shutil, sys; shutil.copy(*sys.argv[1:])"


def flags(kind: str, archive: Path) -> tuple[str, ...]:
    if kind == "folder":
        return (f"--storage-wal-archive-directory={archive}",)
    archive.mkdir()
    return (f'--storage-wal-archive-command="{sys.executable}" -c "{COPY}" %p "{archive}/%f"',)


@pytest.mark.parametrize("kind", ["folder", "command"])
def test_after_kills_and_a_stop_the_archive_alone_has_all(kind: str, tmp_path: Path) -> None:
    """The retention keeps one snapshot, so most files are in the archive only."""
    archive = tmp_path / "the archive"
    with serving(tmp_path / "data", *SMALL, *flags(kind, archive)) as server:
        with connected(server) as driver:
            writers.set_up(driver, CLIENTS)
        reached = [0] * CLIENTS
        for _ in range(3):
            clients = writers.Writers(server.uri, CLIENTS)
            clients.go_on_from(reached)
            with clients:
                clients.wait_for(40)
                with connected(server) as driver:
                    driver.execute_query("CREATE SNAPSHOT")
                clients.wait_for(80)
                server.kill()
            server.start()
            with connected(server) as driver:
                reached = writers.check(driver, clients.acknowledged)
        wait_for_archive(server)
        assert server.stop() == 0
    rebuilt = tmp_path / "rebuilt"
    (rebuilt / "wal").mkdir(parents=True, mode=0o700)
    for path in archive.iterdir():
        if not path.name.startswith("."):  # a copy that a kill cut short
            shutil.copy(path, rebuilt / "wal")
    with serving(rebuilt) as server, connected(server) as driver:
        assert writers.check(driver, reached) == reached


def wait_for_archive(server: ServerProcess) -> None:
    deadline = time.monotonic() + 60
    with connected(server) as driver:
        while True:
            shown = dict(record.values() for record in driver.execute_query("SHOW STORAGE INFO").records)
            if shown["wal_waiting_for_archive"] == 0:
                return
            assert time.monotonic() < deadline, shown


def test_a_file_goes_to_the_archive_by_its_age(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    by_age = ("--storage-wal-archive-timeout-sec=1", f"--storage-wal-archive-directory={archive}")
    with serving(tmp_path / "data", *by_age) as server, connected(server) as driver:
        driver.execute_query("CREATE ()")
        deadline = time.monotonic() + 60
        while not (archive.is_dir() and [path for path in archive.iterdir() if "_from_" in path.name]):
            assert time.monotonic() < deadline
            driver.execute_query("RETURN 1")
        driver.execute_query("CREATE ()")
