"""Temporal values of every type in properties and indexes: through the log, a snapshot and a dump they stay what they are."""

from __future__ import annotations

from typing import Any

from lithograph.server.database import Database
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support.databases import execute, opened
from support.files import MemoryFiles

TYPES = {Date, LocalTime, Time, LocalDateTime, DateTime, Duration}

CREATE = """
UNWIND range(0, 49) AS i
WITH i, duration({days: i, nanoseconds: i}) AS step, datetime({year: 1984, timezone: 'Europe/Stockholm'}) AS start
UNWIND [date('-0044-03-15') + step, localtime({hour: 3}) + step, time({hour: 3, timezone: '-03:30'}) + step,
        localdatetime({year: 1984, week: 9}) + step, start + step, datetime({datetime: start, timezone: '+00:17:01'}) + step,
        duration.between(start, start + duration({months: i, nanoseconds: i}))] AS value
CREATE (:Event {at: value, list: [value, {of: value}]})-[:AT {at: value}]->(:Other {at: [value]})
"""
"""Seven values in each of fifty rows."""

RANGES = {
    "n.at >= date('-0044-04-01') AND n.at < date('-0044-04-11')": 10,
    "n.at > localtime('03:00') AND n.at <= localtime('03:00:00.000000009')": 9,
    "n.at < time('03:00:00.000000020-03:30')": 20,
    "n.at < localdatetime('1984-03-01')": 3,
    "n.at < datetime('1984-01-03T00:00+01:00[Europe/Stockholm]')": 4,
    "n.at = date({year: -44, month: 3, day: 16})": 1,
    "n.at = duration({months: 14, nanoseconds: 14})": 1,
}
"""How many values each holds for."""


async def content(database: Database) -> list[Any]:
    """All values, and what is found of them by index."""
    nodes = await execute(database, "MATCH (n) RETURN n.at, n.list ORDER BY id(n)")
    edges = await execute(database, "MATCH ()-[r]->() RETURN r.at ORDER BY id(r)")
    for condition, count in RANGES.items():
        query = f"MATCH (n:Event) WHERE {condition} RETURN count(*)"
        plan = await execute(database, f"EXPLAIN {query}")
        assert any("ScanAllByLabelProperties" in line for (line,) in plan), plan
        assert await execute(database, query) == [(count,)], condition
    return [nodes, edges]


async def test_they_come_back_from_the_log_and_from_a_snapshot() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, "CREATE INDEX ON :Event(at)")
        await execute(database, CREATE)
        expected = await content(database)
        assert {type(value) for (value,) in expected[1]} == TYPES
    async with opened(files, storage_snapshot_on_exit=True) as database:
        assert await content(database) == expected
    async with opened(files) as database:
        assert await content(database) == expected


async def test_they_come_back_from_a_dump() -> None:
    async with opened() as database:
        await execute(database, "CREATE INDEX ON :Event(at)")
        await execute(database, CREATE)
        expected = await content(database)
        dump = [statement for (statement,) in await execute(database, "DUMP DATABASE")]
    async with opened() as database:
        for statement in dump:
            await execute(database, statement.removesuffix(";"))
        assert await content(database) == expected
