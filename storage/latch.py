"""The latch: makes steps of queries atomic against each other.

Readers share it, a writing step holds it alone. It is held for one step (a frame, a commit), never across
an await, an fsync or the hand-out of a result, so nobody waits for it long. Writers go first: once one
waits, new readers queue behind it.
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

    def try_acquire(self, exclusive: bool) -> bool:
        """Take the latch if that is possible at once."""
        with self._lock:
            if self._writing or (self._readers if exclusive else self._waiting_writers):
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
                self._waiting_writers += 1
                try:
                    self._changed.wait_for(lambda: not self._writing and not self._readers)
                except BaseException:
                    self._changed.notify_all()  # readers may be waiting behind this writer
                    raise
                finally:
                    self._waiting_writers -= 1
                self._writing = True
            else:
                self._changed.wait_for(lambda: not self._writing and not self._waiting_writers)
                self._readers += 1

    def release(self, exclusive: bool) -> None:
        """Give it back."""
        with self._changed:
            if exclusive:
                self._writing = False
            else:
                self._readers -= 1
            if not self._readers:
                self._changed.notify_all()

    @contextmanager
    def held(self, exclusive: bool) -> Iterator[None]:
        """Hold the latch for a block."""
        self.acquire(exclusive)
        try:
            yield
        finally:
            self.release(exclusive)
