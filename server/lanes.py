"""Two lanes: a statement runs on the event loop while it is short, and in a worker thread when it is not.

A thread hand-over costs more than a point query, and the loop must answer everyone at once. So a run first
works on the loop, step by step, for about a millisecond (``fetch_now``); if that is not enough, or
somebody else holds the latch, it goes on in a worker (``fetch``), a slice of time at once, so that a few long
queries do not keep all workers from everybody else. A single step that turns out to be long is given up on the loop and
begun again in a worker. Each step holds the store's latch, shared or, for a statement that writes, alone; nothing is
held between steps, and a long step gives way to those who wait.

What needs the latch alone and is no step of a statement (commits, undoing, vacuum) has a thread of its
own, where it never waits behind queries.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import structlog

from lithograph.cypher.errors import TerminatedError
from lithograph.cypher.execution import Execution
from lithograph.cypher.results import ResultBatch
from lithograph.cypher.turns import Turn
from lithograph.server.access import Access
from lithograph.server.backend import Fetched, Summary
from lithograph.storage.latch import Latch

BUDGET = 0.001
"""Seconds that a statement may take on the event loop in one go."""

PATIENCE = 5
"""A step on the event loop is given up after so many times ``BUDGET``."""

SLICE = 0.02
"""Seconds that a statement may take in a worker before it goes to the end of the queue."""

LOOK = 0.1
"""Seconds after which somebody cancelled looks whether the thread it waits for was given up."""

HEAVY = 512
"""A statement with a list of so many items among its parameters goes to a worker straight away."""

T = TypeVar("T")
Rows = list[tuple[Any, ...]]

_log = structlog.get_logger(__name__)


class Lanes:
    """The worker threads, and the way to them."""

    def __init__(self, latch: Latch, workers: int = 4) -> None:
        self.latch = latch
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="lithograph-worker")
        self._alone = ThreadPoolExecutor(1, thread_name_prefix="lithograph-alone")
        self._later: set[Future[None]] = set()
        self._impatient = 0  # how many were cancelled and wait for a thread all the same
        self.given_up = False
        """Whether nobody waits for the threads any more: the process is about to end in spite of them."""

    async def offload(self, work: Callable[[], T], call_off: Callable[[], None] | None = None) -> T:
        """Run ``work`` in a worker thread.

        When this returns or raises, the work is over or will never begin: who is cancelled meanwhile calls
        ``call_off``, which may hasten the end, and waits for it.
        """
        return await self._end_of(self._workers.submit(work), call_off)

    async def exclusively(self, work: Callable[[], T], long: bool = False) -> T:
        """Run ``work`` with the latch held alone: here if it is short and the latch is free, else in a thread."""
        if not long and self.latch.try_acquire(exclusive=True):
            try:
                return work()
            finally:
                self.latch.release(exclusive=True)
        return await self._end_of(self._alone.submit(self._holding, work))

    def exclusively_soon(self, work: Callable[[], None], long: bool = False) -> None:
        """As ``exclusively`` without waiting for it; statements that write begin only after it."""
        if not long and self.latch.try_acquire(exclusive=True):
            try:
                work()
            finally:
                self.latch.release(exclusive=True)
            return
        later = self._alone.submit(self._holding, work)
        self._later.add(later)
        later.add_done_callback(self._over)

    @property
    def waiting(self) -> bool:
        """Whether work of ``exclusively_soon`` is not done yet."""
        return bool(self._later)

    async def caught_up(self) -> None:
        """Wait until the work of ``exclusively_soon`` is done."""
        later = [asyncio.wrap_future(future) for future in list(self._later)]
        await asyncio.gather(*later, return_exceptions=True)

    def give_up(self) -> None:
        """Let those go who were cancelled and wait for a thread that does not come to an end.

        If there are any, the store is of no use from then on: a thread may be changing it.
        """
        self.given_up = self._impatient > 0

    def close(self) -> None:
        """Wait for what runs in the threads, unless they were given up."""
        self._workers.shutdown(wait=not self.given_up, cancel_futures=True)
        self._alone.shutdown(wait=not self.given_up)

    async def _end_of(self, work: Future[T], call_off: Callable[[], None] | None = None) -> T:
        """The result of work in a thread; see ``offload``."""
        waiting = asyncio.wrap_future(work)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            if not work.cancel():
                if call_off is not None:
                    call_off()
                self._impatient += 1
                while not (waiting.done() or self.given_up):
                    with suppress(asyncio.CancelledError):
                        await asyncio.wait([waiting], timeout=LOOK)
                self._impatient -= 1
                waiting.add_done_callback(_heard)
            raise
        finally:
            del waiting, work  # an error that a future holds must not hold the future: that would be a cycle

    def _holding(self, work: Callable[[], T]) -> T:
        with self.latch.held(exclusive=True):
            return work()

    def _over(self, later: Future[None]) -> None:
        self._later.discard(later)
        error = later.exception()
        if error is not None:
            _log.error("unforeseen error while undoing", exc_info=error)


def _heard(waiting: asyncio.Future[Any]) -> None:
    """Nobody is there to hear of an error."""
    if not waiting.cancelled():
        waiting.exception()


class LanedRun:
    """One execution, driven through the lanes; implements ``backend.Run``.

    ``before`` are the unfinished runs of the same transaction that have to come first: what an earlier
    statement writes is written before a later one begins, and what an earlier one has still to give is
    read before a later one changes it. ``take_turn`` ends the transaction that a batch of the execution had, and lets it go on
    in another one.
    """

    def __init__(
        self,
        execution: Execution,
        lanes: Lanes,
        access: Access,
        before: Sequence[LanedRun] = (),
        take_turn: Callable[[Execution, Turn], Awaitable[None]] | None = None,
    ) -> None:
        self._execution = execution
        self._take_turn = take_turn
        self._access = access
        self._lanes = lanes
        self._before = before
        self._terminated: str | None = None
        self.busy = False
        """Whether somebody waits for it to go on."""
        self._exclusive = execution.prepared.writes
        self._ready: deque[ResultBatch] = deque()
        self._ready_rows = 0
        self._heavy = execution.prepared.heavy or any(
            type(value) is list and len(value) >= HEAVY for value in execution.context.parameters.values()
        )

    @property
    def columns(self) -> tuple[str, ...]:
        return self._execution.columns

    @property
    def kind(self) -> str:
        return self._execution.prepared.kind

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to work on."""
        return self._execution.done

    @property
    def writes(self) -> bool:
        """Whether the statement changes the graph."""
        return self._exclusive

    def fetch_now(self, n: int) -> Fetched | None:
        if self._terminated is not None:
            raise TerminatedError(self._terminated)
        if not self._has(n):
            if self._heavy or self._before or (self._exclusive and self._lanes.waiting):
                return None
            latch, exclusive = self._lanes.latch, self._exclusive
            if exclusive and not self._access.admit_writer(self._execution.context.transaction):
                return None
            now = time.perf_counter()
            limit, self._execution.context.here_until = now + BUDGET, now + PATIENCE * BUDGET
            while not self._has(n):
                if self._execution.turn is not None or time.perf_counter() > limit:
                    self._heavy = True
                    return None
                if not latch.try_acquire(exclusive):
                    return None
                try:
                    self._step()
                finally:
                    latch.release(exclusive)
                if self._begins_again():
                    self._forget()
                    self._heavy = True
                    return None
        self._heavy = True  # what has been handed out must not come again
        return self._taken(n)

    async def fetch(self, n: int) -> Fetched:
        with self._at_work():
            while not self._has(n):
                await self._go_on(n)
        return self._taken(n)

    async def drain(self) -> None:
        with self._at_work():
            self._forget()
            while not self._execution.done:
                await self._go_on(-1)
                self._forget()

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Raises TerminatedError if it was terminated, before the work or meanwhile."""
        if self._terminated is not None:
            raise TerminatedError(self._terminated)
        self.busy = True
        try:
            yield
        finally:
            self.busy = False
        if self._terminated is not None:
            raise TerminatedError(self._terminated)

    def cancel(self, reason: str | None = None) -> None:
        """Make the statement end with an error at its next step; ``reason`` is for the client."""
        self._execution.context.cancelled = reason or "The transaction has been terminated."

    def terminate(self, reason: str) -> None:
        """As ``cancel``, also for rows that are there already: nobody gets them any more."""
        self._terminated = reason
        self.cancel(reason)

    def close(self) -> None:
        self._execution.close()
        self._forget()

    def summary(self) -> Summary:
        execution = self._execution
        context = execution.context
        return Summary(
            statistics=context.statistics,
            notifications=context.notifications,
            plan=execution.plan,
            profile=execution.profile,
            parsing_time=execution.parsing_time,
            planning_time=execution.planning_time,
            execution_time=execution.elapsed,
        )

    # -- the work

    def _has(self, n: int) -> bool:
        """Whether ``n`` rows and one more are there, or all there are."""
        return self._execution.done or (0 <= n < self._ready_rows)

    def _step(self) -> None:
        batch = self._execution.step()
        if batch is not None and batch.count:
            self._ready.append(batch)
            self._ready_rows += batch.count

    async def _go_on(self, n: int) -> None:
        """A slice of work towards ``n`` rows."""
        turn = self._execution.turn
        if turn is not None:
            assert self._take_turn is not None
            await self._take_turn(self._execution, turn)
        if self._exclusive and self._lanes.waiting:
            await self._lanes.caught_up()
        if self._exclusive:
            await self._access.writer_admitted(self._execution.context.transaction)
        await self._lanes.offload(lambda: self._work(n), self.cancel)

    def _work(self, n: int) -> None:
        """Step, in a worker, until there is enough or the slice is over.

        Earlier runs come first; they keep their rows for whoever still asks for them.
        """
        limit = time.perf_counter() + SLICE
        for run in self._in_order():
            run._settle()
            while not run._has(n if run is self else -1):
                if run._execution.turn is not None:
                    return
                with self._lanes.latch.held(run._exclusive):
                    run._step()
                if time.perf_counter() > limit:
                    return
        self._before = ()

    def _begins_again(self) -> bool:
        """Whether its last step on the loop was given up."""
        return self._execution.context.here_until is None

    def _settle(self) -> None:
        """It goes on in a worker from now on, whatever began on the loop."""
        self._heavy = True
        context = self._execution.context
        # Not a method of this run: the context would keep the run, and both, with all parameters, would stay until a
        # collection of cycles finds them.
        context.here_until, context.rest = None, partial(self._lanes.latch.give_way, self._exclusive)

    def _in_order(self) -> Iterator[LanedRun]:
        """The runs that have to come before this one, and this one."""
        for run in self._before:
            yield from run._in_order()
        yield self

    def _forget(self) -> None:
        self._ready.clear()
        self._ready_rows = 0

    def _taken(self, n: int) -> Fetched:
        """Hand out ``n`` of the rows that are there (-1: all)."""
        if n < 0 or n >= self._ready_rows:
            batches = list(self._ready)
            self._forget()
            return Fetched(batches, has_more=False)
        batches = []
        wanted = n
        while wanted:
            batch = self._ready[0]
            if batch.count <= wanted:
                batches.append(self._ready.popleft())
                wanted -= batch.count
            else:
                batches.append(_part(batch, 0, wanted))
                self._ready[0] = _part(batch, wanted, batch.count)
                wanted = 0
        self._ready_rows -= n
        return Fetched(batches, has_more=True)


def _part(batch: ResultBatch, start: int, stop: int) -> ResultBatch:
    return ResultBatch(stop - start, [column[start:stop] for column in batch.columns])


class Answer:
    """A statement of administration: its rows come from a coroutine that runs once.

    Implements ``backend.Run``. ``acts``: it does more than to show something, and a commit sees to it that
    it is done even if nobody asks for the rows.
    """

    def __init__(
        self, columns: tuple[str, ...], work: Callable[[], Awaitable[Rows]], acts: bool = False
    ) -> None:
        self.columns = columns
        self.kind = "s" if acts else "r"
        self._work = work
        self._rows: Rows | None = None
        self._given = 0

    def fetch_now(self, n: int) -> Fetched | None:
        return None if self._rows is None else self._taken(n)

    async def fetch(self, n: int) -> Fetched:
        if self._rows is None:
            self._rows = await self._work()
        return self._taken(n)

    async def drain(self) -> None:
        await self.fetch(-1)

    def cancel(self) -> None:
        """Administration is short, or must not be left half done: it runs to its end."""

    def close(self) -> None:
        self._rows = []

    def summary(self) -> Summary:
        return Summary()

    def _taken(self, n: int) -> Fetched:
        assert self._rows is not None
        stop = len(self._rows) if n < 0 else min(self._given + n, len(self._rows))
        rows = self._rows[self._given : stop]
        self._given = stop
        batches = (
            [ResultBatch(len(rows), [list(column) for column in zip(*rows, strict=True)])] if rows else []
        )
        return Fetched(batches, stop < len(self._rows))
