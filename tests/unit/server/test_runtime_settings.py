"""Settings at run time: what can be changed, what that does, and what holds over a restart."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from lithograph.config.runtime import RUNTIME_SETTINGS
from lithograph.server.errors import NotAloneError, SettingRefusedError
from lithograph.server.housekeeping import Housekeeping
from support.databases import begin, execute, opened, run_in
from support.files import MemoryFiles, Survives


def setting(name: str, value: str) -> str:
    return f'SET DATABASE SETTING "{name}" TO "{value}"'


async def test_all_settings_are_shown_with_their_values() -> None:
    async with opened(query_execution_timeout_sec=30.0) as database:
        shown = dict(await execute(database, "SHOW DATABASE SETTINGS"))
        assert set(shown) == set(RUNTIME_SETTINGS)
        assert (shown["query.timeout"], shown["storage.snapshot.interval"]) == ("30", "300")
        assert await execute(database, 'SHOW DATABASE SETTING "query.timeout"') == [("30",)]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ('SHOW DATABASE SETTING "x"', "Unknown setting name 'x'"),
        (setting("query.timout", "1"), "Unknown setting name 'query.timout'. Did you mean 'query.timeout'?"),
        (setting("query.timeout", "soon"), "a number from 0"),
        (setting("log.level", "LOUD"), "one of TRACE"),
        (setting("storage.snapshot.interval", "often"), "an integer period in seconds or as a 6-field cron"),
        (setting("storage.snapshot.interval", "1 2 3"), "an integer period in seconds or as a 6-field cron"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(statement: str, words: str) -> None:
    async with opened() as database:
        before = await execute(database, "SHOW DATABASE SETTINGS")
        with pytest.raises(SettingRefusedError, match=words):
            await execute(database, statement)
        assert await execute(database, "SHOW DATABASE SETTINGS") == before


async def test_a_change_is_in_force_at_once() -> None:
    async with opened() as database:
        assert await execute(database, setting("query.timeout", "1.5")) == []
        assert database.settings.query_execution_timeout_sec == 1.5
        await execute(database, setting("server.name", "Neo4j/5 (mine)"))
        assert database.agent == "Neo4j/5 (mine)"
        assert ("query_execution_timeout_sec", "600", "1.5") in [
            row[:3] for row in await execute(database, "SHOW CONFIG")
        ]


async def test_what_is_kept_holds_over_a_crash_a_snapshot_and_a_restart_and_wins_over_the_flag() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, setting("server.name", "Neo4j/5 (first)"))
        await execute(database, setting("server.name", "Neo4j/5 (kept)"))
        await execute(database, setting("query.timeout", "7"))
        crashed = files.reboot(Survives.NOTHING)
        await execute(database, "CREATE SNAPSHOT")
        only_snapshot = files.reboot(Survives.NOTHING)
        for path in [path for path in only_snapshot.contents() if path.parent.name == "wal"]:
            only_snapshot.delete(path)
    for disk in (crashed, only_snapshot):
        async with opened(disk, bolt_server_name_for_init="Neo4j/5 (flag)") as database:
            assert database.agent == "Neo4j/5 (kept)"
            assert database.settings.query_execution_timeout_sec == 600


async def test_a_kept_value_that_makes_no_sense_any_more_is_left_alone() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        transaction = database.store.begin()
        await database.lanes.exclusively(
            lambda: transaction.change_setting("storage.access_timeout_sec", "never")
        )
        await database.commit(transaction)
    async with opened(files) as database:
        assert database.settings.storage_access_timeout_sec == 1


async def test_the_interval_of_snapshots_changes_while_somebody_sleeps_through_it() -> None:
    async def next_snapshot() -> list[tuple[object, ...]]:
        for _ in range(5):
            await asyncio.sleep(0)
        return await execute(database, "SHOW NEXT SNAPSHOT")

    files = MemoryFiles()
    async with opened(files) as database, Housekeeping(database):
        await execute(database, setting("storage.snapshot.interval", ""))
        assert await next_snapshot() == []
        await execute(database, setting("storage.snapshot.interval", "0 0 3 1 1 *"))
        ((_, moment),) = await next_snapshot()
        assert str(moment).startswith(("2027-01-01T03:00:00", f"{datetime.now(UTC).year + 1}-01-01T03:00:00"))
        await execute(database, setting("storage.snapshot.interval", "3600"))
        await next_snapshot()
        assert database.next_snapshot is not None
        assert database.next_snapshot - datetime.now(UTC) <= timedelta(hours=1)
        await execute(database, "CREATE ()")
        await execute(database, setting("storage.snapshot.interval", "1"))
        async with asyncio.timeout(30):
            while not any(path.parent.name == "snapshots" for path in files.contents()):
                await asyncio.sleep(0.01)


async def test_settings_are_no_part_of_a_transaction() -> None:
    async with opened() as database:
        transaction = begin(database)
        await run_in(transaction, "CREATE ()")
        with pytest.raises(NotAloneError, match="Configuring settings is not allowed in multicommand"):
            await run_in(transaction, setting("query.timeout", "1"))


async def test_the_status_of_the_lock_says_since_when_and_by_whom() -> None:
    async with opened() as database:
        assert await execute(database, "DATA DIRECTORY LOCK STATUS") == [
            ("Data directory is unlocked.", None, None)
        ]
        assert await execute(database, "LOCK DATA DIRECTORY") == [("Data directory is now locked.",)]
        ((text, since, by),) = await execute(database, "DATA DIRECTORY LOCK STATUS")
        assert (text, by) == ("Data directory is locked.", "a test")
        assert datetime.fromisoformat(str(since)) <= datetime.now(UTC)
