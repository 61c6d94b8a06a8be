"""Conversations in memory: what overtakes what, who waits for whom, and what is left behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.server.bolt.states import State
from lithograph.server.bolt.versions import SUPPORTED, Version
from lithograph.server.limits import Limits
from support.bolt_peer import chunked, replies, request
from support.bolt_script import Line
from support.fake_backend import FakeSyntaxError

PULL = ("PULL", {"n": -1})
RESET = ("RESET",)


def run(text: str, **parameters: Any) -> tuple[Any, ...]:
    return "RUN", text, parameters, {}


def names(received: list[tuple[str, Any]]) -> list[str]:
    return [name for name, _ in received]


async def running(line: Line) -> None:
    """Start a statement that does not end by itself."""
    line.send(run("SLOW"), PULL)
    await line.backend.running.wait()
    assert names(line_replies(line)) == ["SUCCESS"]


def line_replies(line: Line) -> list[tuple[str, Any]]:
    """What has come so far, without waiting."""
    return replies(line.peer.take())


async def turns(count: int) -> None:
    """Let the event loop go round."""
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.parametrize("version", SUPPORTED, ids=lambda version: f"{version[0]}.{version[1]}")
async def test_a_point_query_is_answered_at_once_in_one_write(version: Version) -> None:
    line = await Line.ready(version)
    line.send(run("RETURN", x=1), PULL)
    assert line.conversation.idle
    assert len(line.peer.sent) == 1
    assert names(line_replies(line)) == ["SUCCESS", "RECORD", "SUCCESS"]
    assert line.backend.transactions[-1].committed


async def test_reset_interrupts_what_is_running() -> None:
    line = await Line.ready()
    await running(line)
    line.send(run("CREATE"), PULL)
    assert names(await line.ask(RESET)) == ["IGNORED", "IGNORED", "IGNORED", "SUCCESS"]
    assert line.backend.transactions[0].rolled_back
    assert line.backend.statements == ["SLOW"]
    assert line.session.state is State.READY
    assert names(await line.ask(run("RETURN", x=1), PULL)) == ["SUCCESS", "RECORD", "SUCCESS"]


async def test_reset_rolls_an_explicit_transaction_back() -> None:
    line = await Line.ready()
    await line.ask(("BEGIN", {}), run("CREATE"), PULL)
    assert names(await line.ask(RESET, RESET)) == ["SUCCESS", "SUCCESS"]
    assert line.backend.transactions[0].rolled_back
    assert line.backend.nodes == 0


async def test_a_commit_that_has_begun_is_not_undone_by_reset() -> None:
    line = await Line.ready()
    line.send(run("CREATE"), PULL)
    assert not line.conversation.idle
    await asyncio.sleep(0)  # into the commit
    assert names(await line.ask(RESET)) == ["SUCCESS", "SUCCESS", "SUCCESS"]
    assert line.backend.nodes == 1
    assert not line.backend.transactions[0].cancelled.is_set()


async def test_requests_behind_a_running_one_wait_for_it() -> None:
    line = await Line.ready()
    await running(line)
    line.send(run("RETURN", x=2), PULL)
    assert line.peer.sent == []
    line.backend.gate.set()
    assert names(await line.replies()) == ["RECORD", "SUCCESS", "SUCCESS", "RECORD", "SUCCESS"]


@pytest.mark.parametrize("text", ["SLOW", "LATER 3", "CREATE 3"])
async def test_a_lost_client_leaves_nothing_behind(text: str) -> None:
    line = await Line.ready()
    await line.ask(("BEGIN", {}), run("CREATE"), PULL)
    line.send(run(text), PULL)
    await asyncio.sleep(0)
    line.conversation.lost()
    await line.conversation.ended()
    assert line.backend.transactions[0].rolled_back
    assert line.session.state is State.DEFUNCT
    assert line.conversation.idle


async def test_a_client_lost_while_idle_is_rolled_back_at_once() -> None:
    line = await Line.ready()
    await line.ask(("BEGIN", {}), run("CREATE"), PULL)
    line.conversation.lost()
    assert line.backend.transactions[0].rolled_back


async def test_rows_stop_while_the_client_does_not_read() -> None:
    line = await Line.ready()
    line.send(run("RANGE 30000"), PULL)
    line.conversation.pause_writing()
    await turns(100)
    held = len(line.peer.take())
    assert held < 20_000
    assert not line.conversation.idle
    line.conversation.resume_writing()
    received = await line.replies()
    assert received[-1][1]["type"] == "r"


async def test_reset_rolls_back_for_a_client_that_does_not_read_and_is_answered_when_it_does() -> None:
    line = await Line.ready()
    line.send(run("RANGE 30000"), PULL)
    line.conversation.pause_writing()
    await turns(10)
    line.send(RESET)
    await turns(10)
    assert line.backend.transactions[0].rolled_back
    line.conversation.resume_writing()
    assert names(await line.replies())[-2:] == ["IGNORED", "SUCCESS"]


async def test_resets_without_end_and_without_reading_do_not_fill_the_memory() -> None:
    line = await Line.ready(limits=Limits(queued_bytes=10_000))
    line.conversation.pause_writing()
    for _ in range(1000):
        line.send(RESET)
        await turns(1)
    assert len(line.peer.take()) < 100
    assert line.peer.held
    line.conversation.lost()
    await line.conversation.ended()
    assert line.session.state is State.DEFUNCT


async def test_all_rows_arrive_in_order_whatever_the_portions() -> None:
    line = await Line.ready()
    received = await line.ask(run("RANGE 10001"), PULL)
    assert [row for name, row in received if name == "RECORD"] == [[number] for number in range(10001)]
    received = await line.ask(run("LATER 9000"), ("PULL", {"n": 8999}), ("PULL", {"n": 8999}))
    assert [row for name, row in received if name == "RECORD"] == [[number] for number in range(9000)]
    assert [value.get("has_more") for name, value in received if name == "SUCCESS"] == [None, True, False]


async def test_a_large_message_is_decoded_elsewhere_and_keeps_its_turn() -> None:
    line = await Line.ready()
    rows = [{"a": number, "b": "x" * 100} for number in range(10_000)]
    received = await line.ask(run("RETURN", rows=rows), PULL, run("RETURN", x=1), PULL)
    assert names(received) == ["SUCCESS", "RECORD", "SUCCESS"] * 2
    assert received[1][1] == [rows]


async def test_a_large_message_that_makes_no_sense_is_told_like_a_small_one() -> None:
    line = await Line.ready()
    line.conversation.receive(chunked(b"\xb3\x10" + b"\xc4" * 600_000))
    assert names(await line.replies()) == ["FAILURE"]
    assert line.peer.closed


async def test_a_message_beyond_the_limit_is_told_and_the_connection_closed() -> None:
    line = await Line.ready(limits=Limits(message=10_000))
    received = await line.ask(run("RETURN", x=1), PULL, run("RETURN", x="y" * 10_000))
    assert names(received) == ["SUCCESS", "RECORD", "SUCCESS", "FAILURE"]
    assert "too large" in received[-1][1]["message"]
    assert line.peer.closed


async def test_a_stranger_with_a_large_message_is_cut_off() -> None:
    line = Line()
    line.conversation.receive(bytes.fromhex("6060B017 00000405") + bytes(12))
    line.peer.take()
    line.conversation.receive(request("HELLO", {"user_agent": "x" * 70_000}))
    assert line.peer.take() == b""
    assert line.peer.closed


async def test_reading_stops_when_too_much_is_queued_and_goes_on_later() -> None:
    line = await Line.ready(limits=Limits(queued_bytes=10_000))
    await running(line)
    for _ in range(60):
        line.send(run("RETURN", x=1), PULL)
    assert line.peer.held
    line.backend.gate.set()
    received = await line.replies()
    assert not line.peer.held
    assert names(received).count("SUCCESS") == 121


async def test_many_pipelined_requests_are_all_answered() -> None:
    line = await Line.ready()
    received = await line.ask(*[run("RETURN", x=1), PULL] * 500)
    assert names(received) == ["SUCCESS", "RECORD", "SUCCESS"] * 500


async def test_an_unforeseen_error_is_answered_with_an_id_and_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = await Line.ready()
    received = await line.ask(run("CRASH"), PULL)
    assert names(received) == ["SUCCESS", "FAILURE"]
    assert received[1][1]["code"] == "Neo.DatabaseError.General.UnknownError"
    identifier = received[1][1]["message"].rstrip(".").split()[-1]
    assert len(identifier) == 12
    logged = capsys.readouterr()
    assert identifier in logged.out + logged.err
    assert names(await line.ask(RESET, run("RETURN", x=1), PULL)) == [
        "SUCCESS",
        "SUCCESS",
        "RECORD",
        "SUCCESS",
    ]


async def test_a_failed_commit_is_the_failure_of_the_last_pull() -> None:
    line = await Line.ready()
    line.backend.commit_error = FakeSyntaxError("the disk is full")
    assert names(await line.ask(run("CREATE"), PULL, run("RETURN"))) == ["SUCCESS", "FAILURE", "IGNORED"]
    assert line.backend.transactions[0].rolled_back


async def test_a_result_with_an_unsendable_value_fails_and_the_connection_lives() -> None:
    line = await Line.ready()
    line.backend.values = [1, 2**63]
    received = await line.ask(run("NODES"), PULL)
    assert received[-1][1]["code"] == "Neo.ClientError.Statement.ArithmeticError"
    assert names(await line.ask(RESET)) == ["SUCCESS"]


async def test_open_results_are_limited() -> None:
    line = await Line.ready(limits=Limits(open_results=3))
    received = await line.ask(("BEGIN", {}), *[run("RANGE 1")] * 4)
    assert names(received) == ["SUCCESS"] * 4 + ["FAILURE"]


async def test_stopping_tells_the_client_of_a_running_request() -> None:
    line = await Line.ready()
    await running(line)
    line.conversation.stop()
    ((name, value),) = await line.replies()
    assert (name, value["code"]) == ("FAILURE", "Neo.TransientError.General.DatabaseUnavailable")
    assert line.peer.closed
    assert line.backend.transactions[0].rolled_back


async def test_an_idle_transaction_is_rolled_back_and_the_next_request_told() -> None:
    line = await Line.ready(limits=Limits(transaction_idle_time=60))
    await line.ask(("BEGIN", {}), run("CREATE"), PULL)
    line.now = 59.0
    assert not line.session.expire()
    await line.ask(run("RETURN", x=1), PULL)
    line.now = 118.0
    assert not line.session.expire()
    line.now = 120.0
    assert line.session.expire()
    assert line.backend.transactions[0].rolled_back
    received = await line.ask(("COMMIT",), RESET)
    assert names(received) == ["IGNORED", "SUCCESS"]


async def test_the_next_request_after_an_expired_transaction_fails() -> None:
    line = await Line.ready()
    await line.ask(("BEGIN", {"tx_timeout": 5000}))
    line.now = 6.0
    assert line.session.expire()
    ((name, value),) = await line.ask(("COMMIT",))
    assert name == "FAILURE"
    assert value["code"] == "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"
    assert names(await line.ask(RESET, ("BEGIN", {}))) == ["SUCCESS", "SUCCESS"]


async def test_options_reach_the_engine() -> None:
    line = await Line.ready()
    await line.ask(
        (
            "BEGIN",
            {"mode": "r", "tx_timeout": 1500, "tx_metadata": {"a": 1}, "bookmarks": ["b"], "db": "neo4j"},
        )
    )
    assert line.backend.transactions[0].options == {
        "explicit": True,
        "read_only": True,
        "timeout": 1.5,
        "metadata": {"a": 1},
        "bookmarks": ["b"],
        "database": "neo4j",
        "client": line.session.client,
        "aside": False,
    }


REQUESTS = st.sampled_from(
    [
        run("RETURN", x=1), run("RANGE 3"), run("LATER 3"), run("CREATE"), run("CREATE 2"), run("FAIL"), run("FAIL LATE"),
        run("BEGIN"), run("COMMIT"), run("ROLLBACK"), PULL, ("PULL", {"n": 1}), ("PULL", {"n": 2, "qid": 0}),
        ("DISCARD", {"n": -1}), ("DISCARD", {"n": 1}), ("BEGIN", {}), ("COMMIT",), ("ROLLBACK",), ("ROUTE", {}, [], {}),
        ("TELEMETRY", 1), ("LOGOFF",), ("LOGON", {}), RESET, RESET,
    ]
)  # fmt: skip


@given(st.lists(st.lists(REQUESTS, min_size=1, max_size=5), max_size=8))
async def test_any_order_of_requests_gets_one_summary_each_until_the_end(
    batches: list[list[tuple[Any, ...]]],
) -> None:
    line = await Line.ready()
    asked = answered = 0
    for batch in batches:
        asked += len(batch)
        received = await line.ask(*batch)
        answered += sum(name != "RECORD" for name in names(received))
        if line.peer.closed:
            break
        assert answered == asked
        if batch[-1] == RESET:
            assert received[-1] == ("SUCCESS", {})
            assert line.session.state is State.READY
    assert answered <= asked
    line.conversation.lost()
    for transaction in line.backend.transactions:
        assert transaction.committed != transaction.rolled_back
    assert line.backend.nodes == sum(t.created for t in line.backend.transactions if t.committed)


@given(
    st.one_of(st.binary(min_size=1, max_size=80), st.binary(max_size=40).map(lambda body: b"\xb3\x10" + body))
)
async def test_hostile_messages_are_never_our_fault(body: bytes) -> None:
    line = await Line.ready()
    line.conversation.receive(chunked(body))
    for name, value in await line.replies():
        assert name in ("SUCCESS", "FAILURE")
        assert name == "SUCCESS" or value["code"].startswith("Neo.ClientError.")
    assert line.conversation.idle


@given(st.binary(max_size=200).filter(lambda data: not b"\x60\x60\xb0\x17".startswith(data[:4])))
async def test_bytes_that_are_not_bolt_are_closed_without_a_reply(data: bytes) -> None:
    line = Line()
    line.conversation.receive(data)
    assert line.peer.closed
    assert line.peer.sent == []
