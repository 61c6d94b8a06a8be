"""The first bytes: told apart, cut anywhere, and never trusted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.server.bolt.handshake import (
    Handshake,
    Wire,
    decode_varint,
    encode_varint,
    manifest,
    recognise,
)
from lithograph.server.bolt.versions import SUPPORTED
from lithograph.server.errors import ProtocolError
from support.bolt_peer import MAGIC


@pytest.mark.parametrize(
    ("start", "wire"),
    [
        (b"", None),
        (b"\x60\x60", None),
        (MAGIC + b"...", Wire.BOLT),
        (b"GET", None),
        (b"GET / HTTP/1.1", Wire.HTTP),
        (b"\x16", Wire.TLS),
        (b"GEX", Wire.UNKNOWN),
        (b"\x60\x61", Wire.UNKNOWN),
        (b"SSH-2.0", Wire.UNKNOWN),
    ],
)
def test_the_protocols_of_the_port_are_told_apart(start: bytes, wire: Wire | None) -> None:
    assert recognise(start) is wire


@given(st.integers(0, 2**70 - 1))
def test_varints_come_back(number: int) -> None:
    packed = encode_varint(number)
    assert decode_varint(b"?" + packed + b"?", 1) == (number, len(packed) + 1)
    assert decode_varint(packed[:-1], 0) is None


def test_the_varint_of_the_specification() -> None:
    assert encode_varint(1_851_775) == bytes.fromhex("FF 82 71")


def test_varints_end_after_ten_bytes() -> None:
    with pytest.raises(ProtocolError):
        decode_varint(b"\x80" * 10, 0)


@given(st.binary(min_size=16, max_size=40))
def test_any_proposals_end_in_a_supported_version_a_manifest_or_a_refusal(rest: bytes) -> None:
    handshake = Handshake()
    try:
        handshake.feed(MAGIC + rest)
    except ProtocolError:
        assert handshake.take_reply() in (b"", b"\x00\x00\x00\x00", manifest())
        return
    reply = handshake.take_reply()
    if handshake.manifest:
        assert reply == manifest()
    else:
        assert handshake.version in SUPPORTED
        assert reply == bytes((0, 0, handshake.version[1], handshake.version[0]))
        assert handshake.rest == rest[16:]


def test_the_manifest_leaves_in_one_piece_and_may_be_answered_in_many() -> None:
    handshake = Handshake()
    for byte in MAGIC + bytes.fromhex("000001FF") + bytes(12):
        handshake.feed(bytes((byte,)))
    assert handshake.take_reply() == manifest()
    for byte in bytes.fromhex("00000805 00"):
        assert handshake.version is None
        handshake.feed(bytes((byte,)))
    assert handshake.version == (5, 8)


def test_capabilities_that_do_not_exist_cannot_be_taken() -> None:
    handshake = Handshake()
    handshake.feed(MAGIC + bytes.fromhex("000001FF") + bytes(12))
    with pytest.raises(ProtocolError, match="capability"):
        handshake.feed(bytes.fromhex("00000805 01"))
