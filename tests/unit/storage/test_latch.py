"""The latch: who may hold it with whom. Threads wait for each other by events, never for time to pass."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lithograph.storage.latch import Latch

LONG = 30.0
"""Seconds after which a test gives up; nothing waits so long unless the latch is broken."""


class Holder:
    """A thread that takes the latch, says so, and holds it until told to let go."""

    def __init__(self, latch: Latch, exclusive: bool) -> None:
        self.holds = threading.Event()
        self.let_go = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(latch, exclusive), daemon=True)
        self.thread.start()

    def _run(self, latch: Latch, exclusive: bool) -> None:
        with latch.held(exclusive):
            self.holds.set()
            self.let_go.wait(LONG)

    def end(self) -> None:
        self.let_go.set()
        self.thread.join(LONG)
        assert not self.thread.is_alive()


@contextmanager
def waiting_writer(latch: Latch) -> Iterator[Holder]:
    """A writer known to wait; the caller holds the latch when this begins."""
    holder = Holder(latch, exclusive=True)
    until(latch, lambda: latch._waiting_writers == 1)
    yield holder
    assert holder.holds.wait(LONG)
    holder.end()


def until(latch: Latch, condition: object) -> None:
    """Wait, by the latch's own lock, until a thread has got somewhere."""
    assert callable(condition)
    reached = threading.Event()
    while not reached.is_set():
        with latch._lock:
            if condition():
                reached.set()


def test_readers_share_it() -> None:
    latch = Latch()
    first, second = Holder(latch, exclusive=False), Holder(latch, exclusive=False)
    assert first.holds.wait(LONG)
    assert second.holds.wait(LONG)
    assert not latch.try_acquire(exclusive=True)
    first.end()
    assert not latch.try_acquire(exclusive=True)
    second.end()
    assert latch.try_acquire(exclusive=True)


def test_a_writer_holds_it_alone() -> None:
    latch = Latch()
    latch.acquire(exclusive=True)
    assert not latch.try_acquire(exclusive=True)
    assert not latch.try_acquire(exclusive=False)
    latch.release(exclusive=True)
    assert latch.try_acquire(exclusive=False)


def test_readers_queue_behind_a_writer_that_waits() -> None:
    latch = Latch()
    latch.acquire(exclusive=False)
    with waiting_writer(latch) as writer:
        assert not latch.try_acquire(exclusive=False)
        reader = Holder(latch, exclusive=False)
        assert not reader.holds.is_set()
        latch.release(exclusive=False)
        assert writer.holds.wait(LONG)
        assert not reader.holds.is_set()
        writer.end()
        assert reader.holds.wait(LONG)
        reader.end()


def test_readers_that_waited_for_a_writer_come_before_the_next() -> None:
    latch = Latch()
    latch.acquire(exclusive=True)
    reader = Holder(latch, exclusive=False)
    until(latch, lambda: latch._waiting_readers == 1)
    with waiting_writer(latch) as writer:
        latch.release(exclusive=True)
        assert not latch.try_acquire(exclusive=True)
        assert reader.holds.wait(LONG)
        assert not writer.holds.is_set()
        reader.end()


def test_a_reader_gives_way_to_a_writer_and_goes_on() -> None:
    latch = Latch()
    latch.acquire(exclusive=False)
    latch.give_way(exclusive=False)
    with waiting_writer(latch) as writer:
        writer.let_go.set()
        latch.give_way(exclusive=False)
        assert writer.holds.is_set()
        assert latch._readers == 1
        latch.release(exclusive=False)


def test_a_writer_gives_way_to_readers_though_others_want_to_write() -> None:
    latch = Latch()
    latch.acquire(exclusive=True)
    reader = Holder(latch, exclusive=False)
    reader.let_go.set()
    until(latch, lambda: latch._waiting_readers == 1)
    latch.give_way(exclusive=True)
    assert reader.holds.is_set()
    assert not latch.try_acquire(exclusive=False), "it is held alone again"
    latch.release(exclusive=True)


def test_everybody_who_waits_gets_it_in_the_end() -> None:
    latch = Latch()
    latch.acquire(exclusive=True)
    holders = [Holder(latch, exclusive=number % 3 == 0) for number in range(9)]
    for holder in holders:
        holder.let_go.set()
    latch.release(exclusive=True)
    for holder in holders:
        assert holder.holds.wait(LONG)
        holder.end()
    assert latch.try_acquire(exclusive=True)


def test_increments_under_it_are_not_lost() -> None:
    latch, total = Latch(), [0]

    def add() -> None:
        for _ in range(500):
            with latch.held(exclusive=True):
                seen = total[0]
                total[0] = seen + 1

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    assert total == [2000]


def test_an_error_inside_a_block_gives_it_back() -> None:
    latch = Latch()
    with pytest.raises(ValueError, match="inside"), latch.held(exclusive=True):
        raise ValueError("inside")
    assert latch.try_acquire(exclusive=True)


def test_a_writer_that_is_interrupted_while_it_waits_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    latch = Latch()
    latch.acquire(exclusive=False)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(latch._changed, "wait_for", interrupted)
    with pytest.raises(KeyboardInterrupt):
        latch.acquire(exclusive=True)
    assert latch.try_acquire(exclusive=False)
