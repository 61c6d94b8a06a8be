"""Clients that write until their server is killed, and the check of what a restarted one has kept.

Every writer works alone on its own data. Its transaction number *n* stores *n* at the writer's vertex, creates
batch *n* (a vertex with edges to ``PARTS`` items) and deletes batch *n* - ``KEPT``: so the whole of what must be there
follows from the stored number, and any transaction that is there in part shows. Transactions are explicit ones of several
statements and auto-commit ones of one statement, in turns.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from neo4j import Driver, GraphDatabase, Session
from neo4j.exceptions import ServiceUnavailable, SessionExpired

PARTS = 20
KEPT = 5

_SETUP = "CREATE (:Writer {id: $writer, last: 0})"
_FORGET = (
    "OPTIONAL MATCH (old:Batch {writer: $writer, number: $old})-[:HAS]->(item:Item) DETACH DELETE old, item"
)
_NOTE = "MATCH (w:Writer {id: $writer}) SET w.last = $number"
_CREATE = (
    "CREATE (b:Batch {writer: $writer, number: $number}) WITH b UNWIND range(1, $parts) AS part "
    "CREATE (b)-[:HAS {part: part}]->(:Item {writer: $writer, number: $number, part: part})"
)
_ALL_IN_ONE = f"{_FORGET} WITH count(*) AS gone {_NOTE} {_CREATE}"

_LOST = (ServiceUnavailable, SessionExpired, OSError)
"""What a client sees when its server dies."""


class Writers:
    """Writing clients, each with a driver and a thread of its own, as long as the block runs and their server lives."""

    def __init__(self, uri: str, count: int) -> None:
        self.acknowledged = [0] * count
        self._uri = uri
        self._firsts = [1] * count
        self._failures: list[Exception] = []
        self._progress = threading.Condition()
        self._stopped = False
        self._threads = [threading.Thread(target=self._write, args=(writer,)) for writer in range(count)]

    def go_on_from(self, before: Sequence[int]) -> None:
        """Continue with the numbers that ``check`` found."""
        self.acknowledged = list(before)
        self._firsts = [number + 1 for number in before]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Wait for all of them. Raises what a writer met other than the loss of its server."""
        self._stopped = True
        for thread in self._threads:
            thread.join()
        if self._failures and error is None:
            raise self._failures[0]

    def wait_for(self, transactions: int, timeout: float = 60.0) -> None:
        """Return when so many more transactions than at the beginning are acknowledged, or a writer has failed."""

        def reached() -> bool:
            done = sum(self.acknowledged) + len(self._firsts) - sum(self._firsts)
            return done >= transactions or bool(self._failures)

        with self._progress:
            if not self._progress.wait_for(reached, timeout):
                raise TimeoutError(f"only {self.acknowledged} transactions within {timeout} s")

    def _write(self, writer: int) -> None:
        try:
            with (
                GraphDatabase.driver(self._uri, connection_timeout=5.0) as driver,
                driver.session() as session,
            ):
                number = self._firsts[writer]
                while not self._stopped:
                    _transaction(session, writer, number)
                    with self._progress:
                        self.acknowledged[writer] = number
                        self._progress.notify_all()
                    number += 1
        except _LOST:
            return
        except Exception as error:  # noqa: BLE001  (handed to the thread that waits)
            with self._progress:
                self._failures.append(error)
                self._progress.notify_all()


def set_up(driver: Driver, count: int) -> None:
    """The vertices in which writers store their numbers."""
    for writer in range(count):
        driver.execute_query(_SETUP, writer=writer)


def _transaction(session: Session, writer: int, number: int) -> None:
    parameters: dict[str, Any] = {"writer": writer, "number": number, "old": number - KEPT, "parts": PARTS}
    if number % 2:
        session.run(_ALL_IN_ONE, parameters).consume()
        return
    with session.begin_transaction() as transaction:
        for statement in (_CREATE, _NOTE, _FORGET):
            transaction.run(statement, parameters)
        transaction.commit()


def check(driver: Driver, acknowledged: Sequence[int]) -> list[int]:
    """The last transaction of each writer that is there. Raises AssertionError for a lost or a partial one.

    The one transaction behind the last acknowledged one may be there or not, since nobody was told.
    """
    with driver.session() as session:
        last = {
            row["id"]: row["last"]
            for row in session.run("MATCH (w:Writer) RETURN w.id AS id, w.last AS last")
        }
        found = [last.get(writer, -1) for writer in range(len(acknowledged))]
        for writer, (kept, told) in enumerate(zip(found, acknowledged, strict=True)):
            if not told <= kept <= told + 1:
                raise AssertionError(
                    f"writer {writer}: {told} transactions were acknowledged, {kept} are there"
                )
        expected = {
            (writer, number)
            for writer, kept in enumerate(found)
            for number in range(max(kept - KEPT, 0) + 1, kept + 1)
        }
        _compare("batches", expected, session.run("MATCH (b:Batch) RETURN b.writer, b.number"))
        parts = {(*batch, part) for batch in expected for part in range(1, PARTS + 1)}
        _compare("items", parts, session.run("MATCH (i:Item) RETURN i.writer, i.number, i.part"))
        linked = "MATCH (b:Batch)-[h:HAS]->(i:Item) WHERE b.writer = i.writer AND b.number = i.number "
        _compare("edges", parts, session.run(f"{linked} RETURN i.writer, i.number, h.part"))
    return found


def _compare(what: str, expected: set[Any], rows: Any) -> None:
    seen = Counter(tuple(row.values()) for row in rows)
    missing, surplus = Counter(expected) - seen, seen - Counter(expected)
    if missing or surplus:
        raise AssertionError(
            f"{what} of transactions in part: missing {sorted(missing)[:5]}, surplus {sorted(surplus)[:5]}"
        )
