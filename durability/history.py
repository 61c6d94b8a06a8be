"""Which points of its history a source can be taken back to.

A state can be made again if a whole snapshot has it, or if it lies on the chain of WAL files that goes on from one, or
on the chain from its very beginning. That gives spans of commits; what lies between two of them is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from lithograph.durability import snapshot, wal_reader
from lithograph.durability.errors import FileError
from lithograph.durability.header import SIZE
from lithograph.durability.point import moment_of
from lithograph.durability.source import Source
from lithograph.durability.wal_reader import WalContent


@dataclass(frozen=True, slots=True)
class Span:
    """Every state from commit ``first`` to commit ``last`` can be made again.

    ``since`` and ``until`` (aware, UTC) are when the first state was complete at the latest, and when the last commit
    was written.
    """

    first: int
    last: int
    since: datetime
    until: datetime

    def __str__(self) -> str:
        return (
            f"transactions {self.first} to {self.last} ({self.since.isoformat()} to {self.until.isoformat()})"
        )


def spans(source: Source) -> list[Span]:
    """The spans of the database that a start would choose, oldest first; files that are damaged, or
    sealed with a key that is not at hand, do not count."""
    database = database_of(source)
    log = _read_log(source, database)
    found = [_follow(start, log) for start in _starts(source, database, log)]
    return _merged(sorted(found, key=lambda span: (span.first, span.last)))


def database_of(source: Source) -> UUID | None:
    """The database whose snapshot is the newest, without any that of the newest WAL file; None without either."""
    for snapshot_name in reversed(source.snapshots):
        with suppress(FileError):
            return snapshot.read_file(
                source.files, source.path_of(snapshot_name), snapshot_name, source.keys
            ).header.database
    for wal_name in reversed(source.wal):
        with suppress(FileError):
            file = wal_reader.read_file(source.files, source.path_of(wal_name), wal_name, source.keys)
            if file is not None and file.size > SIZE:
                return file.header.database
    return None


def describe(found: Sequence[Span]) -> str:
    """For a message."""
    return "; ".join(map(str, found)) or "no point at all"


def _read_log(source: Source, database: UUID | None) -> list[WalContent]:
    log: dict[int, WalContent] = {}
    for name in source.wal:
        try:
            file = wal_reader.read_file(source.files, source.path_of(name), name, source.keys)
            if file is None or file.header.database != database:
                continue
            content = wal_reader.scan(source.files, file)
        except FileError:
            continue
        twin = log.get(file.header.sequence)
        if content.transactions and (twin is None or content.last > twin.last):
            log[file.header.sequence] = content
    return [log[number] for number in sorted(log)]


def _starts(source: Source, database: UUID | None, log: list[WalContent]) -> Iterable[Span]:
    if log and not log[0].file.header.after:
        created = moment_of(log[0].file.header.created)
        yield Span(log[0].first, log[0].first, created, created)
    for name in source.snapshots:
        try:
            found = snapshot.read_file(source.files, source.path_of(name), name, source.keys)
            if found.header.database != database:
                continue
            snapshot.verify(source.files, found)
        except FileError:
            continue
        created = moment_of(found.header.created)
        yield Span(name.timestamp, name.timestamp, created, created)


def _follow(start: Span, log: list[WalContent]) -> Span:
    """As far as the log goes on from there without a gap."""
    span, previous = start, None
    for content in log:
        header = content.file.header
        if content.last <= start.last and content.first != start.first:
            continue
        if header.after > span.last or (previous is not None and header.previous != previous.id):
            break
        span = replace(span, last=content.last, until=moment_of(content.written))
        previous = header
    return span


def _merged(found: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in found:
        if merged and span.first <= merged[-1].last:
            if span.last > merged[-1].last:
                merged[-1] = replace(merged[-1], last=span.last, until=span.until)
        else:
            merged.append(span)
    return merged
