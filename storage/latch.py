"""The latch: makes steps of queries atomic against each other.

Readers share it, a writing step holds it alone. It is held for one step (a frame, a commit), never across
an await, an fsync or the hand-out of a result, so nobody waits for it long; a step that takes long gives way
where it can. Writers go first: once one waits, new readers queue behind it; and when one is done, the readers that
waited have their turn before the next (phase-fair, Brandenburg and Anderson 2009), so nobody starves.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Latch:
    """A readers-writer lock, not reentrant."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._readers = 0
        self._writing = False
        self._waiting_writers = 0
        self._waiting_readers = 0
        self._turn = 0
        """How many of the waiting readers come before any writer."""

    def try_acquire(self, exclusive: bool) -> bool:
        """Take the latch if that is possible at once."""
        with self._lock:
            if self._writing or (self._readers or self._turn if exclusive else self._waiting_writers):
                return False
            if exclusive:
                self._writing = True
            else:
                self._readers += 1
            return True

    def acquire(self, exclusive: bool) -> None:
        """Wait for the latch and take it."""
        with self._changed:
            if exclusive:
                self._acquire_alone()
            else:
                self._acquire_shared()

    def _acquire_alone(self) -> None:
        self._waiting_writers += 1
        try:
            self._changed.wait_for(lambda: not (self._writing or self._readers or self._turn))
        except BaseException:
            self._changed.notify_all()  # readers may be waiting behind this writer
            raise
        finally:
            self._waiting_writers -= 1
        self._writing = True

    def _acquire_shared(self) -> None:
        self._waiting_readers += 1
        try:
            self._changed.wait_for(
                lambda: not self._writing and (self._turn > 0 or not self._waiting_writers)
            )
        except BaseException:
            self._changed.notify_all()  # a writer may be waiting for this reader to have its turn
            raise
        finally:
            self._waiting_readers -= 1
            self._turn = max(0, self._turn - 1)
        self._readers += 1

    def release(self, exclusive: bool) -> None:
        """Give it back."""
        with self._changed:
            if exclusive:
                self._writing = False
                self._turn = self._waiting_readers
            else:
                self._readers -= 1
            if not self._readers:
                self._changed.notify_all()

    def give_way(self, exclusive: bool) -> None:
        """Let those go before who wait for what the caller holds, if there are any; it holds it again afterwards."""
        if self._waiting_writers or (exclusive and self._waiting_readers):
            self.release(exclusive)
            self.acquire(exclusive)

    @contextmanager
    def held(self, exclusive: bool) -> Iterator[None]:
        """Hold the latch for a block."""
        self.acquire(exclusive)
        try:
            yield
        finally:
            self.release(exclusive)
