"""The first bytes of a connection: what is spoken, and in which version.

Source: the Bolt handshake specification (classic proposals with ranges, and the manifest form of version 1).
"""

from __future__ import annotations

from enum import Enum

from lithograph.server.bolt.versions import SUPPORTED, Version
from lithograph.server.errors import ProtocolError

MAGIC = b"\x60\x60\xb0\x17"
REFUSAL = b"\x00\x00\x00\x00"
MANIFEST_V1 = b"\x00\x00\x01\xff"

_MAX_VARINT = 10


class Wire(Enum):
    """What a peer begins to speak."""

    BOLT = "bolt"
    HTTP = "http"
    TLS = "tls"
    UNKNOWN = "unknown"


def recognise(start: bytes) -> Wire | None:
    """Tell the protocols of the one port apart; None while ``start`` is too short to say."""
    if start[:1] == b"\x16":
        return Wire.TLS
    for wire, opening in ((Wire.BOLT, MAGIC), (Wire.HTTP, b"GET ")):
        if start.startswith(opening):
            return wire
        if opening.startswith(start):
            return None
    return Wire.UNKNOWN


def encode_varint(number: int) -> bytes:
    """Seven bits a byte, least significant first, the top bit says that more follow."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def decode_varint(data: bytes, position: int) -> tuple[int, int] | None:
    """(number, position behind it), or None while bytes are missing. Raises ProtocolError beyond ten bytes."""
    number = 0
    for index in range(_MAX_VARINT):
        if position + index >= len(data):
            return None
        byte = data[position + index]
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return number, position + index + 1
    raise ProtocolError("A number in the handshake is longer than ten bytes.")


def _ranges() -> list[bytes]:
    """The supported versions as ``00 RR MM JJ``: runs of minors, best first."""
    runs: list[tuple[int, int, int]] = []
    for major, minor in SUPPORTED:
        if runs and runs[-1][0] == major and runs[-1][1] - runs[-1][2] - 1 == minor:
            runs[-1] = (major, runs[-1][1], runs[-1][2] + 1)
        else:
            runs.append((major, minor, 0))
    return [bytes((0, span, minor, major)) for major, minor, span in runs]


def manifest() -> bytes:
    """What answers ``00 00 01 FF``; must leave in a single write, drivers read it from one packet."""
    ranges = _ranges()
    return MANIFEST_V1 + encode_varint(len(ranges)) + b"".join(ranges) + encode_varint(0)


def _choose(proposal: bytes) -> Version | None:
    """The highest supported version inside one proposal ``00 RR MM JJ``."""
    _, span, minor, major = proposal
    lowest = max(minor - span, 0)
    return next((v for v in SUPPORTED if v[0] == major and lowest <= v[1] <= minor), None)


class Handshake:
    """One handshake in progress: bytes in, bytes out, then a version.

    After each ``feed`` the caller sends ``take_reply()``. Once ``version`` is set, ``rest`` holds what came behind
    the handshake. A peer that cannot be served raises ProtocolError; the reply, if any, is still to be sent.
    """

    def __init__(self) -> None:
        self.version: Version | None = None
        self.manifest = False
        self.rest = b""
        self._buffer = b""
        self._reply = b""

    def take_reply(self) -> bytes:
        reply, self._reply = self._reply, b""
        return reply

    def feed(self, data: bytes) -> None:
        self._buffer += data
        if not self.manifest:
            self._classic()
        if self.manifest and self.version is None:
            self._pick()

    def _classic(self) -> None:
        if self._buffer[:4] != MAGIC[: len(self._buffer)]:
            raise ProtocolError("This is not Bolt.")
        if len(self._buffer) < 20:
            return
        proposals, rest = self._buffer[4:20], self._buffer[20:]
        for start in range(0, 16, 4):
            proposal = proposals[start : start + 4]
            if proposal == MANIFEST_V1:
                self.manifest, self._buffer, self._reply = True, rest, manifest()
                return
            version = _choose(proposal)
            if version is not None:
                self.version, self.rest, self._reply = version, rest, bytes((0, 0, version[1], version[0]))
                return
        self._reply = REFUSAL
        raise ProtocolError(f"No version of Bolt in common; the client proposed {proposals.hex(' ', 4)}.")

    def _pick(self) -> None:
        if len(self._buffer) < 4:
            return
        capabilities = decode_varint(self._buffer, 4)
        if capabilities is None:
            return
        picked = (self._buffer[3], self._buffer[2])
        if self._buffer[:2] != b"\x00\x00" or picked not in SUPPORTED:
            raise ProtocolError(f"The client picked version {picked[0]}.{picked[1]}, which was not offered.")
        if capabilities[0] != 0:
            raise ProtocolError("The client took a capability that was not offered.")
        self.version, self.rest = picked, self._buffer[capabilities[1] :]
