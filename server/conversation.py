"""Drives one connection: takes requests in order, lets the session work, and sends the replies.

Work starts on the event loop the moment its bytes arrive, and a request that can be answered at once (a point query) costs no
task: RUN and PULL that came together leave as one write. Only what has to wait (the engine, a commit, a slow
reader, a large message to decode) goes on in a task, of which there is at most one for each connection; it ends
when the queue is empty.

RESET overtakes: it is seen when it arrives, interrupts what is running, and turns everything before it into IGNORED.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

import structlog

from lithograph.cypher.results import ResultBatch
from lithograph.server.bolt import messages
from lithograph.server.bolt.connection import Connection
from lithograph.server.bolt.messages import RESET_BYTES, Request
from lithograph.server.bolt.states import State
from lithograph.server.bolt.versions import Version
from lithograph.server.errors import OvertakenError, ProtocolError, ServerStoppingError, UnforeseenError
from lithograph.server.limits import Limits
from lithograph.server.open_results import Delivery
from lithograph.server.session import Entries, Session
from lithograph.storage.errors import LithographError

log = structlog.get_logger(__name__)

LARGE = 512 * 1024
"""Bytes from which a message is decoded in a worker thread: some 20 ms of work, against which the hand-over is nothing."""

_GOODBYE_BYTES = b"\xb0\x02"
_DISCARD_TAG = 0x2F
_QUEUE_OVERHEAD = 100  # bytes that a queued message costs beyond its own
_TURN = 16  # requests answered in a row before other connections get theirs
_ROWS_AT_A_TIME = 1024  # encoded in a row, likewise

_Rest = Coroutine[Any, Any, None]
"""What is left to do for a request that could not be answered at once."""


class Peer(Protocol):
    """The socket, as a conversation sees it."""

    def send(self, data: bytes) -> None: ...

    def hold_reading(self, hold: bool) -> None:
        """Stop or go on reading from the socket."""

    def logged_in(self) -> None:
        """The client is no stranger any more."""

    def finish(self) -> None:
        """Send what is to be sent, then close, such that the client gets it all."""


class Conversation:
    """One client, from its first byte of Bolt to its last.

    ``open_session`` is called when the handshake is done, with the version and whether it was the manifest form.
    """

    def __init__(
        self,
        peer: Peer,
        limits: Limits,
        open_session: Callable[[Version, bool], Session],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.connection = Connection(limits)
        self.session: Session | None = None
        self.finished = False
        self._peer = peer
        self._limits = limits
        self._open_session = open_session
        self._loop = loop
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._holding = False
        self._paused = False
        self._waker: asyncio.Future[None] | None = None  # of work that waits for the client to read
        self._resets = 0
        self._lost = False
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._execute_by_type: dict[type, Callable[[Any], _Rest | None]] = {}

    # What happens to it

    def receive(self, data: bytes) -> None:
        """Bytes have come."""
        if self.finished:
            return
        incoming = self.connection.feed(data)
        if self.session is None and not self._start():
            return
        for message in incoming:
            self._queue.append(message)
            self._queued_bytes += len(message) + _QUEUE_OVERHEAD
            if message == RESET_BYTES:
                self._resets += 1
        if self._task is None:
            self._work_now()
        elif self._resets:
            self._interrupt()
        self._hold_if_full()

    def pause_writing(self) -> None:
        """The client does not take what is sent to it: no more rows for now."""
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._wake()

    def lost(self) -> None:
        """The client is gone, or has closed its side."""
        self._lost = self.finished = True
        self._queue.clear()
        if self._task is not None:
            self._interrupt()
        elif self.session is not None:
            self.session.close()

    def stop(self) -> None:
        """The server stops: end what is running, tell the client, close."""
        self._stopping = True
        self._queue.clear()
        if self._task is not None:
            self._interrupt()
        else:
            self._finish()

    async def ended(self) -> None:
        """Wait until no work is in progress."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def cancel(self) -> None:
        """Drop the work in progress without ceremony; for a server that has to stop now."""
        if self._task is not None:
            self._task.cancel()

    @property
    def idle(self) -> bool:
        return self._task is None

    # Order

    def _start(self) -> bool:
        """Open the session if the handshake is done."""
        version = self.connection.version
        self._flush()
        if version is not None:
            self.session = session = self._open_session(version, self.connection.manifest)
            self._execute_by_type = self._executors(session)
        elif self.connection.error is not None:
            log.info("connection refused", reason=self.connection.error.message)
            self._finish()
        return self.session is not None

    def _work_now(self) -> None:
        """Answer what can be answered without waiting; a task does the rest, if any."""
        turns = _TURN
        while self._queue and not self.finished:
            turns -= 1
            rest = self._begin() if turns and not self._stalled else self._breathe()
            if rest is not None:
                self._task = self._loop.create_task(self._work(rest))
                return
        self._settle()

    async def _work(self, rest: _Rest) -> None:
        """Finish one request, then answer all that has come meanwhile."""
        try:
            await self._guarded(rest)
            turns = _TURN
            while self._queue and not self.finished:
                turns -= 1
                if not turns or self._stalled:
                    await self._breathe()
                    turns = _TURN
                    continue
                following = self._begin()
                if following is not None:
                    await self._guarded(following)
                self._release_if_drained()
                if self.connection.buffered > self._limits.output_flush:
                    self._flush()
        except asyncio.CancelledError:
            # By ``cancel``. Of a commit nobody can say now how it ends; the connection ends without a word,
            # so that no driver repeats it.
            if self.session is not None and not self.session.in_doubt:
                self._fail(OvertakenError("The request was dropped."))
            raise
        finally:
            self._task = None
            self._settle()

    def _settle(self) -> None:
        """Nothing is left to be done for now."""
        session = self.session
        assert session is not None, "work needs a session"
        if self._lost:
            session.close()
            return
        if self._stopping:
            self._finish()
        elif self.connection.error is not None and not self.finished:
            if session.state.logged_in:
                self._fail(self.connection.error)
            self._finish()
        self._release_if_drained()
        session.touch()
        self._flush()

    def _begin(self) -> _Rest | None:
        """Work on the next message; what is returned is to be awaited."""
        message = self._queue.popleft()
        self._queued_bytes -= len(message) + _QUEUE_OVERHEAD
        if self._is_to_be_ignored(message):
            self.connection.ignored()
            return None
        if len(message) >= LARGE:
            return self._decode_elsewhere(message)
        try:
            return self._execute(self.connection.decode(message))
        except Exception as error:  # noqa: BLE001  (the one place that answers for all of them)
            self._fail(error)
            return None

    def _is_to_be_ignored(self, message: bytes) -> bool:
        """After a failure, and before a RESET; except for a DISCARD that may still save what its statement wrote."""
        session = self.session
        if session is None or message in (RESET_BYTES, _GOODBYE_BYTES):
            return False
        if session.state is State.FAILED:
            return True
        if not self._resets or not session.state.logged_in:
            return False
        return not (session.state is State.STREAMING and message[1:2] == bytes((_DISCARD_TAG,)))

    async def _decode_elsewhere(self, message: bytes) -> None:
        request = await self._loop.run_in_executor(None, self.connection.decode, message)
        self._check_overtaken()
        rest = self._execute(request)
        if rest is not None:
            await rest

    async def _guarded(self, rest: _Rest) -> None:
        try:
            await rest
        except Exception as error:  # noqa: BLE001  (the one place that answers for all of them)
            self._fail(error)

    def _interrupt(self) -> None:
        if self.session is not None:
            self.session.interrupt()
        self._wake()

    @property
    def _overtaken(self) -> bool:
        return self._resets > 0 or self._lost or self._stopping

    def _check_overtaken(self) -> None:
        if self._overtaken:
            raise OvertakenError("The request was interrupted.")

    # Requests

    def _executors(self, session: Session) -> dict[type, Callable[[Any], _Rest | None]]:
        """For each request what executes it: at once, or by returning what is to be awaited."""

        def simply(execute: Callable[[Any], Entries]) -> Callable[[Any], None]:
            return lambda request: self.connection.success(execute(request))

        def now_or_later(
            now: Callable[[Any], Entries | None], later: Callable[[Any], Awaitable[Entries]]
        ) -> Callable[[Any], _Rest | None]:
            def execute(request: Any) -> _Rest | None:
                reply = now(request)
                if reply is None:
                    return self._succeed_later(later(request))
                self.connection.success(reply)
                return None

            return execute

        return {
            messages.Hello: self._log_in(session.hello),
            messages.Logon: self._log_in(session.logon),
            messages.Logoff: simply(session.simple),
            messages.Telemetry: simply(session.simple),
            messages.Goodbye: self._goodbye,
            messages.Reset: self._reset,
            messages.Route: simply(session.route),
            messages.Begin: now_or_later(session.begin_now, session.begin),
            messages.Run: now_or_later(session.run_now, session.run),
            messages.Commit: now_or_later(lambda _: session.commit_now(), lambda _: session.commit()),
            messages.Rollback: simply(lambda _: session.rollback()),
            messages.Pull: self._deliver_now,
            messages.Discard: self._deliver_now,
        }

    def _execute(self, request: Request) -> _Rest | None:
        assert self.session is not None, "requests need a session"
        self.session.admit(request)
        return self._execute_by_type[type(request)](request)

    async def _succeed_later(self, reply: Awaitable[Entries]) -> None:
        self.connection.success(await reply)

    def _log_in(self, execute: Callable[[Any], Awaitable[Entries]]) -> Callable[[Any], _Rest]:
        async def log_in(request: Any) -> None:
            session = self.session
            assert session is not None, "requests need a session"
            reply = await execute(request)
            if session.utc_patched:
                self.connection.patch_utc()
            if session.state.logged_in:
                self.connection.lift_limits()
                self._peer.logged_in()
                log.debug("client logged in", user_agent=session.user_agent)
            self.connection.success(reply)

        return log_in

    def _goodbye(self, request: messages.Goodbye) -> None:
        self._finish()

    def _reset(self, request: messages.Reset) -> None:
        assert self.session is not None, "requests need a session"
        self._resets -= 1
        self.connection.success(self.session.reset())

    # Rows

    def _deliver_now(self, request: messages.Pull | messages.Discard) -> _Rest | None:
        session = self.session
        assert session is not None, "requests need a session"
        delivery = session.deliver(request)
        batches = delivery.take_now()
        if batches is None:
            self._check_overtaken()
            return self._deliver(delivery, None)
        if not delivery.complete or sum([batch.count for batch in batches]) > _ROWS_AT_A_TIME:
            return self._deliver(delivery, batches)
        for batch in batches:
            self.connection.records(batch)
        reply = session.end_now(delivery)
        if reply is None:
            return self._succeed_later(session.end(delivery))
        self.connection.success(reply)
        return None

    async def _deliver(self, delivery: Delivery, batches: list[ResultBatch] | None) -> None:
        """Send ``batches`` (None: they are still to be awaited), then the rest of the delivery."""
        session = self.session
        assert session is not None, "requests need a session"
        while True:
            if batches is None:
                self._flush()
                batches = await delivery.take()
            self._check_overtaken()
            for batch in batches:
                await self._send_rows(batch)
            if delivery.complete:
                break
            batches = delivery.take_now()
        reply = session.end_now(delivery)
        self.connection.success(await session.end(delivery) if reply is None else reply)

    async def _send_rows(self, batch: ResultBatch) -> None:
        for start in range(0, batch.count, _ROWS_AT_A_TIME):
            count = min(_ROWS_AT_A_TIME, batch.count - start)
            columns = [column[start : start + count] for column in batch.columns]
            self.connection.records(ResultBatch(count, columns))
            if self.connection.buffered > self._limits.output_flush:
                self._flush()
            await self._breathe()
            self._check_overtaken()

    # Replies

    def _fail(self, error: Exception) -> None:
        """Roll back, and tell the client, unless a RESET has overtaken the request."""
        session = self.session
        assert session is not None, "requests need a session"
        failure = error if isinstance(error, LithographError) else self._unforeseen(error)
        session.fail()
        fatal = isinstance(failure, ProtocolError) or session.state is State.DEFUNCT
        if self._stopping and not fatal:
            failure = ServerStoppingError("The server is stopping; the request was not completed.")
        if self._resets and not fatal:
            self.connection.ignored()
        else:
            self.connection.failure(failure)
        if fatal:
            log.info("connection closed", user_agent=session.user_agent, reason=failure.message)
            self._finish()

    def _unforeseen(self, error: Exception) -> UnforeseenError:
        identifier = uuid.uuid4().hex[:12]
        log.error("unforeseen error", id=identifier, exc_info=error)
        return UnforeseenError(identifier)

    def _finish(self) -> None:
        """Nothing more is read or said."""
        if self.finished:
            return
        self.finished = True
        self._queue.clear()
        self._flush()
        if self.session is not None:
            self.session.close()
        self._peer.finish()

    def _flush(self) -> None:
        if self.connection.buffered:
            output = self.connection.take_output()
            if not self._lost:
                self._peer.send(output)

    async def _breathe(self) -> None:
        """Let other connections have their turn, and a slow reader catch up."""
        self._flush()
        if self._stalled:
            self._waker = self._loop.create_future()
            await self._waker
        else:
            await asyncio.sleep(0)

    @property
    def _stalled(self) -> bool:
        """Whether to wait for the client to read. A RESET gets through as long as there is something to roll back, but
        no further: else a client that sends and never reads could fill the memory with replies."""
        if not self._paused or self._lost or self._stopping:
            return False
        session = self.session
        return not (self._resets and session is not None and session.in_transaction)

    def _wake(self) -> None:
        if self._waker is not None and not self._waker.done():
            self._waker.set_result(None)

    # Back-pressure on requests

    def _hold_if_full(self) -> None:
        if not self._holding and self._queued_bytes > self._limits.queued_bytes:
            self._holding = True
            self._peer.hold_reading(True)

    def _release_if_drained(self) -> None:
        if self._holding and self._queued_bytes <= self._limits.queued_bytes // 2:
            self._holding = False
            self._peer.hold_reading(False)
