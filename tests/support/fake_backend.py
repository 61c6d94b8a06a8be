"""A database for tests of the server: a handful of one-word statements, each with one behaviour.

=================  =====================================================================================
``RETURN``         one row with every parameter as a column
``RANGE n``        ``n`` rows ``0 … n-1``, available at once
``LATER n``        the same, but only through ``fetch``
``CREATE``         one node more, visible after the commit; no columns; commit has to be awaited
``CREATE n``       the same, and returns ``n`` rows
``SLOW``           runs until ``backend.gate`` opens or it is cancelled
``WARN``           a row and a notification
``PLAN``           a plan
``FAIL``           a syntax error at RUN
``FAIL LATE``      a division by zero after three rows
``CRASH``          an unforeseen exception while fetching
``NODES``          the graph values given to the backend as ``values``
=================  =====================================================================================
"""

from __future__ import annotations

import asyncio
from typing import Any

from lithograph.cypher.results import Notification, ResultBatch, Statistics
from lithograph.server.backend import Fetched, Summary
from lithograph.storage.errors import LithographError


class FakeSyntaxError(LithographError):
    code = "Neo.ClientError.Statement.SyntaxError"
    gql_status = "42001"


class FakeArithmeticError(LithographError):
    code = "Neo.ClientError.Statement.ArithmeticError"
    gql_status = "22012"


class FakeTerminatedError(LithographError):
    code = "Neo.ClientError.Transaction.Terminated"
    gql_status = "25N14"


class FakeDatabaseNotFoundError(LithographError):
    code = "Neo.ClientError.Database.DatabaseNotFound"
    gql_status = "22N51"


class FakeRun:
    """One of the statements of the table above."""

    def __init__(self, transaction: FakeTransaction, columns: tuple[str, ...], rows: list[list[Any]]) -> None:
        self.columns = columns
        self.kind = "r"
        self.later = self.slow = self.crash = self.fails = False
        self.report = Summary()
        self.closed = False
        self._transaction = transaction
        self._rows = rows

    def fetch_now(self, n: int) -> Fetched | None:
        return None if self.later or self.slow else self._take(n)

    async def fetch(self, n: int) -> Fetched:
        if self.slow:
            backend = self._transaction.backend
            backend.running.set()
            cancelled = asyncio.ensure_future(self._transaction.cancelled.wait())
            opened = asyncio.ensure_future(backend.gate.wait())
            try:
                await asyncio.wait([cancelled, opened], return_when=asyncio.FIRST_COMPLETED)
            finally:
                cancelled.cancel()
                opened.cancel()
            if self._transaction.cancelled.is_set():
                raise FakeTerminatedError("terminated")
        await asyncio.sleep(0)
        return self._take(n)

    async def drain(self) -> None:
        await self.fetch(-1)

    def cancel(self) -> None:
        self._transaction.cancel()

    def close(self) -> None:
        self.closed = True

    def summary(self) -> Summary:
        assert not self._rows, "the summary is valid at the end only"
        return self.report

    def _take(self, n: int) -> Fetched:
        if self._transaction.cancelled.is_set():
            raise FakeTerminatedError("terminated")
        if self.crash:
            raise RuntimeError("nobody foresaw this")
        if self.fails and not self._rows:
            raise FakeArithmeticError("/ by zero")
        count = len(self._rows) if n == -1 else n
        rows, self._rows = self._rows[:count], self._rows[count:]
        batches = []
        for start in range(0, len(rows), 1000):
            part = rows[start : start + 1000]
            batches.append(ResultBatch(len(part), [list(column) for column in zip(*part, strict=True)]))
        return Fetched(batches, bool(self._rows) or self.fails)


class FakeTransaction:
    """Counts nodes; ``committed`` and ``rolled_back`` tell how it ended."""

    def __init__(self, backend: FakeBackend, options: dict[str, Any]) -> None:
        self.backend = backend
        self.options = options
        self.cancelled = asyncio.Event()
        self.created = 0
        self.committed = self.rolled_back = False

    async def prepare(self, text: str) -> None:
        self.backend.prepared.append(text)

    def run(self, text: str, parameters: dict[str, Any]) -> FakeRun:
        word, _, rest = text.partition(" ")
        self.backend.statements.append(text)
        if word == "RETURN":
            return FakeRun(self, tuple(parameters), [list(parameters.values())])
        if word == "NODES":
            return FakeRun(self, ("value",), [[value] for value in self.backend.values])
        if word in ("RANGE", "LATER"):
            run = FakeRun(self, ("n",), [[number] for number in range(int(rest))])
            run.later = word == "LATER"
            return run
        if word == "CREATE":
            self.created += 1
            run = FakeRun(self, ("n",) if rest else (), [[number] for number in range(int(rest or 0))])
            run.kind = "rw" if rest else "w"
            run.report = Summary(Statistics(nodes_created=1, labels_added=2))
            return run
        if word == "SLOW":
            run = FakeRun(self, ("n",), [[1]])
            run.slow = True
            return run
        if word == "WARN":
            run = FakeRun(self, ("n",), [[1]])
            run.report = Summary(
                notifications=[
                    Notification("WARNING", "Neo.ClientNotification.X", "Beware", "Of it.", "HINT")
                ]
            )
            return run
        if word == "PLAN":
            run = FakeRun(self, ("n",), [])
            run.report = Summary(
                plan={"operatorType": "Scan", "identifiers": ["n"], "args": {}, "children": []}
            )
            return run
        if text == "FAIL LATE":
            run = FakeRun(self, ("n",), [[0], [1], [2]])
            run.fails = True
            return run
        if word == "CRASH":
            run = FakeRun(self, ("n",), [])
            run.crash = True
            return run
        raise FakeSyntaxError(f"Invalid input '{word}'")

    def commit_now(self) -> str | None:
        return None if self.created else self._commit()

    async def commit(self) -> str:
        await asyncio.sleep(0)
        if self.backend.commit_error is not None:
            raise self.backend.commit_error
        return self._commit()

    def _commit(self) -> str:
        assert not self.rolled_back
        self.committed = True
        self.backend.nodes += self.created
        return f"bookmark:{self.backend.nodes}"

    def rollback(self) -> None:
        assert not self.committed
        self.rolled_back = True

    def cancel(self) -> None:
        self.cancelled.set()


class FakeBackend:
    """See the module."""

    agent = "Neo4j/5.26.0 compatible (Fake 0)"
    database_name = "memgraph"
    advertised_address: str | None = None

    def __init__(self) -> None:
        self.nodes = 0
        self.values: list[Any] = []
        self.prepared: list[str] = []
        """The texts that were prepared beside the loop."""
        self.statements: list[str] = []
        self.transactions: list[FakeTransaction] = []
        self.commit_error: LithographError | None = None
        self.gate = asyncio.Event()
        self.running = asyncio.Event()
        self.closed: asyncio.Future[None] | None = None
        """Set: nobody is let in until it is done."""

    def check_database(self, name: str | None) -> None:
        if name not in (None, "", "memgraph", "neo4j"):
            raise FakeDatabaseNotFoundError(f"There is no database {name}.")

    def begin(self, **options: Any) -> FakeTransaction:
        self.check_database(options["database"])
        transaction = FakeTransaction(self, options)
        self.transactions.append(transaction)
        return transaction

    @property
    def open_to_all(self) -> bool:
        return self.closed is None or self.closed.done()

    async def admitted(self) -> None:
        if self.closed is not None:
            await self.closed

    def waits_for_nobody(self, text: str) -> bool:
        return text.startswith("SHOW")

    def control(self, text: str) -> str | None:
        word = text.rstrip("; ").upper()
        return word if word in ("BEGIN", "COMMIT", "ROLLBACK") else None
