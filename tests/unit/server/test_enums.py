"""Enumerations in a running database: what they wait for, what they are no part of, and that they outlive everything."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from lithograph.cypher.errors import AccessModeError, ArgumentError, ClientTimedOutError
from lithograph.server.database import Database
from lithograph.server.errors import AccessTimeoutError, NotAloneError, UncertainCommitError
from lithograph.storage.check import check
from lithograph.storage.errors import EnumError, WritesRefusedError
from lithograph.storage.values.enums import EnumValue
from support.databases import begin, commit, execute, opened, run_in
from support.files import Fault, FaultKind, MemoryFiles, Survives

CREATE = "CREATE ENUM Status VALUES { Good, Bad }"
RENAME = "ALTER ENUM Status UPDATE VALUE Bad TO Worse"
GOOD, BAD, WORSE = (EnumValue("Status", name) for name in ("Good", "Bad", "Worse"))

MANY = (
    "CREATE INDEX ON :N(s)",
    "UNWIND range(1, 30) AS i CREATE (n:N {i: i, s: CASE WHEN i % 3 = 0 THEN Status::Bad ELSE Status::Good END})",
    "MATCH (n:N {s: Status::Bad}) CREATE (n)-[:T {l: [Status::Bad, {k: Status::Bad}]}]->(:M {s: 'Status::Bad'})",
)


async def filled(database: Database) -> None:
    for text in (CREATE, *MANY):
        await execute(database, text)


async def shown(database: Database) -> list[tuple[object, ...]]:
    assert list(check(database.store)) == []
    return await execute(database, "SHOW ENUMS")


async def content(database: Database) -> tuple[int, int, list[object]]:
    """Of how many nodes the value is Good, of how many another, and the lists at relationships."""
    good = await execute(database, "MATCH (n:N {s: Status::Good}) RETURN n")
    other = await execute(database, "MATCH (n:N) WHERE n.s <> Status::Good RETURN DISTINCT n.s, count(*)")
    lists = await execute(database, "MATCH ()-[r]->(m {s: 'Status::Bad'}) RETURN DISTINCT r.l")
    ((value, number),) = other
    assert lists == [([value, {"k": value}],)]
    return len(good), number, [value]


async def test_enumerations_are_shown_in_the_order_in_which_they_and_their_values_came() -> None:
    async with opened() as database:
        assert await shown(database) == []
        await execute(database, CREATE)
        await execute(database, "CREATE ENUM `An other` VALUES { A }")
        await execute(database, "ALTER ENUM Status ADD VALUE Ugly")
        await execute(database, RENAME)
        assert await shown(database) == [("Status", ["Good", "Worse", "Ugly"]), ("An other", ["A"])]


@pytest.mark.parametrize("text", [CREATE, "ALTER ENUM E ADD VALUE C", "ALTER ENUM E UPDATE VALUE A TO C"])
async def test_no_other_statement_may_stand_beside_one_in_a_transaction(text: str) -> None:
    async with opened() as database:
        await execute(database, "CREATE ENUM E VALUES { A, B }")
        before = await shown(database)
        transaction = begin(database)
        await run_in(transaction, "RETURN 1")
        with pytest.raises(
            NotAloneError, match=r"^Creating or modifying enums is not allowed in multicommand"
        ):
            await run_in(transaction, text)
        with pytest.raises(AccessModeError):
            await run_in(begin(database, read_only=True), text)
        assert await shown(database) == before
        transaction = begin(database)  # as drivers send every statement
        await run_in(transaction, text)
        with pytest.raises(NotAloneError):
            transaction.run("RETURN 1", {})
        transaction.rollback()
        assert await shown(database) == before
        transaction = begin(database)
        await run_in(transaction, text)
        assert await shown(database) == before
        bookmark = await commit(transaction)
        assert bookmark == database.bookmark()
        assert await shown(database) != before


async def test_it_waits_until_other_transactions_are_over_and_they_wait_for_it() -> None:
    async with opened() as database:
        await filled(database)
        reader, writer = begin(database), begin(database)
        assert await run_in(reader, "MATCH (n:N) RETURN count(n)") == [(30,)]
        await run_in(writer, "CREATE (:N {s: Status::Bad})")
        renaming = asyncio.create_task(execute(database, RENAME))
        while database.access.open:
            await asyncio.sleep(0)
        assert not renaming.done()
        assert (await run_in(reader, "MATCH (n:N) WHERE n.s = Status::Bad RETURN count(n)")) == [(10,)]
        reader.rollback()
        await commit(writer)
        await renaming
        assert database.access.open
        assert await content(database) == (20, 11, [WORSE])


async def test_one_that_waits_for_too_long_changes_nothing() -> None:
    async with opened(storage_access_timeout_sec=1) as database:
        await filled(database)
        reader = begin(database)
        with pytest.raises(AccessTimeoutError, match="Cannot get unique access"):
            await execute(database, RENAME)
        reader.rollback()
        assert await shown(database) == [("Status", ["Good", "Bad"])]
        assert await content(database) == (20, 10, [BAD])


async def test_one_whose_time_is_over_changes_nothing() -> None:
    async with opened() as database:
        await filled(database)
        transaction = begin(database, timeout=0.001)
        await run_in(transaction, RENAME)
        while time.monotonic() < (transaction._deadline or 0):
            await asyncio.sleep(0)
        with pytest.raises(ClientTimedOutError):
            await commit(transaction)
        assert await shown(database) == [("Status", ["Good", "Bad"])]
        assert await content(database) == (20, 10, [BAD])


async def test_a_mistake_changes_nothing_and_bars_nobody() -> None:
    async with opened() as database:
        await filled(database)
        for text, message in (
            (CREATE, r"Enum already exists\."),
            ("CREATE ENUM E VALUES { A, B, A }", r"Enum value has duplicate\."),
            ("ALTER ENUM Status ADD VALUE Good", r"Enum value already exists\."),
            (
                "ALTER ENUM Nosuch ADD VALUE Good",
                "Invalid enum 'Nosuch': there is no enumeration Nosuch. There are Status.",
            ),
            (
                "ALTER ENUM Status UPDATE VALUE Nosuch TO A",
                "Invalid enum 'Status::Nosuch': Status has the values Good, Bad.",
            ),
        ):
            with pytest.raises(EnumError, match=f"^{message}$"):
                await execute(database, text)
        assert await shown(database) == [("Status", ["Good", "Bad"])]
        assert await content(database) == (20, 10, [BAD])


async def test_a_map_from_a_client_stays_a_map() -> None:
    async with opened() as database:
        await execute(database, CREATE)
        sent = {"__type": "mg_enum", "__value": "Status::Good"}
        rows = await execute(database, "RETURN $sent, $sent = Status::Good, toEnum($sent.__value)", sent=sent)
        assert rows == [(sent, False, GOOD)]


async def test_a_plan_that_is_kept_follows_the_enumeration() -> None:
    async with opened() as database:
        await filled(database)
        for text, error in (
            ("RETURN Status::Bad", None),
            ("RETURN Status::Worse", "Invalid enum"),
            (RENAME, None),
        ):
            for _ in range(2 if text != RENAME else 1):
                if error is None:
                    await execute(database, text)
                else:
                    with pytest.raises(ArgumentError, match=error):
                        await execute(database, text)
        assert await execute(database, "RETURN Status::Worse") == [(WORSE,)]
        with pytest.raises(ArgumentError, match="Invalid enum 'Status::Bad'"):
            await execute(database, "RETURN Status::Bad")


@pytest.mark.parametrize("how", ["log", "snapshot", "both", "exit", "analytical", "recover"])
async def test_everything_is_there_after_a_restart(how: str) -> None:
    files = MemoryFiles()
    async with opened(files, storage_snapshot_on_exit=how == "exit") as database:
        if how == "analytical":
            await execute(database, "STORAGE MODE IN_MEMORY_ANALYTICAL")
        await filled(database)
        if how == "both":
            await execute(database, "CREATE SNAPSHOT")
        await execute(database, RENAME)
        await execute(database, "ALTER ENUM Status ADD VALUE `Last ``one`")
        if how == "snapshot":
            await execute(database, "CREATE SNAPSHOT")
        if how == "analytical":
            await execute(database, "STORAGE MODE IN_MEMORY_TRANSACTIONAL")
        if how == "recover":
            ((path,),) = await execute(database, "CREATE SNAPSHOT")
            files.place(Path("/backup"), files.contents()[Path(path)])
            await execute(database, "MATCH (n) DETACH DELETE n")
            await execute(database, "CREATE ENUM Later VALUES { A }")
            await execute(database, 'RECOVER SNAPSHOT "/backup" FORCE')
        expected = [("Status", ["Good", "Worse", "Last `one"])]
        assert await shown(database) == expected
        if how != "exit":
            files = files.reboot(Survives.NOTHING)
    async with opened(files) as again:
        assert await shown(again) == expected
        assert await content(again) == (20, 10, [WORSE])
        await execute(again, "CREATE (:N {s: Status::Worse})")
        assert await content(again) == (20, 11, [WORSE])


@pytest.mark.parametrize("kind", [FaultKind.FAIL, FaultKind.SHORT, FaultKind.PARTLY])
async def test_whatever_fails_leaves_the_old_name_everywhere_or_the_new_one(kind: FaultKind) -> None:
    start = MemoryFiles()
    async with opened(start) as database:
        await filled(database)
    found: set[str] = set()
    call, passed = 0, False
    while not passed:
        call += 1
        files = start.copy()
        async with opened(files) as database:
            files.fault = Fault(files.calls + call, kind)
            try:
                await execute(database, RENAME)
                allowed = {WORSE}
            except (WritesRefusedError, UncertainCommitError):
                assert await content(database) == (20, 10, [BAD])
                allowed = {BAD, WORSE}
            passed, files.fault = files.calls < files.fault.at, None
            left = [files.reboot(survives) for survives in Survives]
        for disk in left:
            async with opened(disk) as again:
                ((_, (_, name)),) = await shown(again)  # type: ignore[misc]
                assert await content(again) == (20, 10, [EnumValue("Status", name)])
                assert EnumValue("Status", name) in allowed
                found.add(name)
    assert call > 2
    assert found == {"Bad", "Worse"}


async def test_a_dump_makes_the_same_again() -> None:
    async with opened() as database, opened() as other:
        await filled(database)
        await execute(database, RENAME)
        await execute(database, "CREATE ENUM `Sha'pe` VALUES { Point, `a;b` }")
        await execute(
            database,
            "MATCH (n:N {i: 1}) SET n.t = `Sha'pe`::Point, n.u = `Sha'pe`::`a;b`, n.v = Status::Good",
        )
        dump = await execute(database, "DUMP DATABASE")
        assert [statement for (statement,) in dump[:3]] == [
            "CREATE ENUM Status VALUES { Good, Worse };",
            "CREATE ENUM `Sha\\u0027pe` VALUES { Point, `a\\u003Bb` };",
            "CREATE (:__mg_vertex__:`N` {__mg_id__: 0, `s`: Status::Good, `i`: 1, `t`: `Sha\\u0027pe`::`Point`, "
            "`u`: `Sha\\u0027pe`::`a\\u003Bb`, `v`: Status::Good});",
        ]
        for (statement,) in dump:
            await execute(other, statement)
        assert await shown(other) == await shown(database)
        assert await content(other) == await content(database)
        assert await execute(other, "DUMP DATABASE") == dump
