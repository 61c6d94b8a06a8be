"""A Bolt server that says yes to everything and does nothing: ``python -m benchmarks.acknowledger``.

It follows chunk headers, looks at the tag of each message and sends a canned SUCCESS. What a client reaches
against it is the limit that the client's own packing and waiting set. It speaks 5.8 to 5.0 without records, and writes
``Listening on 127.0.0.1:PORT`` to stderr.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from benchmarks.bolt_client import message
from lithograph.server.bolt.handshake import Handshake

HOST = "127.0.0.1"

_SUCCESS = 0x70
_NOTHING = message(_SUCCESS, {})
_CANNED = {
    0x01: message(_SUCCESS, {"server": "Neo4j/5.26.0 compatible (acknowledger)", "connection_id": "bolt-1"}),
    0x10: message(_SUCCESS, {"fields": [], "t_first": 0}),
    0x3F: message(_SUCCESS, {"type": "w", "t_last": 0, "db": "none", "bookmark": "none:1"}),
    0x2F: message(_SUCCESS, {"type": "w", "t_last": 0, "db": "none", "bookmark": "none:1"}),
    0x12: message(_SUCCESS, {"bookmark": "none:1"}),
}
_GOODBYE = 0x02


class _Acknowledging(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._handshake: Handshake | None = Handshake()
        self._unread = b""
        self._skip = 0  # bytes of the current chunk that have not come
        self._tag: int | None = None  # of the message being received
        self._head = b""  # its first two bytes, which hold the tag

    def data_received(self, data: bytes) -> None:
        if self._handshake is not None:
            self._handshake.feed(data)
            self._transport.write(self._handshake.take_reply())
            if self._handshake.version is None:
                return
            data, self._handshake = self._handshake.rest, None
        replies = b"".join(map(self._reply, self._tags(data)))
        if replies:
            self._transport.write(replies)

    def _reply(self, tag: int) -> bytes:
        if tag == _GOODBYE:
            self._transport.close()
            return b""
        return _CANNED.get(tag, _NOTHING)

    def _tags(self, data: bytes) -> Iterator[int]:
        """The tag of each message that ``data`` completes."""
        data = self._unread + data
        position, size = 0, len(data)
        while position < size:
            if self._skip:
                step = min(self._skip, size - position)
                if len(self._head) < 2:
                    self._head += data[position : position + min(step, 2)]
                self._skip -= step
                position += step
            elif size - position < 2:
                break
            else:
                self._skip = int.from_bytes(data[position : position + 2], "big")
                position += 2
                if not self._skip and self._head:
                    yield self._head[1]
                    self._head = b""
        self._unread = data[position:]


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Acknowledging, HOST, 0)
    print(f"Listening on {HOST}:{server.sockets[0].getsockname()[1]}", file=sys.stderr, flush=True)
    await server.serve_forever()


@contextmanager
def acknowledging_server() -> Iterator[str]:
    """Its URI, while the block runs; it is a process of its own."""
    command = (sys.executable, "-m", "benchmarks.acknowledger")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        try:
            assert process.stderr is not None, "stderr was asked for"
            line = process.stderr.readline()
            if not line.startswith("Listening on "):
                raise RuntimeError(f"the acknowledging server did not start: {line}")
            yield f"bolt://{line.split()[-1]}"
        finally:
            process.terminate()


if __name__ == "__main__":
    import uvloop

    uvloop.run(_serve())
