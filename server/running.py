"""The transactions of all clients that are open: which there are, and ending one for somebody else.

It takes neither access to the store nor its latch, so that whoever holds things up can be found and ended. What is
told of them are Memgraph's columns, and Neo4j's in ``show.transactions()``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lithograph.storage.values.duration import Duration

if TYPE_CHECKING:
    from lithograph.server.client_transaction import ClientTransaction

COLUMNS = ("username", "transaction_id", "query", "status", "metadata", "start_time", "elapsed_ms")
"""Of SHOW TRANSACTIONS."""

ANSWERS = ("transaction_id", "killed")
"""Columns of TERMINATE TRANSACTIONS."""

EVERYBODY = "*"
"""What TERMINATE TRANSACTIONS takes for all of them."""

_IN_NEO4J = {"running": "Running", "committing": "Closing", "aborting": "Terminated"}


class Running:
    """Those that have begun and not ended, oldest first. They enter and leave on the event loop's thread."""

    def __init__(self) -> None:
        self._open: dict[int, ClientTransaction] = {}

    def __iter__(self) -> Iterator[ClientTransaction]:
        return iter(list(self._open.values()))

    def enter(self, transaction: ClientTransaction) -> None:
        self._open[transaction.number] = transaction

    def leave(self, transaction: ClientTransaction) -> None:
        """Harmless for one that has left."""
        self._open.pop(transaction.number, None)

    def terminate(self, ids: Sequence[str]) -> list[tuple[str, bool]]:
        """End the transactions of these ids (``EVERYBODY``: all); each with whether that is so.

        It is not for an id that nobody has, for a transaction whose commit has begun, and for a statement of
        administration, which runs to its end: among them the one that asks for this.
        """
        found = {str(transaction.number): transaction for transaction in self}
        for transaction in self:
            found.setdefault(transaction.batch_id, transaction)
        answers = []
        for wanted in ids:
            if wanted == EVERYBODY:
                answers += [(str(each.number), True) for each in self if each.terminate()]
            else:
                one = found.get(wanted)
                answers.append((wanted, one is not None and one.terminate()))
        return answers

    def rows(self, statuses: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """``COLUMNS`` of each; of those with one of ``statuses``, if there are any."""
        return [
            (
                each.client.user, str(each.number), list(each.statements), each.status, each.metadata,
                _moment(each), int((time.monotonic() - each.since) * 1000),
            )
            for each in self
            if not statuses or each.status in statuses
        ]  # fmt: skip

    def neo4j_rows(self, database: str) -> Iterator[tuple[Any, ...]]:
        """The columns of ``shown.TRANSACTIONS`` of each; may be asked for in any thread."""
        for each in self:
            current = each.statements[-1] if each.statements else ""
            elapsed = Duration(0, 0, 0, int((time.monotonic() - each.since) * 1e9))
            yield (
                database, str(each.number), None, each.client.connection, each.client.address, each.client.user,
                current, _moment(each), _IN_NEO4J[each.status], elapsed, each.metadata, each.batch_id,
            )  # fmt: skip


def _moment(transaction: ClientTransaction) -> str:
    """When it began, by the system's clock."""
    began = datetime.fromtimestamp(transaction.began / 1e9, UTC)
    return began.isoformat(timespec="milliseconds")
