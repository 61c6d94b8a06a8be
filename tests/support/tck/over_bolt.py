"""A database behind a Bolt port, through the official driver.

The server is in this process, so that a scenario can make its procedures known to it. Everything else goes over the
wire. What a failure is in the TCK's terms does not: a client gets Neo4j's code and a message. So the statement that
failed is run once more in the engine itself, on the same graph; the answer must be the same, to the letter, and the
code one that Neo4j has for mistakes of the kind.
"""

from __future__ import annotations

from typing import Any

import neo4j
from neo4j.exceptions import Neo4jError

from lithograph.cypher.engine import Engine
from lithograph.server.database import Database
from support.driver_values import received
from support.tck.in_process import InProcess, growth_of, leave_open
from support.tck.steps import Procedure
from support.tck.subject import Failure, Image, Rows

CODES = {
    "SyntaxError": {"Statement.SyntaxError"},
    "SemanticError": {"Statement.SemanticError"},
    "ParameterMissing": {"Statement.ParameterMissing"},
    "ConstraintVerificationFailed": {"Schema.ConstraintValidationFailed"},
    "ConstraintValidationFailed": {"Schema.ConstraintValidationFailed"},
    "EntityNotFound": {"Statement.EntityNotFound"},
    "PropertyNotFound": {"Statement.PropertyNotFound"},
    "LabelNotFound": {"Statement.LabelNotFound"},
    "TypeError": {"Statement.TypeError"},
    "ArgumentError": {"Statement.ArgumentError"},
    "ArithmeticError": {"Statement.ArithmeticError"},
    "ProcedureError": {"Procedure.ProcedureNotFound", "Procedure.ProcedureCallFailed"},
}
"""The TCK's kinds of errors and the ends of Neo4j's codes for them, which begin with ``Neo.ClientError.``."""


class WireError(Exception):
    """What came over the wire is not what the engine gives."""


class OverBolt:
    """Implements ``subject.Subject``; the graph is emptied and procedures are forgotten when it is made."""

    def __init__(self, database: Database, session: neo4j.Session) -> None:
        database.engine = Engine(database.store)
        self._session = session
        self._engine = InProcess(database.engine)
        self._latch = database.store.latch
        session.run("MATCH (n) DETACH DELETE n").consume()

    def run(self, text: str, parameters: dict[str, Any]) -> Rows | Failure:
        try:
            result = self._session.run(text, parameters)
            columns = list(result.keys())
            rows = [[received(value) for value in record.values()] for record in result]
            counters = result.consume().counters
        except Neo4jError as error:
            return self._judged(text, parameters, error)
        return Rows(columns, rows, growth_of(counters))

    def image(self) -> Image:
        nodes = self._session.run("MATCH (n) RETURN n")
        found = [received(record[0]) for record in nodes]
        relationships = self._session.run("MATCH ()-[r]->() RETURN r")
        return Image.of(found, [received(record[0]) for record in relationships])

    def register(self, procedure: Procedure) -> None:
        self._engine.register(procedure)

    def _judged(self, text: str, parameters: dict[str, Any], error: Neo4jError) -> Failure:
        with self._latch.held(exclusive=True):
            transaction = self._engine.store.begin()
            try:
                failure = self._engine.attempt(text, parameters, transaction, leave_open)
            finally:
                transaction.rollback()
        if not isinstance(failure, Failure):
            raise WireError(f"only over Bolt: {error.code}: {error.message}")
        original: Any = failure.error
        sent = (error.code, error.message, error.gql_status)
        given = (original.code, original.message, original.gql_status)
        if sent != given:
            raise WireError(f"over Bolt {sent}, in the engine {given}")
        code = (error.code or "").removeprefix("Neo.ClientError.")
        if failure.kind is not None and code not in CODES[failure.kind]:
            raise WireError(f"{error.code} is no code for a {failure.kind}")
        return failure
