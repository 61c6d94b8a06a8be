"""A minimal Bolt client for tests: packs requests, takes replies apart. The codec is the naive one, not the server's.

``BoltPeer`` talks over a socket (asyncio streams); ``request`` and ``replies`` are its two halves, used alone where
there is no socket.
"""

from __future__ import annotations

import asyncio
from typing import Any

from support.naive_packstream import Structure, pack, unpack

MAGIC = bytes.fromhex("6060B017")

TAGS = {
    "HELLO": 0x01, "GOODBYE": 0x02, "RESET": 0x0F, "RUN": 0x10, "BEGIN": 0x11, "COMMIT": 0x12, "ROLLBACK": 0x13,
    "DISCARD": 0x2F, "PULL": 0x3F, "TELEMETRY": 0x54, "ROUTE": 0x66, "LOGON": 0x6A, "LOGOFF": 0x6B,
}  # fmt: skip
REPLIES = {0x70: "SUCCESS", 0x71: "RECORD", 0x7E: "IGNORED", 0x7F: "FAILURE"}

Reply = tuple[str, Any]
"""("SUCCESS", map), ("RECORD", list), ("FAILURE", map) or ("IGNORED", None)"""


def chunked(message: bytes, size: int = 0xFFFF) -> bytes:
    parts = [message[start : start + size] for start in range(0, len(message), size)]
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts) + b"\x00\x00"


def request(name: str, *fields: Any) -> bytes:
    """A request's bytes, chunked."""
    return chunked(pack(Structure(TAGS[name], fields)))


def handshake(*versions: tuple[int, int]) -> bytes:
    """The classic form, without ranges."""
    proposals = [bytes((0, 0, minor, major)) for major, minor in versions]
    return MAGIC + b"".join(proposals).ljust(16, b"\x00")


def split_messages(data: bytes) -> tuple[list[bytes], bytes]:
    """Whole messages, and the rest."""
    messages: list[bytes] = []
    chunks: list[bytes] = []
    position = start = 0
    while position + 2 <= len(data):
        length = int.from_bytes(data[position : position + 2], "big")
        if position + 2 + length > len(data):
            break
        chunks.append(data[position + 2 : position + 2 + length])
        position += 2 + length
        if length == 0:
            messages.append(b"".join(chunks))
            chunks, start = [], position
    return messages, data[start:]


def replies(data: bytes) -> list[Reply]:
    """All replies in ``data``, which must end with one."""
    messages, rest = split_messages(data)
    assert not rest, f"an unfinished reply: {rest.hex(' ')}"
    return [parse_reply(message) for message in messages]


def parse_reply(message: bytes) -> Reply:
    reply = unpack(message)
    assert isinstance(reply, Structure)
    return REPLIES[reply.tag], reply.fields[0] if reply.fields else None


class BoltPeer:
    """A client over a real socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._rest = b""

    @classmethod
    async def connect(cls, address: tuple[str, int]) -> BoltPeer:
        return cls(*await asyncio.open_connection(*address))

    @classmethod
    async def login(cls, address: tuple[str, int], version: tuple[int, int] = (5, 4)) -> BoltPeer:
        peer = await cls.connect(address)
        assert await peer.handshake(version) == bytes((0, 0, version[1], version[0]))
        await peer.ask(("HELLO", {}), ("LOGON", {}))
        return peer

    async def handshake(self, *versions: tuple[int, int]) -> bytes:
        self.writer.write(handshake(*versions))
        return await self.reader.readexactly(4)

    def send(self, *requests: tuple[Any, ...]) -> None:
        """All in one write."""
        self.writer.write(b"".join(request(*parts) for parts in requests))

    async def reply(self) -> Reply:
        """The next reply; raises EOFError when the server has closed."""
        while True:
            messages, rest = split_messages(self._rest)
            if messages:
                first = messages[0]
                self._rest = b"".join(map(chunked, messages[1:])) + rest
                return parse_reply(first)
            data = await self.reader.read(65536)
            if not data:
                raise EOFError
            self._rest += data

    async def ask(self, *requests: tuple[Any, ...]) -> list[Reply]:
        """Send all in one write and await everything up to the last summary."""
        self.send(*requests)
        missing = len(requests)
        received: list[Reply] = []
        while missing:
            received.append(await self.reply())
            missing -= received[-1][0] != "RECORD"
        return received

    async def closed(self) -> bool:
        """Wait until the server closes; whether nothing more came."""
        return await self.reader.read() == b""

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()
