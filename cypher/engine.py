"""The engine: prepare a statement, run it in a transaction, hand its rows out step by step.

``Engine.prepare`` parses, checks and plans, and keeps what it made by the text of the statement;
``Execution`` is one run of it: ``step`` does a bounded piece of work and gives rows, or none yet, until
it gives None. The engine takes no latch and starts no thread: whoever drives it does (``server/lanes``).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.analysis import check
from lithograph.cypher.context import Context
from lithograph.cypher.dump import dump_database
from lithograph.cypher.errors import CypherError, NestedTooDeeplyError, ParameterMissingError
from lithograph.cypher.frames import UNIT, Frame
from lithograph.cypher.hydrate import hydrate
from lithograph.cypher.operators.base import Operator
from lithograph.cypher.parse import parse
from lithograph.cypher.plan.build import build
from lithograph.cypher.plan.explain import lines, tree
from lithograph.cypher.plan.logical import Plan
from lithograph.cypher.plan.lower import lower
from lithograph.cypher.plan.names import NameRead, notifications, unknown_names
from lithograph.cypher.plan.statistics import Statistics
from lithograph.cypher.plan.steps import ensure_room, too_many_steps
from lithograph.cypher.plan.weight import is_heavy
from lithograph.cypher.reader import TransactionReader
from lithograph.cypher.results import ResultBatch
from lithograph.cypher.schema import run_schema_statement
from lithograph.storage.patience import CHECK
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction

ensure_room()

SCHEMA_STATEMENTS = (ast.CreateIndex, ast.DropIndex)
ENGINE_STATEMENTS = (ast.Query, ast.Explain, ast.DumpDatabase, *SCHEMA_STATEMENTS)


@dataclass(slots=True)
class Prepared:
    """A statement ready to run, any number of times.

    ``kind`` is what the summary says: r, w, rw or s. ``statement`` is for those that the engine does not
    run itself (administration), whose ``operator`` is None, as it is for schema statements and DUMP.
    """

    text: str
    statement: ast.Statement
    columns: tuple[str, ...]
    kind: str
    writes: bool
    parameters: frozenset[str] = frozenset()
    operator: Operator | None = None
    plan: Plan | None = None
    heavy: bool = False
    unknown: tuple[NameRead, ...] = ()
    """Labels, types and keys that it reads and that were unknown when it was planned."""
    parsing_time: float = 0.0
    planning_time: float = 0.0


class Engine:
    """Prepares and runs statements on one store. ``capacity`` bounds the cache of prepared ones."""

    def __init__(self, store: Store, capacity: int = 1000) -> None:
        self.store = store
        self.capacity = capacity
        self._cache: OrderedDict[str, tuple[int, int, Prepared]] = OrderedDict()

    def apart(self) -> Engine:
        """An engine on the same store that keeps nothing, for another thread to prepare a long text with."""
        return Engine(self.store, capacity=0)

    def prepare(self, text: str) -> Prepared:
        """The statement, from the cache if its plan still holds.

        Raises:
            CypherError: the text is no statement, or one that makes no sense; with the place.
        """
        found = self._cache.get(text)
        if found is not None:
            schema, scale, prepared = found
            if schema == self.store.schema_version and scale == self._scale():
                self._cache.move_to_end(text)
                return prepared
        prepared = self._prepare(text)
        if self.capacity:
            self._cache[text] = (self.store.schema_version, self._scale(), prepared)
            if len(self._cache) > self.capacity:
                self._cache.popitem(last=False)
        return prepared

    def _scale(self) -> int:
        """Changes when the graph has grown so much that other plans may be better."""
        vertices, edges = self.store.vertices.size, self.store.edges.size  # also what is not committed yet
        return (vertices.bit_length() + 1) // 2 * 64 + (edges.bit_length() + 1) // 2

    def _prepare(self, text: str) -> Prepared:
        began = time.perf_counter()
        try:
            statement = parse(text)
            parsed = time.perf_counter()
            checked = check(statement)
            prepared = self._plan(text, statement)
        except CypherError as error:
            raise error.locate(text) from None
        except RecursionError:
            raise too_many_steps().locate(text) from None
        prepared.parameters = checked.parameters
        prepared.parsing_time = parsed - began
        prepared.planning_time = time.perf_counter() - parsed
        return prepared

    def _plan(self, text: str, statement: ast.Statement) -> Prepared:
        match statement:
            case ast.Query():
                planned = build(statement, Statistics(self.store))
                operator = lower(planned.plan, frozenset(planned.columns))
                reads = planned.reads or bool(planned.columns)
                kind = ("rw" if reads else "w") if planned.writes else "r"
                prepared = Prepared(text, statement, planned.columns, kind, planned.writes)
                prepared.operator, prepared.plan = operator, planned.plan
                prepared.heavy = is_heavy(statement)
                prepared.unknown = unknown_names(statement, self.store)
                return prepared
            case ast.Explain(query=query):
                planned = build(query, Statistics(self.store))
                return Prepared(text, statement, ("QUERY PLAN",), "r", False, plan=planned.plan)
            case ast.DumpDatabase():
                return Prepared(text, statement, ("QUERY",), "r", False)
            case ast.CreateIndex() | ast.DropIndex():
                return Prepared(text, statement, (), "s", True)
        return Prepared(text, statement, (), "s", False)

    def run(
        self,
        prepared: Prepared,
        transaction: Transaction,
        parameters: dict[str, Any],
        deadline: float | None = None,
        memory_limit: int = 0,
    ) -> Execution:
        """An execution of a statement of ``ENGINE_STATEMENTS``.

        Raises:
            ParameterMissingError: the statement uses a parameter that is not given.
        """
        missing = [name for name in prepared.parameters if name not in parameters]
        if missing and not isinstance(prepared.statement, ast.Explain):
            raise ParameterMissingError.of(sorted(missing), parameters)
        context = Context(transaction, TransactionReader(transaction), parameters, deadline, memory_limit)
        if prepared.unknown:
            context.notifications.extend(notifications(prepared.unknown, self.store))
        return Execution(prepared, context)


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
        if prepared.operator is not None:
            return prepared.operator.run(context, UNIT)
        match prepared.statement:
            case ast.Explain():
                assert prepared.plan is not None
                return iter([ResultBatch(len(shown), [shown]) for shown in [lines(prepared.plan)]])
            case ast.DumpDatabase():
                return dump_database(context)
        return run_schema_statement(prepared.statement, context)

    @property
    def columns(self) -> tuple[str, ...]:
        return self.prepared.columns

    @property
    def plan(self) -> dict[str, object] | None:
        """The plan of an EXPLAIN, as drivers expect it."""
        if isinstance(self.prepared.statement, ast.Explain) and self.prepared.plan is not None:
            return tree(self.prepared.plan)
        return None

    def step(self) -> ResultBatch | None:
        """Work a little: some rows, an empty batch when there are none yet, None at the end.

        Raises:
            LithographError: the statement fails; it has undone itself.
        """
        if self.done:  # a second undoing would take what other statements have done since
            return None
        began = time.perf_counter()
        context = self.context
        context.fresh = 0
        before = CHECK.set(context.breathe)
        try:
            context.check()
            frame = next(self._frames, None)
            if frame is None:
                self._finish()
                return None
            if isinstance(frame, ResultBatch):
                return frame
            if not frame.count:
                return NOTHING
            return hydrate(frame, self.prepared.columns, self.context.transaction)
        except BaseException as error:
            self._undo()
            if isinstance(error, RecursionError):
                raise NestedTooDeeplyError().locate(self.prepared.text) from None
            if isinstance(error, CypherError):
                error.locate(self.prepared.text)
            raise
        finally:
            CHECK.reset(before)
            self.elapsed += time.perf_counter() - began

    def _finish(self) -> None:
        self.done = True
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
