"""A file layer in memory that keeps what POSIX promises and not a byte more, and fails on request.

What is written becomes durable by ``sync``, a name by ``sync_directory``; :meth:`MemoryFiles.reboot` gives
the disk as a power failure may leave it: everything unsynced gone, everything there, or any part of it in any
order (writes in sectors of 512 bytes, with zeros where a part is missing; renames whole or not at all).

Every call counts. A :class:`Fault` names the call at which something goes wrong, and what:

========= ================================================================================================
FAIL      that call raises EIO; a ``sync`` that fails loses what it should have synced, for ever,
          while readers still see it
PARTLY    as FAIL, but a ``sync`` or ``sync_directory`` that fails has made a part durable, in any order; the
          rest is lost for ever, while readers still see it
BROKEN    as FAIL, and so do all calls that change anything after it
SHORT     a write puts half of its bytes and raises EIO; other calls as FAIL
FULL      a write puts half of its bytes and raises ENOSPC; other changing calls raise ENOSPC
SCARCE    as FULL, and so do the next few writes after it; then there is room again
NO_ROOM   as FULL, and so do all writes after it, until :meth:`MemoryFiles.make_room`
CRASH     the process dies before the call has an effect; every later call dies too
TORN      as CRASH, but of a write half of the bytes are there
CRASHED   the process dies after the call had its effect
========= ================================================================================================

Beside faults, a disk may have a ``capacity``: a write that does not fit puts what fits and raises ENOSPC.
"""

from __future__ import annotations

import errno
import random
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from lithograph.durability.files import FileStatus

SECTOR = 512
SCARCE_WRITES = 9
"""How many writes and creations more are refused by SCARCE."""


class Crash(BaseException):
    """The process died. Not an Exception: nothing may catch it and go on."""


class FaultKind(Enum):
    FAIL = auto()
    PARTLY = auto()
    BROKEN = auto()
    SHORT = auto()
    FULL = auto()
    SCARCE = auto()
    NO_ROOM = auto()
    CRASH = auto()
    TORN = auto()
    CRASHED = auto()

    @property
    def kills(self) -> bool:
        """Whether the process dies of it."""
        return self in (FaultKind.CRASH, FaultKind.TORN, FaultKind.CRASHED)


@dataclass(frozen=True)
class Fault:
    """What goes wrong at call number ``at`` (from 1)."""

    at: int
    kind: FaultKind


class Survives(Enum):
    """What a power failure leaves of the unsynced part."""

    NOTHING = auto()
    EVERYTHING = auto()
    SOMETHING = auto()


@dataclass
class _Node:
    """A file. ``pending`` are writes (offset, data) and truncations (size, None) since the last sync."""

    number: int
    content: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    modified: int = 0

    def surviving(self, how: Survives, dice: random.Random) -> bytes:
        if how is Survives.EVERYTHING:
            return bytes(self.content)
        content = bytearray(self.durable)
        if how is Survives.SOMETHING:
            for offset, data in self.pending:
                _survive(content, offset, data, dice)
        return bytes(content)


def _survive(content: bytearray, offset: int, data: bytes | None, dice: random.Random) -> None:
    if data is None:
        if dice.random() < 0.5:
            del content[offset:]
        return
    start = offset
    while start < offset + len(data):
        end = min(start - start % SECTOR + SECTOR, offset + len(data))
        if dice.random() < 0.6:
            content.extend(bytes(max(0, end - len(content))))
            content[start:end] = data[start - offset : end - offset]
        start = end
    if dice.random() < 0.3:  # the size got there, the content did not
        content.extend(bytes(max(0, offset + len(data) - len(content))))


@dataclass(frozen=True)
class _Naming:
    """A change of names: ``old`` goes (if any), ``new`` comes (if any)."""

    old: Path | None
    new: Path | None
    node: _Node | None

    def touches(self, directory: Path) -> bool:
        return any(path is not None and path.parent == directory for path in (self.old, self.new))

    def apply(self, names: dict[Path, _Node]) -> None:
        if self.old is not None:
            names.pop(self.old, None)
        if self.new is not None and self.node is not None:
            names[self.new] = self.node


class MemoryFiles:
    """Implements ``lithograph.durability.files.Files``."""

    def __init__(self, fault: Fault | None = None) -> None:
        self.fault = fault
        self.capacity: int | None = None
        """Bytes that all files together may have."""
        self.calls = 0
        self.journal: list[tuple[str, Path]] = []
        self.locks: set[Path] = set()
        self._names: dict[Path, _Node] = {}
        self._durable: dict[Path, _Node] = {}
        self._namings: list[_Naming] = []
        self._directories: set[Path] = set()
        self._dead = self._full = self._broken = False
        self._scarce = 0
        self._clock = 0

    # ------------------------------------------------------------------ what tests do with it

    def reboot(self, how: Survives, seed: int = 0) -> MemoryFiles:
        """A healthy layer over what a power failure at this moment leaves."""
        dice = random.Random(seed)
        names = dict(self._durable)
        for naming in self._namings:
            if how is Survives.EVERYTHING or (how is Survives.SOMETHING and dice.random() < 0.5):
                naming.apply(names)
        rebooted = MemoryFiles()
        rebooted._directories = set(self._directories)
        for path in sorted(names):
            rebooted.place(path, names[path].surviving(how, dice))
        return rebooted

    def copy(self) -> MemoryFiles:
        """The same content, all of it durable, without faults and locks."""
        copied = MemoryFiles()
        copied._directories = set(self._directories)
        for path, content in self.contents().items():
            copied.place(path, content)
        return copied

    def place(self, path: Path, content: bytes) -> None:
        """Put a file there, or replace it in place, as an operator would; durable, and not a call."""
        self._directories.update(path.parents)
        self._clock += 1
        node = self._names.get(path) or _Node(len(self._names) + self._clock * 1000)
        node.content[:] = content
        node.durable, node.pending, node.modified = bytes(content), [], self._clock
        self._names[path] = self._durable[path] = node

    def delete(self, path: Path) -> None:
        """Take a file away, durably, and not as a call."""
        self._names.pop(path)
        self._durable.pop(path, None)

    def contents(self) -> dict[Path, bytes]:
        """What readers see now."""
        return {path: bytes(node.content) for path, node in list(self._names.items())}

    def make_room(self) -> None:
        self._full, self._scarce, self.capacity = False, 0, None

    def room(self) -> int | None:
        """Bytes that can still be written; None without a limit."""
        if self.capacity is None:
            return None
        return self.capacity - sum(len(node.content) for node in list(self._names.values()))

    # ------------------------------------------------------------------------------- the calls

    def begin(self, operation: str, path: Path, changes: bool) -> Fault | None:
        """Count a call; the fault that is due, for the operation to carry out or finish."""
        if self._dead:
            raise Crash
        self.calls += 1
        self.journal.append((operation, path))
        if self._broken and changes:
            raise OSError(errno.EIO, "broken")
        if self._full and operation in ("write", "create"):
            raise OSError(errno.ENOSPC, "no room")
        if self._scarce and operation in ("write", "create"):
            self._scarce -= 1
            raise OSError(errno.ENOSPC, "no room for a while")
        fault = self.fault
        if fault is None or fault.at != self.calls:
            return None
        match fault.kind:
            case FaultKind.CRASH:
                self.die()
            case FaultKind.TORN if operation != "write":
                self.die()
            case FaultKind.PARTLY if operation == "sync_directory":
                return fault
            case FaultKind.NO_ROOM:
                self._full = True
            case FaultKind.SCARCE:
                self._scarce = SCARCE_WRITES
            case FaultKind.BROKEN:
                self._broken = True
        if fault.kind is not FaultKind.CRASHED and operation not in ("write", "sync"):
            self.refuse(fault, changes)
        return fault

    def refuse(self, fault: Fault, changes: bool = True) -> None:
        if fault.kind is FaultKind.TORN:
            self.die()
        full = fault.kind in (FaultKind.FULL, FaultKind.SCARCE, FaultKind.NO_ROOM)
        if full and not changes:
            return
        raise OSError(errno.ENOSPC if full else errno.EIO, "injected")

    def end(self, fault: Fault | None) -> None:
        if fault is not None and fault.kind is FaultKind.CRASHED:
            self.die()

    def die(self) -> None:
        self._dead = True
        raise Crash

    def tick(self) -> int:
        self._clock += 1
        return self._clock

    def create(self, path: Path) -> MemoryHandle:
        fault = self.begin("create", path, True)
        if path in self._names:
            raise FileExistsError(errno.EEXIST, "exists", str(path))
        node = _Node(self.tick())
        self._name(_Naming(None, path, node))
        self.end(fault)
        return MemoryHandle(self, path, node)

    def append(self, path: Path) -> MemoryHandle:
        return self.open(path)

    def open(self, path: Path) -> MemoryHandle:
        fault = self.begin("open", path, False)
        node = self._node(path)
        self.end(fault)
        return MemoryHandle(self, path, node)

    def rename(self, source: Path, target: Path) -> None:
        fault = self.begin("rename", source, True)
        self._name(_Naming(source, target, self._node(source)))
        self.end(fault)

    def remove(self, path: Path) -> None:
        fault = self.begin("remove", path, True)
        self._node(path)
        self._name(_Naming(path, None, None))
        self.end(fault)

    def list(self, directory: Path) -> list[str]:
        fault = self.begin("list", directory, False)
        self.end(fault)
        return sorted(path.name for path in list(self._names) if path.parent == directory)

    def exists(self, path: Path) -> bool:
        fault = self.begin("exists", path, False)
        self.end(fault)
        return path in self._names or path in self._directories

    def status(self, path: Path) -> FileStatus:
        fault = self.begin("status", path, False)
        self.end(fault)
        return self.status_of(self._node(path))

    def make_directory(self, path: Path) -> None:
        fault = self.begin("make_directory", path, True)
        self._directories.update((path, *path.parents))
        self.end(fault)

    def sync_directory(self, path: Path) -> None:
        fault = self.begin("sync_directory", path, True)
        partly = fault is not None and fault.kind is FaultKind.PARTLY
        dice = random.Random(self.calls)
        waiting = []
        for naming in self._namings:
            if not naming.touches(path):
                waiting.append(naming)
            elif not partly or dice.random() < 0.5:
                naming.apply(self._durable)
        self._namings = waiting
        if partly and fault is not None:
            self.refuse(fault)
        self.end(fault)

    def owned(self, path: Path) -> bool:
        return True

    def private(self, path: Path) -> bool:
        return True

    def holder(self, path: Path) -> str | None:
        return "somebody" if path in self.locks else None

    def lock(self, path: Path, timeout: float, note: str) -> MemoryLock | str:
        if path in self.locks:
            return "somebody"
        self.locks.add(path)
        return MemoryLock(self, path)

    def status_of(self, node: _Node) -> FileStatus:
        links = sum(other is node for other in list(self._names.values()))
        return FileStatus(len(node.content), links, node.modified, node.number)

    def _node(self, path: Path) -> _Node:
        try:
            return self._names[path]
        except KeyError:
            raise FileNotFoundError(errno.ENOENT, "no such file", str(path)) from None

    def _name(self, naming: _Naming) -> None:
        naming.apply(self._names)
        self._namings.append(naming)


class MemoryHandle:
    """Implements ``lithograph.durability.files.Handle``."""

    def __init__(self, files: MemoryFiles, path: Path, node: _Node) -> None:
        self._files = files
        self._path = path
        self._node = node

    def write(self, data: bytes) -> None:
        fault = self._files.begin("write", self._path, True)
        fails = fault is not None and fault.kind is not FaultKind.CRASHED
        kept = data
        if fails:
            kept = (
                b""
                if fault is not None and fault.kind in (FaultKind.FAIL, FaultKind.PARTLY, FaultKind.BROKEN)
                else data[: len(data) // 2]
            )
        room = self._files.room()
        fits = room is None or len(kept) <= room
        self._put(kept if fits else kept[:room])
        if fails and fault is not None:
            self._files.refuse(fault)
        if not fits:
            raise OSError(errno.ENOSPC, "no room for all of it")
        self._files.end(fault)

    def read(self, offset: int, length: int) -> bytes:
        fault = self._files.begin("read", self._path, False)
        self._files.end(fault)
        return bytes(self._node.content[offset : offset + length])

    def sync(self) -> None:
        fault = self._files.begin("sync", self._path, True)
        if fault is not None and fault.kind is not FaultKind.CRASHED:
            if fault.kind is FaultKind.PARTLY:
                dice = random.Random(self._files.calls)
                self._node.durable = self._node.surviving(Survives.SOMETHING, dice)
            self._node.pending = []  # the system believes these pages clean now
            self._files.refuse(fault)
        content = bytearray(self._node.durable)
        for offset, data in self._node.pending:
            if data is None:
                del content[offset:]
            else:
                content.extend(bytes(max(0, offset - len(content))))
                content[offset : offset + len(data)] = data
        self._node.durable, self._node.pending = bytes(content), []
        self._files.end(fault)

    def truncate(self, size: int) -> None:
        fault = self._files.begin("truncate", self._path, True)
        del self._node.content[size:]
        self._node.pending.append((size, None))
        self._node.modified = self._files.tick()
        self._files.end(fault)

    def size(self) -> int:
        fault = self._files.begin("size", self._path, False)
        self._files.end(fault)
        return len(self._node.content)

    def status(self) -> FileStatus:
        fault = self._files.begin("fstat", self._path, False)
        self._files.end(fault)
        return self._files.status_of(self._node)

    def close(self) -> None:
        """Not a call: closing makes nothing durable and changes nothing."""

    def _put(self, data: bytes) -> None:
        if data:
            self._node.pending.append((len(self._node.content), data))
            self._node.content += data
            self._node.modified = self._files.tick()


class MemoryLock:
    def __init__(self, files: MemoryFiles, path: Path) -> None:
        self._files = files
        self._path = path

    def release(self) -> None:
        self._files.locks.discard(self._path)
