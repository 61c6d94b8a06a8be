"""Versions: who wrote what, and what was there before.

The arrays of a table hold the newest values, in place. For each write the table's :class:`VersionLog`
has an entry (slot, column, writer, value before), chained from the slot newest first. A reader takes the
newest values and goes back along the chain as long as the entry's writer is not visible to it. So a
single array, ``head``, says whether an element has versions at all, who wrote it last, and where its
chain begins. Visibility is decided in :class:`View` and nowhere else.

Invariants:

1. Writers of one element do not interleave: a write needs the head entry's writer to be visible to the
   one who writes (``claim``); first writer wins. So a chain is in commit order, and once an entry is
   visible all older ones are.
2. Entries that every present and future reader sees are of no use; when no transaction runs the whole
   log goes (``clear``), else ``vacuum`` compacts it.
3. An undone entry has slot -1 and is in no chain.

After Neumann, Mühlbauer, Kemper: Fast Serializable Multi-Version Concurrency Control for Main-Memory
Database Systems, SIGMOD 2015; the difference is that an element has one chain for all its columns, and
that the chain is columns too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lithograph.storage.arrays import grown, next_capacity
from lithograph.storage.columns.chunk import Mask, Slots
from lithograph.storage.errors import ConflictError

Int32s = npt.NDArray[np.int32]
Entries = npt.NDArray[np.int64]

EXISTENCE = 0
"""The column number of ``labels`` and ``type``; property key ``k`` has number ``k + 1``."""

NEVER = np.iinfo(np.int64).max
"""The commit timestamp of a transaction that has not committed."""


class Writers:
    """Commit timestamps by writer number; number 0 is nobody, a writer that all see."""

    __slots__ = ("commits", "count")

    def __init__(self) -> None:
        self.commits: npt.NDArray[np.int64] = np.zeros(64, dtype=np.int64)
        self.count = 1

    def register(self) -> int:
        """A number for a transaction that begins to write."""
        if self.count == len(self.commits):
            self.commits = grown(self.commits, next_capacity(self.count, self.count + 1))
        number = self.count
        self.commits[number] = NEVER
        self.count += 1
        return number

    def clear(self) -> None:
        """Forget all; no log entry may be left."""
        self.count = 1


class View:
    """What one transaction sees: commits up to ``snapshot``, and its own writes."""

    __slots__ = ("own", "snapshot", "writers")

    def __init__(self, writers: Writers, snapshot: int) -> None:
        self.writers = writers
        self.snapshot = snapshot
        self.own = 0

    def sees(self, writers: npt.NDArray[Any]) -> Mask:
        """For each writer number whether its writes are visible (bool[n])."""
        visible: Mask = self.writers.commits[writers] <= self.snapshot
        if self.own:
            visible |= writers == self.own
        return visible

    def sees_one(self, writer: int) -> bool:
        """The same for one writer."""
        return writer == self.own or bool(self.writers.commits[writer] <= self.snapshot)


class VersionLog:
    """The versions of one table. Entry numbers begin at 1; 0 ends a chain."""

    __slots__ = (
        "after_codes",
        "before_codes",
        "before_values",
        "columns",
        "count",
        "head",
        "older",
        "slots",
        "writers",
    )

    def __init__(self) -> None:
        self.head: Int32s = np.zeros(0, dtype=np.int32)
        self.count = 0
        self._allocate(64)
        self.before_values: list[Any] = [None]

    def _allocate(self, capacity: int) -> None:
        self.slots: Int32s = np.zeros(capacity, dtype=np.int32)
        self.columns: Int32s = np.zeros(capacity, dtype=np.int32)
        self.writers: Int32s = np.zeros(capacity, dtype=np.int32)
        self.older: Int32s = np.zeros(capacity, dtype=np.int32)
        self.before_codes: Int32s = np.zeros(capacity, dtype=np.int32)
        self.after_codes: Int32s = np.zeros(capacity, dtype=np.int32)

    def _reserve(self, entries: int) -> None:
        needed = self.count + entries + 1
        if needed > len(self.slots):
            capacity = next_capacity(len(self.slots), needed)
            for name in ("slots", "columns", "writers", "older", "before_codes", "after_codes"):
                setattr(self, name, grown(getattr(self, name), capacity))

    def reserve_slots(self, capacity: int) -> None:
        """Make room for elements up to ``capacity``."""
        self.head = grown(self.head, capacity)

    # -- writing

    def claim(self, slots: Slots, view: View) -> None:
        """Make sure that ``view`` may write these elements.

        Raises:
            ConflictError: another transaction wrote one of them, and ``view`` does not see it.
        """
        if not self.count:
            return
        heads = self.head[slots]
        heads = heads[heads > 0]
        if heads.size and not view.sees(self.writers[heads]).all():
            raise ConflictError()

    def claim_one(self, slot: int, view: View) -> None:
        """``claim`` for one element."""
        entry = int(self.head[slot]) if self.count else 0
        if entry and not view.sees_one(int(self.writers[entry])):
            raise ConflictError()

    def record_codes(
        self, slots: Slots, before: Int32s | int, after: Int32s | int, writer: int
    ) -> tuple[int, int]:
        """Note that the existence codes of ``slots`` (each once) change; returns the entry range."""
        first, stop = self._chain(slots, EXISTENCE, writer)
        self.before_codes[first:stop] = before
        self.after_codes[first:stop] = after
        self.before_values.extend([None] * (stop - first))
        return first, stop

    def record_values(self, slots: Slots, column: int, before: list[Any], writer: int) -> tuple[int, int]:
        """Note that a property of ``slots`` (each once) changes; returns the entry range."""
        first, stop = self._chain(slots, column, writer)
        self.before_values.extend(before)
        return first, stop

    def _chain(self, slots: Slots, column: int, writer: int) -> tuple[int, int]:
        size = len(slots)
        self._reserve(size)
        first = self.count + 1
        stop = first + size
        if size == 1:
            slot = slots[0]
            self.slots[first] = slot
            self.columns[first] = column
            self.writers[first] = writer
            self.older[first] = self.head[slot]
            self.head[slot] = first
            self.count = first
            return first, stop
        self.slots[first:stop] = slots
        self.columns[first:stop] = column
        self.writers[first:stop] = writer
        self.older[first:stop] = self.head[slots]
        self.head[slots] = np.arange(first, stop, dtype=np.int32)
        self.count += size
        return first, stop

    def unchain(self, first: int, stop: int) -> Slots:
        """Take the newest entries of their chains out again (undo); returns their slots."""
        slots = self.slots[first:stop].astype(np.int64)
        self.head[slots] = self.older[first:stop]
        self.slots[first:stop] = -1
        return slots

    # -- reading

    def touches(self, slots: Slots) -> bool:
        """Whether any of these elements has versions."""
        return bool(self.count) and bool(self.head[slots].any())

    def repair_codes(self, codes: Int32s, heads: Int32s, view: View) -> Int32s:
        """Existence codes as ``view`` sees them, from the newest ones and the slots' chain heads."""
        rows = np.flatnonzero(heads)
        if not rows.size:
            return codes
        codes = codes.copy()
        entries: Entries = heads[rows].astype(np.int64)
        while entries.size:
            hidden = ~view.sees(self.writers[entries])
            rows, entries = rows[hidden], entries[hidden]
            existence = self.columns[entries] == EXISTENCE
            codes[rows[existence]] = self.before_codes[entries[existence]]
            entries = self.older[entries].astype(np.int64)
            chained = entries > 0
            rows, entries = rows[chained], entries[chained]
        return codes

    def code_before(self, slot: int, code: int, view: View) -> int:
        """``repair_codes`` for one element."""
        entry = int(self.head[slot])
        while entry and not view.sees_one(int(self.writers[entry])):
            if self.columns[entry] == EXISTENCE:
                code = int(self.before_codes[entry])
            entry = int(self.older[entry])
        return code

    def value_before(self, slot: int, column: int, value: Any, view: View) -> Any:
        """A property of one element as ``view`` sees it, from its newest value."""
        entry = int(self.head[slot])
        while entry and not view.sees_one(int(self.writers[entry])):
            if self.columns[entry] == column:
                value = self.before_values[entry]
            entry = int(self.older[entry])
        return value

    # -- forgetting

    def clear(self) -> None:
        """Drop all versions: every reader from now on sees the newest values."""
        if not self.count:
            return
        slots = self.slots[1 : self.count + 1]
        self.head[slots[slots >= 0]] = 0
        self.count = 0
        self.before_values = [None]
        if len(self.slots) > 1 << 20:
            self._allocate(64)

    def vacuum(self, everybody: View) -> Int32s:
        """Drop the entries that are visible even to ``everybody``, the oldest snapshot in use.

        Returns the new number of every old one (0: gone), so that transactions can mend their undo lists;
        the entries of one write stay next to each other.
        """
        numbers = np.arange(1, self.count + 1)
        stays = (self.slots[numbers] >= 0) & ~everybody.sees(self.writers[numbers])
        kept = numbers[stays]
        translation = np.zeros(self.count + 1, dtype=np.int32)
        translation[kept] = np.arange(1, len(kept) + 1, dtype=np.int32)
        live = self.slots[numbers]
        self.head[live[live >= 0]] = translation[self.head[live[live >= 0]]]
        for name in ("slots", "columns", "writers", "before_codes", "after_codes"):
            array = getattr(self, name)
            array[1 : len(kept) + 1] = array[kept]
        self.older[1 : len(kept) + 1] = translation[self.older[kept]]
        self.before_values = [None, *(self.before_values[entry] for entry in kept.tolist())]
        self.count = len(kept)
        return translation
