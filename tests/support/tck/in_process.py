"""The engine in this process, on a store of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lithograph.cypher import hydrate
from lithograph.cypher.context import Context
from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import CypherError
from lithograph.cypher.execution import Execution
from lithograph.cypher.procedures import Procedure as EngineProcedure
from lithograph.cypher.procedures import Signature
from lithograph.cypher.procedures import procedure as procedure_of
from lithograph.storage.errors import (
    DeletedElementError,
    EnumError,
    LithographError,
    PropertyTypeError,
    StillConnectedError,
    StorageError,
    ValueOutOfRangeError,
)
from lithograph.storage.store import Store
from lithograph.storage.tables import Table
from lithograph.storage.transaction import Transaction
from support.engines import take_turn
from support.tck.steps import Procedure
from support.tck.subject import Failure, Growth, Image, Phase, Rows

PATIENCE = 30.0
"""Seconds after which a statement is stopped, as one that would never end."""

MEMORY_LIMIT = 1 << 30
"""Bytes that a statement may hold."""

_STORAGE_ERRORS: dict[type[StorageError], tuple[str, str]] = {
    EnumError: ("ArgumentError", "InvalidArgumentValue"),
    DeletedElementError: ("EntityNotFound", "DeletedEntityAccess"),
    PropertyTypeError: ("TypeError", "InvalidPropertyType"),
    StillConnectedError: ("ConstraintVerificationFailed", "DeleteConnectedNode"),
    ValueOutOfRangeError: ("ArgumentError", "NumberOutOfRange"),
}
"""The TCK's kind and detail for errors that know nothing of Cypher."""


def commit(transaction: Transaction) -> None:
    """Commit at once, with nobody to wait for."""
    transaction.prepare()
    transaction.publish()


def leave_open(_transaction: Transaction) -> None:
    """The transaction goes on."""


def growth_of(counters: Any) -> Growth:
    """From the engine's counters or the driver's."""
    return Growth(
        counters.nodes_created - counters.nodes_deleted,
        counters.relationships_created - counters.relationships_deleted,
    )


class InProcess:
    """Implements ``subject.Subject``, on an empty store unless an engine is given."""

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = engine or Engine(Store())
        self.store = self.engine.store

    def run(self, text: str, parameters: dict[str, Any]) -> Rows | Failure:
        transaction = self.store.begin()
        try:
            return self.attempt(text, parameters, transaction)
        finally:
            transaction.rollback()

    def attempt(
        self,
        text: str,
        parameters: dict[str, Any],
        transaction: Transaction,
        finish: Callable[[Transaction], None] = commit,
    ) -> Rows | Failure:
        """Run a statement in a transaction, which stays open unless ``finish``, called after a success, ends it."""
        phase: Phase = "compile"
        last = transaction  # of IN TRANSACTIONS, which each have to be over before the next begins
        try:
            prepared = self.engine.prepare(text)
            deadline = time.monotonic() + PATIENCE
            execution = self.engine.run(prepared, transaction, parameters, deadline, MEMORY_LIMIT)
            phase = "runtime"
            try:
                rows = _all_rows(execution)
            finally:
                last = execution.context.transaction
            finish(execution.context.transaction)
        except LithographError as error:
            if last is not transaction:
                last.rollback()
            return Failure(*_in_tck_terms(error, phase), error)
        return Rows(list(execution.columns), rows, growth_of(execution.context.statistics))

    def image(self) -> Image:
        transaction = self.store.begin()
        try:
            return self.image_in(transaction)
        finally:
            transaction.rollback()

    def image_in(self, transaction: Transaction) -> Image:
        """All that a transaction sees."""
        return Image.of(
            hydrate.nodes(_existing(self.store.vertices, transaction), transaction),
            hydrate.relationships(_existing(self.store.edges, transaction), transaction),
        )

    def register(self, procedure: Procedure) -> None:
        self.engine.procedures.register(table_procedure(procedure))


def table_procedure(step: Procedure) -> EngineProcedure:
    """The procedure of a scenario: it gives the rows of a table that begin with its arguments."""
    taken = len(Signature.read(step.signature).arguments)

    def rows(_context: Context, *arguments: Any) -> Iterator[tuple[Any, ...]]:
        for row in step.rows:
            if row[:taken] == [*arguments] and len(row) > taken:
                yield tuple(row[taken:])

    return procedure_of(step.signature)(rows)


def _all_rows(execution: Execution) -> list[list[Any]]:
    rows: list[list[Any]] = []
    while (batch := execution.step()) is not None:
        assert all(len(column) == batch.count for column in batch.columns), "columns of different lengths"
        rows.extend([column[row] for column in batch.columns] for row in range(batch.count))
        if execution.turn is not None:
            take_turn(execution)
    return rows


def _existing(table: Table, transaction: Transaction) -> np.ndarray[Any, Any]:
    return transaction.scan(table, 0, table.high)[0]


def _in_tck_terms(error: LithographError, phase: Phase) -> tuple[str | None, Phase, str | None]:
    if isinstance(error, CypherError):
        return error.tck_kind, phase, error.tck_class
    for class_, (kind, detail) in _STORAGE_ERRORS.items():
        if isinstance(error, class_):
            return kind, phase, detail
    return None, phase, None
