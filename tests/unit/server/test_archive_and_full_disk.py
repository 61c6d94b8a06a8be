"""What clients and operators see of the archive and of a full disk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lithograph.durability import manager
from lithograph.durability.archive import Archiver
from lithograph.durability.errors import ArchiveError, DiskFullError, SnapshotFailedError
from lithograph.server.database import Database
from support.databases import execute, numbers, opened
from support.durable_model import ROOT
from support.files import MemoryFiles

ARCHIVE = Path("/archive")
CREATE = "CREATE (:N {i: $i})"


@pytest.fixture
def archivers(monkeypatch: pytest.MonkeyPatch) -> list[Archiver]:
    """Those of the databases opened in the test, whose threads do not run: the test lets them work."""
    made: list[Archiver] = []
    monkeypatch.setattr(Archiver, "start", lambda archiver: made.append(archiver))
    monkeypatch.setattr(manager, "ARCHIVE_PATIENCE", 0.0)
    return made


async def info(database: Database) -> dict[str, Any]:
    return {row[0]: row[1] for row in await execute(database, "SHOW STORAGE INFO")}


def archive_rows(shown: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(shown[f"wal_{name}"] for name in ("archived_to", "waiting_for_archive", "archive_error"))


async def test_without_an_archive_nothing_is_said_of_one() -> None:
    async with opened() as database:
        assert not [name for name in await info(database) if "archive" in name]


async def test_storage_info_says_how_far_the_archive_is(archivers: list[Archiver]) -> None:
    files = MemoryFiles()
    async with opened(files, storage_wal_archive_directory=str(ARCHIVE)) as database:
        for number in (1, 2):
            await execute(database, CREATE, i=number)
        assert archive_rows(await info(database)) == (0, 0, "")
        await database.finish_file_after(timedelta(0))
        assert archive_rows(await info(database)) == (0, 1, "")
        (name,) = files.list(ROOT / "wal")
        files.place(ARCHIVE / name, b"somebody else's")
        assert not archivers[0].archive_next()
        archived_to, waiting, error = archive_rows(await info(database))
        assert (archived_to, waiting) == (0, 1)
        assert error.startswith(f"{name}: {ARCHIVE / name} is there already, with other content")
        files.delete(ARCHIVE / name)
        assert archivers[0].archive_next()
        assert archive_rows(await info(database)) == (2, 0, "")
        await execute(database, CREATE, i=3)
        assert await numbers(database) == [1, 2, 3]


async def test_a_file_is_finished_for_the_archive_at_its_age_and_not_before(
    archivers: list[Archiver],
) -> None:
    files = MemoryFiles()
    async with opened(files, storage_wal_archive_directory=str(ARCHIVE)) as database:
        await execute(database, CREATE, i=1)
        await database.finish_file_after(timedelta(days=1))
        assert archive_rows(await info(database))[1] == 0
        await database.finish_file_after(timedelta(0))
        await database.finish_file_after(timedelta(0))  # no transaction since, so no file
        assert archive_rows(await info(database))[1] == 1


async def test_an_archive_that_does_not_work_is_in_nobodys_way(
    archivers: list[Archiver],
) -> None:
    async with opened(
        storage_wal_archive_command="no-such-command %p", storage_wal_file_size_kib=1
    ) as database:
        for number in range(60):
            await execute(database, CREATE, i=number)
            archivers[0].archive_next()
        shown = await info(database)
        assert shown["health"] == "ready"
        assert shown["wal_waiting_for_archive"] > 1
        assert "no-such-command" in shown["wal_archive_error"]
        assert await numbers(database) == list(range(60))


async def test_an_archive_in_the_data_directory_is_refused_at_the_start() -> None:
    with pytest.raises(ArchiveError, match="lies in the data directory"):
        async with opened(storage_wal_archive_directory=str(ROOT / "archive")):
            pass


async def test_a_full_disk_while_several_write_and_read() -> None:
    """Reads and health tell what was acknowledged and what is wrong; room that comes is taken by itself."""
    files = MemoryFiles()
    async with opened(files, storage_wal_file_size_kib=1) as database:
        for number in range(10):
            await execute(database, CREATE, i=number)
        files.capacity = sum(map(len, files.contents().values())) + 100
        acknowledged = list(range(10))
        refusals = []
        for number in range(10, 30):
            try:
                await execute(database, CREATE, i=number)
                acknowledged.append(number)
            except DiskFullError as error:
                refusals.append(error)
            assert await numbers(database) == acknowledged
        assert len(refusals) > 10
        assert {error.code for error in refusals} == {"Neo.DatabaseError.Transaction.TransactionLogError"}
        assert not any(error.code.startswith("Neo.TransientError") for error in refusals)
        assert (await info(database))["health"] == f"writes refused: {refusals[-1].message}"
        with pytest.raises(SnapshotFailedError, match="the disk is full"):
            await execute(database, "CREATE SNAPSHOT")
        assert await execute(database, "SHOW SNAPSHOTS") == []
        files.make_room()
        await execute(database, CREATE, i=99)
        assert (await info(database))["health"] == "ready"
        assert len(await execute(database, "CREATE SNAPSHOT")) == 1
    async with opened(files) as again:
        assert await numbers(again) == [*acknowledged, 99]
