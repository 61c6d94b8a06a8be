"""Commits: prepared, made durable and published, in one order.

A commit is prepared (timestamp, log) with the latch held alone, waits for its sync without it, and is then
published. Commits are published in the order of their timestamps, so that no snapshot sees a later one
without an earlier one.

Once begun, a commit runs to its end, whoever stops waiting for it: the transaction is then either visible
and durable, or undone. It never stays between the two, where it would be in the way of everybody after it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial

import structlog

from lithograph.durability.manager import Durability
from lithograph.server.errors import UncertainCommitError
from lithograph.server.lanes import Lanes
from lithograph.storage.errors import WritesRefusedError
from lithograph.storage.transaction import Transaction

LARGE = 1 << 14
"""A transaction with so many changes is committed, or undone, in a thread: some milliseconds of work."""

_log = structlog.get_logger(__name__)


def is_large(transaction: Transaction) -> bool:
    """Whether logging or undoing the transaction takes too long for the event loop."""
    return transaction.size >= LARGE


class Commits:
    """Those under way. For use on the event loop's thread."""

    def __init__(self, lanes: Lanes, durability: Durability) -> None:
        self._lanes = lanes
        self._durability = durability
        self._under_way: dict[Transaction, asyncio.Task[None]] = {}
        self._unpublished: deque[tuple[int, Transaction]] = deque()
        """Prepared transactions with their positions in the log, ascending; changed with the latch held alone."""

    def __contains__(self, transaction: object) -> bool:
        """Whether the transaction's commit has begun and is not over."""
        return transaction in self._under_way

    async def commit(self, transaction: Transaction) -> None:
        """Commit; durable and visible when it returns.

        Raises:
            UncertainCommitError: it was undone, but may be found after a restart.
            LithographError: it cannot be committed and has been rolled back.
        """
        task = asyncio.get_running_loop().create_task(self._commit(transaction))
        self._under_way[transaction] = task
        task.add_done_callback(partial(self._over, transaction))
        await asyncio.shield(task)

    async def finished(self) -> None:
        """Wait for the end of those under way."""
        while self._under_way:
            await asyncio.wait(list(self._under_way.values()))

    def _over(self, transaction: Transaction, task: asyncio.Task[None]) -> None:
        del self._under_way[transaction]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.info("a transaction was not committed", error=str(error))

    async def _commit(self, transaction: Transaction) -> None:
        lanes, large = self._lanes, is_large(transaction)
        if not transaction.wrote:  # what it wrote it has undone
            await lanes.exclusively(transaction.publish)
            return
        try:
            position = await lanes.exclusively(lambda: self._prepare(transaction), large)
        except BaseException:
            await lanes.exclusively(transaction.rollback, large)
            raise
        try:
            if self._durability.must_wait(position):
                await self._durability.durable(position)
        except BaseException as error:
            await lanes.exclusively(lambda: self._give_up(transaction), large)
            if isinstance(error, WritesRefusedError):
                raise UncertainCommitError(error.message) from error
            raise
        if transaction.open:  # else somebody who came later has published it too
            due = [other for before, other in list(self._unpublished) if before <= position]
            long = any(other.changes_schema or is_large(other) for other in due)
            await lanes.exclusively(lambda: self._publish(transaction, position), long)

    def _prepare(self, transaction: Transaction) -> int:
        transaction.prepare()
        position = self._durability.position
        self._unpublished.append((position, transaction))
        return position

    def _give_up(self, transaction: Transaction) -> None:
        self._unpublished = deque(entry for entry in self._unpublished if entry[1] is not transaction)
        transaction.rollback()

    def _publish(self, own: Transaction, position: int) -> None:
        """Publish every commit up to ``own``'s position in the log, oldest first."""
        failure: Exception | None = None
        while self._unpublished and self._unpublished[0][0] <= position:
            _, transaction = self._unpublished.popleft()
            try:
                transaction.publish()
            except Exception as error:  # noqa: BLE001  (an index without room, say, must not hold up the others)
                _log.exception("a commit is durable but not complete in memory until the restart")
                failure = error if transaction is own else failure
        if failure is not None:
            raise failure
