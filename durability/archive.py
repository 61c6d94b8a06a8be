"""Continuous archiving: a finished WAL file is handed on before it may be removed.

Together with a snapshot, the archive is what a database can be taken back to any moment with. Files go out one by
one, oldest first, on a thread of their own; commits never wait for it. A file that cannot be archived is tried again,
after a pause that doubles up to a minute, and meanwhile it and all behind it stay in the data directory.

Which files are done is kept in ``.archived`` in the data directory, written after each of them. A crash in between
has the file archived once more, never not at all; so an archive has to take the same file twice, as
:class:`FolderArchive` does and as PostgreSQL asks of its ``archive_command``.
"""

from __future__ import annotations

import shlex
import subprocess
from collections import deque
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Lock, Thread
from typing import Protocol

import structlog

from lithograph.durability.checksums import ALGORITHMS, CRC32C
from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import ArchiveError
from lithograph.durability.files import Files
from lithograph.durability.names import PARTIAL_SUFFIX, WalName, parse_wal

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a file is tried again: after the first failure, and at most."""

MANY = 16
"""With so many files waiting, the log says so."""

_COMMAND_SECONDS = 600.0
_COPY_SIZE = 1 << 20
_log = structlog.get_logger(__name__)


class Archive(Protocol):
    """Where files go. ``place`` names it; a change of it has everything archived anew."""

    place: str

    def put(self, path: Path, name: str) -> None:
        """Keep the file at ``path`` under ``name``, durably. Raises ArchiveError, OSError."""


class FolderArchive:
    """A folder, which may well be on another machine's disk."""

    def __init__(self, files: Files, folder: Path) -> None:
        self._files = files
        self._folder = folder
        self.place = f"directory {folder}"

    def put(self, path: Path, name: str) -> None:
        target = self._folder / name
        self._files.make_directory(self._folder)
        # One that is there already is written anew: that it can be read does not prove that it is on disk.
        if self._files.exists(target) and self._content(target) != self._content(path):
            raise ArchiveError(
                f"{target} is there already, with other content. The archive must belong to this database alone: "
                "choose another --storage-wal-archive-directory, or move the file away."
            )
        partial = self._folder / f".{name}{PARTIAL_SUFFIX}"
        if self._files.exists(partial):
            self._files.remove(partial)
        with closing(self._files.open(path)) as source, closing(self._files.create(partial)) as copy:
            for offset in range(0, source.size(), _COPY_SIZE):
                copy.write(source.read(offset, _COPY_SIZE))
            copy.sync()
        if self._content(partial) != self._content(path):
            raise ArchiveError(
                f"{partial} reads back otherwise than it was written. See to the disk of the archive."
            )
        self._files.rename(partial, target)
        self._files.sync_directory(self._folder)

    def _content(self, path: Path) -> tuple[int, int]:
        """Size and checksum."""
        checksum, offset = 0, 0
        with closing(self._files.open(path)) as handle:
            while block := handle.read(offset, _COPY_SIZE):
                checksum = ALGORITHMS[CRC32C](checksum, block)
                offset += len(block)
        return offset, checksum


class CommandArchive:
    """A command: ``%p`` is the path of the file, ``%f`` its name, ``%%`` a percent sign. Status 0: it is kept."""

    def __init__(self, command: str, timeout: float = _COMMAND_SECONDS) -> None:
        self._words = shlex.split(command)
        self._timeout = timeout
        self.place = f"command {command}"

    def put(self, path: Path, name: str) -> None:
        words = [_filled(word, str(path), name) for word in self._words]
        try:
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, capture_output=True, timeout=self._timeout, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise ArchiveError(f"{words[0]} did not end within {self._timeout:g} seconds.") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()[-500:]
            raise ArchiveError(
                f"{words[0]} ended with status {done.returncode}{': ' + said if said else '.'}"
            )


def _filled(word: str, path: str, name: str) -> str:
    values = {"p": path, "f": name, "%": "%"}
    head, *parts = word.replace("%%", "%\0").split("%")
    return head + "".join(
        "%" + part[1:] if part[:1] == "\0" else values.get(part[:1], "%" + part[:1]) + part[1:]
        for part in parts
    )


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """How far it is: timestamp of the last commit known to be archived (0: none), files waiting, last failure."""

    timestamp: int
    waiting: int
    error: str | None


class Archiver:
    """Hands the finished files of one data directory to an archive. May be used from several threads."""

    def __init__(self, directory: DataDirectory, archive: Archive) -> None:
        """Takes every finished file in the directory that is not archived yet; :meth:`start` sets it going."""
        self._directory = directory
        self._archive = archive
        self._changed = Condition()  # protects all below
        self._done = self._read_done()
        finished = [name for name in directory.wal_names() if name.finished]
        self._waiting = deque(name for name in finished if str(name) not in self._done)
        self._timestamp = max((name.last or 0 for name in map(parse_wal, self._done) if name), default=0)
        self._error: str | None = None
        self._pause = 0.0
        self._failures = 0
        self._closing = self._stopping = False
        self._noting = Lock()  # held while the list of what is done is written; not once it has stopped
        self._thread = Thread(target=self._run, name="lithograph-archive", daemon=True)

    def start(self) -> None:
        """Set the thread going; a second call does nothing."""
        if not self._thread.is_alive():
            self._thread.start()

    def offer(self, name: WalName) -> None:
        """A file has been finished under this name; it may bear it a little later."""
        with self._changed:
            self._waiting.append(name)
            if len(self._waiting) % MANY == 0:
                _log.warning(
                    "many WAL files wait for the archive", files=len(self._waiting), error=self._error
                )
            self._changed.notify_all()

    def archived(self, names: Iterable[WalName]) -> list[WalName]:
        """Those of ``names`` that are in the archive, and so may be removed from here."""
        with self._changed:
            return [name for name in names if str(name) in self._done]

    def drained(self, patience: float) -> bool:
        """Whether nothing waits any more, at the latest after ``patience`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting, patience)

    def status(self) -> ArchiveStatus:
        with self._changed:
            return ArchiveStatus(self._timestamp, len(self._waiting), self._error)

    def close(self, patience: float) -> None:
        """Go on for ``patience`` seconds, or until something fails, then stop; the next start takes up what is left."""
        with self._changed:
            self._closing = True  # ends a pause
            self._changed.notify_all()
            before = self._failures
            self._changed.wait_for(lambda: not self._waiting or self._failures > before, patience)
            self._changed.notify_all()
            left = len(self._waiting)
        with self._noting:
            # A file that is still on its way goes on, but is not noted: the directory may soon be somebody else's.
            self._stopping = True
        with self._changed:
            self._changed.notify_all()
        if left:
            _log.warning("WAL files are not archived yet; the next start goes on", files=left)

    def archive_next(self) -> bool:
        """Archive the oldest file that waits; False if there is none, or it failed (``status`` says why)."""
        with self._changed:
            if not self._waiting:
                return False
            name = self._waiting[0]
        try:
            self._archive.put(self._path_of(name), str(name))
            with self._noting:
                if self._stopping:
                    return False
                self._keep({*self._done, str(name)})
        except (ArchiveError, OSError) as error:
            self._failed(name, error)
            return False
        except Exception as error:  # noqa: BLE001  (logged; the thread lives on)
            _log.exception(
                "a WAL file could not be archived for a reason that nobody foresaw", file=str(name)
            )
            self._failed(name, error)
            return False
        with self._changed:
            self._waiting.popleft()
            self._timestamp = name.last or self._timestamp
            self._error, self._pause = None, 0.0
            self._changed.notify_all()
        return True

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or bool(self._waiting))
                if self._stopping:
                    return
            if not self.archive_next():
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, self._pause)

    def _path_of(self, name: WalName) -> Path:
        """While the directory is locked, a finished file still has the name of an open one."""
        path = self._directory.path_of(name)
        if self._directory.files.exists(path):
            return path
        return self._directory.path_of(WalName(name.created))

    def _failed(self, name: WalName, error: Exception) -> None:
        with self._changed:
            if self._error is None:  # it is tried often and told once
                _log.error(
                    "a WAL file could not be archived; it stays, and is tried again",
                    file=str(name),
                    error=str(error),
                )
            self._error = f"{name}: {error}"
            self._failures += 1
            self._pause = min(max(2 * self._pause, FIRST_PAUSE), LONGEST_PAUSE)
            self._changed.notify_all()

    # -- what is done

    def _read_done(self) -> set[str]:
        """The names in ``.archived``; none if it is about another archive, or cannot be read for what it is."""
        path = self._directory.archived
        if not self._directory.files.exists(path):
            return set()
        with closing(self._directory.files.open(path)) as handle:
            place, *names = handle.read(0, handle.size()).decode("utf-8", "replace").splitlines() or [""]
        return {name for name in names if parse_wal(name)} if place == self._archive.place else set()

    def _keep(self, done: set[str]) -> None:
        """Note it durably, without the files that are gone."""
        with self._changed:
            waiting = {str(name) for name in self._waiting}
        kept = done & ({str(name) for name in self._directory.wal_names()} | waiting)
        text = "\n".join([self._archive.place, *sorted(kept)]) + "\n"
        self._directory.write_whole(self._directory.archived, [text.encode()])
        with self._changed:
            self._done = kept
