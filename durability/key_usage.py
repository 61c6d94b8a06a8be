"""Which files of a directory take which key, so that whoever changes keys sees when an old one can go.

Told from headers alone. What was put aside under ``.backup`` is not looked at: it keeps needing its keys, and so do
backups elsewhere.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

import structlog

from lithograph.durability.datadir import DataDirectory
from lithograph.durability.errors import FileError
from lithograph.durability.header import read_snapshot, read_wal

_log = structlog.get_logger(__name__)


def key_usage(directory: DataDirectory) -> Counter[str | None]:
    """How many files are sealed with the key of this id; None stands for those that are not sealed.

    Files that go meanwhile, and those whose header cannot be read, are not counted.
    """
    found: Counter[str | None] = Counter()
    for snapshot in directory.snapshot_names():
        _count(directory, directory.path_of(snapshot), True, found)
    for wal in directory.wal_names():
        _count(directory, directory.path_of(wal), False, found)
    return found


def _count(directory: DataDirectory, path: Path, is_snapshot: bool, found: Counter[str | None]) -> None:
    try:
        with closing(directory.files.open(path)) as handle:
            _, sealed = read_snapshot(handle, path) if is_snapshot else read_wal(handle, path)
    except (OSError, FileError):
        return  # for the recovery to judge
    found[sealed.key_id] += 1


class KeyWatch:
    """Says in the log which keys are in use, at the start and whenever that changes."""

    def __init__(self, directory: DataDirectory) -> None:
        self._directory = directory
        self._said: tuple[object, ...] | None = None

    def look(self) -> None:
        """Look at the files now. Does nothing where nothing is sealed."""
        keys = self._directory.keys
        if keys.current_id is None:
            return
        usage = key_usage(self._directory)
        plain = usage.pop(None, 0)
        needed = sorted(key for key in usage if key is not None)
        state = (needed, plain > 0)
        if state == self._said:
            return
        self._said = state
        _log.info(
            f"new files are sealed with key {keys.current_id}", files_by_key=dict(usage), unsealed_files=plain
        )
        for key in keys.ids[1:]:
            if key not in needed:
                _log.info(f"no file in the data directory takes key {key}; it can go from the key file")
        for key in needed:
            if key not in keys.ids:
                _log.warning(
                    f"files that the start had no need of take key {key}, which the key file does not have"
                )
        if plain:
            _log.warning(
                "files from before the encryption are not sealed; they go as new snapshots make them superfluous",
                files=plain,
            )
