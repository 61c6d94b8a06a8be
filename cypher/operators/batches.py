"""CALL { … } IN TRANSACTIONS, and PERIODIC COMMIT: rows in batches, each in a transaction of its own.

The batches run one after the other, whatever CONCURRENT allows. What is done when one fails is for ON ERROR to say;
errors that are not about the batch, such as a time limit that is over, end the query in any case.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from lithograph.cypher.ast import ErrorBehaviour
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.errors import (
    CypherError,
    InvalidArgumentTypeError,
    NegativeIntegerArgumentError,
    NestedTooDeeplyError,
)
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators.apply import Apply
from lithograph.cypher.operators.base import Operator, drained, released
from lithograph.cypher.operators.rows import bound
from lithograph.cypher.turns import Turn, concerns_batch, may_pass
from lithograph.cypher.vectors import Vector
from lithograph.storage.errors import LithographError
from lithograph.storage.values.types import type_name

RETRY_FOR = 30.0
"""Seconds for which ON ERROR RETRY tries a batch again, where it does not say."""

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 1.0
"""Seconds before a batch is tried again: the first, and at most; they double."""

Status = dict[str, Any]
"""What REPORT STATUS tells of a batch."""


@dataclass(frozen=True, slots=True)
class OnError:
    """What to do about a batch that fails; with ``retry`` for ``seconds`` at first, if it may succeed then."""

    behaviour: ErrorBehaviour
    retry: bool
    seconds: Compiled | None

    @property
    def tolerant(self) -> bool:
        """Whether the query may go on after a batch has failed."""
        return self.retry or self.behaviour != "FAIL"

    def patience(self, context: Context) -> float:
        """Seconds for which a batch is tried again.

        Raises:
            InvalidArgumentTypeError: they are no number.
            NegativeIntegerArgumentError: there are fewer than none.
        """
        if self.seconds is None:
            return RETRY_FOR
        value = self.seconds.value(context)
        if type(value) not in (int, float) or value != value:
            raise InvalidArgumentTypeError(
                f"ON ERROR RETRY needs a number of seconds, but {type_name(value)} was provided.",
                position=self.seconds.position,
            )
        if value < 0:
            raise NegativeIntegerArgumentError(
                f"ON ERROR RETRY must not be negative, but {value} was provided.",
                position=self.seconds.position,
            )
        return float(value)


class _Retries:
    """When one batch may be tried again."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._until: float | None = None
        self._pause = FIRST_PAUSE

    def next_pause(self) -> float | None:
        """Seconds until the next attempt, None if it has been tried for long enough; there is always a second one."""
        now = time.monotonic()
        if self._until is None:
            self._until = now + self._patience
        elif now >= self._until:
            return None
        pause = min(self._pause, self._until - now)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        return pause


class InTransactions(Operator):
    """What ``applied`` makes of its rows, ``size`` of them at a time; there is a commit after each batch.

    The input has been used up before the first, and the rows that come out are held back until after the last commit: so
    nobody sees some and then an error. ``status``: the name of the column that tells what became of the row's batch.
    """

    def __init__(self, applied: Apply, size: Compiled, on_error: OnError, status: str | None) -> None:
        self.applied = applied
        self.size = size
        self.on_error = on_error
        self.status = status

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        size = bound(self.size, "IN TRANSACTIONS OF", context)
        if not size:
            raise NegativeIntegerArgumentError("IN TRANSACTIONS OF needs at least one row, not 0.")
        patience = self.on_error.patience(context) if self.on_error.retry else 0.0
        frames: list[Frame] = []
        results: list[Frame] = []
        yield from drained(self.applied.source.run(context, argument), context, frames)
        rows = Frame.concatenate(frames) if frames else EMPTY
        for start in range(0, rows.count, size):
            outer = rows.slice(start, start + size)
            found, status = yield from self._batch(outer, patience, context)
            self._keep(found, status, results, context)
            if not status["committed"] and self.on_error.behaviour == "BREAK":
                left = rows.slice(start + size, rows.count)
                self._keep(self._failed(left, context), _status(None), results, context)
                break
        released(frames, context)
        released(results, context)
        yield from results

    def _batch(
        self, outer: Frame, patience: float, context: Context
    ) -> Generator[Frame, None, tuple[list[Frame], Status]]:
        """The rows that a batch gives, and what became of it.

        Raises:
            LithographError: it has failed, and so does the query.
        """
        retries = _Retries(patience)
        while True:
            before, number = context.checkpoint(), context.transaction.number
            found: list[Frame] = []
            failure = yield from self._attempt(outer, found, context)
            if failure is None:
                return found, _status(number, committed=True)
            again = self.on_error.retry and may_pass(failure)
            pause = retries.next_pause() if again else None
            if pause is None and self.on_error.behaviour == "FAIL":
                raise failure
            context.back_to(before)
            yield from _taken(Turn(undo=True, pause=pause or 0.0), context)
            if pause is None:
                return self._failed(outer, context), _status(number, _summary(failure))

    def _attempt(
        self, outer: Frame, found: list[Frame], context: Context
    ) -> Generator[Frame, None, LithographError | None]:
        """Do a batch and commit it; an error after which it can be undone and the query go on is returned."""
        try:
            yield from drained(self.applied.rows(outer, context), context, found)
            context.transaction.verify_deletions()
        except RecursionError:
            if not self.on_error.tolerant:
                raise
            return NestedTooDeeplyError()
        except LithographError as error:
            if not (self.on_error.tolerant and concerns_batch(error)):
                raise
            return error
        turn = Turn(tolerant=self.on_error.tolerant)
        yield from _taken(turn, context)
        return turn.failure

    def _failed(self, outer: Frame, context: Context) -> list[Frame]:
        """What comes out for rows whose batch failed, or was not begun."""
        frames = list(self.applied.without(outer)) if outer.count else []
        for frame in frames:
            context.hold(frame.size_bytes())
        return frames

    def _keep(self, found: list[Frame], status: Status, results: list[Frame], context: Context) -> None:
        """Hold frames back, with what is to be told of their batch."""
        for frame in found:
            kept = frame
            if self.status is not None:
                kept = frame.extend({self.status: Vector.objects([status] * frame.count)})
                context.hold(kept.size_bytes() - frame.size_bytes())
            results.append(kept)


def _taken(turn: Turn, context: Context) -> Iterator[Frame]:
    """Let whoever drives the query exchange the transaction."""
    context.turn = turn
    yield EMPTY
    assert context.turn is None, "whoever drives a query has to exchange the transaction when it asks for it"


def _status(number: int | None, error: str | None = None, committed: bool = False) -> Status:
    """``number`` is that of the transaction, None where none was begun."""
    return {
        "started": number is not None,
        "committed": committed,
        "transactionId": None if number is None else str(number),
        "errorMessage": error,
    }


def _summary(error: LithographError) -> str:
    """One sentence, without the place."""
    return error.summary if isinstance(error, CypherError) else error.message
