"""What a running query may use: its transaction, parameters, limits and counters.

One :class:`Context` lives as long as one execution of one statement. Operators and compiled
expressions get it as an argument; nothing else carries state between them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from lithograph.cypher.errors import (
    ClientTimedOutError,
    CypherError,
    MemoryLimitError,
    TerminatedError,
    TimedOutError,
)
from lithograph.cypher.results import Notification, Statistics

if TYPE_CHECKING:
    from lithograph.cypher.entities import GraphReader
    from lithograph.storage.transaction import Transaction


class Context:
    """The state of one execution.

    ``deadline`` is in seconds of ``time.monotonic()`` or None; ``memory_limit`` in bytes, 0 for none.
    """

    __slots__ = (
        "breaths",
        "cancelled",
        "client_deadline",
        "deadline",
        "fresh",
        "memo",
        "memory",
        "memory_limit",
        "notifications",
        "parameters",
        "reader",
        "statistics",
        "transaction",
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
        self.fresh = 0
        """Bytes that the step at hand has made and that no operator holds yet, roughly."""
        self.breaths = 0
        self.cancelled: str | None = None
        self.client_deadline = False
        """Whether it was the client who set the deadline."""
        self.memo: dict[object, Any] = {}
        """Values of constant expressions in this execution, by the compiled expression."""
        self.statistics = Statistics()
        self.notifications: list[Notification] = []

    def check(self) -> None:
        """Raise if the query has to stop; called between frames and inside long loops.

        Raises:
            TerminatedError: it was cancelled.
            TimedOutError: its deadline has passed.
        """
        if self.cancelled is not None:
            raise TerminatedError(self.cancelled)
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise out_of_time(self.client_deadline)

    def breathe(self, size: int) -> None:
        """What code within a step asks now and then (``storage/patience.py``); ``size``: bytes made since.

        Raises:
            MemoryLimitError: the query would hold more than it may.
            TerminatedError, TimedOutError
        """
        self.fresh += size
        if self.memory_limit and self.memory + self.fresh > self.memory_limit:
            raise out_of_memory(self.memory + self.fresh, self.memory_limit)
        self.breaths += 1
        if not self.breaths & 63:
            self.check()

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
