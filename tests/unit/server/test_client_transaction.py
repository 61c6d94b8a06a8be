"""Transactions of clients: which statements they may hold, and what each of them sees."""

from __future__ import annotations

import asyncio
import threading

import pytest

from lithograph.cypher.engine import LONGEST_KEPT
from lithograph.cypher.errors import (
    AccessModeError,
    ArgumentError,
    ClientTimedOutError,
    CypherSyntaxError,
    MemoryLimitError,
    ParameterMissingError,
    TerminatedError,
)
from lithograph.cypher.scalar.patterns import matching
from lithograph.server import lanes
from lithograph.server.database import Database
from lithograph.server.errors import DatabaseNotFoundError, InvalidBookmarkError, NotAloneError
from lithograph.server.session import LONG_TEXT
from lithograph.storage.errors import ConflictError, LithographError
from lithograph.storage.patience import pause
from support.databases import begin, commit, execute, numbers, opened, rows_of, run_in
from support.files import MemoryFiles, Survives

CREATE_INDEX = "CREATE INDEX ON :N(i)"


async def indexes(database: Database) -> list[tuple[object, ...]]:
    return [tuple(row[:2]) for row in await execute(database, "SHOW INDEX INFO")]


# ----------------------------------------------------------------- statements that stand alone


@pytest.mark.parametrize("explicit", [False, True])
async def test_an_index_is_made_and_dropped_by_a_transaction_that_does_nothing_else(explicit: bool) -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, "UNWIND [1, 2] AS i CREATE (:N {i: i})")
        transaction = begin(database, explicit=explicit)
        run = transaction.run(CREATE_INDEX, {})
        assert (await rows_of(run), run.kind, run.columns) == ([], "s", ())
        assert run.summary().statistics.indexes_added == 1
        assert await indexes(database) == [], "not before the commit"
        await commit(transaction)
        assert await indexes(database) == [("label+property", "N")]
    async with opened(files.reboot(Survives.NOTHING)) as again:
        assert await indexes(again) == [("label+property", "N")]
        transaction = begin(again, explicit=explicit)
        await run_in(transaction, "DROP INDEX ON :N(i)")
        await commit(transaction)
        assert await indexes(again) == []


async def test_an_index_of_a_transaction_that_is_rolled_back_is_not_made() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        transaction = begin(database)
        await run_in(transaction, CREATE_INDEX)
        transaction.rollback()
        assert await indexes(database) == []
    async with opened(files.reboot(Survives.EVERYTHING)) as again:
        assert await indexes(again) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (CREATE_INDEX, "Index manipulation"),
        ("DROP INDEX ON :N(i)", "Index manipulation"),
        ("CREATE SNAPSHOT", "Creating snapshots"),
        ("LOCK DATA DIRECTORY", "Locking paths"),
        ("FREE MEMORY", "Free memory query"),
        ("SHOW STORAGE INFO", "Storage information query"),
        ("SHOW INDEX INFO", "Storage information query"),
        ("SHOW CONFIG", "Configuration information query"),
        ("SHOW VERSION", "Version information query"),
        ("SHOW SNAPSHOTS", "Show schema info query"),
    ],
)
async def test_what_stands_alone_is_refused_beside_others_in_memgraphs_words(text: str, name: str) -> None:
    async with opened() as database:
        for texts in ((text, "RETURN 1"), ("RETURN 1", text), (text, text)):
            transaction = begin(database)
            await run_in(transaction, texts[0])
            with pytest.raises(NotAloneError) as refusal:
                await run_in(transaction, texts[1])
            assert refusal.value.message.startswith(
                f"{name} is not allowed in multicommand transactions. A multicommand transaction, also known as "
                "an explicit transaction, groups multiple commands into a single atomic operation."
            )
        assert not database.store.active
        assert await indexes(database) == []


async def test_dump_and_explain_go_with_others() -> None:
    async with opened() as database:
        transaction = begin(database)
        await run_in(transaction, "CREATE (:N {i: 1})")
        assert any("CREATE" in row[0] for row in await run_in(transaction, "DUMP DATABASE"))
        assert await run_in(transaction, "EXPLAIN MATCH (n:N) RETURN n")
        await commit(transaction)


async def test_administration_takes_effect_even_if_nobody_asks_for_its_rows() -> None:
    async with opened() as database:
        transaction = begin(database)
        run = transaction.run("CREATE SNAPSHOT", {})
        assert run.kind != "r", "so that a session drains it before it commits"
        await run.drain()
        await run.drain()
        assert await commit(transaction) == "lithograph:0"
        assert len(await execute(database, "SHOW SNAPSHOTS")) == 1


async def test_the_loop_answers_while_a_regular_expression_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The match is in a worker from the beginning; in between attempts it asks whether to go on."""
    begun, go = threading.Event(), threading.Event()

    def asked() -> None:
        begun.set()
        assert go.wait(30)
        pause()

    monkeypatch.setattr(matching, "pause", asked)
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 1})")
        matching_it = asyncio.create_task(execute(database, f"RETURN '{'a' * 80}!' =~ '(a|aa)+' AS x"))
        assert await asyncio.to_thread(begun.wait, 30)
        assert await execute(database, "MATCH (n:N) RETURN n.i") == [(1,)]
        monkeypatch.setattr(matching, "LONGEST_MATCH", 0.01)
        go.set()
        with pytest.raises(ArgumentError, match="=~ gave up"):
            await matching_it


async def test_the_loop_answers_while_an_index_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made in a thread of its own; what needs the latch waits in other threads, not on the loop."""
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 1})")
        catalog, begun, go = database.store.vertex_indexes, threading.Event(), threading.Event()
        original = catalog.create

        def slow(label: str, keys: tuple[str, ...]) -> None:
            begun.set()
            assert go.wait(30)
            original(label, keys)

        monkeypatch.setattr(catalog, "create", slow)
        undone = begin(database)
        await run_in(undone, "CREATE (:N {i: 3})")
        making = asyncio.create_task(execute(database, CREATE_INDEX))
        assert await asyncio.to_thread(begun.wait, 30)
        reading = asyncio.create_task(execute(database, "MATCH (n:N) RETURN n.i"))
        writing = asyncio.create_task(execute(database, "CREATE (:N {i: 2})"))
        await asyncio.sleep(0)
        undone.rollback()
        go.set()
        await asyncio.gather(making, reading, writing)
        assert await numbers(database) == [1, 2]
        assert await execute(database, "MATCH (n:N {i: 2}) RETURN n.i") == [(2,)]
        assert await execute(database, "MATCH (n:N {i: 3}) RETURN n.i") == []


# -------------------------------------------------------------------------------- what it sees


async def test_a_transaction_sees_the_graph_as_it_began_and_its_own_writes() -> None:
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 1})")
        transaction = begin(database)
        await execute(database, "CREATE (:N {i: 2})")
        await run_in(transaction, "CREATE (:N {i: 3})")
        seen = await run_in(transaction, "MATCH (n:N) RETURN n.i ORDER BY n.i")
        assert seen == [(1,), (3,)]
        await commit(transaction)
        assert await numbers(database) == [1, 2, 3]


@pytest.mark.parametrize("level", ["READ_COMMITTED", "READ_UNCOMMITTED"])
async def test_read_committed_sees_what_others_committed_between_its_statements(level: str) -> None:
    async with opened(isolation_level=level) as database:
        await execute(database, "CREATE (:N {i: 1})")
        transaction, other = begin(database), begin(database)
        await run_in(other, "MATCH (n:N) SET n.i = 2")
        assert await run_in(transaction, "MATCH (n:N) RETURN n.i") == [(1,)]
        await commit(other)
        assert await run_in(transaction, "MATCH (n:N) RETURN n.i") == [(2,)]
        await run_in(transaction, "MATCH (n:N) SET n.i = n.i + 1")
        await commit(transaction)
        assert await numbers(database) == [3], "it saw the other's write, so that there was no conflict"


async def test_under_read_committed_a_result_being_read_stays_as_it_began() -> None:
    async with opened(isolation_level="READ_COMMITTED") as database:
        await execute(database, "UNWIND range(1, 5000) AS i CREATE (:N {i: i})")
        transaction = begin(database)
        reading = transaction.run("MATCH (n:N) RETURN n.i", {})
        got = await rows_of(reading, 1)
        await execute(database, "MATCH (n:N) SET n.i = 0")
        also = await run_in(transaction, "MATCH (n:N) RETURN sum(n.i)")
        got += await rows_of(reading)
        assert sum(i for (i,) in got) == 5000 * 5001 // 2
        assert also == [(5000 * 5001 // 2,)]
        assert await run_in(transaction, "MATCH (n:N) RETURN sum(n.i)") == [(0,)]


async def test_bookmarks_name_what_has_been_committed() -> None:
    async with opened() as database:
        transaction = begin(database)
        await run_in(transaction, "CREATE (:N {i: 1})")
        assert await commit(transaction) == "lithograph:1"
        reader = begin(database, bookmarks=["lithograph:0", "lithograph:1"])
        assert await run_in(reader, "MATCH (n:N) RETURN n.i") == [(1,)]
        assert await commit(reader) == "lithograph:1"
        for bookmark in ("FB:kcwQ/wTfJf8rS1WY+GiIKXsCXg6Q", "lithograph:", "lithograph:x", ""):
            with pytest.raises(InvalidBookmarkError) as error:
                begin(database, bookmarks=[bookmark])
            assert error.value.code == "Neo.ClientError.Transaction.InvalidBookmark"
        assert not database.store.active


# ------------------------------------------------------------------------------- what is refused


async def test_writes_are_refused_in_read_mode_before_anything_is_done() -> None:
    async with opened() as database:
        for text in ("CREATE (:N)", "MATCH (n) SET n.i = 1", "MERGE (:N)", CREATE_INDEX):
            transaction = begin(database, read_only=True)
            with pytest.raises(AccessModeError) as error:
                await run_in(transaction, text)
            assert error.value.code == "Neo.ClientError.Statement.AccessMode"
        reader = begin(database, read_only=True)
        assert await run_in(reader, "MATCH (n) RETURN count(*)") == [(0,)]
        await commit(reader)
        assert not database.store.active


async def test_a_missing_parameter_is_named() -> None:
    async with opened() as database:
        with pytest.raises(ParameterMissingError, match="name") as error:
            await run_in(begin(database), "CREATE (:N {i: $name, j: $there})", there=1)
        assert error.value.code == "Neo.ClientError.Statement.ParameterMissing"
        assert await run_in(begin(database), "EXPLAIN RETURN $name")


async def test_a_syntax_error_ends_the_transaction_and_changes_nothing() -> None:
    async with opened() as database:
        transaction = begin(database)
        await run_in(transaction, "CREATE (:N {i: 1})")
        with pytest.raises(CypherSyntaxError):
            await run_in(transaction, "CREATE (:N {i: 1}")
        assert await numbers(database) == []


async def test_only_names_of_the_one_database_are_known() -> None:
    async with opened() as database:
        for name in (None, "", "memgraph", "neo4j", "Neo4j", "lithograph"):
            database.check_database(name)
            begin(database, database=name).rollback()
        for name in ("system", "other"):
            with pytest.raises(DatabaseNotFoundError, match=name):
                begin(database, database=name)


@pytest.mark.parametrize(
    ("text", "control"),
    [
        ("BEGIN", "BEGIN"),
        (" begin ;", "BEGIN"),
        ("BEGIN TRANSACTION;", "BEGIN"),
        ("Commit", "COMMIT"),
        ("commit\ttransaction", "COMMIT"),
        ("ROLLBACK;\n", "ROLLBACK"),
        ("ROLLBACK WORK", None),
        ("COMMIT COMMIT", None),
        ("BEGIN RETURN 1", None),
        ("BEGIN TRANSACTION RETURN " + "1" * 100, None),
        ("BEGIN" + " " * 60 + "RETURN 1", None),
        ("MATCH (n) RETURN n", None),
        ("", None),
        (";", None),
    ],
)
async def test_texts_that_control_transactions(text: str, control: str | None) -> None:
    async with opened() as database:
        assert database.control(text) == control


async def test_ending_twice_does_no_harm() -> None:
    async with opened() as database:
        transaction = begin(database)
        await run_in(transaction, "CREATE (:N {i: 1})")
        await commit(transaction)
        transaction.rollback()
        transaction.rollback()
        assert await numbers(database) == [1]
        loser = begin(database)
        await run_in(loser, "MATCH (n:N) SET n.i = 5")
        loser.rollback()
        loser.rollback()
        with pytest.raises(LithographError):
            await loser.commit()
        assert await numbers(database) == [1]


async def test_deleting_what_another_is_connecting_is_a_conflict() -> None:
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 1}), (:N {i: 2})")
        connecting, deleting = begin(database), begin(database)
        await run_in(connecting, "MATCH (a:N {i: 1}), (b:N {i: 2}) CREATE (a)-[:TO]->(b)")
        with pytest.raises(ConflictError):
            await run_in(deleting, "MATCH (n:N {i: 1}) DELETE n")
        await commit(connecting)
        assert await execute(database, "MATCH (:N)-[r:TO]->(:N) RETURN count(r)") == [(1,)]


async def test_statements_tell_what_kind_they_are() -> None:
    async with opened() as database:
        texts = ("RETURN 1", "CREATE (:N)", "CREATE (n:N) RETURN n", CREATE_INDEX, "SHOW INDEX INFO")
        runs = [begin(database).run(text, {}) for text in texts]
        assert [run.kind for run in runs] == ["r", "w", "rw", "s", "r"]


async def test_a_run_can_be_closed_in_the_middle() -> None:
    async with opened() as database:
        await execute(database, "UNWIND range(1, 3000) AS i CREATE (:N {i: i})")
        transaction = begin(database)
        run = transaction.run("MATCH (n:N) RETURN n", {})
        await rows_of(run, 5)
        run.close()
        run.close()
        assert await commit(transaction) == "lithograph:1"


# ----------------------------------------------------------------- long texts

LONG = f"UNWIND [{', '.join(map(str, range(20_000)))}] AS i CREATE (:N {{i: i}}) RETURN sum(i) AS s"


async def test_a_long_text_is_prepared_beside_the_loop_and_runs_then(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as database:
        transaction = begin(database, explicit=False)
        await transaction.prepare(LONG)
        monkeypatch.setattr(database.engine, "prepare", None)  # nothing is left to prepare
        assert await run_in(transaction, LONG) == [(sum(range(20_000)),)]
        await commit(transaction)


async def test_a_long_text_that_comes_again_needs_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does one that differs from it in literals only."""

    def text(number: int) -> str:
        return "RETURN " + ", ".join(f"{i} + {number} AS column_{i}" for i in range(200))

    assert LONG_TEXT < len(text(1000)) < LONGEST_KEPT
    async with opened() as database:
        transaction = begin(database)
        await transaction.prepare(text(1000))
        monkeypatch.setattr(database.lanes, "offload", None)
        monkeypatch.setattr(lanes, "BUDGET", 30.0)
        for number in (1000, 2000):
            await transaction.prepare(text(number))
            run = transaction.run(text(number), {})
            fetched = run.fetch_now(-1)
            assert fetched is not None
            assert fetched.batches[0].columns == [[i + number] for i in range(200)]
        transaction.rollback()


async def test_another_text_than_the_prepared_one_is_prepared_itself() -> None:
    async with opened() as database:
        transaction = begin(database)
        await transaction.prepare(LONG)
        assert await run_in(transaction, "RETURN 1 AS one") == [(1,)]
        assert await run_in(transaction, "RETURN 2 AS two") == [(2,)]
        transaction.rollback()


async def test_preparing_is_called_off_when_the_transaction_is_cancelled() -> None:
    async with opened() as database:
        transaction = begin(database)
        preparing = asyncio.ensure_future(transaction.prepare(LONG))
        await asyncio.sleep(0)
        transaction.cancel()
        with pytest.raises(TerminatedError):
            await preparing
        transaction.rollback()


async def test_preparing_ends_at_the_deadline_of_the_transaction() -> None:
    async with opened() as database:
        transaction = begin(database, timeout=1e-6)
        with pytest.raises(ClientTimedOutError):
            await transaction.prepare(LONG)
        transaction.rollback()


async def test_preparing_keeps_to_the_memory_limit() -> None:
    async with opened(memory_limit=1) as database:
        transaction = begin(database)
        with pytest.raises(MemoryLimitError):
            await transaction.prepare(LONG)
        transaction.rollback()
