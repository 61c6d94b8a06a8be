"""The version log: who may write, what each view sees, and that nothing old stays for long."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lithograph.storage.errors import ConflictError
from lithograph.storage.names import ABSENT
from lithograph.storage.versions import NEVER, Int32s, VersionLog, View, Writers

KEY = 3
"""The number of some property column."""


class Log:
    """A version log with ten slots, the newest codes beside it, and writers."""

    def __init__(self) -> None:
        self.log = VersionLog()
        self.log.reserve_slots(10)
        self.codes: Int32s = np.full(10, ABSENT, dtype=np.int32)
        self.writers = Writers()
        self.time = 0

    def view(self) -> View:
        return View(self.writers, self.time)

    def writing(self) -> View:
        view = self.view()
        view.own = self.writers.register()
        return view

    def write(self, view: View, code: int, *slots: int) -> tuple[int, int]:
        array = np.array(slots, dtype=np.int64)
        self.log.claim(array, view)
        entries = self.log.record_codes(array, self.codes[array], code, view.own)
        self.codes[array] = code
        return entries

    def commit(self, view: View) -> None:
        self.time += 1
        self.writers.commits[view.own] = self.time

    def seen(self, view: View) -> list[int]:
        """What a view sees at all slots, the batch and the single way being of one mind."""
        batch = self.log.repair_codes(self.codes, self.log.head, view).tolist()
        assert [self.log.code_before(slot, int(self.codes[slot]), view) for slot in range(10)] == batch
        return [code for code in batch if code != ABSENT]


@pytest.fixture
def log() -> Log:
    return Log()


def test_what_is_not_committed_is_seen_by_its_writer_alone(log: Log) -> None:
    before, writer = log.view(), log.writing()
    log.write(writer, 7, 1, 2)
    assert log.seen(writer) == [7, 7]
    assert log.seen(before) == []
    assert log.seen(log.view()) == []


def test_a_commit_is_seen_by_those_who_begin_after_it(log: Log) -> None:
    before, writer = log.view(), log.writing()
    log.write(writer, 7, 1)
    log.commit(writer)
    assert log.seen(log.view()) == [7]
    assert log.seen(before) == []


def test_every_snapshot_sees_its_own_point_in_a_chain(log: Log) -> None:
    views = [log.view()]
    for code in range(5):
        writer = log.writing()
        log.write(writer, 2 * code, 1)
        log.write(writer, 2 * code + 1, 1)
        log.commit(writer)
        views.append(log.view())
    assert [log.seen(view) for view in views] == [[], [1], [3], [5], [7], [9]]


def test_the_second_writer_of_an_element_is_refused(log: Log) -> None:
    first, second = log.writing(), log.writing()
    log.write(first, 1, 4)
    with pytest.raises(ConflictError):
        log.write(second, 2, 3, 4)
    with pytest.raises(ConflictError):
        log.log.claim_one(4, second)
    log.commit(first)
    with pytest.raises(ConflictError):
        log.write(second, 2, 4)
    log.write(log.writing(), 2, 4)
    log.log.claim_one(3, second)


def test_undoing_puts_the_chain_back(log: Log) -> None:
    first, second = log.writing(), log.writing()
    log.write(first, 1, 4)
    log.commit(first)
    second = log.writing()
    entries = log.write(second, 2, 4, 5)
    before = log.log.before_codes[slice(*entries)].copy()
    slots = log.log.unchain(*entries)
    log.codes[slots] = before
    assert slots.tolist() == [4, 5]
    assert log.seen(log.view()) == [1]
    assert log.log.head[4] == 1
    assert log.log.head[5] == 0
    log.write(log.writing(), 3, 4, 5)


def test_values_of_a_property_are_found_among_entries_of_others(log: Log) -> None:
    old = log.view()
    for number in range(3):
        writer, slots = log.writing(), np.array([4], dtype=np.int64)
        log.log.record_values(slots, KEY, [f"value {number}"], writer.own)
        log.log.record_values(slots, KEY + 1, ["something else"], writer.own)
        log.commit(writer)
    value: Any = "newest"
    assert log.log.value_before(4, KEY, value, old) == "value 0"
    assert log.log.value_before(4, KEY, value, View(log.writers, 2)) == "value 2"
    assert log.log.value_before(4, KEY, value, log.view()) == "newest"
    assert log.log.value_before(5, KEY, value, old) == "newest"


def test_vacuum_keeps_what_the_oldest_snapshot_needs_and_says_where_it_went(log: Log) -> None:
    for code in range(3):
        writer = log.writing()
        log.write(writer, code, 1, 2)
        log.commit(writer)
    oldest = View(log.writers, 2)
    pending, undone = log.writing(), log.writing()
    first, stop = log.write(pending, 9, 5, 6)
    log.codes[log.log.unchain(*log.write(undone, 8, 7))] = ABSENT
    translation = log.log.vacuum(oldest)
    assert log.log.count == 4
    assert log.seen(oldest) == [1, 1]
    assert log.seen(pending) == [2, 2, 9, 9]
    assert translation[first:stop].tolist() == [3, 4]
    assert log.log.slots[3:5].tolist() == [5, 6]
    assert translation[:5].tolist() == [0] * 5
    assert len(log.log.before_values) == 5


def test_clearing_leaves_no_chain(log: Log) -> None:
    writer = log.writing()
    log.log.unchain(*log.write(writer, 1, 1))
    log.write(writer, 1, 2, 3)
    log.log.clear()
    assert log.log.count == 0
    assert not log.log.head.any()
    assert not log.log.touches(np.arange(10))


def test_more_writers_and_entries_than_there_is_room_for_at_first(log: Log) -> None:
    views = []
    for code in range(200):
        writer = log.writing()
        log.write(writer, code, 1, 2, 3)
        log.commit(writer)
        views.append(log.view())
    assert log.writers.count == 201
    assert [log.seen(view) for view in views[::40]] == [[code] * 3 for code in range(0, 200, 40)]
    assert log.writers.commits[log.writers.register()] == NEVER
