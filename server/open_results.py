"""Results that are being delivered: which there are, how far they are, and in what portions they go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lithograph.cypher.results import ResultBatch
from lithograph.server.backend import Fetched, Run, Summary
from lithograph.server.bolt.summaries import NotificationFilter
from lithograph.server.errors import InvalidRequestError, TooManyResultsError

PORTION = 4096
"""Rows asked of the engine at a time, so that "all rows" neither fills the memory nor blocks other clients."""


@dataclass(slots=True)
class OpenResult:
    """A statement whose rows are not all out."""

    run: Run
    qid: int
    wanted: NotificationFilter
    rows_came: bool = False


@dataclass(slots=True)
class Delivery:
    """One PULL or DISCARD in progress: ``remaining`` rows (-1: all) are still to be taken from the result."""

    result: OpenResult
    remaining: int
    discard: bool
    exhausted: bool = False

    @property
    def complete(self) -> bool:
        return self.exhausted or self.remaining == 0

    def take_now(self) -> list[ResultBatch] | None:
        """The next portion to send, or None if it takes longer (then ``take`` is to be awaited)."""
        fetched = self.result.run.fetch_now(-1 if self._drains else self._portion)
        return None if fetched is None else self._account(fetched)

    async def take(self) -> list[ResultBatch]:
        """The next portion to send."""
        if self._drains:
            await self.result.run.drain()
            self.exhausted = True
            return []
        return self._account(await self.result.run.fetch(self._portion))

    @property
    def _drains(self) -> bool:
        return self.discard and self.remaining == -1

    @property
    def _portion(self) -> int:
        return PORTION if self.remaining == -1 else min(self.remaining, PORTION)

    def _account(self, fetched: Fetched) -> list[ResultBatch]:
        count = sum([batch.count for batch in fetched.batches])
        self.exhausted = not fetched.has_more
        if self.remaining != -1:
            self.remaining -= count
        if count:
            self.result.rows_came = True
        return [] if self.discard else fetched.batches


class OpenResults:
    """The open results of one transaction, by qid: 0, 1, 2 … in the order of RUN."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: dict[int, OpenResult] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[OpenResult]:
        return iter(list(self._open.values()))

    def check_room(self) -> None:
        """Raises TooManyResultsError if no further result may be opened."""
        if len(self._open) >= self._limit:
            raise TooManyResultsError(
                f"A transaction may have {self._limit} open results at most. Consume or discard some first."
            )

    def add(self, run: Run, wanted: NotificationFilter) -> OpenResult:
        result = OpenResult(run, self._next, wanted)
        self._open[self._next] = result
        self._next += 1
        return result

    def find(self, qid: int) -> OpenResult:
        """The result ``qid``; -1 is the latest RUN's. Raises InvalidRequestError if it is unknown or finished."""
        result = self._open.get(self._next - 1 if qid == -1 else qid)
        if result is None:
            raise InvalidRequestError(
                "There is no open result." if qid == -1 else f"There is no open result with the qid {qid}."
            )
        return result

    def finish(self, result: OpenResult) -> Summary:
        """Forget an exhausted result; what is to be said about it."""
        summary = result.run.summary()
        del self._open[result.qid]
        result.run.close()
        return summary

    def close(self) -> None:
        """Forget all of them, and count from 0 again."""
        for result in self._open.values():
            result.run.close()
        self._open.clear()
        self._next = 0
