"""A client's transaction: statements one after the other, of one kind only.

Index and administration statements are no part of a transaction in Memgraph, but Neo4j's drivers send
every statement of ``execute_query`` in an explicit one. So a transaction that does nothing else may hold one
of them; next to other statements it is refused with Memgraph's text.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from lithograph.cypher.context import out_of_memory, out_of_time
from lithograph.cypher.engine import Made
from lithograph.cypher.enums import ENUM_STATEMENTS
from lithograph.cypher.errors import AccessModeError, NotInExplicitTransactionError, TerminatedError
from lithograph.cypher.execution import Execution
from lithograph.cypher.prepared import ENGINE_STATEMENTS, SCHEMA_STATEMENTS, Prepared
from lithograph.cypher.turns import Turn
from lithograph.durability.errors import BrokenDatabaseError
from lithograph.server.administration import is_allowed_when_broken, what_it_is
from lithograph.server.alone import run_alone
from lithograph.server.backend import Client, Run
from lithograph.server.errors import NotAloneError
from lithograph.server.lanes import Answer, LanedRun, Rows
from lithograph.storage.errors import LithographError
from lithograph.storage.patience import limited
from lithograph.storage.transaction import Transaction

if TYPE_CHECKING:
    from lithograph.server.database import Database

TERMINATED = "Transaction was asked to abort by another user."
"""What the client of a transaction hears that somebody else has ended."""

LONGEST_SHOWN, MOST_SHOWN = 4096, 25
"""Characters of a statement, and statements of a transaction, that are kept to be shown."""

_LOOK = 0.05
"""Seconds between two looks at whether a query that waits has to stop."""


class _Preparation:
    """Who is asked while a statement is prepared in a worker; implements ``patience.Patience``."""

    def __init__(self, transaction: ClientTransaction) -> None:
        self._transaction = transaction
        self._size = 0

    def breathe(self, size: int) -> None:
        self._size += size
        self._transaction.check_preparation(self._size)

    def pause(self) -> None:
        self.breathe(0)


class ClientTransaction:
    """Implements ``backend.Transaction``."""

    def __init__(
        self,
        database: Database,
        transaction: Transaction,
        explicit: bool,
        read_only: bool,
        deadline: float | None,
        own_deadline: bool,
        client: Client,
        metadata: dict[str, Any],
    ) -> None:
        self.number = transaction.number
        """Its id."""
        self.client = client
        self.metadata = metadata
        """What the client said of it."""
        self.began = transaction.began
        """In nanoseconds since 1970-01-01T00:00Z."""
        self.since = time.monotonic()
        self.statements: list[str] = []
        """The latest of its statements, those that are long not to their ends."""
        self._database = database
        self._transaction = transaction
        self._explicit = explicit
        self._read_only = read_only
        self._deadline = deadline
        self._own_deadline = own_deadline
        self._ran = False
        """Whether there has been a statement."""
        self._alone: str | None = None
        """What the statement so far is called, if it allows no other beside it."""
        self._cancelled = False
        self._terminated = False
        self._committing = False
        self._prepared: Prepared | None = None
        """Made by ``prepare`` for the next statement."""
        self._noted: str | None = None
        """The text of the next statement, if it has been kept to be shown already."""
        self._runs: list[LanedRun] = []
        self._detached = False
        """Whether the statement needs no transaction of the store, which has been ended."""
        self._pending: Prepared | None = None
        """What is to be run, alone, when the transaction is committed."""

    async def prepare(self, text: str) -> None:
        self._check_terminated()
        engine = self._database.engine
        self._prepared = engine.known(text)
        if self._prepared is not None:
            return
        self._note(text)
        self._noted = text
        patience = _Preparation(self)

        def work() -> Made:
            with limited(patience):
                return engine.make(text)

        self._prepared = engine.keep(await self._database.lanes.offload(work, self.cancel))

    def check_preparation(self, size: int) -> None:
        """Called in a worker while it prepares a statement and has made ``size`` bytes; raises if that is to end."""
        self._check_terminated()
        if self._cancelled:
            raise TerminatedError()
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise out_of_time(self._own_deadline)
        limit = self._database.settings.memory_limit << 20
        if limit and size > limit:
            raise out_of_memory(size, limit)

    def run(self, text: str, parameters: dict[str, Any]) -> Run:
        self._check_terminated()
        if text is not self._noted:
            self._note(text)
        prepared, self._prepared, self._noted = self._prepared, None, None
        if prepared is None or prepared.text != text:
            prepared = self._database.engine.prepare(text)
        statement = prepared.statement
        if self._database.broken and not is_allowed_when_broken(statement):
            raise BrokenDatabaseError
        alone = isinstance(statement, SCHEMA_STATEMENTS) or not isinstance(statement, ENGINE_STATEMENTS)
        if self._explicit:
            if alone and self._ran:
                raise NotAloneError(what_it_is(statement))
            if self._alone is not None:
                raise NotAloneError(self._alone)
        self._ran = True
        self._alone = what_it_is(statement) if alone else None
        if prepared.writes and self._read_only:
            raise AccessModeError()
        if prepared.commits and self._explicit:
            raise NotInExplicitTransactionError(
                "A query with 'CALL { ... } IN TRANSACTIONS', or with PERIODIC COMMIT, can only be executed in an implicit transaction, but tried to "
                "execute in an explicit transaction."
            )
        if isinstance(statement, ENUM_STATEMENTS):
            self._detached = True
            self._database.rollback(self._transaction)
            self._pending = prepared
            return Answer((), _nothing, acts=True)
        if not isinstance(statement, ENGINE_STATEMENTS):
            # A snapshot held open here would keep FREE MEMORY from its work.
            self._detached = True
            self._database.rollback(self._transaction)
            return self._database.administration.run(statement, str(self.client))
        return self._execute(prepared, parameters)

    def _execute(self, prepared: Prepared, parameters: dict[str, Any]) -> Run:
        database = self._database
        if prepared.writes:
            database.check_writable()
        self._runs = [other for other in self._runs if not other.finished]
        if database.settings.isolation_level != "SNAPSHOT_ISOLATION" and not self._runs:
            self._transaction.refresh()  # not under the feet of a statement that is still being read
        execution = database.engine.run(
            prepared,
            self._transaction,
            parameters,
            self._deadline,
            database.settings.memory_limit << 20,
        )
        execution.context.client_deadline = self._own_deadline
        before = [other for other in self._runs if other.writes or prepared.writes]
        run = LanedRun(execution, database.lanes, database.access, before, self._take_turn)
        if self._cancelled:
            run.cancel()
        self._runs.append(run)
        return run

    async def _take_turn(self, execution: Execution, turn: Turn) -> None:
        """Between two batches of IN TRANSACTIONS: the next one has a transaction of its own."""
        database = self._database
        if turn.undo:
            database.rollback(self._transaction)
        else:
            try:
                await database.commit(self._transaction)
            except LithographError as error:
                if not turn.tolerates(error):
                    raise
                turn.failure = error
        await self._wait(turn.pause, execution)
        await database.admitted()
        database.check_writable()
        self._transaction = database.store.begin()
        execution.go_on(self._transaction)

    async def _wait(self, seconds: float, execution: Execution) -> None:
        """Let time pass, unless the query has to stop. Raises as ``Context.check``."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            execution.context.check()
            await asyncio.sleep(min(left, _LOOK))

    def commit_now(self) -> str | None:
        self._check_terminated()
        if self._pending is None and (self._detached or self._database.commit_now(self._transaction)):
            self._over()
            return self._database.bookmark()
        return None

    async def commit(self) -> str:
        self._check_terminated()
        self._committing = True
        pending, self._pending = self._pending, None
        try:
            if pending is not None:
                await run_alone(self._database, pending, self._deadline, self._own_deadline)
            elif not self._detached:
                await self._database.commit(self._transaction)
        finally:
            self._over()
        return self._database.bookmark()

    def rollback(self) -> None:
        self._pending = None
        self._over()
        self._database.rollback(self._transaction)

    def _over(self) -> None:
        """It is shown no more, and lets go of its statements: they know it, so only a collection of cycles would find them."""
        self._database.running.leave(self)
        self._runs.clear()

    def cancel(self) -> None:
        self._cancelled = True
        for run in self._runs:
            run.cancel()

    # -- for others

    @property
    def batch_id(self) -> str:
        """The id of the transaction that its batch of IN TRANSACTIONS has; that of the whole one elsewhere."""
        return str(self._transaction.number)

    @property
    def status(self) -> str:
        """What Memgraph calls its state."""
        if self._terminated or self._cancelled:
            return "aborting"
        committing = self._committing or self._transaction in self._database.commits
        return "committing" if committing else "running"

    def terminate(self) -> bool:
        """End it because somebody else wants that: whatever its client asks for next is answered with an error.

        False: it stays as it is, since its commit has begun or it is a statement of administration.
        """
        if self._committing or self._detached:
            return False
        self._terminated = True
        for run in self._runs:
            run.terminate(TERMINATED)
        if not any(run.busy for run in self._runs):
            self.rollback()  # its client may not ask for anything for long
        return True

    def _check_terminated(self) -> None:
        if self._terminated:
            raise TerminatedError(TERMINATED)

    def _note(self, text: str) -> None:
        """Keep a statement to be shown."""
        if len(text) > LONGEST_SHOWN:
            text = f"{text[:LONGEST_SHOWN]}…"
        self.statements.append(text)
        if len(self.statements) > MOST_SHOWN:
            del self.statements[0]


async def _nothing() -> Rows:
    return []
