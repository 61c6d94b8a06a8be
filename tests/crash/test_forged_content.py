"""Files whose checksums hold, although nobody of ours wrote them: whatever they say, they do no harm.

What such a file means is its writer's affair. But a start on it ends in time, with little memory, and with data or with
an error of ours.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.durability.codec import decode
from lithograph.durability.errors import DamagedFileError
from lithograph.durability.header import SIZE
from lithograph.durability.values import MalformedError
from support import thoroughness
from support.durable_model import ROOT, Settings
from support.every_delta import TRANSACTIONS, Writer, accidents, ends_of, killed, newest, start_with
from support.files import MemoryFiles
from support.key_files import RawFrame, assembled, frames_of

pytestmark = pytest.mark.usefixtures("quiet")

COUNT = len(TRANSACTIONS)


def with_snapshot(compression: str = "none") -> MemoryFiles:
    writer = Writer(MemoryFiles(), Settings(storage_snapshot_compression=compression))
    writer.commit(COUNT)
    writer.snapshot()
    return writer.kill()


# ---------------------------------------------------------------------------- sizes of payloads


def memory_of(action: Callable[[], object]) -> int:
    """The most bytes that were held at a time meanwhile."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def array32(length: int) -> bytes:
    return b"\xdd" + length.to_bytes(4, "big")


def extension32(code: int, content: bytes) -> bytes:
    return b"\xc9" + len(content).to_bytes(4, "big") + bytes([code]) + content


MUCH = 100_000

BOMBS: dict[str, bytes] = {
    "an array that says it is huge": array32(2**32 - 1),
    "a map that says it is huge": b"\xdf\xff\xff\xff\xff",
    "a text that says it is huge": b"\xdb\xff\xff\xff\xff",
    "bytes that say they are many": b"\xc6\xff\xff\xff\xff",
    "an extension that says it is huge": b"\xc9\xff\xff\xff\xff\x04",
    "arrays in arrays": b"\x91" * MUCH,
    "maps in maps": b"\x81\xa0" * (MUCH // 2),
    "arrays in arrays, each as long as the rest": array32(MUCH) * 500 + b"\xc0" * MUCH,
    "the same in a value": extension32(16, array32(MUCH) * 500 + b"\xc0" * MUCH),
    "arrays in a value": extension32(16, b"\x91" * MUCH),
    "more slots than there can be": b"\x93\x01\x92\x00\xce\x7f\xff\xff\xff\x90",
    "slots beyond the last": b"\x93\x01\x92\xce\x7f\xff\xff\xff\x02\x90",
    "very many empty maps": b"\x80" * MUCH,
}


@pytest.mark.parametrize("count", [1, 2**40], ids=["one", "very many"])
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_what_a_payload_says_of_its_size_is_not_believed(bomb: bytes, count: int) -> None:
    payload = msgpack.packb(count) + bomb

    def read() -> None:
        with pytest.raises(MalformedError):
            list(decode(payload))

    assert memory_of(read) < (1 << 20) + 20 * len(payload)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_transaction_that_is_none_is_refused_with_its_place(bomb: bytes) -> None:
    files = killed()
    path = newest(files, "wal")
    content = files.contents()[path]
    frames = frames_of(content)
    forged = assembled(content, [*frames[:-1], frames[-1].with_stored(b"\x01" + bomb)])
    found = start_with(files, path, forged)
    assert isinstance(found, DamagedFileError)
    assert (found.path, found.offset) == (path, ends_of(content)[-2])
    assert "makes no sense" in found.reason


# ------------------------------------------------------------------------------ anything at all

FRAME_FIELDS = {1: 8, 2: 8, 5: 32, 6: 64, 7: 64, 8: 64, 9: 64}
"""Kind, flags, epoch, sequence, timestamp, settled, written, with their bits."""


@st.composite
def forged_frames(draw: st.DrawFn, frames: list[RawFrame]) -> list[RawFrame]:
    place = draw(st.integers(0, len(frames) - 1))
    changed = frames[place]
    if draw(st.booleans()):
        changed = changed.with_stored(draw(accidents(changed.stored)))
    for field in draw(st.lists(st.sampled_from(sorted(FRAME_FIELDS)), max_size=2)):
        changed = changed.with_field(field, draw(st.integers(0, 2 ** FRAME_FIELDS[field] - 1)))
    return [*frames[:place], changed, *frames[place + 1 :]]


def check_frames(data: st.DataObject) -> None:
    compression = data.draw(st.sampled_from(["none", "zstd"]))
    for files, folder in ((killed(), "wal"), (with_snapshot(compression), "snapshots")):
        path = newest(files, folder)
        content = files.contents()[path]
        start_with(files, path, assembled(content, data.draw(forged_frames(frames_of(content)))))


@thoroughness.QUICK
@given(st.data())
def test_forged_frames_do_no_harm(data: st.DataObject) -> None:
    check_frames(data)


@thoroughness.long
@given(st.data())
def test_many_forged_frames_do_no_harm(data: st.DataObject) -> None:
    check_frames(data)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.binary(max_size=20)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
HEADER_FIELDS = (
    *("needs", "database", "epoch", "id", "previous", "sequence", "first_frame", "after", "created"),
    *("timestamp", "wal_sequence", "next_frame", "trigger", "key"),
)


@thoroughness.QUICK
@given(
    st.dictionaries(st.sampled_from(HEADER_FIELDS), anything | st.integers(0, 2**63), min_size=1, max_size=2)
)
def test_forged_headers_do_no_harm(fields: dict[str, Any]) -> None:
    for files, folder in ((killed(), "wal"), (with_snapshot(), "snapshots")):
        path = newest(files, folder)
        content = files.contents()[path]
        length = int.from_bytes(content[12:16], "little")
        packed = msgpack.packb(msgpack.unpackb(content[16 : 16 + length]) | fields)
        header = (content[:12] + len(packed).to_bytes(4, "little") + packed).ljust(SIZE, b"\0")
        for frames in (frames_of(content), []):
            start_with(files, path, assembled(header[:SIZE], frames))


@thoroughness.QUICK
@given(
    st.fixed_dictionaries(
        {"version": st.sampled_from([1, 1, 1, 2, "1"])},
        optional={
            "snapshots": st.lists(st.text(max_size=3), max_size=2) | st.text(max_size=3) | st.none(),
            "wal": st.lists(st.text(max_size=3), max_size=2),
            "aside": st.sampled_from(["1", "20261122100000000000", "..", "", None]),
            "epoch": st.sampled_from([0, 7, -1, 2**40, 1e999, "7", None, [1]]),
        },
    )
)
def test_a_forged_order_to_restore_does_no_harm(order: dict[str, Any]) -> None:
    files = with_snapshot()
    fields = {"snapshots": [newest(files, "snapshots").name], "wal": [], "aside": "1", "epoch": 7} | order
    start_with(files, ROOT / ".restore", json.dumps(fields).encode())
