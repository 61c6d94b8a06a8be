"""SET DATABASE SETTING and SHOW DATABASE SETTING(S): texts, what follows from a change, what a restart keeps."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import structlog

from lithograph.config.logging import configure
from lithograph.config.settings import Settings
from lithograph.server.database import Database
from lithograph.server.errors import NotAloneError, SettingError
from lithograph.server.housekeeping import Housekeeping
from lithograph.storage.errors import LithographError, WritesRefusedError
from support.databases import begin, execute, numbers, opened, run_in
from support.files import Fault, FaultKind, MemoryFiles, Survives

INTERVAL = "storage.snapshot.interval"

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


async def set_to(database: Database, name: str, value: str) -> None:
    assert await execute(database, f'SET DATABASE SETTING "{name}" TO "{value}"') == []


async def value_of(database: Database, name: str) -> str:
    ((value,),) = await execute(database, f'SHOW DATABASE SETTING "{name}"')
    assert (name, value) in await execute(database, "SHOW DATABASE SETTINGS")
    return str(value)


def snapshots(files: MemoryFiles) -> list[Path]:
    return [path for path in files.contents() if path.parent.name == "snapshots"]


async def test_the_columns_are_memgraphs() -> None:
    async with opened() as database:
        for text, columns in (
            ("SHOW DATABASE SETTINGS", ("setting_name", "setting_value")),
            ('SHOW DATABASE SETTING "log.level"', ("setting_value",)),
            ('SET DATABASE SETTING "log.level" TO "INFO"', ()),
        ):
            assert begin(database, explicit=False).run(text, {}).columns == columns


async def test_changes_are_in_force_at_once_and_shown_everywhere() -> None:
    async with opened() as database:
        await set_to(database, "query.timeout", "12.5")
        assert await value_of(database, "query.timeout") == "12.5"
        assert database.settings.query_execution_timeout_sec == 12.5
        config = {row[0]: row[2] for row in await execute(database, "SHOW CONFIG")}
        assert config["query_execution_timeout_sec"] == "12.5"
        await set_to(database, "server.name", "Neo4j/5.1 of mine")
        assert database.agent == "Neo4j/5.1 of mine"


async def test_a_query_is_ended_after_the_timeout_that_was_set() -> None:
    async with opened() as database:
        await set_to(database, "query.timeout", "0.01")
        with pytest.raises(LithographError) as told:
            await execute(
                database, "UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS j RETURN count(*)"
            )
        assert "TransactionTimedOut" in told.value.code


@pytest.mark.parametrize(
    ("statement", "complaint"),
    [
        ('SET DATABASE SETTING "x" TO "1"', "Unknown setting name 'x'"),
        ('SHOW DATABASE SETTING "x"', "Unknown setting name 'x'"),
        (f'SET DATABASE SETTING "{INTERVAL}" TO "often"', "Snapshot interval can be defined as an integer"),
        ('SET DATABASE SETTING "log.level" TO "LOUD"', "one of TRACE"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(statement: str, complaint: str) -> None:
    async with opened() as database:
        before = await execute(database, "SHOW DATABASE SETTINGS")
        with pytest.raises(SettingError, match=complaint):
            await execute(database, statement)
        assert await execute(database, "SHOW DATABASE SETTINGS") == before


@pytest.mark.parametrize(
    "statement", ['SET DATABASE SETTING "log.level" TO "INFO"', 'SHOW DATABASE SETTING "log.level"']
)
async def test_settings_are_no_part_of_a_transaction(statement: str) -> None:
    async with opened() as database:
        transaction = begin(database)
        await run_in(transaction, "CREATE ()")
        with pytest.raises(NotAloneError, match="settings is not allowed in multicommand transactions"):
            await run_in(transaction, statement)


@pytest.mark.parametrize("how", ["log", "snapshot", "exit"])
async def test_the_server_name_outlives_a_restart_and_nothing_else_does(how: str) -> None:
    files = MemoryFiles()
    async with opened(files, storage_snapshot_on_exit=how == "exit") as database:
        await execute(database, "CREATE (:N {i: 1})")
        for value in ("Neo4j/first", "Neo4j/second"):
            await set_to(database, "server.name", value)
        await set_to(database, "query.timeout", "5")
        await set_to(database, INTERVAL, "7")
        if how == "snapshot":
            await execute(database, "CREATE SNAPSHOT")
        if how != "exit":
            files = files.reboot(Survives.NOTHING)
    if how != "log":
        for path in [path for path in files.contents() if path.parent.name == "wal"]:
            files.delete(path)
    async with opened(files, bolt_server_name_for_init="Neo4j/flag") as again:
        assert again.agent == "Neo4j/second"
        assert await numbers(again) == [1]
        assert await value_of(again, "query.timeout") == "600"
        assert await value_of(again, INTERVAL) == "300"


async def test_a_name_that_cannot_be_made_durable_is_not_in_force() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        before = database.agent
        files.fault = Fault(files.calls + 1, FaultKind.BROKEN)
        with pytest.raises(WritesRefusedError):
            await set_to(database, "server.name", "Neo4j/lost")
        assert database.agent == before
        assert "server.name" not in database.store.settings
        await set_to(database, "query.timeout", "5")
        files.fault, files._broken = None, False


async def test_the_times_of_periodic_snapshots_change_at_once() -> None:
    files = MemoryFiles()
    async with opened(files, storage_snapshot_interval_sec=600_000) as database, Housekeeping(database):
        await asyncio.sleep(0)
        await execute(database, "CREATE (:N {i: 1})")
        ((_, far),) = await execute(database, "SHOW NEXT SNAPSHOT")
        await set_to(database, INTERVAL, "")
        assert await execute(database, "SHOW NEXT SNAPSHOT") == []
        assert await value_of(database, INTERVAL) == ""
        await set_to(database, INTERVAL, "1000")
        ((_, near),) = await execute(database, "SHOW NEXT SNAPSHOT")
        assert near < far
        assert snapshots(files) == []
        await set_to(database, INTERVAL, "* * * * * *")
        async with asyncio.timeout(30):
            while not snapshots(files):
                await asyncio.sleep(0.02)


async def test_periodic_snapshots_can_be_begun_where_there_were_none() -> None:
    files = MemoryFiles()
    settings = {"storage_wal_enabled": False, "storage_snapshot_interval_sec": 0}
    async with opened(files, **settings) as database, Housekeeping(database):
        await execute(database, "CREATE (:N {i: 1})")
        assert await execute(database, "SHOW NEXT SNAPSHOT") == []
        await set_to(database, INTERVAL, "* * * * * *")
        async with asyncio.timeout(30):
            while not snapshots(files):
                await asyncio.sleep(0.02)


async def test_the_level_of_the_log_changes_for_loggers_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    configure(Settings(log_level="WARNING"))
    logger = structlog.get_logger("test").bind(which="kept")
    logger.info("one")
    async with opened() as database:
        await set_to(database, "log.level", "INFO")
        logger.info("two")
        await set_to(database, "log.level", "ERROR")
        logger.warning("three")
        logger.error("four")
    told = capsys.readouterr().err
    assert [word for word in ("one", "two", "three", "four") if f'"{word}"' in told] == ["two", "four"]
