"""The write-ahead log: appends transactions, syncs, rotates.

Promises:

1. A transaction is one frame, whole in one file, appended in the order of the commit timestamps.
2. It is durable once ``synced >= position``, where ``position`` was ``appended`` after its append.
3. A failed sync is never repeated and believed: the log has *failed*, takes nothing more, and
   says so with :class:`~lithograph.storage.errors.WritesRefusedError` until the server is restarted.
4. A failed write leaves no trace (what was written of the frame is cut off again, and the size looked at).
   When the disk was merely full, that is :class:`~lithograph.durability.errors.DiskFullError`, and the next
   append tries again; anything else, or a cut that fails too, and the log has failed. A *sync* that says
   the disk is full has failed like any other.
5. A file is finished, once it has reached its size, before the next append: summary, sync, rename. The next
   file is made when there is something to put into it, and exists (content and name synced) before
   anything is appended to it.
6. When somebody changes, replaces or removes the open file, that is noticed before the next append or by the
   next sync, and the log has failed, rather than writing on to where nobody will find it.

One thread appends at a time (storage's commit order sees to that); another may sync meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock
from uuid import UUID, uuid4

import structlog

from lithograph.durability.codec import Encoder
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import DiskFullError
from lithograph.durability.files import Handle, is_full
from lithograph.durability.framing import HEADER_SIZE, FrameKind, pack
from lithograph.durability.header import Sealed, WalHeader, pack_wal
from lithograph.durability.inventory import Inventory
from lithograph.durability.names import WalName, microseconds_of
from lithograph.durability.payloads import Packing
from lithograph.durability.retainer import Retainer
from lithograph.durability.wal_reader import SUMMARY, WalContent
from lithograph.storage.deltas import Delta
from lithograph.storage.errors import WritesRefusedError

REFUSED = (
    "Nothing of the transaction was kept; reads go on, and writes do again as soon as there is room: delete what is "
    "not needed, or enlarge the disk."
)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LogEnd:
    """Where a log goes on after recovery.

    Attributes:
        database, epoch: of the files to be written.
        sequence: number of the next file; ``previous``: id of the one before it.
        next_frame: sequence number of the next transaction.
        timestamp: of the last commit; the next one is larger.
        resume: an unfinished file to append to, already cut to its whole transactions.
    """

    database: UUID
    epoch: int
    sequence: int
    previous: UUID
    next_frame: int
    timestamp: int
    resume: WalContent | None = None

    def afresh(self) -> LogEnd:
        """The same, going on in a new file."""
        return replace(self, resume=None)


@dataclass(slots=True)
class _OpenFile:
    """The file being appended to; ``settled`` is the offset below which everything is synced."""

    name: WalName
    handle: Handle
    id: UUID
    sealed: Sealed
    size: int
    settled: int
    first: int
    count: int


def finish_leftover(
    directory: DataDirectory,
    retainer: Retainer,
    inventory: Inventory,
    content: WalContent,
    finished: Callable[[WalName], None] = lambda name: None,
) -> None:
    """Complete an unfinished file of an earlier run that nothing more will be appended to.

    Raises:
        WritesRefusedError: it could not be written.
    """
    header = content.file.header
    end = LogEnd(
        header.database,
        header.epoch,
        header.sequence + 1,
        header.id,
        content.next_frame,
        content.last,
        content,
    )
    Wal(directory, retainer, inventory, end, 0, finished).close()


class Wal:
    """A log that takes transactions; it is the store's ``CommitObserver``."""

    def __init__(
        self,
        directory: DataDirectory,
        retainer: Retainer,
        inventory: Inventory,
        end: LogEnd,
        limit: int,
        finished: Callable[[WalName], None] = lambda name: None,
    ) -> None:
        """
        Args:
            limit: a file is finished once it has this many bytes.
            finished: hears of each finished file, under the name that it has then or gets with the unlock.
        """
        self._finished = finished
        self._directory = directory
        self._retainer = retainer
        self._inventory = inventory
        self._limit = limit
        self._database = end.database
        self._epoch = end.epoch
        self._sequence = end.sequence
        self._previous = end.previous
        self._timestamp = end.timestamp
        self._position = end.next_frame - 1
        self._synced = self._position
        self._failure: str | None = None
        self._no_room: str | None = None
        self._encode = Encoder().encode
        self._syncing = Lock()  # held while syncing, and while the open file changes
        self._file = None if end.resume is None else self._reopen(end.resume)
        # What a sync that starts now covers; one attribute, so that another thread reads it whole.
        self._tip = (self._file, self._position, 0 if self._file is None else self._file.size)

    @property
    def appended(self) -> int:
        """Position (sequence number) of the transaction appended last."""
        return self._position

    @property
    def synced(self) -> int:
        """Position up to which everything is durable."""
        return self._synced

    @property
    def timestamp(self) -> int:
        """Timestamp of the commit appended last, or recovered."""
        return self._timestamp

    @property
    def next_sequence(self) -> int:
        """Number of the next file that gets a transaction as its first."""
        file = self._file
        return self._sequence - (file is not None and not file.count)

    @property
    def failure(self) -> str | None:
        """Why the log takes nothing any more; None while it does."""
        return self._failure

    @property
    def no_room(self) -> str | None:
        """Why the last write was refused, if the disk was full then and nothing could be written since."""
        return self._no_room

    def append(self, timestamp: int, deltas: Sequence[Delta]) -> None:
        """Append a transaction; it is durable after a sync. Nothing is written for no deltas.

        Raises:
            DiskFullError: there was no room for it; nothing of it is in the log, and the next one is tried again.
            WritesRefusedError: it could not be written; nothing of it is in the log.
            PropertyTypeError, CapacityError: no frame can hold it; likewise.
            ValueError: ``timestamp`` is not larger than the one before.
        """
        if self._failure is not None:
            raise WritesRefusedError(self._failure)
        if timestamp <= self._timestamp:
            raise ValueError(f"commit timestamp {timestamp} does not come after {self._timestamp}")
        if not deltas:
            return
        payload = self._encode(deltas)
        file = self._file
        if file is None or file.size >= self._limit:
            file = self._next_file(HEADER_SIZE + len(payload))
        self._check_untouched(file)
        position = self._position + 1
        frame = self._frame(file, FrameKind.TRANSACTION, timestamp, payload)
        self._write(file, frame)
        if not file.count:
            file.first = timestamp
        file.count += 1
        file.size += len(frame)
        self._timestamp = timestamp
        self._position = position
        self._tip = (file, position, file.size)

    def sync(self) -> None:
        """Make durable what was appended before this call.

        Raises:
            WritesRefusedError: that failed, now or before.
        """
        with self._syncing:
            file, position, size = self._tip
            if self._failure is not None:
                raise WritesRefusedError(self._failure)
            if file is None or position <= self._synced:
                return
            self._sync_file(file, size)
            self._synced = position

    def skip_to(self, timestamp: int) -> None:
        """Commits up to ``timestamp`` happened without the log; a snapshot has them.

        The open file is finished and the next one states after which commit it begins, so that a recovery
        that lacks the snapshot notices the gap.

        Raises:
            WritesRefusedError: the open file could not be finished.
        """
        with self._syncing:
            if self._failure is not None:
                raise WritesRefusedError(self._failure)
            self._finish_open()
            self._timestamp = max(self._timestamp, timestamp)

    @property
    def begun(self) -> str | None:
        """When the open file was made (``created``, as in names), if it has transactions."""
        return self._file.name.created if self._file is not None and self._file.count else None

    def finish_file(self) -> None:
        """Finish the open file, if it has transactions; the next one begins with the next of them.

        Raises:
            WritesRefusedError: it could not be finished.
        """
        with self._syncing:
            if self._failure is not None:
                raise WritesRefusedError(self._failure)
            if self._file is not None and self._file.count:
                self._finish_open()

    def close(self) -> None:
        """Sync and finish the open file. A log that has failed is left as it is, for recovery to read.

        Raises:
            WritesRefusedError: that failed; recovery will find the file unfinished.
        """
        with self._syncing:
            file, self._file = self._file, None
            self._tip = (None, self._position, 0)
            if file is None:
                return
            try:
                if self._failure is None:
                    self._finish_or_sync(file)
            finally:
                with suppress(OSError):
                    file.handle.close()

    def fail(self, reason: str) -> WritesRefusedError:
        """Take nothing any more; the first reason stays."""
        if self._failure is None:
            self._failure = (
                f"The write-ahead log has failed: {reason}. Writes are refused, reads go on. "
                "See to the disk and restart the server."
            )
            _log.error("write-ahead log failed", reason=reason)
        return WritesRefusedError(self._failure)

    # ------------------------------------------------------------------------------- files

    def _next_file(self, wanted: int) -> _OpenFile:
        """``wanted``: bytes that are going to be appended, for the message if there is no room."""
        with self._syncing:
            self._finish_open(wanted)
            self._file = self._create(wanted)
            self._tip = (self._file, self._position, self._file.size)
            return self._file

    def _create(self, wanted: int) -> _OpenFile:
        name = WalName(self._directory.created())
        header = WalHeader(
            self._database,
            self._epoch,
            uuid4(),
            self._previous,
            self._sequence,
            self._position + 1,
            self._timestamp,
            microseconds_of(name.created),
        )
        block, sealed = pack_wal(header, Packing(key=self._directory.keys.current))
        files, path = self._directory.files, self._directory.path_of(name)
        self._inventory.expect(name)
        try:
            handle = files.create(path)
        except OSError as error:
            raise self._not_created(name, error, wanted) from error
        try:
            handle.write(block)
            handle.sync()
            files.sync_directory(self._directory.wal)
        except OSError as error:
            raise self._failed_creation(name, handle, error, wanted) from error
        self._previous = header.id
        self._sequence += 1
        file = _OpenFile(name, handle, header.id, sealed, len(block), len(block), 0, 0)
        self._inventory.expect(name, lambda: file.size)
        return file

    def _reopen(self, content: WalContent) -> _OpenFile:
        file = content.file
        handle = self._directory.files.append(file.path)
        self._previous = file.header.id
        opened = _OpenFile(
            file.name,
            handle,
            file.header.id,
            file.sealed,
            content.end,
            content.end,
            content.first,
            content.transactions,
        )
        self._inventory.expect(file.name, lambda: opened.size)
        return opened

    def _finish_open(self, wanted: int = 0) -> None:
        file = self._file
        if file is None:
            return
        self._finish(file, wanted)
        self._file = None
        self._tip = (None, self._position, 0)
        self._synced = self._position
        with suppress(OSError):
            file.handle.close()

    def _finish_or_sync(self, file: _OpenFile) -> None:
        """Where there is no room for the summary, what is in the file is made durable all the same."""
        try:
            self._finish(file)
        except DiskFullError:
            self._sync_file(file, file.size)
            self._synced = self._position
            raise

    def _finish(self, file: _OpenFile, wanted: int = 0) -> None:
        """Complete a file; one without transactions goes."""
        path = self._directory.path_of(file.name)
        if not file.count:
            self._retainer.remove(path)
            return
        self._check_untouched(file)
        summary = SUMMARY.pack(file.first, self._timestamp, file.count)
        frame = self._frame(file, FrameKind.SUMMARY, self._timestamp, summary)
        self._write(file, frame, wanted)
        self._sync_file(file, file.size + len(frame))
        finished = file.name.finish(file.first, self._timestamp)
        self._inventory.complete(file.name, finished)
        self._retainer.rename(path, self._directory.path_of(finished))
        self._finished(finished)

    def _frame(self, file: _OpenFile, kind: FrameKind, timestamp: int, payload: bytes) -> bytes:
        written = int(self._directory.clock().timestamp() * 1_000_000)
        position = self._position + 1
        return pack(file.sealed, kind, self._epoch, position, timestamp, file.settled, written, payload)

    def _check_untouched(self, file: _OpenFile) -> None:
        try:
            size = file.handle.size()
        except OSError as error:
            raise self.fail(f"{file.name} could not be looked at ({error})") from error
        if size != file.size:
            raise self.fail(f"{file.name} was changed by somebody else while it was in use")

    def _sync_file(self, file: _OpenFile, size: int) -> None:
        try:
            file.handle.sync()
            status = file.handle.status()
        except OSError as error:
            raise self.fail(f"{file.name} could not be synced ({error})") from error
        if status.links == 0 or status.size < size:
            raise self.fail(f"{file.name} was removed or replaced while it was in use")
        file.settled = size

    # ---------------------------------------------------------------------------- failures

    def _write(self, file: _OpenFile, frame: bytes, wanted: int = 0) -> None:
        """Append a frame; one that cannot be written leaves no trace. ``wanted``: bytes that will follow it."""
        try:
            file.handle.write(frame)
        except OSError as error:
            raise self._failed_write(file, error, len(frame) + wanted) from error
        if self._no_room is not None:
            self._no_room = None
            _log.info("there is room again, writes go on", file=str(file.name))

    def _failed_write(self, file: _OpenFile, error: OSError, wanted: int) -> WritesRefusedError:
        try:
            file.handle.truncate(file.size)
            size = file.handle.size()
        except OSError as second:
            return self.fail(f"{file.name} could not be written ({error}) and not be cut back ({second})")
        if size != file.size:
            return self.fail(
                f"{file.name} could not be written ({error}), and cutting it back to {file.size} bytes left {size}"
            )
        return self._refused(f"{file.name} could not be written ({error})", error, wanted)

    def _not_created(self, name: WalName, error: OSError, wanted: int) -> WritesRefusedError:
        """There is no new file; whatever the reason, the next append can try again."""
        if is_full(error):
            return self._full(error, wanted)
        return WritesRefusedError(
            f"The write-ahead log file {name} could not be made ({error}). Nothing of the transaction was kept; reads "
            "go on, and writes do again as soon as it can."
        )

    def _failed_creation(
        self, name: WalName, handle: Handle, error: OSError, wanted: int
    ) -> WritesRefusedError:
        with suppress(OSError):
            handle.close()
        try:
            self._directory.files.remove(self._directory.path_of(name))
        except OSError as second:
            return self.fail(f"{name} could not be made ({error}) and not be removed ({second})")
        return self._refused(f"{name} could not be made ({error})", error, wanted)

    def _refused(self, what: str, error: OSError, wanted: int) -> WritesRefusedError:
        """After a write that left no trace: a full disk passes, anything else does not."""
        return self._full(error, wanted) if is_full(error) else self.fail(what)

    def _full(self, error: OSError, wanted: int) -> DiskFullError:
        refusal = DiskFullError(self._directory.wal, wanted, error, REFUSED)
        if self._no_room is None:  # it is tried often and told once
            _log.error("the disk is full, writes are refused until there is room", reason=refusal.message)
        self._no_room = refusal.message
        return refusal
