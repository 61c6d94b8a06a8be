"""What ``SHOW FUNCTIONS``, ``PROCEDURES``, ``INDEXES`` and ``TRANSACTIONS`` with YIELD or WHERE take their rows from.

Such a statement is a query: a call of one of the procedures below, with Neo4j's columns (``procedures/listings.py``; that of the
transactions is the server's). The bare forms are answered by the server.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    """A procedure and its columns, with their types; without YIELD the first ``usual`` of them are shown."""

    procedure: str
    columns: tuple[str, ...]
    usual: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.partition(" ")[0] for column in self.columns)

    @property
    def signature(self) -> str:
        return f"{self.procedure}() :: ({', '.join(self.columns)})"


_RIGHTS = (
    "rolesExecution :: LIST<STRING>?",
    "rolesBoostedExecution :: LIST<STRING>?",
    "isDeprecated :: BOOLEAN",
    "deprecatedBy :: STRING?",
)

FUNCTIONS = Listing(
    "show.functions",
    (
        "name :: STRING",
        "category :: STRING",
        "description :: STRING",
        "signature :: STRING",
        "isBuiltIn :: BOOLEAN",
        "argumentDescription :: LIST<MAP>",
        "returnDescription :: STRING",
        "aggregating :: BOOLEAN",
        *_RIGHTS,
    ),
    3,
)
PROCEDURES = Listing(
    "show.procedures",
    (
        "name :: STRING",
        "description :: STRING",
        "mode :: STRING",
        "worksOnSystem :: BOOLEAN",
        "signature :: STRING",
        "argumentDescription :: LIST<MAP>",
        "returnDescription :: LIST<MAP>",
        "admin :: BOOLEAN",
        *_RIGHTS,
        "option :: MAP",
    ),
    4,
)
INDEXES = Listing(
    "show.indexes",
    (
        "id :: INTEGER",
        "name :: STRING",
        "state :: STRING",
        "populationPercent :: FLOAT",
        "type :: STRING",
        "entityType :: STRING",
        "labelsOrTypes :: LIST<STRING>",
        "properties :: LIST<STRING>?",
        "indexProvider :: STRING",
        "owningConstraint :: STRING?",
        "lastRead :: ANY?",
        "readCount :: INTEGER?",
        "options :: MAP",
        "failureMessage :: STRING",
        "createStatement :: STRING",
    ),
    12,
)

TRANSACTIONS = Listing(
    "show.transactions",
    (
        "database :: STRING",
        "transactionId :: STRING",
        "currentQueryId :: STRING?",
        "connectionId :: STRING",
        "clientAddress :: STRING",
        "username :: STRING",
        "currentQuery :: STRING",
        "startTime :: STRING",
        "status :: STRING",
        "elapsedTime :: DURATION",
        "metaData :: MAP",
        "innerTransactionId :: STRING",
    ),
    10,
)
"""The server's; ``innerTransactionId``, which is none of Neo4j's, is that of a batch of IN TRANSACTIONS."""

LISTINGS: dict[str, Listing] = {
    "FUNCTIONS": FUNCTIONS,
    "PROCEDURES": PROCEDURES,
    "INDEX INFO": INDEXES,
    "TRANSACTIONS": TRANSACTIONS,
}
"""By the subject of the SHOW."""
