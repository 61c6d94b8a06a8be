"""Batches of IN TRANSACTIONS: what an operator asks of whoever drives the query when one of them is over.

The operator puts a :class:`Turn` into its context and gives an empty frame. Whoever drives the query then ends the transaction,
begins another one and calls ``Execution.go_on``, before it asks for the next frame.
"""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher.errors import CypherError, MemoryLimitError, StoppedError
from lithograph.storage.errors import (
    CapacityError,
    LithographError,
    StorageError,
    TransactionClosedError,
    WritesRefusedError,
)

_ENDS_ALL = (StoppedError, MemoryLimitError, CapacityError, TransactionClosedError, WritesRefusedError)


@dataclass(slots=True)
class Turn:
    """A batch is over: its transaction is to end, and the next one to begin.

    Attributes:
        undo: the batch has failed; its transaction is rolled back, not committed.
        pause: seconds until the next transaction begins.
        tolerant: an error of the commit that is about the batch alone (``concerns_batch``) does not end the query.
        failure: such an error, set by whoever drives the query; what the transaction did is undone then.
    """

    undo: bool = False
    pause: float = 0.0
    tolerant: bool = False
    failure: LithographError | None = None

    def tolerates(self, error: LithographError) -> bool:
        """Whether the query goes on after this error of the commit."""
        return self.tolerant and concerns_batch(error)


def concerns_batch(error: LithographError) -> bool:
    """Whether an error is about what a batch did, so that another batch may do better.

    It is not where the query was stopped, is over its time or memory, or the store takes no more.
    """
    return isinstance(error, CypherError | StorageError) and not isinstance(error, _ENDS_ALL)


def may_pass(error: LithographError) -> bool:
    """Whether the same batch may do better if it is tried again: others were in its way."""
    return error.code.startswith("Neo.TransientError.")
