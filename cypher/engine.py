"""The engine: prepare a statement, run it in a transaction, hand its rows out step by step.

``Engine.prepare`` parses, checks and plans, and keeps what it made by the text of the statement;
``Execution`` is one run of it: ``step`` does a bounded piece of work and gives rows, or none yet, until
it gives None. The engine takes no latch and starts no thread: whoever drives it does (``server/lanes``).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.analysis import check
from lithograph.cypher.compile import compile_expression
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context, TakesLong
from lithograph.cypher.dump import dump_database
from lithograph.cypher.enums import ENUM_STATEMENTS, run_enum_statement
from lithograph.cypher.errors import CypherError, NestedTooDeeplyError, ParameterMissingError, Place
from lithograph.cypher.frames import EMPTY, UNIT, Frame
from lithograph.cypher.hydrate import hydrate
from lithograph.cypher.lifting import Moves, Skeleton, Template, lift, skeleton_of
from lithograph.cypher.lifting.template import RESERVED
from lithograph.cypher.operators.base import Operator
from lithograph.cypher.operators.rows import bound
from lithograph.cypher.parse import parse
from lithograph.cypher.plan.build import build
from lithograph.cypher.plan.estimates import Estimates
from lithograph.cypher.plan.explain import explained, lines
from lithograph.cypher.plan.logical import Plan
from lithograph.cypher.plan.lower import lower, lower_profiled
from lithograph.cypher.plan.names import NameRead, notifications, unknown_names
from lithograph.cypher.plan.products import CartesianProduct
from lithograph.cypher.plan.profiled import COLUMNS as PROFILE_COLUMNS
from lithograph.cypher.plan.profiled import ProfiledPlan
from lithograph.cypher.plan.statistics import Statistics
from lithograph.cypher.plan.steps import ensure_room, too_many_steps
from lithograph.cypher.plan.weight import commits_along, is_heavy
from lithograph.cypher.plan_cache import PlanCache, Version
from lithograph.cypher.procedures import Procedures, built_in
from lithograph.cypher.profile import Profile, ProfiledContext
from lithograph.cypher.reader import TransactionReader
from lithograph.cypher.results import Notification, ResultBatch
from lithograph.cypher.schema import run_schema_statement
from lithograph.cypher.turns import Turn
from lithograph.storage.errors import StorageError
from lithograph.storage.patience import PATIENCE
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction

ensure_room()

SCHEMA_STATEMENTS = (ast.CreateIndex, ast.DropIndex, *ENUM_STATEMENTS)
ENGINE_STATEMENTS = (ast.Query, ast.Explain, ast.Profile, ast.DumpDatabase, *SCHEMA_STATEMENTS)


LONGEST_KEPT = 1 << 16
"""Longer texts, in characters, are looked up in no cache: looking takes long, and they are rarely sent twice."""


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
    measured: dict[int, int] | None = None
    """For PROFILE: the numbers of the plan's measures (see ``lower_profiled``)."""
    heavy: bool = False
    commits: bool = False
    """Whether it commits along the way (IN TRANSACTIONS), so that it can be no part of a transaction."""
    hops: Compiled | None = None
    """How many relationships it may walk along, if that is limited."""
    unknown: tuple[NameRead, ...] = ()
    """Labels, types and keys that it reads and that were unknown when it was planned."""
    products: tuple[CartesianProduct, ...] = ()
    parsing_time: float = 0.0
    planning_time: float = 0.0
    lifted: dict[str, Any] = field(default_factory=dict)
    """Values of the text's literals for which the plan has parameters."""
    planned: Skeleton | None = None
    """The text that was planned, where others share its plan."""
    moves: Moves | None = None
    """From positions in that text to positions in ``text``, where the two differ."""

    def sent_as(self, sent: Skeleton, lifted: dict[str, Any]) -> Prepared:
        """The same statement for another text that shares its plan."""
        planned = self.planned
        moves = None if planned is None or planned.text == sent.text else Moves(planned, sent)
        return Prepared(  # dataclasses.replace takes ten times as long
            sent.text, self.statement, self.columns, self.kind, self.writes, self.parameters, self.operator,
            self.plan, self.measured, self.heavy, self.commits, self.hops, self.unknown, self.products, 0.0, 0.0, lifted, planned, moves,
        )  # fmt: skip

    def locate(self, error: CypherError | StorageError) -> None:
        """Tell an error of an execution where in ``text`` it is."""
        placed = error if isinstance(error, CypherError) else error.place
        if not isinstance(placed, CypherError | Place) or placed.query is not None:
            return
        if placed.position is not None and self.moves is not None:
            placed.position = self.moves.moved(placed.position)
        placed.query = self.text

    def remarks(self, store: Store) -> list[Notification]:
        """What is to be said about the statement, whatever comes of it."""
        unknown, products, moves = self.unknown, self.products, self.moves
        if moves is not None:
            unknown = tuple(replace(name, position=moves.moved(name.position)) for name in unknown)
            products = tuple(replace(one, position=moves.moved(one.position)) for one in products)
        return notifications(unknown, store) + [product.notification() for product in products]


@dataclass(frozen=True, slots=True)
class Made:
    """A statement fresh from the planner, not in the cache yet. Times are in seconds."""

    prepared: Prepared
    version: Version
    skeleton: Skeleton | None
    template: Template | None
    parsing_time: float
    planning_time: float


class Engine:
    """Prepares and runs statements on one store.

    ``capacity`` bounds the cache of prepared ones. ``procedures`` are those that statements can call, None for the
    built-in ones; more can be registered there. ``lifting``: whether texts that differ in literals only share a plan.
    """

    def __init__(
        self,
        store: Store,
        capacity: int = 1000,
        procedures: Procedures | None = None,
        lifting: bool = True,
    ) -> None:
        self.store = store
        self.procedures: Procedures = built_in() if procedures is None else procedures
        self.lifting = lifting and capacity > 0
        self._cache: PlanCache[Prepared] = PlanCache(capacity)

    def prepare(self, text: str) -> Prepared:
        """The statement, from the cache if its plan still holds.

        Raises:
            CypherError: the text is no statement, or one that makes no sense; with the place.
        """
        return self.known(text) or self.keep(self.make(text))

    def known(self, text: str) -> Prepared | None:
        """The statement if the cache has it, or one that differs in literals only."""
        if len(text) > LONGEST_KEPT:
            return None
        version = self._version()
        found = self._cache.get(text, version) or self._cache.recent(text, version)
        if found is not None:
            return found
        skeleton = skeleton_of(text) if self.lifting else None
        return None if skeleton is None else self._of_its_kind(skeleton, version)

    def make(self, text: str) -> Made:
        """Parse, check and plan; leaves the cache alone, so that another thread may do it. Raises CypherError."""
        began = time.perf_counter()
        version = self._version()
        skeleton = skeleton_of(text) if self.lifting and len(text) <= LONGEST_KEPT else None
        try:
            statement = parse(text)
            parsed = time.perf_counter()
            checked = check(statement, procedures=self.procedures, enums=self.store.enums)
            statement = checked.statement
            lifted = None if skeleton is None else _lift(statement, skeleton, checked.parameters)
            prepared = self._plan(text, statement if lifted is None else lifted[0])
        except CypherError as error:
            raise error.locate(text) from None
        except RecursionError:
            raise too_many_steps().locate(text) from None
        prepared.parameters = checked.parameters
        template = None if lifted is None else lifted[1]
        return Made(prepared, version, skeleton, template, parsed - began, time.perf_counter() - parsed)

    def keep(self, made: Made) -> Prepared:
        """The statement for its own text, after it has gone into the cache."""
        prepared, skeleton, template = made.prepared, made.skeleton, made.template
        if skeleton is None or template is None:
            if len(prepared.text) <= LONGEST_KEPT:
                self._cache.put(prepared.text, made.version, prepared, len(prepared.text))
        else:
            key, parameters = template.key(skeleton), template.parameters(skeleton)
            if key is None or parameters is None:
                raise RuntimeError("a template does not fit the text it was made of")
            prepared.planned = skeleton
            self._cache.put(key, made.version, prepared, len(prepared.text), template)
            prepared = prepared.sent_as(skeleton, parameters)
        prepared.parsing_time, prepared.planning_time = made.parsing_time, made.planning_time
        return prepared

    def _of_its_kind(self, skeleton: Skeleton, version: Version) -> Prepared | None:
        """The statement by the plan of an earlier text that differs in literals only."""
        template = self._cache.template(skeleton)
        key = None if template is None else template.key(skeleton)
        if template is None or key is None:
            return None
        prepared = self._cache.get(key, version)
        if prepared is None:
            return None
        parameters = template.parameters(skeleton)
        if parameters is None:
            return None
        prepared = prepared.sent_as(skeleton, parameters)
        self._cache.remember(prepared.text, version, prepared)
        return prepared

    def _version(self) -> Version:
        """What a plan rests upon: the schema, the scale of the graph and the procedures."""
        return self.store.schema_version, self._scale(), self.procedures.version

    def _scale(self) -> int:
        """Changes when the graph has grown so much that other plans may be better."""
        vertices, edges = self.store.vertices.size, self.store.edges.size  # also what is not committed yet
        return (vertices.bit_length() + 1) // 2 * 64 + (edges.bit_length() + 1) // 2

    def _plan(self, text: str, statement: ast.Statement) -> Prepared:
        match statement:
            case ast.Query():
                return self._plan_query(text, statement, statement)
            case ast.Explain(query=query) | ast.Profile(query=query):
                return self._plan_query(text, statement, query)
            case ast.DumpDatabase():
                return Prepared(text, statement, ("QUERY",), "r", False)
        return Prepared(text, statement, (), "s", isinstance(statement, SCHEMA_STATEMENTS))

    def _plan_query(self, text: str, statement: ast.Statement, query: ast.Query) -> Prepared:
        """The plan of a query, and operators for it unless it is only to be explained."""
        planned = build(query, Statistics(self.store))
        if isinstance(statement, ast.Explain):
            prepared = Prepared(text, statement, ("QUERY PLAN",), "r", False)
        else:
            reads = planned.reads or bool(planned.columns)
            kind = ("rw" if reads else "w") if planned.writes else "r"
            prepared = Prepared(text, statement, planned.columns, kind, planned.writes)
            prepared.heavy = is_heavy(query) or isinstance(statement, ast.Profile)
            prepared.commits = commits_along(query)
            if query.directives is not None and query.directives.hops is not None:
                prepared.hops = compile_expression(query.directives.hops)
                prepared.heavy = True  # what has been counted cannot begin again
            if isinstance(statement, ast.Profile):
                prepared.columns = PROFILE_COLUMNS
                prepared.operator, prepared.measured = lower_profiled(
                    planned.plan, frozenset(planned.columns)
                )
            else:
                prepared.operator = lower(planned.plan, frozenset(planned.columns))
        prepared.plan = planned.plan
        prepared.unknown = unknown_names(query, self.store)
        prepared.products = planned.products
        return prepared

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
        if prepared.lifted:
            parameters = {**parameters, **prepared.lifted}
        context = _context(prepared, transaction, parameters, deadline, memory_limit)
        if prepared.hops is not None:
            context.hops = bound(prepared.hops, "HOPS LIMIT", context)
        if prepared.unknown or prepared.products:
            context.notifications.extend(prepared.remarks(self.store))
        return Execution(prepared, context)


def _lift(
    statement: ast.Statement, skeleton: Skeleton, parameters: Iterable[str]
) -> tuple[ast.Statement, Template] | None:
    if not isinstance(statement, ast.Query | ast.Explain | ast.Profile):
        return None
    if any(name.startswith(RESERVED) for name in parameters):
        return None
    return lift(statement, skeleton)


def _context(
    prepared: Prepared,
    transaction: Transaction,
    parameters: dict[str, Any],
    deadline: float | None,
    memory_limit: int,
) -> Context:
    reader = TransactionReader(transaction)
    if prepared.measured is None:
        return Context(transaction, reader, parameters, deadline, memory_limit)
    profile = Profile(len(prepared.measured))
    return ProfiledContext(transaction, reader, parameters, deadline, memory_limit, profile)


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
