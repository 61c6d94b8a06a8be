"""Conversations in memory with a real database behind them: commits, resets, and clients that go at the wrong moment."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from lithograph.cypher.execution import Execution
from lithograph.server import lanes
from lithograph.server.auth import EveryoneMayLogIn
from lithograph.server.bolt.versions import Version
from lithograph.server.database import Database
from lithograph.server.session import Session
from support.bolt_peer import handshake
from support.bolt_script import Line
from support.databases import execute, numbers, opened
from support.files import MemoryFiles
from support.sync_gate import SyncGate

PULL = ("PULL", {"n": -1})
BEGIN = ("BEGIN", {})
COMMIT = ("COMMIT",)
RESET = ("RESET",)
SLOW = (
    "UNWIND range(1, 1000) AS a UNWIND range(1, 1000) AS b UNWIND range(1, 1000) AS c UNWIND range(1, 1000) AS d "
    "WITH a WHERE a < 0 RETURN a"
)


def run(text: str, **parameters: Any) -> tuple[Any, ...]:
    return "RUN", text, parameters, {}


async def connected(database: Database) -> Line:
    """A client of ``database``, logged in."""

    class DatabaseLine(Line):
        def _open(self, version: Version, manifest: bool) -> Session:
            return Session(
                database,
                EveryoneMayLogIn(),
                self.limits,
                version=version,
                connection_id="bolt-1",
                local_address="127.0.0.1:7687",
            )

    line = DatabaseLine()
    line.conversation.receive(handshake((5, 4)))
    line.peer.take()
    await line.ask(("HELLO", {}), ("LOGON", {}))
    return line


def names(received: list[tuple[str, Any]]) -> list[str]:
    return [name for name, _ in received]


class HeldStep:
    """Stops the first step of a statement in a worker until ``go`` is set; it cannot be cancelled meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        original = Execution.step

        def step(execution: Execution) -> Any:
            if threading.current_thread() is not threading.main_thread():
                self.begun.set()
                assert self.go.wait(30)
            return original(execution)

        monkeypatch.setattr(Execution, "step", step)


def first_step_of(text: str, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Is set when the statement is at work."""
    begun = threading.Event()
    original = Execution.step

    def step(execution: Execution) -> Any:
        if execution.prepared.text == text:
            begun.set()
        return original(execution)

    monkeypatch.setattr(Execution, "step", step)
    return begun


async def test_a_statement_is_committed_with_its_last_row() -> None:
    async with opened() as database:
        line = await connected(database)
        received = await line.ask(run("CREATE (n:N {i: 1}) RETURN n.i"), PULL)
        assert names(received) == ["SUCCESS", "RECORD", "SUCCESS"]
        assert received[-1][1]["bookmark"] == "lithograph:1"
        assert await numbers(database) == [1]
        line.conversation.lost()
        assert not database.store.active


async def test_a_point_read_costs_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "BUDGET", 30.0)  # on a machine however slow
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 1})")
        line = await connected(database)
        text = "MATCH (n:N {i: $i}) RETURN n.i"
        await line.ask(run(text, i=1), PULL)
        line.send(run(text, i=1), PULL)
        assert line.conversation.idle
        assert names(await line.replies()) == ["SUCCESS", "RECORD", "SUCCESS"]


@pytest.mark.parametrize("explicit", [False, True])
async def test_a_client_that_goes_while_its_commit_is_synced_leaves_a_whole_commit(
    explicit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 0})")
        line, other = await connected(database), await connected(database)
        gate = SyncGate(monkeypatch)
        create = run("CREATE (:N {i: 1})"), PULL
        line.send(*((BEGIN, *create, COMMIT) if explicit else create))
        await gate.has_begun()
        line.conversation.lost()
        other.send(run("CREATE (:N {i: 2})"), PULL)
        gate.open()
        assert names(await other.replies()) == ["SUCCESS", "SUCCESS"]
        await line.conversation.ended()
        assert await numbers(database) == [0, 1, 2]
        other.conversation.lost()
        assert not database.store.active


async def test_a_commit_that_a_stopping_server_drops_is_not_reported_as_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a driver would repeat what may have happened."""
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, "CREATE (:N {i: 0})")
        line = await connected(database)
        gate = SyncGate(monkeypatch)
        line.send(BEGIN, run("CREATE (:N {i: 1})"), PULL, COMMIT)
        await gate.has_begun()
        line.conversation.stop()
        line.conversation.cancel()
        assert names(await line.replies()) == ["SUCCESS", "SUCCESS", "SUCCESS"], "nothing about COMMIT"
        assert line.peer.closed
        gate.open()
    async with opened(files) as again:
        assert await numbers(again) == [0, 1]


async def test_a_thread_that_does_not_end_is_given_up_and_its_client_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = MemoryFiles()
    async with opened(files, storage_snapshot_on_exit=True) as database:
        await execute(database, "CREATE (:N {i: 0})")
        held = HeldStep(monkeypatch)
        line = await connected(database)
        line.send(run("UNWIND $rows AS i CREATE (:N {i: i})", rows=[1] * 1000), PULL)
        assert await asyncio.to_thread(held.begun.wait, 30)
        line.conversation.stop()
        line.conversation.cancel()
        await asyncio.sleep(0)
        assert not line.conversation.idle, "it waits for the thread"
        database.lanes.give_up()
        received = await line.replies()
        assert received[-1][0] == "FAILURE"
        assert received[-1][1]["code"] == "Neo.TransientError.General.DatabaseUnavailable"
        assert line.peer.closed
    assert not any("snapshots" in path.parts for path in files.contents())
    held.go.set()
    async with opened(files) as again:
        assert await numbers(again) == [0]


async def test_nothing_is_given_up_where_nobody_waits() -> None:
    async with opened() as database:
        database.lanes.give_up()
        assert not database.lanes.given_up


async def test_reset_ends_a_statement_and_its_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as database:
        line = await connected(database)
        begun = first_step_of(SLOW, monkeypatch)
        line.send(BEGIN, run("CREATE (:N {i: 1})"), PULL, run(SLOW), PULL)
        assert await asyncio.to_thread(begun.wait, 30)
        line.send(RESET)
        received = await line.replies()
        assert names(received) == ["SUCCESS", "SUCCESS", "SUCCESS", "SUCCESS", "IGNORED", "SUCCESS"]
        assert not database.store.active
        assert names(await line.ask(run("MATCH (n) RETURN n"), PULL)) == ["SUCCESS", "SUCCESS"]


async def test_reset_does_not_disturb_a_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 0})")
        line = await connected(database)
        gate = SyncGate(monkeypatch)
        line.send(BEGIN, run("CREATE (:N {i: 1})"), PULL, COMMIT)
        await gate.has_begun()
        line.send(RESET)
        gate.open()
        received = await line.replies()
        assert received[-2][1] == {"bookmark": "lithograph:2"}
        assert names(received)[-1] == "SUCCESS"
        assert await numbers(database) == [0, 1]


async def test_what_was_run_takes_effect_though_nobody_pulled() -> None:
    async with opened() as database:
        line = await connected(database)
        await line.ask(BEGIN, run("CREATE (n:N {i: 1}) RETURN n"), COMMIT)
        await line.ask(BEGIN, run("UNWIND $rows AS i CREATE (:N {i: i})", rows=[2] * 1000), COMMIT)
        await line.ask(BEGIN, run("CREATE SNAPSHOT"), COMMIT)
        assert len(await numbers(database)) == 1001
        assert len(database.durability.snapshots()) == 1


async def test_a_failing_statement_takes_its_transaction_with_it() -> None:
    async with opened() as database:
        line = await connected(database)
        failing = run("MATCH (n:N) RETURN 1 / (n.i - 1)")
        received = await line.ask(BEGIN, run("CREATE (:N {i: 1})"), PULL, failing, PULL, COMMIT)
        assert names(received) == ["SUCCESS"] * 4 + ["FAILURE", "IGNORED"]
        assert names(await line.ask(RESET)) == ["SUCCESS"]
        assert await numbers(database) == []
        assert not database.store.active


async def test_transactions_by_text() -> None:
    async with opened() as database:
        line = await connected(database)
        create = run("CREATE (:N {i: 1})")
        await line.ask(run("BEGIN"), PULL, create, PULL, run("ROLLBACK"), PULL)
        assert await numbers(database) == []
        received = await line.ask(run("BEGIN"), PULL, create, PULL, create, PULL, run("COMMIT;"), PULL)
        assert received[-1][1]["bookmark"] == "lithograph:1"
        assert await numbers(database) == [1, 1]
        assert names(await line.ask(run("COMMIT"))) == ["FAILURE"]
        assert not database.store.active


async def test_several_open_results_of_one_transaction() -> None:
    async with opened() as database:
        await execute(database, "UNWIND range(1, 3000) AS i CREATE (:N {i: i})")
        line = await connected(database)
        one = ("PULL", {"n": 1})
        read = run("MATCH (n:N) RETURN n.i")
        await line.ask(BEGIN, read, one, read, one, run("MATCH (n:N) SET n.i = 0"), PULL)
        for qid in (0, 1):
            received = await line.ask(("PULL", {"n": -1, "qid": qid}))
            rows = [value[0] for name, value in received if name == "RECORD"]
            assert len(rows) == 2999
            assert 0 not in rows
        assert names(await line.ask(COMMIT)) == ["SUCCESS"]
        assert set(await numbers(database)) == {0}


async def test_transactions_are_shown_and_ended_while_nobody_may_begin_one() -> None:
    async with opened(storage_access_timeout_sec=60) as database:
        holder, other, admin = [await connected(database) for _ in range(3)]
        await holder.ask(BEGIN, run("CREATE (:N {i: 1})"), PULL)
        other.send(run("STORAGE MODE IN_MEMORY_ANALYTICAL"), PULL)
        while database.open_to_all:
            await asyncio.sleep(0)
        received = await admin.ask(run("SHOW TRANSACTIONS"), PULL)
        shown = [row for name, row in received if name == "RECORD"]
        assert [row[2] for row in shown] == [
            ["CREATE (:N {i: 1})"], ["STORAGE MODE IN_MEMORY_ANALYTICAL"], ["SHOW TRANSACTIONS"],
        ]  # fmt: skip
        received = await admin.ask(run(f"TERMINATE TRANSACTIONS '{shown[0][1]}', '{shown[1][1]}'"), PULL)
        assert [row for name, row in received if name == "RECORD"] == [
            [shown[0][1], True],
            [shown[1][1], False],
        ]
        assert names(await other.replies()) == ["SUCCESS", "SUCCESS"]
        assert database.store.analytical
        ((name, failure),) = await holder.ask(run("RETURN 1"))
        assert name == "FAILURE"
        assert failure["code"] == "Neo.ClientError.Transaction.Terminated"
        assert names(await holder.ask(RESET, run("RETURN 1"), PULL)) == [
            "SUCCESS",
            "SUCCESS",
            "RECORD",
            "SUCCESS",
        ]
        assert await numbers(database) == []


async def test_a_client_whose_transaction_was_terminated_can_roll_it_back() -> None:
    async with opened() as database:
        holder, admin = [await connected(database) for _ in range(2)]
        await holder.ask(BEGIN, run("CREATE (:N {i: 1})"), PULL)
        await admin.ask(run("TERMINATE TRANSACTIONS '*'"), PULL)
        assert names(await holder.ask(("ROLLBACK",), run("RETURN 1"), PULL)) == [
            "SUCCESS",
            "SUCCESS",
            "RECORD",
            "SUCCESS",
        ]
        await holder.ask(BEGIN, run("CREATE (:N {i: 1})"), PULL)
        await admin.ask(run("TERMINATE TRANSACTIONS '*'"), PULL)
        assert names(await holder.ask(COMMIT)) == ["FAILURE"]
        assert await numbers(database) == []
        assert not database.store.active
