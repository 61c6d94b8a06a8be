"""The engine: prepare a statement, and begin to run it in a transaction.

``Engine.prepare`` parses, checks and plans, and keeps what it made (``prepared.py``) by the text of the statement;
``Engine.run`` begins an ``Execution`` of it (``execution.py``). The engine takes no latch and starts no thread.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.analysis import check
from lithograph.cypher.compile import compile_expression
from lithograph.cypher.context import Context
from lithograph.cypher.errors import CypherError, ParameterMissingError
from lithograph.cypher.execution import Execution
from lithograph.cypher.lifting import Skeleton, Template, lift, skeleton_of
from lithograph.cypher.lifting.template import RESERVED
from lithograph.cypher.operators.rows import bound
from lithograph.cypher.parse import parse
from lithograph.cypher.plan.build import build
from lithograph.cypher.plan.lower import lower, lower_profiled
from lithograph.cypher.plan.names import unknown_names
from lithograph.cypher.plan.profiled import COLUMNS as PROFILE_COLUMNS
from lithograph.cypher.plan.statistics import Statistics
from lithograph.cypher.plan.steps import ensure_room, too_many_steps
from lithograph.cypher.plan.weight import commits_along, is_heavy
from lithograph.cypher.plan_cache import PlanCache, Version
from lithograph.cypher.prepared import SCHEMA_STATEMENTS, Prepared
from lithograph.cypher.procedures import Procedures, built_in
from lithograph.cypher.profile import Profile, ProfiledContext
from lithograph.cypher.reader import TransactionReader
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction

ensure_room()


LONGEST_KEPT = 1 << 16
"""Longer texts, in characters, are looked up in no cache: looking takes long, and they are rarely sent twice."""


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
