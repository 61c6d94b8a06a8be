"""The Bolt port on real sockets: limits, hostile peers, many clients, a clean end. Time is told, not waited for.

All of it on asyncio's event loop and on uvloop (``conftest.py``): they differ in when they write and how they close.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from lithograph.server.limits import Limits
from lithograph.server.listener import BoltServer
from lithograph.server.session import LONG_TEXT
from support.bolt_peer import MAGIC, BoltPeer, chunked, handshake
from support.fake_backend import FakeBackend

PULL = ("PULL", {"n": -1})


def run(text: str, **parameters: Any) -> tuple[Any, ...]:
    return "RUN", text, parameters, {}


class Port:
    """A server with the fake backend behind it."""

    def __init__(self, limits: Limits) -> None:
        self.backend = FakeBackend()
        self.server = BoltServer(self.backend, limits=limits)

    @property
    def address(self) -> tuple[str, int]:
        return self.server.address

    def later(self, seconds: float) -> None:
        """The watchman's rounds, as if so much time had passed."""
        now = asyncio.get_running_loop().time()
        self.server.inspect(now)
        self.server.inspect(now + seconds)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let the loop run until something has happened."""
        while not condition():
            await asyncio.sleep(0.001)


@pytest.fixture
async def port(request: pytest.FixtureRequest) -> AsyncIterator[Port]:
    port = Port(getattr(request, "param", None) or Limits())
    await port.server.start("127.0.0.1", 0)
    yield port
    await port.server.close()


async def test_a_client_logs_in_asks_and_leaves(port: Port) -> None:
    peer = await BoltPeer.login(port.address, (5, 8))
    assert port.server.statistics() == {"connections": 1, "logged_in": 1}
    assert [name for name, _ in await peer.ask(run("RETURN", x=1), PULL)] == ["SUCCESS", "RECORD", "SUCCESS"]
    peer.send(("GOODBYE",))
    assert await peer.closed()
    await peer.close()
    await port.until(lambda: port.server.statistics()["connections"] == 0)


async def test_only_a_long_text_is_prepared_beside_the_loop(port: Port) -> None:
    long = "RETURN" + " " * LONG_TEXT
    peer = await BoltPeer.login(port.address, (5, 8))
    for text, prepared in (("RETURN", []), (long, [long])):
        replies = await peer.ask(run(text, x=1), PULL)
        assert [name for name, _ in replies] == ["SUCCESS", "RECORD", "SUCCESS"]
        assert port.backend.prepared == prepared
    await peer.close()


@pytest.mark.parametrize(
    "first",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"SSH-2.0-OpenSSH\r\n",
        b"\x00" * 20,
        b"\x60\x60\xb0\x18",
    ],
)
async def test_what_is_not_bolt_is_closed_and_others_do_not_notice(port: Port, first: bytes) -> None:
    good = await BoltPeer.login(port.address)
    bad = await BoltPeer.connect(port.address)
    bad.writer.write(first)
    with pytest.raises((ConnectionResetError, EOFError)):
        await _read_something(bad)
    assert [name for name, _ in await good.ask(run("RETURN", x=1), PULL)] == ["SUCCESS", "RECORD", "SUCCESS"]


async def _read_something(peer: BoltPeer) -> None:
    """Raises EOFError or ConnectionResetError when the server has closed."""
    if not await peer.reader.read(1):
        raise EOFError


async def test_first_bytes_may_come_one_by_one(port: Port) -> None:
    peer = await BoltPeer.connect(port.address)
    for byte in handshake((5, 4)):
        peer.writer.write(bytes((byte,)))
        await peer.writer.drain()
        await asyncio.sleep(0)
    assert await peer.reader.readexactly(4) == b"\x00\x00\x04\x05"


async def test_a_refused_version_is_told_before_the_close(port: Port) -> None:
    peer = await BoltPeer.connect(port.address)
    assert await peer.handshake((3, 0)) == b"\x00\x00\x00\x00"
    assert await peer.closed()


async def test_a_failure_arrives_although_the_client_goes_on_sending(port: Port) -> None:
    peer = await BoltPeer.login(port.address)
    peer.writer.write(chunked(b"\xb0\x99") + chunked(b"x" * 300_000))
    name, value = await peer.reply()
    assert (name, value["code"]) == ("FAILURE", "Neo.ClientError.Request.Invalid")
    assert await peer.closed()
    port.later(2.0)
    await port.until(lambda: port.server.statistics()["connections"] == 0)


async def test_a_vanished_client_is_rolled_back_while_its_query_runs(port: Port) -> None:
    peer = await BoltPeer.login(port.address)
    await peer.ask(("BEGIN", {}), run("CREATE"), PULL)
    peer.send(run("SLOW"), PULL)
    await port.backend.running.wait()
    await peer.close()
    await port.until(lambda: port.backend.transactions[0].rolled_back)


async def test_reset_reaches_a_running_query(port: Port) -> None:
    peer = await BoltPeer.login(port.address)
    peer.send(run("SLOW"), PULL)
    await port.backend.running.wait()
    assert [name for name, _ in await peer.ask(("RESET",))] == ["SUCCESS"]
    assert [name for name, _ in await peer.ask(("RESET",))] == ["IGNORED"]


@pytest.mark.parametrize("port", [Limits(output_high_water=10_000)], indirect=True)
async def test_a_slow_reader_gets_everything_and_a_dead_one_is_dropped(port: Port) -> None:
    port.backend.values = ["x" * 1000] * 30_000
    slow = await BoltPeer.login(port.address)
    slow.send(run("NODES"), PULL)
    await port.until(lambda: bool(port.backend.transactions))
    others = await BoltPeer.login(port.address)
    assert len(await others.ask(run("RANGE 10"), PULL)) == 12
    data = 0
    while data < 30_000_000:
        data += len(await slow.reader.read(1 << 20))
    dead = await BoltPeer.login(port.address)
    dead.send(run("NODES"), PULL)
    transaction = port.backend.transactions
    await port.until(lambda: len(transaction) == 3)
    for _ in range(200):
        await asyncio.sleep(0)  # until the socket's buffers are full
    port.later(61.0)
    await port.until(lambda: transaction[2].rolled_back)


async def test_time_limits_close_strangers_slow_senders_and_nobody_else(port: Port) -> None:
    silent = await BoltPeer.connect(port.address)
    unfinished = await BoltPeer.connect(port.address)
    unfinished.writer.write(MAGIC)
    shaken = await BoltPeer.connect(port.address)
    await shaken.handshake((5, 4))
    good = await BoltPeer.login(port.address)
    slow = await BoltPeer.login(port.address)
    slow.writer.write(b"\x00\x05abc")
    await port.until(lambda: port.server.statistics()["connections"] == 5)
    await good.ask(run("RETURN"), PULL)
    port.later(4.0)
    assert port.server.statistics()["connections"] == 5
    port.later(6.0)
    await port.until(lambda: port.server.statistics()["connections"] == 3)
    port.later(11.0)
    await port.until(lambda: port.server.statistics()["connections"] == 2)
    port.later(61.0)
    await port.until(lambda: port.server.statistics() == {"connections": 1, "logged_in": 1})
    assert [name for name, _ in await good.ask(run("RETURN", x=1), PULL)] == ["SUCCESS", "RECORD", "SUCCESS"]
    for peer in (silent, unfinished, shaken, slow):
        with pytest.raises((ConnectionResetError, EOFError)):
            await _read_something(peer)


async def test_an_idle_transaction_ends_by_the_clock(port: Port) -> None:
    peer = await BoltPeer.login(port.address)
    await peer.ask(("BEGIN", {"tx_timeout": 1000}))
    await asyncio.sleep(0)
    session = next(iter(port.server._clients)).conversation.session
    assert session is not None
    session._began -= 2.0
    port.later(0.0)
    assert port.backend.transactions[0].rolled_back
    ((_, value),) = await peer.ask(("COMMIT",))
    assert "TransactionTimedOut" in value["code"]


@pytest.mark.parametrize("port", [Limits(strangers=3, strangers_per_address=3)], indirect=True)
async def test_too_many_strangers_are_refused_and_logged_in_ones_do_not_count(port: Port) -> None:
    good = [await BoltPeer.login(port.address) for _ in range(5)]
    strangers = [await BoltPeer.connect(port.address) for _ in range(3)]
    for stranger in strangers:
        assert await stranger.handshake((5, 4)) == b"\x00\x00\x04\x05"
    refused = await BoltPeer.connect(port.address)
    with pytest.raises((ConnectionResetError, EOFError)):
        await _read_something(refused)
    await strangers[0].close()
    await port.until(lambda: port.server.statistics()["connections"] == 7)
    await BoltPeer.login(port.address)
    assert len(await good[0].ask(run("RETURN", x=1), PULL)) == 3


@pytest.mark.parametrize("port", [Limits(connections=2)], indirect=True)
async def test_one_client_too_many_is_told_so(port: Port) -> None:
    taken = [await BoltPeer.login(port.address) for _ in range(2)]
    third = await BoltPeer.connect(port.address)
    await third.handshake((5, 4))
    third.send(("HELLO", {}), ("LOGON", {}))
    name, value = await third.reply()
    assert (name, value["code"]) == ("FAILURE", "Neo.TransientError.Request.NoThreadsAvailable")
    assert await third.closed()
    assert len(await taken[0].ask(run("RETURN", x=1), PULL)) == 3


async def test_many_clients_at_once_are_all_served(port: Port) -> None:
    async def client(number: int) -> Any:
        peer = await BoltPeer.login(port.address)
        received = await peer.ask(run("RETURN", x=number), PULL, run("LATER 3"), PULL)
        await peer.close()
        return received[1][1], len(received)

    assert await asyncio.gather(*map(client, range(60))) == [([number], 8) for number in range(60)]


async def test_closing_tells_running_clients_and_lets_idle_ones_go() -> None:
    port = Port(Limits())
    await port.server.start("127.0.0.1", 0)
    address = port.address
    busy, idle = await BoltPeer.login(address), await BoltPeer.login(address)
    busy.send(run("SLOW"), PULL)
    await port.backend.running.wait()
    await port.server.close()
    assert (await busy.reply())[0] == "SUCCESS"
    assert (await busy.reply())[1]["code"] == "Neo.TransientError.General.DatabaseUnavailable"
    assert await busy.closed()
    assert await idle.closed()
    assert port.backend.transactions[0].rolled_back
    with pytest.raises(ConnectionRefusedError):
        await BoltPeer.connect(address)
