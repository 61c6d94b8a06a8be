"""One client's login, transactions and open results. Typed requests in, maps out: no bytes, no sockets.

Most requests have a ``…_now`` form, which does the work at once or returns None (nothing has happened then that
may not happen twice) and a coroutine that does it however long it takes. Errors are raised; the caller then reports them and calls
``fail``. At most one request is being worked on at a time, ``interrupt`` excepted.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import Any

import structlog

from lithograph.server.auth import Authenticator, Identity
from lithograph.server.backend import Backend, Client, Transaction
from lithograph.server.bolt.messages import (
    Begin,
    Discard,
    Goodbye,
    Hello,
    Logon,
    Pull,
    Request,
    Reset,
    Route,
    Run,
    TransactionOptions,
)
from lithograph.server.bolt.states import State, transitions
from lithograph.server.bolt.summaries import NotificationFilter, summary_map
from lithograph.server.bolt.versions import Version
from lithograph.server.control import ControlRun
from lithograph.server.errors import (
    ClientTransactionTimedOutError,
    NestedTransactionError,
    NoTransactionError,
    ProtocolError,
    ServerError,
    TooManyConnectionsError,
    TransactionTimedOutError,
    UnexpectedMessageError,
    UnsupportedFeatureError,
)
from lithograph.server.limits import Limits
from lithograph.server.open_results import Delivery, OpenResults
from lithograph.server.routing import SYSTEM_DATABASE, own_address, routing_table

log = structlog.get_logger(__name__)

Entries = dict[str, Any]

LONG_TEXT = 4096
"""Characters of a statement from which on it is prepared beside the event loop: it takes some milliseconds."""


class Scope(Enum):
    """Whose transaction is open."""

    NONE = "none"
    STATEMENT = "statement"
    """Auto-commit: it ends with the result."""
    TEXT = "text"
    """Begun by the text ``BEGIN``; to the client its statements look like auto-commit."""
    EXPLICIT = "explicit"
    """Begun by the message BEGIN."""


class Session:
    """What the server knows about one client.

    ``may_enter`` says at HELLO whether the server takes another client; ``local_address`` is where it was
    reached, as the last resort for routing tables, ``remote_address`` where it comes from; ``clock`` gives seconds.
    """

    def __init__(
        self,
        backend: Backend,
        authenticator: Authenticator,
        limits: Limits,
        *,
        version: Version,
        connection_id: str,
        local_address: str,
        remote_address: str = "",
        manifest: bool = False,
        may_enter: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.state = State.NEGOTIATION
        self.identity: Identity | None = None
        self.utc_patched = False
        self.user_agent = ""
        self._client: Client | None = None
        """Made when it is asked for; a login makes another one of it."""
        self._backend = backend
        self._authenticator = authenticator
        self._limits = limits
        self._version = version
        self._connection_id = connection_id
        self._local_address = local_address
        self._remote_address = remote_address
        self._manifest = manifest
        self._may_enter = may_enter
        self._clock = clock
        self._transitions = transitions(version)
        self._routing: Entries = {}
        self._filter = NotificationFilter()
        self._scope = Scope.NONE
        self._transaction: Transaction | None = None
        self._wanted = self._filter
        self._results = OpenResults(limits.open_results)
        self._bookmark: str | None = None  # of a text COMMIT, until its PULL
        self._committing = False
        self.in_doubt = False
        """Whether a commit was left behind whose end nobody here knows."""
        self._began = 0.0
        self._touched = 0.0
        self._client_timeout: float | None = None
        self._expired: ServerError | None = None

    @property
    def client(self) -> Client:
        """Who this is, as far as it is known."""
        if self._client is None:
            user = "" if self.identity is None else self.identity.name
            self._client = Client(user, self._remote_address, self.user_agent, self._connection_id)
        return self._client

    # Order of messages

    def admit(self, request: Request) -> None:
        """Check that the request may come now. Raises ProtocolError, or what befell the transaction meanwhile."""
        if type(request) not in self._transitions[self.state]:
            name = type(request).__name__.upper()
            raise ProtocolError(f"The message {name} cannot be handled now.") from UnexpectedMessageError(
                f"{name} is out of order in the state '{self.state.value}'."
            )
        if self._expired is not None and type(request) not in (Reset, Goodbye):
            error, self._expired = self._expired, None
            raise error

    def _succeed(self, kind: type, still_open: bool = False) -> None:
        step = self._transitions[self.state][kind]
        self.state = step.while_open if still_open else step.done

    # Login

    async def hello(self, request: Hello) -> Entries:
        """Raises UnauthorizedError, TooManyConnectionsError: the connection is to be closed then."""
        if not self._may_enter():
            raise TooManyConnectionsError("The server has as many clients as it may have. Try again later.")
        self.user_agent = request.user_agent[:200]
        self._routing = request.routing or {}
        self._filter = self._filter.narrowed(request.notifications)
        if request.auth is not None:
            self.identity = await self._authenticator.authenticate(request.auth)
        reply: Entries = {"server": self._backend.agent, "connection_id": self._connection_id}
        if self._version >= (4, 3):
            reply["hints"] = {}
        if "utc" in request.patches:
            self.utc_patched = True
            reply["patch_bolt"] = ["utc"]
        if self._manifest:
            reply["protocol_version"] = f"{self._version[0]}.{self._version[1]}"
        self._client = None
        self._succeed(Hello)
        return reply

    async def logon(self, request: Logon) -> Entries:
        """Raises UnauthorizedError: the connection is to be closed then."""
        self.identity = await self._authenticator.authenticate(request.auth)
        self._client = None
        self._succeed(Logon)
        return {}

    def simple(self, request: Request) -> Entries:
        """LOGOFF, TELEMETRY and GOODBYE: nothing but a change of state."""
        self._succeed(type(request))
        return {}

    def route(self, request: Route) -> Entries:
        """The routing table of a single server. Raises DatabaseNotFound."""
        self._refuse_impersonation(request.impersonated)
        backend = self._backend
        if request.database != SYSTEM_DATABASE:
            backend.check_database(request.database)
        address = (
            own_address(backend.advertised_address, request.context, self._routing) or self._local_address
        )
        database = SYSTEM_DATABASE if request.database == SYSTEM_DATABASE else backend.database_name
        return {"rt": routing_table(address, database, self._version)}

    # Transactions

    def begin_now(self, request: Begin) -> Entries | None:
        if self.state is State.STREAMING and not self._finish_statement_now():
            return None
        if not self._backend.open_to_all:
            return None
        return self._begin(request)

    async def begin(self, request: Begin) -> Entries:
        await self._finish_statement()
        await self._backend.admitted()
        return self._begin(request)

    def _begin(self, request: Begin) -> Entries:
        self._open_transaction(Scope.EXPLICIT, request.options)
        self._succeed(Begin)
        return self._home_database(request.options)

    def _open_transaction(
        self, scope: Scope, options: TransactionOptions, aside: bool = False
    ) -> Transaction:
        self._refuse_impersonation(options.impersonated)
        if self._transaction is not None:
            raise NestedTransactionError("There is an open transaction already; transactions do not nest.")
        self._transaction = self._backend.begin(
            explicit=scope is not Scope.STATEMENT,
            read_only=options.read_only,
            timeout=options.timeout,
            metadata=options.metadata,
            bookmarks=options.bookmarks,
            database=options.database,
            client=self.client,
            aside=aside,
        )
        self._scope = scope
        self._client_timeout = options.timeout
        self._began = self._touched = self._clock()
        choice = options.notifications
        unsaid = choice.minimum_severity is None and choice.disabled is None
        self._wanted = self._filter if unsaid else self._filter.narrowed(choice)
        return self._transaction

    def commit_now(self) -> Entries | None:
        transaction = self._require_transaction("commit")
        if any(result.run.kind != "r" for result in self._results):
            return None
        bookmark = transaction.commit_now()
        return None if bookmark is None else self._committed(bookmark)

    async def commit(self) -> Entries:
        """Statements that write and were not consumed are run to their end first: what was RUN takes effect."""
        transaction = self._require_transaction("commit")
        for result in self._results:
            if result.run.kind != "r":
                await result.run.drain()
        return self._committed(await self._make_durable(transaction))

    def _committed(self, bookmark: str) -> Entries:
        self._forget_transaction()
        self.state = State.READY
        return {"bookmark": bookmark}

    def rollback(self) -> Entries:
        self._require_transaction("roll back")
        self._abandon_transaction()
        self.state = State.READY
        return {}

    def _require_transaction(self, purpose: str) -> Transaction:
        if self._transaction is None:
            raise NoTransactionError(f"There is no transaction to {purpose}.")
        return self._transaction

    async def _make_durable(self, transaction: Transaction) -> str:
        self._committing = self.in_doubt = True
        try:
            bookmark = await transaction.commit()
        except Exception:
            self.in_doubt = False
            raise
        else:
            self.in_doubt = False
            return bookmark
        finally:
            self._committing = False

    def _forget_transaction(self) -> None:
        self._results.close()
        self._transaction = None
        self._scope = Scope.NONE

    def _abandon_transaction(self) -> None:
        """Roll back whatever is open."""
        transaction = self._transaction
        try:
            self._forget_transaction()
        finally:
            if transaction is not None:
                transaction.rollback()

    # Statements

    def run_now(self, request: Run) -> Entries | None:
        if self.state is State.STREAMING and not self._finish_statement_now():
            return None
        if self._must_wait(request):
            return None
        control = self._backend.control(request.query)
        if control is None:
            return None if len(request.query) >= LONG_TEXT else self._run(request)
        if control == "COMMIT":
            self._check_control(control)
            bookmark = self._require_transaction("commit").commit_now()
            return None if bookmark is None else self._text_committed(bookmark)
        return self._run_control(request, control)

    def _must_wait(self, request: Run) -> bool:
        """Whether the statement begins a transaction, and none may begin now."""
        return self._transaction is None and not self._backend.open_to_all and not self._stands_aside(request)

    def _stands_aside(self, request: Run) -> bool:
        """Whether the statement runs in spite of that, with no part in the store."""
        return not self._backend.open_to_all and self._backend.waits_for_nobody(request.query)

    def _transaction_of(self, request: Run) -> Transaction:
        """The open transaction, or a new one for the statement alone."""
        if self._transaction is not None:
            return self._transaction
        return self._open_transaction(Scope.STATEMENT, request.options, self._stands_aside(request))

    async def run(self, request: Run) -> Entries:
        await self._finish_statement()
        if self._must_wait(request):
            await self._backend.admitted()
        control = self._backend.control(request.query)
        if control is None:
            if len(request.query) >= LONG_TEXT:
                transaction = self._transaction_of(request)
                await transaction.prepare(request.query)
            return self._run(request)
        if control == "COMMIT":
            self._check_control(control)
            return self._text_committed(await self._make_durable(self._require_transaction("commit")))
        return self._run_control(request, control)

    def _run(self, request: Run) -> Entries:
        started = self._clock()
        transaction = self._transaction_of(request)
        self._results.check_room()
        run = transaction.run(request.query, request.parameters)
        result = self._results.add(run, self._wanted)
        reply: Entries = {"fields": list(run.columns), "t_first": int((self._clock() - started) * 1000)}
        if self._scope is Scope.EXPLICIT:
            reply["qid"] = result.qid
        elif self._version >= (5, 8):
            reply |= self._home_database(request.options)
        self._succeed(Run)
        return reply

    def _check_control(self, control: str) -> None:
        if self._scope is Scope.EXPLICIT:
            raise NestedTransactionError(
                f"The statement {control} cannot be used in a transaction that the driver began. Use the driver's methods."
            )

    def _run_control(self, request: Run, control: str) -> Entries:
        """BEGIN and ROLLBACK as statements."""
        self._check_control(control)
        if control == "BEGIN":
            self._open_transaction(Scope.TEXT, request.options)
        else:
            self._require_transaction("roll back")
            self._abandon_transaction()
        return self._control_result()

    def _text_committed(self, bookmark: str) -> Entries:
        self._forget_transaction()
        self._bookmark = bookmark
        return self._control_result()

    def _control_result(self) -> Entries:
        self._results.add(ControlRun(), self._wanted)
        self._succeed(Run)
        return {"fields": [], "t_first": 0}

    def _finish_statement_now(self) -> bool:
        """Finish the open auto-commit result as DISCARD would; False if that takes longer."""
        for result in self._results:
            if result.run.fetch_now(-1) is None:
                return False
        return self._close_statement_now()

    async def _finish_statement(self) -> None:
        if self.state is State.STREAMING:
            for result in self._results:
                await result.run.drain()
            await self._close_statement()
            self.state = State.READY

    def _close_statement_now(self) -> bool:
        if self._scope is Scope.STATEMENT:
            if self._require_transaction("commit").commit_now() is None:
                return False
            self._forget_transaction()
        self._results.close()
        self.state = State.READY
        return True

    async def _close_statement(self) -> None:
        if self._scope is Scope.STATEMENT:
            await self._make_durable(self._require_transaction("commit"))
            self._forget_transaction()
        self._results.close()

    # Rows

    def deliver(self, request: Pull | Discard) -> Delivery:
        """Raises InvalidRequestError for an unknown qid."""
        return Delivery(self._results.find(request.qid), request.n, type(request) is Discard)

    def end_now(self, delivery: Delivery) -> Entries | None:
        """What ends a complete delivery. None: a commit has to be awaited with ``end``."""
        bookmark = None
        if delivery.exhausted and self._scope is Scope.STATEMENT:
            bookmark = self._require_transaction("commit").commit_now()
            if bookmark is None:
                return None
        return self._end(delivery, bookmark)

    async def end(self, delivery: Delivery) -> Entries:
        """As ``end_now``; an auto-commit statement is durable when this returns."""
        bookmark = None
        if delivery.exhausted and self._scope is Scope.STATEMENT:
            bookmark = await self._make_durable(self._require_transaction("commit"))
        return self._end(delivery, bookmark)

    def _end(self, delivery: Delivery, bookmark: str | None) -> Entries:
        kind = Discard if delivery.discard else Pull
        if not delivery.exhausted:
            self._succeed(kind, still_open=True)
            return {"has_more": True}
        result = delivery.result
        summary = self._results.finish(result)
        reply = summary_map(
            summary, result.run.kind, bool(result.run.columns), result.rows_came, self._version, result.wanted
        )
        reply["has_more"] = False  # pymgclient up to 1.3 crashes without it
        reply["db"] = self._backend.database_name
        reply["t_last"] = int(summary.execution_time * 1000)
        if self._scope is Scope.STATEMENT:
            self._forget_transaction()
        elif self._scope is not Scope.EXPLICIT:
            self._results.close()
        bookmark, self._bookmark = bookmark or self._bookmark, None
        if bookmark is not None:
            reply["bookmark"] = bookmark
        self._succeed(kind, still_open=len(self._results) > 0)
        return reply

    # Whatever else happens

    def interrupt(self) -> None:
        """Make the work in progress stop soon. A commit that has begun is not disturbed."""
        if self._transaction is not None and not self._committing:
            self._transaction.cancel()

    def reset(self) -> Entries:
        """Roll back, close results; the login stays."""
        self._expired = self._bookmark = None
        self._abandon_transaction()
        self.state = State.READY
        return {}

    def fail(self) -> None:
        """A request failed: roll back at once. Never raises; what goes wrong here is logged."""
        self._bookmark = None
        try:
            self._abandon_transaction()
        except Exception:
            log.exception("rollback failed", connection=self._connection_id)
        self.state = State.FAILED if self.state.logged_in else State.DEFUNCT

    def close(self) -> None:
        """The client is gone."""
        self.fail()
        self.state = State.DEFUNCT

    def touch(self) -> None:
        """A request has been answered: an open transaction's idle time starts anew."""
        if self._transaction is not None:
            self._touched = self._clock()

    def expire(self) -> bool:
        """Roll a transaction back that has been idle too long; the next request is told. For idle sessions only."""
        if self._transaction is None or self._client_timeout == 0:
            return False
        if self._client_timeout is not None:
            late = self._clock() - self._began > self._client_timeout
            error: ServerError = ClientTransactionTimedOutError(
                "The transaction was rolled back: it took longer than the timeout that the client set for it."
            )
        else:
            late = self._clock() - self._touched > self._limits.transaction_idle_time
            error = TransactionTimedOutError(
                "The transaction was rolled back: it was idle for longer than the server allows."
            )
        if late:
            self._expired = error
            self._abandon_transaction()
        return late

    @property
    def in_transaction(self) -> bool:
        return self._transaction is not None

    def _home_database(self, options: TransactionOptions) -> Entries:
        if self._version >= (5, 8) and options.database is None:
            return {"db": self._backend.database_name}
        return {}

    def _refuse_impersonation(self, user: str | None) -> None:
        if user is not None:
            raise UnsupportedFeatureError("Impersonation is not supported. Log in as the user instead.")
