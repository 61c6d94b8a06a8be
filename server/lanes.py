"""Two lanes: a statement runs on the event loop while it is short, and in a worker thread when it is not.

A thread hand-over costs more than a point query, and the loop must answer everyone at once. So a run first
works on the loop, step by step, for about a millisecond (``fetch_now``); if that is not enough, or
somebody else holds the latch, it goes on in a worker (``fetch``). Each step holds the store's latch,
shared or, for a statement that writes, alone; nothing is held between steps.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from lithograph.cypher.engine import Execution
from lithograph.cypher.results import ResultBatch
from lithograph.server.backend import Fetched, Summary
from lithograph.storage.latch import Latch

BUDGET = 0.001
"""Seconds that a statement may take on the event loop in one go."""

HEAVY = 512
"""A statement with a list of so many items among its parameters goes to a worker straight away."""

T = TypeVar("T")
Rows = list[tuple[Any, ...]]


class Lanes:
    """The worker threads, and the way to them."""

    def __init__(self, latch: Latch, workers: int = 4) -> None:
        self.latch = latch
        self._workers = ThreadPoolExecutor(workers, thread_name_prefix="lithograph-worker")

    async def offload(self, work: Callable[[], T]) -> T:
        """Run ``work`` in a worker thread."""
        return await asyncio.get_running_loop().run_in_executor(self._workers, work)

    async def exclusively(self, work: Callable[[], T]) -> T:
        """Run short ``work`` with the latch held alone: here if it is free, else in a worker."""
        if self.latch.try_acquire(exclusive=True):
            try:
                return work()
            finally:
                self.latch.release(exclusive=True)
        return await self.offload_exclusively(work)

    async def offload_exclusively(self, work: Callable[[], T]) -> T:
        """Run long ``work`` in a worker thread with the latch held alone."""

        def waiting() -> T:
            with self.latch.held(exclusive=True):
                return work()

        return await self.offload(waiting)

    def close(self) -> None:
        """Wait for what runs in the workers."""
        self._workers.shutdown(wait=True, cancel_futures=True)


class LanedRun:
    """One execution, driven through the lanes; implements ``backend.Run``.

    ``before`` are the unfinished runs of the same transaction that have to come first: what an earlier
    statement writes is written before a later one begins, and what an earlier one has still to give is
    read before a later one changes it.
    """

    def __init__(self, execution: Execution, lanes: Lanes, before: Sequence[LanedRun] = ()) -> None:
        self._execution = execution
        self._lanes = lanes
        self._before = before
        self._exclusive = execution.prepared.writes
        self._ready: deque[ResultBatch] = deque()
        self._ready_rows = 0
        parameters = execution.context.parameters.values()
        self._heavy = execution.prepared.heavy or any(type(value) is list and len(value) >= HEAVY for value in parameters)

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
        if (self._heavy or self._before) and not self._execution.done:
            return None
        latch, exclusive = self._lanes.latch, self._exclusive
        limit = time.perf_counter() + BUDGET
        while not self._has(n):
            if time.perf_counter() > limit or not latch.try_acquire(exclusive):
                return None
            try:
                self._step()
            finally:
                latch.release(exclusive)
        return self._taken(n)

    async def fetch(self, n: int) -> Fetched:
        if not self._has(n):
            await self._lanes.offload(lambda: self._work(n))
        return self._taken(n)

    async def drain(self) -> None:
        self._forget()
        if not self._execution.done:
            await self._lanes.offload(self._work_through)
        self._forget()

    def cancel(self, reason: str | None = None) -> None:
        """Make the statement end with an error at its next step; ``reason`` is for the client."""
        self._execution.context.cancelled = reason or "The transaction has been terminated."

    def close(self) -> None:
        self._execution.close()
        self._forget()

    def summary(self) -> Summary:
        execution = self._execution
        context, prepared = execution.context, execution.prepared
        return Summary(
            statistics=context.statistics,
            notifications=context.notifications,
            plan=execution.plan,
            parsing_time=prepared.parsing_time,
            planning_time=prepared.planning_time,
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

    def _work(self, n: int) -> None:
        """Step, in a worker, until there is enough."""
        self._let_others_finish()
        while not self._has(n):
            with self._lanes.latch.held(self._exclusive):
                self._step()

    def _work_through(self) -> None:
        """Step, in a worker, to the end, keeping nothing."""
        self._let_others_finish()
        while not self._execution.done:
            with self._lanes.latch.held(self._exclusive):
                self._execution.step()

    def _let_others_finish(self) -> None:
        """Bring the earlier runs to their end, keeping their rows for whoever still asks for them."""
        for run in self._before:
            run._work(-1)
        self._before = ()

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

    Implements ``backend.Run``.
    """

    def __init__(self, columns: tuple[str, ...], work: Callable[[], Awaitable[Rows]]) -> None:
        self.columns = columns
        self.kind = "r" if columns else "s"
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
