"""What a session needs of the database behind it, as protocols: the engine implements them, tests fake them.

Everything here is called on the event loop's thread. What may take longer than about a millisecond is a
coroutine (which may use a worker thread inside); beside it stands a ``…_now`` form that does the work at
once if it is short, so that a point query costs neither a task nor a thread. At most one call on one transaction is
in progress at a time, ``cancel`` excepted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from lithograph.cypher.results import Notification, ResultBatch, Statistics


@dataclass(slots=True)
class Fetched:
    """The next rows of a result; ``has_more`` looks ahead: it is true only if there is another row."""

    batches: list[ResultBatch]
    has_more: bool


@dataclass(slots=True)
class Summary:
    """What is to be said about a statement when its last row is out; times in seconds."""

    statistics: Statistics = field(default_factory=Statistics)
    notifications: list[Notification] = field(default_factory=list)
    plan: dict[str, Any] | None = None
    profile: dict[str, Any] | None = None
    parsing_time: float = 0.0
    planning_time: float = 0.0
    execution_time: float = 0.0
    cost_estimate: float = 0.0


@dataclass(frozen=True, slots=True)
class Client:
    """Who begins a transaction, for people to know; empty where it is not known."""

    user: str = ""
    address: str = ""
    program: str = ""
    connection: str = ""
    """The id of the connection."""

    def __str__(self) -> str:
        """Program, user and address."""
        user = f"user '{self.user}'" if self.user else ""
        address = f"at {self.address}" if self.address else ""
        return " ".join(part for part in (self.program, user, address) if part)


NOBODY = Client()


class Run(Protocol):
    """One running statement."""

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def kind(self) -> str:
        """``r`` reads, ``w`` writes, ``rw`` both and returns rows, ``s`` changes the schema."""

    def fetch_now(self, n: int) -> Fetched | None:
        """Exactly ``n`` rows unless exhausted (-1: all), or None if that takes more than about a millisecond.

        Of an exhausted result: no batches, and no more.

        After None no row is lost: ``fetch`` or ``drain`` goes on from there.
        """

    async def fetch(self, n: int) -> Fetched:
        """As ``fetch_now``, however long it takes; may run in a worker thread."""

    async def drain(self) -> None:
        """Run to the end and throw the rows away; every write of the statement is done then. Harmless at the end."""

    def cancel(self) -> None:
        """Make a fetch in progress raise a terminated error soon. Safe from any thread, at any time."""

    def close(self) -> None:
        """Let go of everything held; the statement may be unfinished. Idempotent."""

    def summary(self) -> Summary:
        """Valid when the rows are exhausted."""


class Transaction(Protocol):
    """An explicit transaction, or the one around an auto-commit statement."""

    async def prepare(self, text: str) -> None:
        """Parse, check and plan beside the event loop, for a ``run`` of the same text, which then is short.

        Raises a LithographError, also when the transaction is cancelled or its time is over; that ends it.
        """

    def run(self, text: str, parameters: dict[str, Any]) -> Run:
        """Parse, check and plan, unless ``prepare`` did. Raises a LithographError, which ends the transaction."""

    def commit_now(self) -> str | None:
        """Commit and return the bookmark if nothing has to be made durable; else None and nothing was done."""

    async def commit(self) -> str:
        """Commit; durable and visible when the bookmark is returned. Raises a LithographError: rolled back."""

    def rollback(self) -> None:
        """Undo everything, free all locks. Idempotent, and harmless after a failed commit."""

    def cancel(self) -> None:
        """As ``Run.cancel`` for whatever runs in it. Once a commit has begun it has no effect."""


class Backend(Protocol):
    """The database as sessions see it."""

    @property
    def agent(self) -> str:
        """The ``server`` entry of the HELLO reply; must start with ``Neo4j/``, drivers refuse anything else."""

    @property
    def database_name(self) -> str:
        """The default database's own name, which clients are told."""

    @property
    def advertised_address(self) -> str | None:
        """``host:port`` for routing tables; None: the address that the client says it used."""

    def check_database(self, name: str | None) -> None:
        """Raises DatabaseNotFound for a name that is not the default database's, one of its aliases, or empty."""

    def begin(
        self,
        *,
        explicit: bool,
        read_only: bool,
        timeout: float | None,
        metadata: dict[str, Any],
        bookmarks: list[str],
        database: str | None,
        client: Client,
        aside: bool,
    ) -> Transaction:
        """``timeout`` in seconds; None: the server's default, 0: none. ``client`` says whose it is. ``aside``: it has no part in
        the store, for a statement that waits for nobody.

        Raises DatabaseNotFound, InvalidBookmark.
        """

    @property
    def open_to_all(self) -> bool:
        """Whether transactions may begin now; it is cheap to ask."""

    async def admitted(self) -> None:
        """Wait until they may. Raises AccessTimeoutError."""

    def waits_for_nobody(self, text: str) -> bool:
        """Whether ``text`` is a statement that may run even while transactions may not begin."""

    def control(self, text: str) -> str | None:
        """``BEGIN``, ``COMMIT`` or ``ROLLBACK`` if ``text`` is one of these statements, else None; cheap."""
