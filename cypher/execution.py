"""One run of a statement: ``step`` does a bounded piece of work and gives rows, or none yet, until it gives None.

It takes no latch and starts no thread: whoever drives it does (``server/lanes``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from traceback import clear_frames

from lithograph.cypher import ast
from lithograph.cypher.context import Context, TakesLong
from lithograph.cypher.dump import dump_database
from lithograph.cypher.enums import ENUM_STATEMENTS, run_enum_statement
from lithograph.cypher.errors import CypherError, NestedTooDeeplyError
from lithograph.cypher.frames import EMPTY, UNIT, Frame
from lithograph.cypher.hydrate import hydrate
from lithograph.cypher.plan.estimates import Estimates
from lithograph.cypher.plan.explain import explained, lines
from lithograph.cypher.plan.logical import Plan
from lithograph.cypher.plan.profiled import ProfiledPlan
from lithograph.cypher.plan.statistics import Statistics
from lithograph.cypher.prepared import Prepared
from lithograph.cypher.profile import ProfiledContext
from lithograph.cypher.reader import TransactionReader
from lithograph.cypher.results import ResultBatch
from lithograph.cypher.schema import run_schema_statement
from lithograph.cypher.turns import Turn
from lithograph.storage.errors import StorageError
from lithograph.storage.patience import PATIENCE
from lithograph.storage.transaction import Transaction


class Execution:
    """One run of a statement within a transaction.

    A statement that fails undoes itself alone; what the transaction did before stays. ``step`` wants the
    store's latch: held alone when ``prepared.writes``, else shared.
    """

    __slots__ = (
        "_frames",
        "_savepoint",
        "context",
        "done",
        "elapsed",
        "parsing_time",
        "planning_time",
        "prepared",
    )

    def __init__(self, prepared: Prepared, context: Context) -> None:
        self.prepared = prepared
        self.context = context
        self.done = False
        self.elapsed = 0.0
        """Seconds spent in ``step``."""
        # what was spent on a cached plan was spent by the run before
        self.parsing_time, prepared.parsing_time = prepared.parsing_time, 0.0
        self.planning_time, prepared.planning_time = prepared.planning_time, 0.0
        self._savepoint = context.transaction.savepoint() if prepared.writes else None
        self._frames = self._start()

    def _start(self) -> Iterator[Frame | ResultBatch]:
        prepared, context = self.prepared, self.context
        if prepared.measured is not None:
            return self._start_profiled()
        if prepared.operator is not None:
            return prepared.operator.run(context, UNIT)
        match prepared.statement:
            case ast.Explain():
                assert prepared.plan is not None
                return iter([ResultBatch(len(shown), [shown]) for shown in [lines(prepared.plan)]])
            case ast.DumpDatabase():
                return dump_database(context)
        if isinstance(prepared.statement, ENUM_STATEMENTS):
            return run_enum_statement(prepared.statement, context)
        return run_schema_statement(prepared.statement, context)

    def _start_profiled(self) -> Iterator[Frame | ResultBatch]:
        """The query is run to its end, and its rows are not asked for; then come those of the profile."""
        assert self.prepared.operator is not None
        for _ in self.prepared.operator.run(self.context, UNIT):
            yield EMPTY
        profiled = self._profiled()
        assert profiled is not None
        rows = profiled.rows()
        yield ResultBatch(len(rows), [list(column) for column in zip(*rows, strict=True)])

    def _profiled(self) -> ProfiledPlan | None:
        prepared, context = self.prepared, self.context
        if prepared.measured is None or prepared.plan is None or not isinstance(context, ProfiledContext):
            return None
        return ProfiledPlan(prepared.plan, prepared.measured, context.profile)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.prepared.columns

    @property
    def plan(self) -> dict[str, object] | None:
        """The plan of an EXPLAIN, as drivers expect it."""
        if isinstance(self.prepared.statement, ast.Explain) and self.prepared.plan is not None:
            return explained(self.prepared.plan, self._estimates(self.prepared.plan))
        return None

    @property
    def profile(self) -> dict[str, object] | None:
        """The profile of a PROFILE, as drivers expect it; what has been measured so far."""
        profiled = self._profiled()
        return None if profiled is None else profiled.tree(self._estimates(profiled.plan))

    def _estimates(self, plan: Plan) -> Estimates:
        """The rows to expect by the counts of now."""
        context = self.context
        return Estimates(plan, Statistics(context.transaction.store), context.parameters)

    def step(self) -> ResultBatch | None:
        """Work a little: some rows, an empty batch when there are none yet, None at the end.

        Where ``context.here_until`` is set and the step takes longer, it has no effect: the execution is where it was when it
        began, ``context.here_until`` is None, and all the rows so far come again.

        Raises:
            LithographError: the statement fails; it has undone itself.
        """
        if self.done:  # a second undoing would take what other statements have done since
            return None
        began = time.perf_counter()
        context = self.context
        context.fresh, context.at_ease = 0, False
        before = PATIENCE.set(context)
        try:
            context.check()
            frame = next(self._frames, None)
            self.context.hold_written()
            if frame is None:
                self._finish()
                return None
            if isinstance(frame, ResultBatch):
                return frame
            if not frame.count:
                return NOTHING
            context.at_ease = True
            return hydrate(frame, self.prepared.columns, self.context.transaction)
        except TakesLong:
            self._frames = iter(())
        except BaseException as error:
            self._undo()
            # Whoever keeps the error keeps its frames, and what all operators held is in their variables.
            clear_frames(error.__traceback__)
            if isinstance(error, RecursionError):
                raise NestedTooDeeplyError().locate(self.prepared.text) from None
            if isinstance(error, CypherError | StorageError):
                self.prepared.locate(error)
            raise
        finally:
            PATIENCE.reset(before)
            self.elapsed += time.perf_counter() - began
        # Only here are the operators of the first attempt gone, which give back what memory they held.
        context.begin_again()
        self._frames = self._start()
        return NOTHING

    @property
    def turn(self) -> Turn | None:
        """How the transaction has to end, and :meth:`go_on` to be called, before the next step."""
        return self.context.turn

    def go_on(self, transaction: Transaction) -> None:
        """Continue in another transaction, since the one so far has ended."""
        context = self.context
        context.transaction, context.reader = transaction, TransactionReader(transaction)
        context.turn = None
        context.release_written()
        self._savepoint = transaction.savepoint()

    def _finish(self) -> None:
        self.done = True
        self.context.release_written()
        if self.prepared.writes:
            self.context.transaction.verify_deletions()

    def _undo(self) -> None:
        self.done = True
        self._frames = iter(())
        if self._savepoint is not None:
            self.context.transaction.rollback_to(self._savepoint)

    def close(self) -> None:
        """Stop for good; what has been written stays with the transaction."""
        self.done = True
        self._frames = iter(())


NOTHING = ResultBatch(0, [])
"""A step that gave no rows."""
