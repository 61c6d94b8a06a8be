"""What a running query may use: its transaction, parameters, limits and counters.

One :class:`Context` lives as long as one execution of one statement. Operators and compiled
expressions get it as an argument; nothing else carries state between them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lithograph.cypher.errors import (
    ClientTimedOutError,
    CypherError,
    MemoryLimitError,
    TerminatedError,
    TimedOutError,
)
from lithograph.cypher.results import Notification, Statistics
from lithograph.cypher.scalar.temporal.clock import Clock
from lithograph.cypher.turns import Turn

if TYPE_CHECKING:
    from lithograph.cypher.entities import GraphReader
    from lithograph.storage.transaction import Transaction


WRITTEN_SIZE = 64
"""Bytes that a change takes, about: in columns, adjacency and indexes, in the versions before it and in the log."""


HOPS_LIMIT_REACHED = Notification(
    "WARNING",
    "Neo.ClientNotification.Statement.HopsLimitReached",
    "The query has walked along as many relationships as it may.",
    "USING HOPS LIMIT has ended expansions early, so that the result need not be complete.",
)


class TakesLong(BaseException):
    """Within a step that was to be short: it is given up without effect, and done elsewhere from its beginning.

    No error, and nobody but the execution may catch it.
    """


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How much memory, in bytes, was held at some point of an execution, and what had been changed."""

    memory: int
    statistics: Statistics


class Context:
    """The state of one execution.

    ``deadline`` is in seconds of ``time.monotonic()`` or None; ``memory_limit`` in bytes, 0 for none.
    """

    __slots__ = (
        "_clock",
        "_written",
        "_written_held",
        "at_ease",
        "began",
        "breaths",
        "cancelled",
        "client_deadline",
        "deadline",
        "fresh",
        "here_until",
        "hops",
        "memo",
        "memory",
        "memory_limit",
        "notifications",
        "parameters",
        "pins",
        "reader",
        "rest",
        "statistics",
        "transaction",
        "turn",
        "walked",
    )

    def __init__(
        self,
        transaction: Transaction,
        reader: GraphReader,
        parameters: dict[str, Any],
        deadline: float | None = None,
        memory_limit: int = 0,
    ) -> None:
        self.transaction = transaction
        self.reader = reader
        self.parameters = parameters
        self.deadline = deadline
        self.memory_limit = memory_limit
        self.memory = 0
        self.began = time.time_ns()
        """When the statement began, in nanoseconds since 1970-01-01T00:00Z."""
        self._clock: Clock | None = None
        self.fresh = 0
        """Bytes that the step at hand has made and that no operator holds yet, roughly."""
        self.breaths = 0
        self.cancelled: str | None = None
        self.client_deadline = False
        """Whether it was the client who set the deadline."""
        self.here_until: float | None = None
        """When the step at hand has to be given up, to be done elsewhere, in seconds of ``time.perf_counter()``."""
        self.rest: Callable[[], None] | None = None
        """Lets others at the store for a moment, if they wait for it."""
        self.pins = 0
        """How many operators at work hold something of the store that must not change under them."""
        self.at_ease = False
        """Whether only values are worked on, with nothing of the store in hands."""
        self.turn: Turn | None = None
        """Set when the transaction is to end, and ``transaction`` and ``reader`` to be exchanged, before the next frame."""
        self.memo: dict[object, Any] = {}
        """Values of constant expressions in this execution, by the compiled expression; and what functions keep, by
        the function."""
        self.walked = 0
        """How many relationships have been walked along."""
        self.hops: int | None = None
        """How many relationships may still be walked along, if that is limited (``USING HOPS LIMIT``)."""
        self.statistics = Statistics()
        self.notifications: list[Notification] = []
        self._written = 0
        self._written_held = 0
        """Changes that have been seen, and bytes of ``memory`` for those since the last commit."""

    @property
    def clock(self) -> Clock:
        """The present moment of this statement and of its transaction."""
        if self._clock is None:
            self._clock = Clock(self.began, self.transaction.began)
        return self._clock

    def take_hops(self, wanted: int) -> int:
        """How many of so many relationships may be walked along; the first time that it is not all there is a remark."""
        if self.hops is None:
            self.walked += wanted
            return wanted
        taken = min(wanted, self.hops)
        if taken < wanted and HOPS_LIMIT_REACHED not in self.notifications:
            self.notifications.append(HOPS_LIMIT_REACHED)
        self.hops -= taken
        self.walked += taken
        return taken

    def check(self) -> None:
        """Raise if the query has to stop; called between frames and inside long loops.

        Raises:
            TerminatedError: it was cancelled.
            TimedOutError: its deadline has passed.
            TakesLong: the step has to be done elsewhere.
        """
        if self.cancelled is not None:
            raise TerminatedError(self.cancelled)
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise out_of_time(self.client_deadline)
        if (
            self.here_until is not None
            and time.perf_counter() > self.here_until
            and not self.statistics.written
        ):
            raise TakesLong

    def breathe(self, size: int) -> None:
        """What code within a step asks now and then (``storage/patience.py``); ``size``: bytes made since.

        Raises:
            MemoryLimitError: the query would hold more than it may.
            TerminatedError, TimedOutError, TakesLong
        """
        self.fresh += size
        if self.memory_limit and self.memory + self.fresh > self.memory_limit:
            raise out_of_memory(self.memory + self.fresh, self.memory_limit)
        self.breaths += 1
        if not self.breaths & 7:
            if self.at_ease:
                self.pause()
            else:
                self.check()

    def pause(self) -> None:
        """As :meth:`check`, in loops around the evaluation of expressions: others get at the store if they wait.

        Only vectors are held then, as between two steps, unless an operator says otherwise by ``pins``. A statement that has begun
        to write keeps the store for itself until the step is done.
        """
        self.check()
        if self.rest is not None and not self.pins and not self.statistics.written:
            self.rest()

    @contextmanager
    def pinned(self) -> Iterator[None]:
        """For an operator that evaluates an expression while it holds something of the store: nobody else gets at it."""
        self.pins += 1
        try:
            yield
        finally:
            self.pins -= 1

    def begin_again(self) -> None:
        """Forget what the execution has done so far; the moment it began stays."""
        self.memory = self.fresh = self.walked = 0
        self.memo = {}
        self.here_until = None

    def hold_written(self) -> None:
        """Account for what was written since the last call. Raises MemoryLimitError."""
        written = self.statistics.written
        if written > self._written:
            size = (written - self._written) * WRITTEN_SIZE
            self._written = written
            self._written_held += size
            self.hold(size)

    def release_written(self) -> None:
        """What was written is the transaction's now, or has been committed."""
        self.hold(-self._written_held)
        self._written_held = 0

    def checkpoint(self) -> Checkpoint:
        """What ``back_to`` can go back to; taken where nothing is written that has not been committed."""
        return Checkpoint(self.memory - self._written_held, replace(self.statistics))

    def back_to(self, checkpoint: Checkpoint) -> None:
        """What has been written, and held by operators, since then is gone."""
        self.memory = checkpoint.memory
        self.statistics = replace(checkpoint.statistics)
        self._written, self._written_held = self.statistics.written, 0

    def hold(self, size: int) -> None:
        """Account for ``size`` bytes more (or, negative, fewer) that an operator keeps.

        Raises:
            MemoryLimitError: the query would hold more than it may.
        """
        self.memory += size
        if self.memory_limit and self.memory > self.memory_limit:
            raise out_of_memory(self.memory, self.memory_limit)


def out_of_time(client_deadline: bool) -> CypherError:
    """The error for a deadline that has passed; ``client_deadline``: it was the client who set it."""
    kind = ClientTimedOutError if client_deadline else TimedOutError
    return kind("Transaction was asked to abort because of transaction timeout.")


def out_of_memory(held: int, limit: int) -> MemoryLimitError:
    """The error for ``held`` bytes, which are more than ``limit``."""
    return MemoryLimitError(
        f"Memory limit exceeded! The query holds {held >> 20} MiB, while the maximum allowed "
        f"is {limit >> 20} MiB (--memory-limit)."
    )
