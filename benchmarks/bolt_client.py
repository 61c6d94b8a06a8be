"""A bare Bolt client that sends bytes packed beforehand, so that what is measured is the server and not a driver.

Replies are counted rather than decoded: a RECORD costs this client next to nothing. Many requests may be sent
in one write (``pipeline``). Packing and chunking are the server's own modules.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from lithograph.server.bolt.chunking import Dechunker, frame
from lithograph.server.bolt.packing import Packer
from lithograph.server.bolt.packstream import read_message
from lithograph.server.bolt.structures import packer_for
from lithograph.server.bolt.versions import Dialect

HANDSHAKE = bytes.fromhex("6060b017 00000405 00000000 00000000 00000000")
"""Offers 5.4 alone."""
_CHOSEN = bytes.fromhex("00000405")
_HELLO, _LOGON, _RUN, _PULL, _BEGIN, _COMMIT, _DISCARD = 0x01, 0x6A, 0x10, 0x3F, 0x11, 0x12, 0x2F
_SUCCESS, _RECORD, _FAILURE = 0x70, 0x71, 0x7F
_ANY_SIZE = 1 << 40
_RECEIVE_BYTES = 1 << 18

_packer: Packer = packer_for(Dialect.MODERN)


class RefusedError(Exception):
    """The server answered FAILURE or IGNORED, or closed the connection."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came for one or more requests: ``summary`` is the map of the last one."""

    records: int
    summary: dict[str, Any]

    @property
    def server_seconds(self) -> float:
        """What the server says the execution took; the plan of a repeated statement is cached."""
        return float(self.summary["plan_execution_time"])


def message(tag: int, *fields: Any) -> bytes:
    """A request as bytes on the wire."""
    head = bytes((0xB0 + len(fields), tag))
    return frame(head + b"".join(map(_packer.pack, fields)))


LOGIN = message(_HELLO, {"user_agent": "lithograph-benchmarks/1"}) + message(_LOGON, {})


def statement(text: str, parameters: dict[str, Any] | None = None) -> bytes:
    """RUN and a PULL of everything, as auto-commit."""
    return message(_RUN, text, parameters or {}, {}) + message(_PULL, {"n": -1})


def transaction(texts: Iterable[str]) -> tuple[bytes, int]:
    """One explicit transaction of statements without parameters whose rows are thrown away: (bytes, requests)."""
    parts = [message(_BEGIN, {})]
    for text in texts:
        parts += (message(_RUN, text, {}, {}), message(_PULL, {"n": -1}))
    parts.append(message(_COMMIT))
    return b"".join(parts), len(parts)


class BoltClient:
    """One logged-in connection, used by one thread; as a context manager it is closed at the end of the block."""

    def __init__(self, host: str, port: int, timeout: float = 120.0) -> None:
        """Raises OSError, RefusedError. ``timeout`` in seconds for each wait."""
        self._socket = socket.create_connection((host, port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._chunks = Dechunker(_ANY_SIZE, None, 1000)
        self._arrived: list[bytes] = []
        self._socket.sendall(HANDSHAKE)
        if self._socket.recv(4) != _CHOSEN:
            raise RefusedError("the server does not speak Bolt 5.4")
        self._socket.sendall(LOGIN)
        self._replies(2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def run(self, text: str, parameters: dict[str, Any] | None = None) -> Reply:
        """Pack, send, wait for the end of the result. Raises RefusedError."""
        return self.exchange(statement(text, parameters))

    def exchange(self, packed: bytes, requests: int = 2) -> Reply:
        """Send what ``statement`` or ``transaction`` made, and wait for the replies to its requests."""
        self._socket.sendall(packed)
        return self._replies(requests)

    def rows(self, text: str, parameters: dict[str, Any] | None = None) -> list[list[Any]]:
        """The rows of a result that has no graph elements in it."""
        self._socket.sendall(statement(text, parameters))
        rows: list[list[Any]] = []
        self._replies(2, rows)
        return rows

    def pipeline(self, texts: Sequence[str]) -> None:
        """One transaction with all statements in one write."""
        self.exchange(*transaction(texts))

    def _replies(self, requests: int, rows: list[list[Any]] | None = None) -> Reply:
        records = 0
        while True:
            for position, arrived in enumerate(self._arrived):
                tag = arrived[1]
                if tag == _RECORD:
                    records += 1
                    if rows is not None:
                        rows.append(_fields(arrived)[0])
                    continue
                if tag != _SUCCESS:
                    raise RefusedError(str(_fields(arrived)[0]) if tag == _FAILURE else "IGNORED")
                requests -= 1
                if not requests:
                    del self._arrived[: position + 1]
                    return Reply(records, _fields(arrived)[0])
            data = self._socket.recv(_RECEIVE_BYTES)
            if not data:
                raise RefusedError("the server closed the connection")
            self._arrived = self._chunks.feed(data)


def _fields(arrived: bytes) -> list[Any]:
    return read_message(arrived, {}, 100, _ANY_SIZE)[1]
