"""No statement hangs, breaks down or eats the memory: each ends in an answer, or in an error of ours, and can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import (
    CypherError,
    CypherSyntaxError,
    MemoryLimitError,
    NestedTooDeeplyError,
    TerminatedError,
    TimedOutError,
)
from lithograph.cypher.execution import Execution
from lithograph.cypher.plan.steps import MAXIMUM_STEPS
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.patience import limited
from lithograph.storage.store import Store
from support.endless import ENDLESS, nested, repeated
from support.engines import commit, run

MEMORY = 128 << 20
PATIENCE = 0.3


@pytest.fixture(scope="module")
def engine() -> Engine:
    """200 nodes, the first 24 of which have a relationship to each other."""
    store = Store()
    transaction = store.begin()
    nodes = transaction.create_vertices(["N"], 200, {"x": Chunk.of(list(range(200)))})
    pairs = np.array([(a, b) for a in range(24) for b in range(24) if a != b])
    transaction.create_edges("S", nodes[pairs[:, 0]], nodes[pairs[:, 1]], {})
    commit(transaction)
    return Engine(store)


def executed(engine: Engine, text: str, seconds: float, begun: Callable[[Execution], None]) -> None:
    """Run a statement to its end within limits, and undo it."""
    transaction = engine.store.begin()
    try:
        deadline = time.monotonic() + seconds
        execution = engine.run(engine.prepare(text), transaction, {}, deadline, MEMORY)
        begun(execution)
        while execution.step() is not None:
            assert execution.context.memory <= MEMORY
    finally:
        transaction.rollback()


@pytest.mark.parametrize("name", ENDLESS)
def test_what_would_never_end_is_ended_by_a_limit(name: str, engine: Engine) -> None:
    with pytest.raises((TimedOutError, MemoryLimitError)):
        executed(engine, ENDLESS[name], PATIENCE, lambda execution: None)


TIMED = [
    "Cartesian product", "ranges within each other", "comprehension", "quantifier", "reduce", "FOREACH",
    "shared parts compared", "shared parts stored", "subquery for each row", "all walks",
    "regular expression", "regular expression for each row",
]  # fmt: skip


@pytest.mark.parametrize("name", TIMED)
def test_what_would_never_end_can_be_cancelled(name: str, engine: Engine) -> None:
    def cancel(execution: Execution) -> None:
        timer = threading.Timer(0.05, lambda: setattr(execution.context, "cancelled", "enough"))
        timer.daemon = True
        timer.start()

    with pytest.raises((TerminatedError, MemoryLimitError)):
        executed(engine, ENDLESS[name], 60, cancel)


def test_a_value_nested_too_deeply_is_an_error_of_the_statement(engine: Engine) -> None:
    with pytest.raises(NestedTooDeeplyError):
        run(
            engine,
            "UNWIND [1, 2] AS i WITH reduce(s = [i], x IN range(1, 20000) | [s]) AS v RETURN v ORDER BY v",
        )


# ----------------------------------------------------------------- texts


def outcome(text: str) -> CypherError | None:
    """The error of a statement on an empty store, None where it has none; other exceptions come through."""
    try:
        run(Engine(Store()), text)
    except CypherError as error:
        return error
    return None


@pytest.mark.parametrize("levels", [10, 100, 1_000, 100_000])
@pytest.mark.parametrize("name", nested(1))
def test_nesting_ends_in_an_answer_or_an_error(name: str, levels: int) -> None:
    if name in ("sum", "power", "IN", "subscripts", "properties") and levels > 1_000:
        levels = 10_000  # they are read to their end before their depth is known
    error = outcome(nested(levels)[name])
    assert levels <= 100 or isinstance(error, CypherSyntaxError)


def test_nesting_far_within_the_limit_works() -> None:
    for name, text in nested(20).items():
        error = outcome(text)
        assert error is None or "nested" not in str(error), name


@pytest.mark.parametrize("name", repeated(1))
def test_long_texts_end_in_an_answer_or_an_error(name: str) -> None:
    outcome(repeated(3_000)[name])


@pytest.mark.parametrize("name", ["WITH", "MATCH", "UNWIND", "hops", "removals"])
def test_as_many_steps_as_are_allowed_run(name: str) -> None:
    steps = MAXIMUM_STEPS - 10
    text = repeated(steps)[name]
    assert outcome(text) is None
    assert outcome(f"EXPLAIN {text}") is None


def test_too_many_steps_are_refused_with_a_way_out() -> None:
    error = outcome(repeated(MAXIMUM_STEPS)["MERGE"])
    assert isinstance(error, CypherSyntaxError)
    assert "UNWIND" in str(error)


class EnoughError(Exception):
    """Raised by whoever is asked below."""


class Counting:
    """Is asked so many times, and then has had enough; keeps the sizes."""

    def __init__(self, times: int | None = None) -> None:
        self.times = times
        self.sizes: list[int] = []

    def breathe(self, size: int) -> None:
        self.sizes.append(size)
        if len(self.sizes) == self.times:
            raise EnoughError

    def pause(self) -> None:
        self.breathe(0)


@pytest.mark.parametrize("name", ["list", "map", "items", "AND", "labels", "WHEN", "UNION", "CREATE"])
def test_preparing_a_long_text_can_be_called_off_anywhere(name: str) -> None:
    text = repeated(2_000)[name]
    every = Counting()
    with limited(every):
        Engine(Store()).prepare(text)
    assert sum(every.sizes) > len(text)
    for times in (1, len(every.sizes) // 2, len(every.sizes) - 1):
        with pytest.raises(EnoughError), limited(Counting(times)):
            Engine(Store()).prepare(text)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", repeated(1))
def test_texts_of_a_megabyte_and_more(name: str) -> None:
    text = repeated(10)[name]
    times = 10 * 1_000_000 // len(text)
    outcome(repeated(times)[name])


@pytest.mark.parametrize("shape", ["1", "'{}'", "/*{}*/ RETURN 1"])
def test_a_text_of_ten_megabytes_is_refused(shape: str) -> None:
    error = outcome(f"RETURN {shape.format('a' * 10_000_000)}" if "{" in shape else "1+" * 5_000_000)
    assert isinstance(error, CypherSyntaxError)
    assert "too long" in str(error)
