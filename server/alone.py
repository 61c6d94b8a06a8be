"""Statements that nobody else may be beside: what changes an enumeration, as in Memgraph's access class UNIQUE.

Such a statement has a transaction of its own, which begins when all others are over and ends, durable, before the next
begins. All of it happens when the client commits; until then it can be rolled back, and bars nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lithograph.cypher.prepared import Prepared

if TYPE_CHECKING:
    from lithograph.server.database import Database


async def run_alone(
    database: Database, prepared: Prepared, deadline: float | None, own_deadline: bool
) -> None:
    """Run a statement without rows, and commit.

    Args:
        deadline: by ``time.monotonic()``, until when it has to have run; None: it may take as long as it wants.
        own_deadline: whether the client has set that.

    Raises:
        AccessTimeoutError: transactions run and run; nothing was changed.
        LithographError: the statement fails, or cannot be made durable; it was undone.
    """
    async with database.access.unique():
        database.check_writable()
        transaction = database.store.begin()
        execution = database.engine.run(prepared, transaction, {}, deadline)
        execution.context.client_deadline = own_deadline

        def work() -> None:
            while not execution.done:
                execution.step()

        try:
            await database.lanes.exclusively(work, long=True)
            await database.commit(transaction)
        except BaseException:
            database.rollback(transaction)
            raise
        finally:
            await database.commits.finished()  # a commit goes on when its caller is cancelled
