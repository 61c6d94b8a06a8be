"""The clocks of temporal functions: a statement's and a transaction's stand still, the real one goes on."""

from __future__ import annotations

import itertools
import time

import pytest

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from support.engines import frames_of, run, run_in

SECOND = 10**9
QUERY = """UNWIND range(1, 9) AS i
RETURN datetime.transaction().epochSeconds, datetime.statement().epochSeconds, datetime().epochSeconds,
       timestamp() / 1000, datetime.realtime().epochSeconds"""


@pytest.fixture(autouse=True)
def a_second_passes_each_time_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = itertools.count(1_000_000)
    monkeypatch.setattr(time, "time_ns", lambda: next(seconds) * SECOND)


def test_a_statement_has_one_moment_and_so_has_a_transaction() -> None:
    engine = Engine(Store())
    transaction = engine.store.begin()
    with frames_of(2):
        first, second = run_in(engine, transaction, QUERY), run_in(engine, transaction, QUERY)
    for rows in (first, second):
        columns = list(zip(*rows, strict=True))
        assert [len(set(column)) for column in columns[:4]] == [1, 1, 1, 1]
        assert columns[1] == columns[2] == columns[3]
        assert list(columns[4]) == sorted(set(columns[4]))
        assert columns[0][0] < columns[1][0] < columns[4][0]
    assert first[0][0] == second[0][0]
    assert first[0][1] < second[0][1]


def test_a_plan_that_is_kept_keeps_no_moment() -> None:
    engine = Engine(Store())
    first, second = (run(engine, "RETURN datetime(), datetime.transaction()") for _ in range(2))
    assert first[0][0] < second[0][0]
    assert first[0][1] < second[0][1]


def test_a_named_zone_in_a_time_has_its_offset_of_the_statement() -> None:
    engine = Engine(Store())
    ((offset,),) = run(engine, "RETURN time({hour: 12, timezone: 'Europe/Stockholm'}).offset")
    assert offset == "+01:00"
