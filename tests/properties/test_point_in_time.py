"""Random histories, restored to every one of their points.

A history is transactions on a real store, snapshots, restarts, and a clock that is set forward and back. After each
transaction the graph is pictured. Restored up to transaction *n*, a start must find exactly picture *n*, go on
writing, and find that again; restored up to a moment, the picture that the rule in ``durability/point.py`` names, which
is computed here anew from what ``inspect`` tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from structlog.testing import capture_logs

from lithograph.durability.check import check
from lithograph.durability.errors import PointError
from lithograph.durability.inspect import Record, inspect
from lithograph.durability.point import Point, UpToTransaction, parse_point
from lithograph.durability.rebuild import restore
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.deltas import TableName
from lithograph.storage.transaction import Transaction
from support.durable_model import BEGIN, ROOT, Clock, Settings
from support.durable_store import Picture, StoreDatabase, slots_of
from support.files import MemoryFiles

TARGET = Path("/target")
AT_TARGET = Settings(data_directory=TARGET)

INDEXES: list[tuple[TableName, str, tuple[str, ...]]] = [("vertices", "A", ("x",)), ("edges", "R", ())]
values = (
    st.none()
    | st.integers(-3, 3)
    | st.sampled_from(["", "a", "ü"])
    | st.floats(allow_nan=False)
    | st.booleans()
)
numbers = st.integers(0, 30)
operations = st.one_of(
    st.tuples(
        st.just("create"), st.frozensets(st.sampled_from("AB")), st.lists(values, min_size=1, max_size=3)
    ),
    st.tuples(st.just("connect"), st.sampled_from("RS"), numbers, numbers),
    st.tuples(st.just("set"), st.sampled_from("xy"), numbers, values),
    st.tuples(st.just("label"), st.sampled_from("AB"), numbers, st.booleans()),
    st.tuples(st.just("delete"), numbers),
    st.tuples(st.just("index"), st.sampled_from(INDEXES), st.booleans()),
)
steps = st.one_of(
    st.tuples(st.just("write"), st.lists(operations, min_size=1, max_size=3)),
    st.tuples(st.just("write"), st.lists(operations, min_size=1, max_size=3)),
    st.tuples(st.just("snapshot")),
    st.tuples(st.just("restart")),
    st.tuples(st.just("clock"), st.integers(-60, 60)),
)


@dataclass
class History:
    """What happened: ``pictures`` by transaction."""

    files: MemoryFiles = field(default_factory=MemoryFiles)
    clock: Clock = field(default_factory=lambda: Clock(BEGIN))
    pictures: dict[int, Picture] = field(default_factory=dict)

    def run(self, plan: list[Any]) -> None:
        database = StoreDatabase(self.files, clock=self.clock)
        for step in plan:
            match step:
                case "write", changes:
                    timestamp = database.write(lambda t, changes=changes: change(t, changes))
                    if timestamp:
                        self.pictures[timestamp] = database.picture()
                case ("snapshot",):
                    database.snapshot()
                case ("restart",):
                    database.close()
                    database = StoreDatabase(self.files, clock=self.clock)
                case "clock", seconds:
                    self.clock.now += timedelta(seconds=seconds)
        database.close()

    def records(self, folder: str) -> Iterator[Record]:
        paths = sorted(path for path in self.files.contents() if path.parent == ROOT / folder)
        for path in paths:
            yield from inspect(path, self.files)


def change(transaction: Transaction, changes: list[Any]) -> None:
    for each in changes:
        there = transaction.scan(transaction.store.vertices, 0, transaction.store.vertices.high)[0].tolist()
        match each:
            case "create", labels, chosen:
                transaction.create_vertices(labels, len(chosen), {"x": Chunk.of(chosen)})
            case "connect", kind, one, other if there:
                ends = [slots_of(there[number % len(there)]) for number in (one, other)]
                transaction.create_edges(kind, *ends, {"x": Chunk.of([one])})
            case "set", key, number, value if there:
                at = slots_of(there[number % len(there)])
                transaction.set_vertex_property(key, at, Chunk.of([value]))
            case "label", label, number, add if there:
                at = slots_of(there[number % len(there)])
                transaction.change_labels(at, [label] if add else [], [] if add else [label])
            case "delete", number if there:
                transaction.delete_vertices(slots_of(there[number % len(there)]), detach=True)
            case "index", name, create:
                (transaction.create_index if create else transaction.drop_index)(*name)


@contextmanager
def restored(history: History, until: Point) -> Iterator[StoreDatabase]:
    files = history.files.copy()
    restore(ROOT, TARGET, until=until, files=files, clock=Clock(BEGIN + timedelta(days=2)))
    assert check(TARGET, files).fine
    database = StoreDatabase(files, AT_TARGET)
    yield database
    before = database.picture()
    database.write(lambda t: t.create_vertices(["New"], 1, {}))
    after = database.picture()
    assert len(after.vertices) == len(before.vertices) + 1
    database.close()
    again = StoreDatabase(files, AT_TARGET)
    assert again.picture() == after
    again.close()


def as_of(history: History, moment: datetime) -> int:
    """The last transaction by the rule, 0 for none."""
    headers = [record for record in history.records("snapshots") if record["record"] == "header"]
    made = [h["timestamp"] for h in headers if datetime.fromisoformat(h["created"]) <= moment]
    last = max(made, default=0)
    for record in history.records("wal"):
        if record["record"] != "transaction" or record["timestamp"] <= last:
            continue
        if datetime.fromisoformat(record["written"]) > moment:
            break
        last = record["timestamp"]
    return int(last)


@settings(deadline=None, max_examples=30)
@given(st.lists(steps, min_size=1, max_size=16), st.lists(st.integers(-30, 90), max_size=3))
def test_every_point_can_be_restored_exactly(plan: list[Any], seconds: list[int]) -> None:
    with capture_logs():
        history = History()
        history.run(plan)
        for number, picture in history.pictures.items():
            with restored(history, UpToTransaction(number)) as database:
                assert database.store.timestamp == number
                assert database.picture() == picture
        for number in seconds:
            moment = BEGIN + timedelta(seconds=number)
            last, until = as_of(history, moment), parse_point(moment.isoformat())
            if last:
                with restored(history, until) as database:
                    assert database.store.timestamp == last
                    assert database.picture() == history.pictures[last]
            elif history.pictures:
                with pytest.raises(PointError):
                    restore(ROOT, TARGET, until=until, files=history.files)
