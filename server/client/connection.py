"""One connection to a server: statements in, records out.

Requests can be sent ahead of their replies (:meth:`BoltClient.send`, :meth:`BoltClient.receive`); whoever does that
keeps what is under way small, since a server whose replies nobody reads stops reading, too.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from lithograph import __version__
from lithograph.server.bolt.chunking import Dechunker, frame
from lithograph.server.bolt.handshake import MAGIC
from lithograph.server.bolt.messages import FAILURE, IGNORED, RECORD, SUCCESS
from lithograph.server.bolt.packing import Packer
from lithograph.server.bolt.packstream import read_message
from lithograph.server.bolt.structures import packer_for
from lithograph.server.bolt.versions import Dialect
from lithograph.server.client.errors import ConnectionFailedError, RefusedError
from lithograph.server.client.values import structures
from lithograph.server.errors import InvalidRequestError, ProtocolError

CONNECT_SECONDS = 10.0
"""For the connection and the login; what is asked then may take as long as the caller says."""

FETCH = 1000
"""Records asked for at a time."""

_OFFERS = bytes.fromhex("00020805 00040405 00000000 00000000")
"""5.8 to 5.6, 5.4 to 5.0: all that the server has of version 5."""

_HELLO, _GOODBYE, _RESET, _RUN, _BEGIN = 0x01, 0x02, 0x0F, 0x10, 0x11
_COMMIT, _ROLLBACK, _DISCARD, _PULL, _LOGON = 0x12, 0x13, 0x2F, 0x3F, 0x6A
_ANY_SIZE = 1 << 40
_DEPTH = 1000
_RECEIVE_BYTES = 1 << 18

_WINDOW, _WINDOW_BYTES = 64, 1 << 17
"""Statements sent in one piece, of which two are under way: their replies fit into any socket's buffer."""

_packer: Packer = packer_for(Dialect.MODERN)


def message(tag: int, *fields: Any) -> bytes:
    """A request as bytes on the wire. Raises UnencodableValueError."""
    return frame(bytes((0xB0 + len(fields), tag)) + b"".join(map(_packer.pack, fields)))


class BoltClient:
    """A logged-in connection, for one thread; as a context manager it is closed at the end of the block.

    After a RefusedError the connection goes on (an open transaction is gone); after a ConnectionFailedError, or an
    exception out of the blue (Ctrl-C) in the middle of a request, it is of no use any more.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 7687,
        username: str = "",
        password: str = "",
        timeout: float | None = None,
    ) -> None:
        """Connect and log in.

        Args:
            username: empty for a server without users.
            timeout: seconds to wait for each piece of an answer; None for as long as it takes.

        Raises:
            ConnectionFailedError: nobody answers there, or not in Bolt 5.
            RefusedError: the server does not let us in.
        """
        self._address = f"{host}:{port}"
        self._chunks = Dechunker(_ANY_SIZE, None, 1 << 30)
        self._arrived: deque[bytes] = deque()
        self._unanswered = 0
        try:
            self._socket = socket.create_connection((host, port), CONNECT_SECONDS)
        except OSError as error:
            raise ConnectionFailedError(f"No server answers at {self._address}: {error}.") from error
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            self._shake_hands()
            self._log_in(username, password)
            self._socket.settimeout(timeout)
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close(polite=error is None)

    def close(self, polite: bool = True) -> None:
        """Say goodbye, if ``polite``, and hang up."""
        if polite:
            with suppress(ConnectionFailedError):  # gone already
                self.send(message(_GOODBYE))
        self._socket.close()

    # ------------------------------------------------------------------------------ statements

    def run(self, text: str, parameters: dict[str, Any] | None = None) -> Iterator[list[Any]]:
        """The records of a statement, which is sent at the first ``next``; fetched as they are consumed.

        Outside a transaction it is one of its own, which is committed when the last record has come. An iterator that
        is given up before its end leaves the result open: close the connection, or :meth:`reset` it.

        Raises (while iterating):
            RefusedError, ConnectionFailedError.
        """
        self.send(message(_RUN, text, parameters or {}, {}) + message(_PULL, {"n": FETCH}), 2)
        self.receive()
        while True:
            records: list[list[Any]] = []
            summary = self.receive(records)
            more = bool(summary.get("has_more"))
            if more:
                self.send(
                    message(_PULL, {"n": FETCH})
                )  # the server works on the next while we hand these out
            yield from records
            if not more:
                return

    def rows(self, text: str, parameters: dict[str, Any] | None = None) -> list[list[Any]]:
        """All records of a statement. Raises RefusedError, ConnectionFailedError."""
        return list(self.run(text, parameters))

    def execute(self, text: str, parameters: dict[str, Any] | None = None) -> None:
        """Run a statement to its end, whatever it returns. Raises RefusedError, ConnectionFailedError."""
        self.send(self.statement(text, parameters), 2)
        self.receive(count=2)

    def begin(self) -> None:
        self.send(message(_BEGIN, {}))
        self.receive()

    def commit(self) -> None:
        self.send(message(_COMMIT))
        self.receive()

    def rollback(self) -> None:
        self.send(message(_ROLLBACK))
        self.receive()

    def pipeline(self, statements: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Run statements, each with its parameters, one after the other without waiting for each; their records are thrown away.

        Meant for an open transaction. Only so much is under way that the server never waits for us to read.

        Raises:
            RefusedError: ``request`` is its number among ``statements``; those behind it were not run.
            ConnectionFailedError.
        """
        under_way: deque[int] = deque()
        answered = 0
        for requests, count in _windows(statements):
            self.send(requests, 2 * count)
            under_way.append(count)
            if len(under_way) > 1:
                answered += self._answers(under_way.popleft(), answered)
        while under_way:
            answered += self._answers(under_way.popleft(), answered)

    def _answers(self, count: int, before: int) -> int:
        """Wait for the replies to ``count`` statements behind ``before`` others; returns ``count``."""
        try:
            self.receive(count=2 * count)
        except RefusedError as error:
            error.request = before + error.request // 2
            raise
        return count

    def reset(self) -> None:
        """Give up what is open, and be ready for something else."""
        self.send(message(_RESET))
        while self._unanswered > 1:
            self._next_reply(None)
        self.receive()

    # ---------------------------------------------------------------------- ahead of the replies

    @staticmethod
    def statement(text: str, parameters: dict[str, Any] | None = None) -> bytes:
        """The two requests that run a statement and throw its records away, for :meth:`send`."""
        return message(_RUN, text, parameters or {}, {}) + message(_DISCARD, {"n": -1})

    def send(self, requests: bytes, count: int = 1) -> None:
        """Send so many requests. Raises ConnectionFailedError."""
        self._unanswered += count
        try:
            self._socket.sendall(requests)
        except OSError as error:
            raise self._lost(error) from error

    def receive(self, records: list[list[Any]] | None = None, count: int = 1) -> dict[str, Any]:
        """Wait for the replies to ``count`` requests; returns what the last says.

        Args:
            records: those that come are put here; without it they are thrown away.

        Raises:
            RefusedError: one failed. Whatever was sent has been answered then, and the connection is ready again.
            ConnectionFailedError.
        """
        metadata: dict[str, Any] = {}
        for request in range(count):
            tag, reply = self._next_reply(records)
            metadata = self._fields(reply)[0] if tag != IGNORED else {}
            if tag == FAILURE:
                with suppress(ConnectionFailedError):  # after a refused login; the failure says more
                    self.reset()
                raise _failure(metadata, request)
        return metadata

    def _next_reply(self, records: list[list[Any]] | None) -> tuple[int, bytes]:
        """The tag and the bytes of the message that answers the next request."""
        while True:
            arrived = self._next_message()
            if arrived[1] in (SUCCESS, FAILURE, IGNORED):
                self._unanswered -= 1
                return arrived[1], arrived
            if arrived[1] != RECORD:
                raise self._lost(f"it sent a message 0x{arrived[1]:02X}, which is no reply")
            if records is not None:
                records.append(self._fields(arrived)[0])

    def _next_message(self) -> bytes:
        while not self._arrived:
            try:
                data = self._socket.recv(_RECEIVE_BYTES)
            except OSError as error:
                raise self._lost(error) from error
            if not data:
                raise self._lost("it closed the connection")
            self._arrived.extend(self._chunks.feed(data))
            if self._chunks.error is not None:
                raise self._lost(self._chunks.error)
        return self._arrived.popleft()

    def _fields(self, arrived: bytes) -> list[Any]:
        try:
            return read_message(arrived, structures(), _DEPTH, _ANY_SIZE)[1]
        except (ProtocolError, InvalidRequestError) as error:
            raise self._lost(error) from error

    def _lost(self, why: object) -> ConnectionFailedError:
        return ConnectionFailedError(f"The connection to {self._address} is lost: {why}.")

    # ---------------------------------------------------------------------------------- login

    def _shake_hands(self) -> None:
        answer = b""
        try:
            self._socket.sendall(MAGIC + _OFFERS)
            while len(answer) < 4 and (more := self._socket.recv(4 - len(answer))):
                answer += more
        except OSError as error:
            raise self._lost(error) from error
        if answer[:2] != b"\0\0" or answer[3:] != b"\x05":
            raise ConnectionFailedError(f"What answers at {self._address} does not speak Bolt 5.")
        self._minor = answer[2]

    def _log_in(self, username: str, password: str) -> None:
        token: dict[str, Any] = {"scheme": "none"}
        if username or password:
            token = {"scheme": "basic", "principal": username, "credentials": password}
        product = f"lithograph/{__version__}"
        hello: dict[str, Any] = {"user_agent": product, "bolt_agent": {"product": product}}
        if self._minor == 0:
            self.send(message(_HELLO, {**hello, **token}))
            self.receive()
        else:
            self.send(message(_HELLO, hello) + message(_LOGON, token), 2)
            self.receive(count=2)


def _windows(statements: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[tuple[bytes, int]]:
    """Statements packed together, and how many they are."""
    packed: list[bytes] = []
    size = 0
    for text, parameters in statements:
        packed.append(BoltClient.statement(text, parameters))
        size += len(packed[-1])
        if len(packed) == _WINDOW or size >= _WINDOW_BYTES:
            yield b"".join(packed), len(packed)
            packed, size = [], 0
    if packed:
        yield b"".join(packed), len(packed)


def _failure(metadata: dict[str, Any], request: int) -> RefusedError:
    """From 5.7 on the Neo4j code has a name of its own."""
    code = metadata.get("neo4j_code") or metadata.get("code") or "Neo.DatabaseError.General.UnknownError"
    return RefusedError(str(code), str(metadata.get("message", "The server gave no reason.")), request)
