"""Golden conversations: scripts of ``C:`` and ``S:`` lines, played against the server's protocol layers without a socket.

::

    # Any remark. The line below is an option, see ``OPTIONS``.
    !: version 5.4
    C: RUN "RETURN" {"x": 1} {}
    C: PULL {"n": -1}
    S: SUCCESS {"fields": ["x"]}
    S: RECORD [1]
    S: SUCCESS {"type": "r", "db": "memgraph", "bookmark": "*"}

Adjacent ``C:`` lines leave in one piece. Arguments are JSON; ``{"@49": [4500, 42, 3600]}`` is a structure, ``"*"`` in a reply matches
anything. A line of ``0x60 60 …`` is raw bytes. ``S: CLOSED`` is the end of the connection. Timings in SUCCESS maps need not be
written down, but must be numbers. With a ``version`` the handshake is done, with ``login`` the login too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from lithograph.server.auth import EveryoneMayLogIn
from lithograph.server.bolt.versions import Version
from lithograph.server.conversation import Conversation
from lithograph.server.limits import Limits
from lithograph.server.session import Session
from support.bolt_peer import TAGS, handshake, replies, request
from support.fake_backend import FakeBackend
from support.naive_packstream import Structure

OPTIONS = ("version", "login", "whole")
TIMINGS = {"t_first", "t_last", "parsing_time", "planning_time", "plan_execution_time", "cost_estimate"}


class MemoryPeer:
    """The socket's place: collects what the server sends."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = self.known = self.held = False

    def send(self, data: bytes) -> None:
        assert not self.closed
        self.sent.append(data)

    def hold_reading(self, hold: bool) -> None:
        self.held = hold

    def logged_in(self) -> None:
        self.known = True

    def finish(self) -> None:
        self.closed = True

    def take(self) -> bytes:
        data = b"".join(self.sent)
        self.sent.clear()
        return data


class Line:
    """A conversation in memory, with the fake backend behind it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.backend = FakeBackend()
        self.limits = limits or Limits()
        self.now = 0.0
        self.peer = MemoryPeer()
        loop = asyncio.get_running_loop()
        self.conversation = Conversation(self.peer, self.limits, self._open, loop)

    def _open(self, version: Version, manifest: bool) -> Session:
        return Session(
            self.backend,
            EveryoneMayLogIn(),
            self.limits,
            version=version,
            connection_id="bolt-1",
            local_address="127.0.0.1:7687",
            manifest=manifest,
            clock=lambda: self.now,
        )

    @classmethod
    async def ready(cls, version: Version = (5, 4), limits: Limits | None = None) -> Line:
        """Logged in."""
        line = cls(limits)
        line.conversation.receive(handshake(version))
        assert line.peer.take() == bytes((0, 0, version[1], version[0]))
        logon: list[tuple[Any, ...]] = [("LOGON", {})] if version >= (5, 1) else []
        assert {name for name, _ in await line.ask(("HELLO", {}), *logon)} == {"SUCCESS"}
        return line

    @property
    def session(self) -> Session:
        assert self.conversation.session is not None
        return self.conversation.session

    def send(self, *requests: tuple[Any, ...]) -> None:
        self.conversation.receive(b"".join(request(*parts) for parts in requests))

    async def ask(self, *requests: tuple[Any, ...]) -> list[tuple[str, Any]]:
        """Send all in one piece; what comes back until nothing is left to be done."""
        self.send(*requests)
        return await self.replies()

    async def replies(self) -> list[tuple[str, Any]]:
        await self.conversation.ended()
        return replies(self.peer.take())


async def play(script: str, bytewise: bool) -> None:
    """Play the script; AssertionError where the server answers otherwise."""
    options = dict(_options(script))
    line = Line()
    if "version" in options:
        major, minor = map(int, options["version"].split("."))
        line = await Line.ready((major, minor)) if "login" in options else Line()
        if "login" not in options:
            line.conversation.receive(handshake((major, minor)))
            line.peer.take()
    lines = [text for text in script.splitlines() if text[:2] in ("C:", "S:")]
    for speaker, group in groupby(lines, key=lambda text: text[:2]):
        texts = [text[2:].strip() for text in group]
        if speaker == "C:":
            data = b"".join(map(_request, texts))
            for piece in [bytes((byte,)) for byte in data] if bytewise and "whole" not in options else [data]:
                line.conversation.receive(piece)
            await line.conversation.ended()
        else:
            _compare(texts, line.peer)
    assert not line.peer.sent, f"the server said more: {line.peer.take().hex(' ')}"


def _options(script: str) -> Iterator[tuple[str, str]]:
    for text in script.splitlines():
        if text.startswith("!:"):
            name, _, value = text[2:].strip().partition(" ")
            assert name in OPTIONS, f"unknown option {name}"
            yield name, value


def _request(text: str) -> bytes:
    if text.startswith("0x"):
        return bytes.fromhex(text[2:])
    name, _, arguments = text.partition(" ")
    assert name in TAGS, f"unknown request {name}"
    return request(name, *_json_values(arguments))


def _json_values(text: str) -> list[Any]:
    decoder = json.JSONDecoder(object_hook=_structure)
    values: list[Any] = []
    while text := text.strip():
        value, end = decoder.raw_decode(text)
        values.append(value)
        text = text[end:]
    return values


def _structure(entries: dict[str, Any]) -> Any:
    for key, fields in entries.items():
        if key.startswith("@"):
            return Structure(int(key[1:], 16), tuple(fields))
    return entries


def _compare(expected: list[str], peer: MemoryPeer) -> None:
    closing = expected[-1] == "CLOSED"
    if closing:
        expected = expected[:-1]
    assert peer.closed == closing, "the connection is closed" if peer.closed else "the connection is open"
    data = peer.take()
    raw = b"".join(bytes.fromhex(text[2:]) for text in expected if text.startswith("0x"))
    assert data.startswith(raw), f"got {data.hex(' ')}"
    received = replies(data[len(raw) :])
    wanted = [text for text in expected if not text.startswith("0x")]
    assert len(received) == len(wanted), f"got {received}"
    for text, (name, value) in zip(wanted, received, strict=True):
        wanted_name, _, argument = text.partition(" ")
        values = _json_values(argument)
        assert wanted_name == name, f"wanted {text}, got {name} {value}"
        assert _matches(values[0] if values else None, value, top=True), f"wanted {text}, got {name} {value}"


def _matches(wanted: Any, value: Any, top: bool = False) -> bool:
    if wanted == "*":
        return True
    if isinstance(wanted, dict) and isinstance(value, dict):
        if top:
            assert all(isinstance(value[key], int | float) for key in TIMINGS & value.keys())
            value = {key: entry for key, entry in value.items() if key in wanted or key not in TIMINGS}
        return wanted.keys() == value.keys() and all(_matches(wanted[key], value[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(value, list):
        return len(wanted) == len(value) and all(map(_matches, wanted, value))
    if isinstance(wanted, Structure) and isinstance(value, Structure):
        return wanted.tag == value.tag and _matches(list(wanted.fields), list(value.fields))
    return bool(wanted == value and type(wanted) is type(value))


def scripts(folder: Path) -> list[Path]:
    """All scripts of a folder, in order."""
    return sorted(folder.glob("*.bolt"))
