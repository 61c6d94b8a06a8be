"""Chunks: any cuts give the same messages, and nothing grows beyond its bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.server.bolt.chunking import Dechunker, frame
from lithograph.server.errors import MessageTooLargeError
from support.bolt_peer import chunked, split_messages


def dechunker(size: int = 1 << 20, chunks: int | None = None) -> Dechunker:
    return Dechunker(size, chunks, max_noops=10)


@given(
    st.lists(
        st.tuples(st.binary(min_size=1, max_size=40), st.integers(1, 41), st.integers(0, 2)), max_size=6
    ),
    st.lists(st.integers(1, 30), max_size=40),
)
def test_messages_do_not_depend_on_the_cuts(messages: list[tuple[bytes, int, int]], cuts: list[int]) -> None:
    stream = b"".join(b"\x00\x00" * noops + chunked(message, size) for message, size, noops in messages)
    reader = dechunker()
    received: list[bytes] = []
    for cut in cuts:
        received += reader.feed(stream[:cut])
        stream = stream[cut:]
    received += reader.feed(stream)
    assert received == [message for message, _, _ in messages]
    assert reader.delivered == len(messages)
    assert not reader.partial


@pytest.mark.parametrize("size", [1, 0xFFFF, 0x10000, 200_000])
def test_framing_is_undone_by_unframing(size: int) -> None:
    message = bytes(range(256)) * (size // 256) + bytes(size % 256)
    assert split_messages(frame(message)) == ([message], b"")
    assert dechunker().feed(frame(message)) == [message]


def test_a_message_in_progress_is_noticed() -> None:
    reader = dechunker()
    assert not reader.partial
    for byte in b"\x00\x02\xb0\x0f\x00":
        reader.feed(bytes((byte,)))
        assert reader.partial
    assert reader.feed(b"\x00") == [b"\xb0\x0f"]
    assert not reader.partial


@pytest.mark.parametrize("cut", [1, 7, 1000])
def test_a_message_beyond_the_limit_is_refused_and_those_before_it_are_kept(cut: int) -> None:
    reader = dechunker(size=100)
    stream = chunked(b"x" * 98) + chunked(b"y" * 99)
    received = [
        message
        for start in range(0, len(stream), cut)
        for message in reader.feed(stream[start : start + cut])
    ]
    assert received == [b"x" * 98]
    assert isinstance(reader.error, MessageTooLargeError)
    assert reader.feed(chunked(b"z")) == []


def test_chunk_headers_count_as_size() -> None:
    reader = dechunker(size=100)
    assert reader.feed(chunked(b"x" * 34, size=1)) == []
    assert isinstance(reader.error, MessageTooLargeError)


def test_chunks_are_counted_before_login() -> None:
    reader = dechunker(chunks=3)
    assert reader.feed(chunked(b"xyz", size=1)) == [b"xyz"]
    assert reader.feed(chunked(b"wxyz", size=1)) == []
    assert reader.error is not None


def test_too_many_noops_are_an_error_but_messages_between_them_forgive() -> None:
    reader = dechunker()
    for _ in range(5):
        assert reader.feed(b"\x00\x00" * 10 + chunked(b"x")) == [b"x"]
    reader.feed(b"\x00\x00" * 10)
    assert reader.error is None
    reader.feed(b"\x00\x00")
    assert reader.error is not None
