"""The Bolt port: accepts connections, feeds their bytes to conversations, and enforces the limits that need a clock.

Thin on purpose: what is said is decided in ``conversation.py`` and below. One watchman task looks at all connections once a
second, so that no timer has to be set or cleared when a query passes.

TLS and WebSocket on the same port belong into ``_ClientProtocol._first_bytes``.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections import Counter
from collections.abc import Callable
from typing import cast

import structlog

from lithograph.server.auth import Authenticator, EveryoneMayLogIn
from lithograph.server.backend import Backend
from lithograph.server.bolt.handshake import Wire, recognise
from lithograph.server.bolt.versions import Version
from lithograph.server.conversation import Conversation
from lithograph.server.limits import Limits
from lithograph.server.session import Session

log = structlog.get_logger(__name__)

_ROUND = 1.0  # seconds between two looks at all connections
_NOOP_ROUNDS = 60  # rounds after which no-ops are counted anew


def new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's where it is installed (not on Windows), else asyncio's."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


class BoltServer:
    """All connections of one Bolt port.

    ``start`` and ``close`` are the life of it; ``sockets`` and ``address`` tell where it listens.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        authenticator: Authenticator | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._backend = backend
        self._authenticator = authenticator or EveryoneMayLogIn()
        self._clients: set[_ClientProtocol] = set()
        self._strangers: Counter[str] = Counter()
        self._numbers = itertools.count(1)
        self._server: asyncio.Server | None = None
        self._watchman: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes any free one. Raises OSError if the address cannot be used."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _ClientProtocol(self, loop), host, port, backlog=1024)
        self._watchman = loop.create_task(self._watch(loop))

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the first socket."""
        assert self._server is not None, "the server has not been started"
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    async def close(self, grace: float = 3.0) -> None:
        """Accept no more, interrupt what runs (its clients are told), wait ``grace`` seconds for it, then cut off."""
        if self._server is None:
            return
        self._server.close()
        if self._watchman is not None:
            self._watchman.cancel()
            await asyncio.wait([self._watchman])
        clients = list(self._clients)
        for client in clients:
            client.conversation.stop()
        endings = [asyncio.ensure_future(client.conversation.ended()) for client in clients]
        if endings:
            _, late = await asyncio.wait(endings, timeout=grace)
            if late:
                log.warning("requests did not end in time and were dropped", count=len(late))
            for client in clients:
                client.conversation.cancel()
            await asyncio.wait(endings)
        await self._part(clients)
        await self._server.wait_closed()

    async def _part(self, clients: list[_ClientProtocol]) -> None:
        """Let go of the sockets, after what was written to them is sent (a client that does not read gets a second)."""
        for client in clients:
            client.close()
        gone = [asyncio.ensure_future(client.gone.wait()) for client in clients]
        if gone:
            await asyncio.wait(gone, timeout=self.limits.linger_time)
        for client in clients:
            client.abort()
        if gone:
            await asyncio.wait(gone)

    def statistics(self) -> dict[str, int]:
        """Connections at present."""
        strangers = self._strangers.total()
        return {"connections": len(self._clients), "logged_in": len(self._clients) - strangers}

    async def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        for number in itertools.count(1):
            await asyncio.sleep(_ROUND)
            self.inspect(loop.time(), forgive=number % _NOOP_ROUNDS == 0)

    def inspect(self, now: float, forgive: bool = False) -> None:
        """One round over all connections: close what exceeds a time limit; ``forgive`` past no-ops."""
        for client in list(self._clients):
            try:
                client.inspect(now)
                if forgive:
                    client.conversation.connection.forgive_noops()
            except Exception:
                log.exception("inspection of a connection failed")
                client.abort()

    # For the connections

    def admit(self, client: _ClientProtocol) -> bool:
        """Take a new connection in, unless too many strangers are here."""
        address = client.address
        limits = self.limits
        if (
            self._strangers.total() >= limits.strangers
            or self._strangers[address] >= limits.strangers_per_address
        ):
            log.warning("connection refused: too many that are not logged in", address=address)
            return False
        self._strangers[address] += 1
        self._clients.add(client)
        return True

    def no_stranger(self, client: _ClientProtocol) -> None:
        self._strangers[client.address] -= 1
        if not self._strangers[client.address]:
            del self._strangers[client.address]

    def forget(self, client: _ClientProtocol) -> None:
        self._clients.discard(client)

    def open_session(
        self, version: Version, manifest: bool, local_address: str, remote_address: str
    ) -> Session:
        return Session(
            self._backend,
            self._authenticator,
            self.limits,
            version=version,
            connection_id=f"bolt-{next(self._numbers)}",
            local_address=local_address,
            remote_address=remote_address,
            manifest=manifest,
            may_enter=lambda: self.statistics()["logged_in"] < self.limits.connections,
        )


class _ClientProtocol(asyncio.Protocol):
    """One connection's socket: the Peer of its conversation."""

    def __init__(self, server: BoltServer, loop: asyncio.AbstractEventLoop) -> None:
        self.address = ""
        self.gone = asyncio.Event()
        self.conversation = Conversation(self, server.limits, self._open_session, loop)
        self._server = server
        self._loop = loop
        self._limits = server.limits
        self._local_address = self._remote_address = ""
        self._receive: Callable[[bytes], None] = self._first_bytes
        self._start = b""
        self._admitted = False
        self._stranger = True
        self._accepted = self._shaken = loop.time()
        self._reading: tuple[int, float] | None = (
            None  # the unfinished message seen in the last round, since when
        )
        self._unsent: tuple[int, float] | None = None  # the output seen waiting in the last round, since when
        self._finishing: float | None = None

    # From the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        peer, local = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self.address = str(peer[0]) if peer else ""
        self._local_address = f"{local[0]}:{local[1]}" if local else ""
        self._remote_address = f"{peer[0]}:{peer[1]}" if peer else ""
        self._admitted = self._server.admit(self)
        if not self._admitted:
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(high=self._limits.output_high_water)
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def data_received(self, data: bytes) -> None:
        self._receive(data)

    def eof_received(self) -> bool:
        """The client has closed its side: drivers cancel so; nobody would read what is still to come."""
        self.conversation.lost()
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.conversation.lost()
        self.gone.set()
        if self._admitted:
            self._server.forget(self)
            self._no_stranger()

    def pause_writing(self) -> None:
        self.conversation.pause_writing()

    def resume_writing(self) -> None:
        self.conversation.resume_writing()

    def _first_bytes(self, data: bytes) -> None:
        """Find out what is spoken. Only Bolt is, so far: anything else is closed without a reply."""
        self._start += data
        wire = recognise(self._start)
        if wire is Wire.BOLT:
            self._receive = self.conversation.receive
            self._receive(self._start)
        elif wire is not None:
            log.info("connection closed: it does not speak Bolt", address=self.address, wire=wire.value)
            self._transport.abort()

    def _ignore(self, data: bytes) -> None:
        """What comes after the end is read, so that the end is not overtaken by a reset, and dropped."""

    # For the conversation

    def send(self, data: bytes) -> None:
        self._transport.write(data)

    def hold_reading(self, hold: bool) -> None:
        if self._transport.is_closing():
            return
        if hold:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def logged_in(self) -> None:
        self._no_stranger()

    def finish(self) -> None:
        if self._finishing is not None or self._transport.is_closing():
            return
        self._finishing = self._loop.time()
        self._receive = self._ignore
        self.hold_reading(False)
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()

    def close(self) -> None:
        """Close when everything is sent."""
        self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    # For the server

    def inspect(self, now: float) -> None:
        """Close the connection if it exceeds a time limit; roll back what lies idle too long."""
        reason = self._overdue(now)
        if reason is not None:
            log.info("connection closed: too slow", address=self.address, what=reason)
            self._transport.abort()
            return
        session = self.conversation.session
        if session is not None and self.conversation.idle and session.expire():
            log.info("idle transaction rolled back", address=self.address, user_agent=session.user_agent)

    def _overdue(self, now: float) -> str | None:
        """Which limit is exceeded."""
        limits = self._limits
        if self._finishing is not None:
            return "end" if now - self._finishing > limits.linger_time else None
        connection = self.conversation.connection
        if connection.version is None:
            self._shaken = now
            return "handshake" if now - self._accepted > limits.handshake_time else None
        if self._stranger and now - self._shaken > limits.login_time:
            return "login"
        self._reading = _since(connection.reading, self._reading, now)
        if self._reading is not None and now - self._reading[1] > limits.message_time:
            return "message"
        waiting = self._transport.get_write_buffer_size() or None
        self._unsent = _since(waiting, self._unsent, now)
        if self._unsent is not None and now - self._unsent[1] > limits.output_stall_time:
            return "reader"
        return None

    def _open_session(self, version: Version, manifest: bool) -> Session:
        return self._server.open_session(version, manifest, self._local_address, self._remote_address)

    def _no_stranger(self) -> None:
        if self._stranger:
            self._stranger = False
            self._server.no_stranger(self)


def _since(what: int | None, before: tuple[int, float] | None, now: float) -> tuple[int, float] | None:
    """Since when ``what`` is as it is now; None if there is nothing."""
    if what is None:
        return None
    return before if before is not None and before[0] == what else (what, now)
