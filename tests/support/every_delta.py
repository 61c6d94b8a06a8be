"""Files with every kind of delta, of chunk and of value in them, accidents that happen to files, and what a start says then.

What was recovered is remembered as bytes, so that it can be compared to the last sign of a zero.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from lithograph.durability.codec import Encoder
from lithograph.durability.errors import FileError
from lithograph.durability.framing import HEADER_SIZE
from lithograph.durability.header import SIZE
from lithograph.durability.manager import Durability
from lithograph.storage.columns.chunk import Chunk, Kind
from lithograph.storage.deltas import (
    ChangeSetting,
    CreateEdges,
    CreateIndex,
    CreateVertices,
    DeleteEdges,
    DeleteVertices,
    Delta,
    DropIndex,
    SetEnum,
    SetLabels,
    SetProperty,
)
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support.durable_model import Clock, Settings, slots
from support.files import MemoryFiles
from support.key_files import frames_of

VALUES: tuple[Any, ...] = (
    None,
    True,
    -(2**63),
    math.nan,
    -0.0,
    "Ω\U0001f40e\u2028",
    b"\0\xff",
    [1, "a", [None, {"ключ": [2.5]}]],
    {"a": 1, "": {}},
    Date(19_000),
    LocalTime(1),
    Time(86_399_999_999_999, -3_600),
    LocalDateTime(-1, 999_999_999),
    DateTime(1_700_000_000, 5, 3_600, "Europe/Vienna"),
    Duration(14, -3, 5, 6),
    Point(7203, 1.0, -2.0),
    Point(4979, 1.0, 2.0, 3.0),
    EnumValue("Státus", "a b"),
)

_MANY = np.arange(0, 60, 2, dtype=np.int64)
_SOME = np.arange(9) % 3 > 0


def _properties() -> Iterator[Delta]:
    at = slots(*range(9))
    numbers = np.arange(9, dtype=np.int64)
    words = Chunk(Kind.DICTIONARY, np.arange(9, dtype=np.int32) % 3 - 1, None, ("žluť", "y"))
    yield SetProperty("vertices", "integer", at, Chunk(Kind.INT, numbers << 40, _SOME))
    yield SetProperty("vertices", "float", at, Chunk(Kind.FLOAT, numbers / 7, None))
    yield SetProperty("vertices", "boolean", at, Chunk(Kind.BOOL, numbers % 2 > 0, _SOME))
    yield SetProperty("vertices", "word", at, words)
    values = np.empty(len(VALUES), dtype=object)
    values[:] = VALUES
    yield SetProperty("vertices", "any", slots(*range(len(VALUES))), Chunk(Kind.OBJECT, values))
    yield SetProperty("edges", "w", slots(0, 2), Chunk.of([1, 2]))


TRANSACTIONS: tuple[list[Delta], ...] = (
    [CreateIndex("vertices", "Láb el", ("a", "b")), CreateIndex("edges", "TO", ())],
    [CreateVertices(slots(*range(20)), ("Láb el", "User")), CreateVertices(_MANY + 100, ())],
    [CreateEdges(slots(*range(9)), "TO", slots(*range(9)), slots(*range(1, 10)))],
    list(_properties()),
    [SetLabels(slots(1, 3), ("B",)), DropIndex("edges", "TO", ())],
    [DeleteEdges(slots(4)), DeleteVertices(_MANY + 100)],
    [
        ChangeSetting("server.name", "x" * 9),
        ChangeSetting("log.level", None),
        SetEnum("Státus", ("a b", "B")),
    ],
    [SetProperty("vertices", "integer", slots(0), Chunk.of([None])), CreateVertices(slots(200), ("Z",))],
)
"""Transaction ``n`` of a log is number ``n - 1`` of these, again and again."""


class Recorder:
    """A loader that remembers the transactions, as their bytes: equal bytes are equal deltas."""

    def __init__(self) -> None:
        self.committed: Committed = []
        self.finished = False
        self._encoder = Encoder()
        self._deltas: list[Delta] = []

    def apply(self, delta: Delta) -> None:
        self._deltas.append(delta)

    def commit(self, timestamp: int) -> None:
        self.committed.append((timestamp, self._encoder.encode(self._deltas)))
        self._deltas = []

    def finish(self) -> None:
        assert not self._deltas
        self.finished = True


Content = Callable[[int], list[Delta]]
"""The deltas of transaction ``n``, from 1."""

Committed = list[tuple[int, bytes]]
"""What a recorder holds."""


def every(number: int) -> list[Delta]:
    return TRANSACTIONS[(number - 1) % len(TRANSACTIONS)]


def bulky(number: int) -> list[Delta]:
    """A hundred thousand bytes or so that cannot be compressed much."""
    text = random.Random(number).randbytes(50_000).hex()
    return [
        CreateVertices(slots(number), ("Bulky",)),
        SetProperty("vertices", "t", slots(number), Chunk.of([text])),
    ]


def committed(first: int, last: int, content: Content = every) -> Committed:
    """What a recorder holds after these transactions."""
    return [(number, Encoder().encode(content(number))) for number in range(first, last + 1)]


def image(last: int, content: Content = every) -> Committed:
    """What a recorder holds after a snapshot of the transactions up to here."""
    return [(last, Encoder().encode(list(_deltas_up_to(last, content))))]


def _deltas_up_to(last: int, content: Content) -> Iterator[Delta]:
    for number in range(1, last + 1):
        yield from content(number)


class Writer:
    """A database that commits ``content`` and takes snapshots."""

    def __init__(self, files: MemoryFiles, settings: Settings, content: Content = every) -> None:
        self.durability = Durability.open(settings, Recorder(), files=files, clock=Clock())
        self._files = files
        self._content = content
        self._last = 0

    def commit(self, count: int, sync: bool = True) -> None:
        observer = self.durability.observer
        assert observer is not None
        for _ in range(count):
            self._last += 1
            observer.append(self._last, self._content(self._last))
            if sync:
                self.durability.flush()

    def count_without_log(self, count: int) -> None:
        """These happened, for snapshots to have them."""
        self._last += count

    def snapshot(self) -> None:
        self.durability.create_snapshot(_deltas_up_to(self._last, self._content), self._last, 0)

    def kill(self) -> MemoryFiles:
        self._files.locks.clear()
        return self._files

    def stop(self) -> MemoryFiles:
        """In order, but for a snapshot."""
        self.durability.close()
        return self._files


ROOMY = Settings(storage_wal_file_size_kib=1 << 20)


def killed(sync: bool = True) -> MemoryFiles:
    """One file of log with every delta, without its summary."""
    writer = Writer(MemoryFiles(), ROOMY)
    writer.commit(len(TRANSACTIONS), sync)
    return writer.kill()


def start(disk: MemoryFiles) -> Committed | FileError:
    """What a start recovers, or why it is refused. Any other error is the test's failure."""
    recorder, before, refused = Recorder(), disk.contents(), None
    try:
        Durability.open(ROOMY, recorder, files=disk, clock=Clock()).close()
    except FileError as error:
        refused = error
    assert disk.calls < 300, "far too much work"
    if refused is None:
        assert recorder.finished
        return recorder.committed
    assert disk.contents() == before, "a start that was refused changed something"
    assert not disk.locks
    assert refused.path in before
    assert refused.offset is None or 0 <= refused.offset <= len(before[refused.path])
    assert refused.remedy
    assert "\n" not in str(refused)
    return refused


def start_with(files: MemoryFiles, path: Path, content: bytes) -> Committed | FileError:
    """:func:`start` on a copy of the files in which this one is changed, or comes."""
    disk = files.copy()
    disk.place(path, content)
    return start(disk)


def newest(files: MemoryFiles, folder: str) -> Path:
    return max(path for path in files.contents() if path.parent.name == folder)


def ends_of(content: bytes) -> list[int]:
    """Where each frame of a file ends."""
    ends, offset = [], SIZE
    for frame in frames_of(content):
        offset += HEADER_SIZE + len(frame.stored)
        ends.append(offset)
    return ends


@st.composite
def accidents(draw: st.DrawFn, content: bytes) -> bytes:
    """The content after bytes were changed, put in, left out, doubled, moved, zeroed."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(changed)))
        end = min(len(changed), begin + draw(st.sampled_from([1, 4, 56, 512]) | st.integers(0, 600)))
        piece = bytes(changed[begin:end])
        match draw(st.sampled_from(["change", "put in", "leave out", "double", "move", "zero"])):
            case "change":
                changed[begin:end] = draw(st.binary(min_size=len(piece), max_size=len(piece)))
            case "put in":
                changed[begin:begin] = draw(st.binary(max_size=80))
            case "leave out":
                del changed[begin:end]
            case "double":
                changed[end:end] = piece
            case "move":
                del changed[begin:end]
                to = draw(st.integers(0, len(changed)))
                changed[to:to] = piece
            case "zero":
                changed[begin:end] = bytes(len(piece))
    return bytes(changed)
