"""Playing the statements of ``DUMP DATABASE`` into another server.

A dump is one statement a line, most of them for one vertex or edge. They are sent a thousand to a transaction and a
transaction to a write, so that neither round trips nor syncs of the log set the pace; index and constraint
statements go alone, as they must.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

from neo4j import Driver

from benchmarks.progress import Advance, silent

STATEMENTS_IN_A_TRANSACTION = 1_000

_SCHEMA = re.compile(
    r"\s*(CREATE|DROP)\s+((EDGE|GLOBAL|POINT|TEXT|VECTOR)\s+)*(INDEX|CONSTRAINT|ENUM)\b", re.IGNORECASE
)


class Client(Protocol):
    """What ``replay`` needs of a ``BoltClient``."""

    def run(self, text: str) -> Any: ...

    def pipeline(self, texts: Sequence[str]) -> None: ...


def dump(driver: Driver) -> list[str]:
    """The statements."""
    with driver.session() as session:
        return [str(record[0]) for record in session.run("DUMP DATABASE")]


def replay(client: Client, statements: Sequence[str], advance: Advance = silent) -> None:
    """Run ``statements`` in order; ``advance`` counts them. Raises RefusedError."""
    gathered: list[str] = []

    def send() -> None:
        if gathered:
            client.pipeline(gathered)
            advance(len(gathered))
            gathered.clear()

    for statement in statements:
        if _SCHEMA.match(statement):
            send()
            client.run(statement)
            advance(1)
            continue
        gathered.append(statement)
        if len(gathered) == STATEMENTS_IN_A_TRANSACTION:
            send()
    send()
