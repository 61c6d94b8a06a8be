"""IN TRANSACTIONS … ON ERROR …: which errors end the query all the same, those of commits, and trying again."""

from __future__ import annotations

from typing import Any

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import (
    DivisionByZeroError,
    InvalidArgumentTypeError,
    MemoryLimitError,
    NegativeIntegerArgumentError,
    TerminatedError,
    TimedOutError,
)
from lithograph.cypher.execution import Execution
from lithograph.cypher.operators import batches
from lithograph.cypher.turns import Turn, concerns_batch
from lithograph.storage.errors import (
    CapacityError,
    ConflictError,
    LithographError,
    StillConnectedError,
    WritesRefusedError,
)
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction
from support.engines import run, run_in, take_turn

CREATE = "UNWIND range(1, 4) AS i CALL (i) { CREATE (n:N {i: i}) RETURN n } IN TRANSACTIONS OF 1 ROW "
STATUS = "REPORT STATUS AS s RETURN i, n.i, s.committed, s.errorMessage"
COUNT = "MATCH (n:N) RETURN count(n)"


@pytest.fixture
def engine() -> Engine:
    return Engine(Store())


def begun(
    engine: Engine, text: str, /, deadline: float | None = None, memory_limit: int = 0, **parameters: Any
) -> Execution:
    return engine.run(engine.prepare(text), engine.store.begin(), parameters, deadline, memory_limit)


def rows_of(execution: Execution) -> list[tuple[Any, ...]]:
    """The rest of the rows, with what is to be done between the batches."""
    rows: list[tuple[Any, ...]] = []
    while (batch := execution.step()) is not None:
        rows.extend(zip(*batch.columns, strict=True))
        if execution.turn is not None:
            take_turn(execution)
    return rows


def after_first_batch(execution: Execution) -> None:
    """Step until the first batch is to be committed, and commit it."""
    while execution.turn is None:
        assert execution.step() is not None
    take_turn(execution)


# -- errors that are not about a batch


@pytest.mark.parametrize("on_error", ["CONTINUE", "BREAK", "RETRY"])
def test_a_deadline_ends_the_query(engine: Engine, on_error: str) -> None:
    execution = begun(engine, CREATE + f"ON ERROR {on_error} {STATUS}", deadline=float("inf"))
    after_first_batch(execution)
    execution.context.deadline = 0.0
    with pytest.raises(TimedOutError):
        rows_of(execution)
    assert run(engine, COUNT) == [[1]]


@pytest.mark.parametrize("on_error", ["CONTINUE", "BREAK", "RETRY"])
def test_who_is_cancelled_ends(engine: Engine, on_error: str) -> None:
    execution = begun(engine, CREATE + f"ON ERROR {on_error} {STATUS}")
    after_first_batch(execution)
    execution.context.cancelled = "stopped"
    with pytest.raises(TerminatedError):
        rows_of(execution)
    assert run(engine, COUNT) == [[1]]


def test_so_does_who_is_cancelled_or_late_within_a_step(engine: Engine) -> None:
    """The error comes out of the batch itself then, where others are caught."""
    text = (
        "UNWIND [1] AS i CALL (i) { UNWIND range(1, 1000000) AS x WITH x WHERE x < 0 RETURN x } "
        "IN TRANSACTIONS ON ERROR CONTINUE RETURN x"
    )
    execution = begun(engine, text)
    check, checks = execution.context.check, []

    class Cancelling(type(execution.context)):  # type: ignore[misc]
        __slots__ = ()

        def check(self) -> None:
            checks.append(self)
            if len(checks) > 3:
                self.cancelled = "stopped"
            check.__func__(self)  # type: ignore[attr-defined]

    execution.context.__class__ = Cancelling
    with pytest.raises(TerminatedError, match="stopped"):
        rows_of(execution)


def test_the_memory_limit_ends_the_query(engine: Engine) -> None:
    text = (
        "UNWIND [1, 2] AS i CALL (i) { UNWIND range(1, 100000) AS x WITH collect(x) AS l RETURN size(l) AS n } "
        "IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE RETURN n"
    )
    with pytest.raises(MemoryLimitError):
        rows_of(begun(engine, text, memory_limit=100_000))


def test_the_memory_that_a_failed_batch_held_is_given_back(engine: Engine) -> None:
    """Each of the batches needs about two thirds of the limit before it fails."""
    text = (
        "UNWIND range(1, 20) AS i CALL (i) { UNWIND range(1, 2000) AS x CREATE (n:N {x: x}) WITH collect(x) AS l "
        "RETURN size(l) / 0 AS n } IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE RETURN count(n) AS c"
    )
    execution = begun(engine, text, memory_limit=1_000_000)
    assert rows_of(execution) == [(0,)]
    assert execution.context.memory == 0
    assert execution.context.statistics.written == 0


@pytest.mark.parametrize(
    ("error", "about_the_batch"),
    [
        (ConflictError(), True),
        (StillConnectedError(), True),
        (DivisionByZeroError("zero"), True),
        (WritesRefusedError("full"), False),
        (CapacityError("full"), False),
        (TimedOutError("late"), False),
        (TerminatedError(), False),
        (MemoryLimitError("much"), False),
        (LithographError("who knows"), False),
    ],
)
def test_which_errors_are_about_a_batch(error: LithographError, about_the_batch: bool) -> None:
    assert concerns_batch(error) is about_the_batch
    assert Turn(tolerant=True).tolerates(error) is about_the_batch
    assert not Turn().tolerates(error)


def test_an_error_of_the_rows_before_or_behind_ends_the_query(engine: Engine) -> None:
    for text in (
        "UNWIND [1, 0] AS i WITH 1 / i AS j CALL (j) { CREATE (:N) } IN TRANSACTIONS ON ERROR CONTINUE RETURN j",
        "UNWIND [1, 0] AS i CALL (i) { CREATE () } IN TRANSACTIONS ON ERROR CONTINUE RETURN 1 / i",
    ):
        with pytest.raises(DivisionByZeroError):
            rows_of(begun(engine, text))
    assert run(engine, COUNT) == [[0]]


def test_a_value_nested_too_deeply_is_about_the_batch(engine: Engine) -> None:
    text = (
        "UNWIND [1, 2] AS i CALL (i) { UNWIND [i, 3] AS j WITH reduce(l = [j], x IN range(1, 20000) | [l]) AS v "
        "ORDER BY v RETURN count(v) AS n } IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE REPORT STATUS AS s "
        "RETURN n, s.errorMessage"
    )
    rows = rows_of(begun(engine, text))
    assert len(rows) == 2
    for value, message in rows:
        assert value is None
        assert "nested too deeply" in message


# -- commits


class Refusing:
    """Makes chosen commits fail, counted from 1."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: LithographError, *numbers: int) -> None:
        self.commits = 0
        original = Transaction.prepare

        def prepare(transaction: Transaction) -> int | None:
            self.commits += 1
            if self.commits in numbers:
                raise error
            return original(transaction)

        monkeypatch.setattr(Transaction, "prepare", prepare)


def test_a_commit_that_fails_is_a_batch_that_fails(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    Refusing(monkeypatch, ConflictError(), 2)
    execution = begun(engine, CREATE + f"ON ERROR CONTINUE {STATUS}")
    rows = rows_of(execution)
    assert [row[:3] for row in rows] == [(1, 1, True), (2, None, False), (3, 3, True), (4, 4, True)]
    assert "conflicting" in rows[1][3]
    assert execution.context.statistics.nodes_created == 3
    assert execution.context.memory == 0
    monkeypatch.undo()
    assert run(engine, COUNT) == [[3]]


def test_after_a_commit_that_fails_nothing_more_is_begun_with_break(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = Refusing(monkeypatch, ConflictError(), 2)
    execution = begun(engine, CREATE + f"ON ERROR BREAK {STATUS}")
    rows = rows_of(execution)
    assert [row[:3] for row in rows] == [(1, 1, True), (2, None, False), (3, None, False), (4, None, False)]
    assert refusing.commits == 2
    assert execution.context.statistics.nodes_created == 1


@pytest.mark.parametrize("on_error", ["CONTINUE", "BREAK", "RETRY"])
def test_a_log_that_takes_nothing_more_ends_the_query(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, on_error: str
) -> None:
    Refusing(monkeypatch, WritesRefusedError("the disk is full"), 2)
    with pytest.raises(WritesRefusedError):
        rows_of(begun(engine, CREATE + f"ON ERROR {on_error} {STATUS}"))
    monkeypatch.undo()
    assert run(engine, COUNT) == [[1]]


# -- RETRY


def test_a_batch_in_conflict_is_tried_again_until_the_other_is_done(engine: Engine) -> None:
    run(engine, "CREATE (:Counter {x: 1})")
    other = engine.store.begin()
    run_in(engine, other, "MATCH (c:Counter) SET c.x = 10")
    text = (
        "UNWIND [1, 2] AS i CALL (i) { MATCH (c:Counter) SET c.x = c.x + i RETURN c.x AS x } "
        "IN TRANSACTIONS OF 1 ROW ON ERROR RETRY REPORT STATUS AS s RETURN x, s.committed"
    )
    execution = begun(engine, text)
    pauses: list[float] = []
    rows: list[tuple[Any, ...]] = []
    while (batch := execution.step()) is not None:
        rows.extend(zip(*batch.columns, strict=True))
        if execution.turn is None:
            continue
        if execution.turn.undo:
            pauses.append(execution.turn.pause)
            if len(pauses) == 3:
                other.prepare()
                other.publish()
        take_turn(execution)
    assert rows == [(11, True), (13, True)]
    assert pauses == [batches.FIRST_PAUSE * factor for factor in (1, 2, 4)]
    assert execution.context.statistics.properties_set == 2


@pytest.mark.parametrize(
    ("then", "committed"),
    [("", [False, False]), ("THEN CONTINUE", [False, False]), ("THEN BREAK", [False, None])],
)
def test_when_the_time_is_over_a_batch_fails_after_a_second_attempt(
    engine: Engine, then: str, committed: list[bool | None]
) -> None:
    run(engine, "CREATE (:Counter {x: 1})")
    run_in(engine, engine.store.begin(), "MATCH (c:Counter) SET c.x = 10")
    text = (
        "UNWIND [1, 2] AS i CALL (i) { MATCH (c:Counter) SET c.x = i RETURN c.x AS x } "
        f"IN TRANSACTIONS OF 1 ROW ON ERROR RETRY FOR $time SECONDS {then} REPORT STATUS AS s "
        "RETURN CASE WHEN s.started THEN s.committed END AS c"
    )
    execution = begun(engine, text, time=0)
    turns: list[Turn] = []
    rows: list[Any] = []
    while (batch := execution.step()) is not None:
        rows.extend(column for columns in batch.columns for column in columns)
        if execution.turn is not None:
            turns.append(execution.turn)
            take_turn(execution)
    assert rows == committed
    assert [turn.undo for turn in turns] == [True, True] * committed.count(False)
    assert {turn.pause for turn in turns} == {0.0}


def test_then_fail_raises_what_the_last_attempt_met(engine: Engine) -> None:
    run(engine, "CREATE (:Counter {x: 1})")
    run_in(engine, engine.store.begin(), "MATCH (c:Counter) SET c.x = 10")
    text = (
        "UNWIND [1] AS i CALL (i) { MATCH (c:Counter) SET c.x = i } "
        "IN TRANSACTIONS ON ERROR RETRY FOR 0.0 SECONDS THEN FAIL RETURN i"
    )
    with pytest.raises(ConflictError):
        rows_of(begun(engine, text))


def test_a_commit_in_conflict_is_tried_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    Refusing(monkeypatch, ConflictError(), 2, 3)
    execution = begun(engine, CREATE + f"ON ERROR RETRY {STATUS}")
    assert [row[:3] for row in rows_of(execution)] == [(i, i, True) for i in range(1, 5)]
    assert execution.context.statistics.nodes_created == 4
    monkeypatch.undo()
    assert run(engine, COUNT) == [[4]]


@pytest.mark.parametrize(
    ("time", "kind"),
    [
        ("1", InvalidArgumentTypeError),
        (True, InvalidArgumentTypeError),
        (None, InvalidArgumentTypeError),
        (float("nan"), InvalidArgumentTypeError),
        (-0.5, NegativeIntegerArgumentError),
    ],
)
def test_the_time_to_try_again_is_a_number_from_0_on(
    engine: Engine, time: Any, kind: type[Exception]
) -> None:
    text = CREATE + "ON ERROR RETRY FOR $time SECONDS RETURN n"
    with pytest.raises(kind, match="ON ERROR RETRY"):
        rows_of(begun(engine, text, time=time))
