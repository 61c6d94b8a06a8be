"""Two lanes: what runs where, what waits for what, and how it is stopped. Driven by events, never by clocks."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from typing import Any

import pytest

from lithograph.cypher.errors import ClientTimedOutError, CypherError, TerminatedError, TimedOutError
from lithograph.cypher.execution import Execution
from lithograph.server import lanes
from lithograph.server.backend import Run
from lithograph.server.lanes import HEAVY, Lanes
from lithograph.storage.latch import Latch
from support.databases import Parked, begin, commit, execute, opened, rows_of, run_in

SLOW = (
    "UNWIND range(1, 1000) AS a UNWIND range(1, 1000) AS b UNWIND range(1, 1000) AS c UNWIND range(1, 1000) AS d "
    "WITH a WHERE a < 0 RETURN a"
)
"""Does not end by itself, but looks up often."""


class Threads:
    """Where steps of statements ran."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        original = Execution.step

        def step(execution: Execution) -> Any:
            self.names.append(threading.current_thread().name.split("_")[0])
            return original(execution)

        monkeypatch.setattr(Execution, "step", step)

    def taken(self) -> set[str]:
        names, self.names = set(self.names), []
        return names


async def has_begun(parked: Parked) -> None:
    assert await asyncio.to_thread(parked.begun.wait, 30)


# ------------------------------------------------------------------------------------ the lanes


async def test_short_statements_run_on_the_loop_and_heavy_ones_in_a_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "BUDGET", 1e9)
    async with opened() as database:
        threads = Threads(monkeypatch)
        await execute(database, "CREATE (:N {i: 1})")
        await execute(database, "MATCH (n:N) RETURN n")
        await execute(database, "UNWIND $rows AS i RETURN i", rows=[1] * (HEAVY - 1))
        assert threads.taken() == {"MainThread"}
        await execute(database, "UNWIND $rows AS i RETURN i", rows=[1] * HEAVY)
        assert threads.taken() == {"lithograph-worker"}
        await execute(database, "UNWIND range(1, $n) AS i RETURN count(i)", n=3)
        assert threads.taken() == {"lithograph-worker"}
        await execute(database, "RETURN [x IN [1, 2] WHERE any(y IN [2, 3] WHERE x = y)]")
        assert threads.taken() == {"lithograph-worker"}
        await execute(database, "RETURN [x IN [1, 2] WHERE x = 2]")
        assert threads.taken() == {"MainThread"}


async def test_a_statement_over_its_budget_goes_on_in_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as database:
        await execute(database, "UNWIND range(1, 5000) AS i CREATE (:N {i: i})")
        threads = Threads(monkeypatch)
        monkeypatch.setattr(lanes, "BUDGET", -1.0)
        assert len(await execute(database, "MATCH (n:N) RETURN n.i")) == 5000
        assert threads.taken() == {"lithograph-worker"}


async def test_point_reads_are_answered_at_once_while_a_worker_is_inside_a_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "BUDGET", 30.0)  # on a machine however slow
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 7})")
        analytical = [begin(database).run("MATCH (n) RETURN n.i", {}) for _ in range(6)]
        parked = [Parked(run) for run in analytical]
        tasks = [asyncio.create_task(run.fetch(-1)) for run in analytical]
        for each in parked[:4]:
            await has_begun(each)
        for _ in range(3):
            point = begin(database, explicit=False).run("MATCH (n:N {i: $i}) RETURN n.i", {"i": 7})
            fetched = point.fetch_now(-1)
            assert fetched is not None, "no thread was needed"
            assert fetched.batches[0].columns == [[7]]
        for each in parked:
            each.go.set()
        await asyncio.gather(*tasks)


@pytest.mark.parametrize(
    "text", ["RETURN 1", "UNWIND $rows AS i RETURN i", "UNWIND $rows AS i CREATE (:N {i: i})"]
)
async def test_a_statement_that_is_over_goes_at_once_and_not_with_a_collection_of_cycles(text: str) -> None:
    async with opened() as database:
        began = time.monotonic()
        gc.disable()
        try:
            transaction = begin(database)
            run = transaction.run(text, {"rows": [1] * HEAVY})
            over = weakref.ref(run)
            await rows_of(run)
            await commit(transaction)
            del run, transaction
            while over() is not None and time.monotonic() < began + 10:  # the worker lets go of it last
                await asyncio.sleep(0.001)
            assert over() is None
        finally:
            gc.enable()


async def test_a_statement_that_failed_goes_with_its_error_and_not_with_a_collection_of_cycles() -> None:
    async with opened() as database:
        began = time.monotonic()
        gc.disable()
        try:
            transaction = begin(database)
            run = transaction.run("UNWIND $rows AS i RETURN 1 / (i - 1)", {"rows": [1] * HEAVY})
            over = weakref.ref(run)
            with pytest.raises(CypherError, match="zero"):
                await rows_of(run)
            transaction.rollback()
            del run, transaction
            while over() is not None and time.monotonic() < began + 10:
                await asyncio.sleep(0.001)
            assert over() is None
        finally:
            gc.enable()


async def test_a_commit_does_not_queue_behind_long_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    """All workers are busy; a commit that cannot have the latch at once gets it from its own thread."""
    async with opened() as database:
        busy = threading.Event()
        occupied = [asyncio.create_task(database.lanes.offload(lambda: busy.wait(30))) for _ in range(8)]
        transaction = begin(database)
        await run_in(transaction, "CREATE (:N)")
        database.store.latch.acquire(exclusive=False)
        committing = asyncio.create_task(transaction.commit())
        await asyncio.sleep(0)
        database.store.latch.release(exclusive=False)
        await committing
        assert not any(task.done() for task in occupied)
        busy.set()
        await asyncio.gather(*occupied)


async def test_a_step_that_takes_long_leaves_the_loop_and_lets_others_read_and_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 0)
    monkeypatch.setattr(lanes, "BUDGET", 30.0)  # on a machine however slow
    async with opened() as database:
        threads = Threads(monkeypatch)
        run = begin(database).run(f"RETURN COUNT {{ {SLOW} }} AS n", {})
        assert run.fetch_now(-1) is None
        assert not run.finished
        assert run.fetch_now(-1) is None, "it is known now"
        assert threads.taken() == {"MainThread"}
        monkeypatch.undo()
        endless = asyncio.create_task(run.fetch(-1))
        for number in range(20):
            await execute(database, "CREATE (:N {i: $i})", i=number)
            assert await execute(database, "MATCH (n:N) RETURN count(n)") == [(number + 1,)]
        assert not endless.done()
        run.cancel()
        with pytest.raises(TerminatedError):
            await endless


async def test_a_statement_whose_rows_were_handed_out_goes_on_in_a_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It cannot begin again."""
    monkeypatch.setattr(lanes, "BUDGET", 30.0)
    async with opened() as database:
        await execute(database, "UNWIND $rows AS i CREATE (:N {i: i})", rows=list(range(5000)))
        threads = Threads(monkeypatch)
        run = begin(database).run("MATCH (n:N) RETURN n.i", {})
        first = run.fetch_now(10)
        assert first is not None
        assert threads.taken() == {"MainThread"}
        found = [value for batch in first.batches for value in batch.columns[0]]
        while not run.finished or len(found) < 5000:
            found += [value for batch in (await run.fetch(1000)).batches for value in batch.columns[0]]
        assert sorted(found) == list(range(5000))
        assert threads.taken() == {"lithograph-worker"}


async def test_queries_take_turns_in_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """More endless queries than workers, and another one that comes to its end all the same."""
    monkeypatch.setattr(lanes, "SLICE", 0.0)
    async with opened() as database:
        endless = [begin(database).run(SLOW, {}) for _ in range(5)]
        tasks = [asyncio.create_task(run.fetch(-1)) for run in endless]
        assert await rows_of(begin(database).run("UNWIND range(1, $n) AS i RETURN count(i)", {"n": 10})) == [
            (10,)
        ]
        assert not any(task.done() for task in tasks)
        for run in endless:
            run.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results] == [TerminatedError] * 5


# -------------------------------------------------------------------------------------- stopping


async def test_a_statement_is_cancelled_between_steps_in_a_worker() -> None:
    async with opened() as database:
        transaction = begin(database)
        run = transaction.run(SLOW, {})
        task = asyncio.create_task(run.fetch(-1))
        await asyncio.sleep(0)
        transaction.cancel()
        with pytest.raises(TerminatedError) as error:
            await task
        assert error.value.code == "Neo.ClientError.Transaction.Terminated"
        transaction.rollback()
        assert not database.store.active


async def test_a_statement_is_cancelled_while_it_waits_for_the_latch() -> None:
    async with opened() as database:
        transaction = begin(database)
        run = transaction.run("CREATE (:N)", {})
        database.store.latch.acquire(exclusive=False)
        assert run.fetch_now(-1) is None
        task = asyncio.create_task(run.fetch(-1))
        await asyncio.sleep(0)
        transaction.cancel()
        database.store.latch.release(exclusive=False)
        with pytest.raises(TerminatedError):
            await task
        transaction.rollback()
        assert await execute(database, "MATCH (n) RETURN count(*)") == [(0,)]


async def test_a_statement_run_in_a_cancelled_transaction_does_not_begin() -> None:
    async with opened() as database:
        transaction = begin(database)
        transaction.cancel()
        with pytest.raises(TerminatedError):
            await run_in(transaction, "CREATE (:N)")


async def test_who_is_dropped_waits_until_no_thread_is_at_work_on_the_transaction() -> None:
    async with opened() as database:
        transaction = begin(database)
        run = transaction.run("UNWIND $rows AS i CREATE (:N {i: i})", {"rows": [1] * HEAVY})
        parked = Parked(run)
        task = asyncio.create_task(run.fetch(-1))
        await has_begun(parked)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0)
        assert not task.done(), "a step is running"
        parked.go.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        transaction.rollback()
        assert await execute(database, "MATCH (n) RETURN count(*)") == [(0,)]
        assert not database.store.active


async def test_work_that_has_not_begun_is_dropped_at_once() -> None:
    pool = Lanes(Latch(), workers=1)
    go = threading.Event()
    first = asyncio.create_task(pool.offload(lambda: go.wait(30)))
    done: list[int] = []
    second = asyncio.create_task(pool.offload(lambda: done.append(1)))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    go.set()
    await first
    pool.close()
    assert done == []


@pytest.mark.parametrize(
    ("timeout", "error", "code"),
    [
        (0.001, ClientTimedOutError, "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"),
        (None, TimedOutError, "Neo.ClientError.Transaction.TransactionTimedOut"),
    ],
)
async def test_the_deadline_ends_a_statement_and_says_whose_it_was(
    timeout: float | None, error: type[Exception], code: str
) -> None:
    async with opened(query_execution_timeout_sec=0.001) as database:
        transaction = begin(database, timeout=timeout)
        with pytest.raises(error) as raised:
            await run_in(transaction, SLOW)
        assert getattr(raised.value, "code") == code  # noqa: B009


async def test_a_client_may_take_the_time_limit_away() -> None:
    async with opened(query_execution_timeout_sec=1e-9) as database:
        assert await run_in(begin(database, timeout=0), "RETURN 1") == [(1,)]
        with pytest.raises(TimedOutError):
            await run_in(begin(database), "RETURN 1")


# ------------------------------------------------------------------------------- several results


@pytest.mark.parametrize("in_worker", [False, True])
async def test_more_is_told_only_if_there_is_another_row(
    in_worker: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if in_worker:
        monkeypatch.setattr(lanes, "BUDGET", -1.0)
    async with opened() as database:
        for count in (0, 1, 2, 3, 7):
            run = begin(database).run("UNWIND $rows AS i RETURN i", {"rows": list(range(count))})
            got: list[int] = []
            while True:
                fetched = run.fetch_now(2) or await run.fetch(2)
                page = [i for batch in fetched.batches for i in batch.columns[0]]
                got += page
                assert len(page) == 2 or not fetched.has_more
                assert fetched.has_more == (len(got) < count)
                if not fetched.has_more:
                    break
            assert got == list(range(count))
            exhausted = run.fetch_now(5)
            assert exhausted is not None
            assert (exhausted.batches, exhausted.has_more) == ([], False)


async def some_rows(run: Run) -> list[Any]:
    return [row[0] for row in await rows_of(run, 1)]


async def test_an_open_result_does_not_see_what_a_later_statement_writes() -> None:
    async with opened() as database:
        await execute(database, "UNWIND range(1, 5000) AS i CREATE (:N {i: i})")
        transaction = begin(database)
        reading = transaction.run("MATCH (n:N) RETURN n.i", {})
        first = await some_rows(reading)
        await run_in(transaction, "MATCH (n:N) SET n.i = -n.i")
        await run_in(transaction, "CREATE (:N {i: -1000000})")
        rest = [row[0] for row in await rows_of(reading)]
        assert sorted(first + rest) == list(range(1, 5001))
        assert await run_in(transaction, "MATCH (n:N) RETURN max(n.i), count(*)") == [(-1, 5001)]


async def test_a_write_that_nobody_fetched_is_done_before_the_next_statement() -> None:
    async with opened() as database:
        transaction = begin(database)
        writing = transaction.run("UNWIND [1, 2, 3] AS i CREATE (n:N {i: i}) RETURN n.i", {})
        also = transaction.run("MATCH (n:N) SET n.i = n.i * 10 RETURN n.i", {})
        assert await run_in(transaction, "MATCH (n:N) RETURN sum(n.i)") == [(60,)]
        assert sorted(await rows_of(also)) == [(10,), (20,), (30,)]
        assert await rows_of(writing) == [(1,), (2,), (3,)], "as it was when it was written"
        await commit(transaction)


async def test_a_drained_statement_has_had_its_effect() -> None:
    async with opened() as database:
        transaction = begin(database)
        run = transaction.run("UNWIND $rows AS i CREATE (n:N {i: i}) RETURN n", {"rows": list(range(3000))})
        await some_rows(run)
        await run.drain()
        assert run.fetch_now(-1) is not None
        assert run.summary().statistics.nodes_created == 3000
        await run.drain()
        await commit(transaction)
        assert await execute(database, "MATCH (n:N) RETURN count(*)") == [(3000,)]


async def test_an_index_may_go_while_a_result_that_uses_it_is_open() -> None:
    async with opened() as database:
        await execute(database, "UNWIND range(1, 3000) AS i CREATE (:N {i: i})")
        await execute(database, "CREATE INDEX ON :N(i)")
        text = "UNWIND $rows AS i MATCH (n:N {i: i}) RETURN n.i"
        reading = begin(database).run(text, {"rows": list(range(1, 3001))})
        got = await some_rows(reading)
        await execute(database, "DROP INDEX ON :N(i)")
        got += [row[0] for row in await rows_of(reading)]
        assert sorted(got) == list(range(1, 3001))


async def test_time_spent_is_told() -> None:
    async with opened() as database:
        run = begin(database).run("RETURN 1", {})
        before = time.perf_counter()
        await rows_of(run)
        assert 0 < run.summary().execution_time <= time.perf_counter() - before
