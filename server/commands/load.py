"""``lithograph load``: run the statements of a file, in batches, going on where an earlier run stopped."""

from __future__ import annotations

import argparse
import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lithograph.server.commands.online import add_connection_flags, connect, reporting, say

if TYPE_CHECKING:
    from lithograph.server.client.connection import BoltClient
    from lithograph.server.client.loading import Digest, Marker
    from lithograph.server.commands import Commands

DESCRIPTION = """\
Run the statements of FILE (CYPHERL or any others, each ended by a semicolon; - for the standard input; .gz is unpacked)
on a running server, many in one transaction. After an error or a kill, run it again: it goes on behind the last batch
that was committed, and no statement is run twice. The place is kept in the database as a node
:__lithograph_load__, which goes at the end.
"""

_PIECE = 1 << 20


def register(commands: Commands) -> None:
    parser = commands.add_parser(
        "load", help="run the statements of a file on a running server", description=DESCRIPTION
    )
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--batch-size",
        type=_positive,
        default=1000,
        metavar="N",
        help="statements in a transaction (default 1000)",
    )
    again = parser.add_mutually_exclusive_group()
    again.add_argument(
        "--restart", action="store_true", help="forget an unfinished load of FILE, and begin anew"
    )
    again.add_argument(
        "--no-resume", action="store_true", help="do not keep the place (so never with the standard input)"
    )
    add_connection_flags(parser)
    parser.set_defaults(run=reporting(run))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def run(parsed: argparse.Namespace) -> None:
    """Raises LithographError, OSError; what was committed is kept, and gone on from by the next run."""
    from lithograph.server.client.errors import ConnectionFailedError
    from lithograph.server.client.loading import Digest, Loader, LoadError, remove_marker
    from lithograph.server.client.statements import StatementError, split
    from lithograph.server.commands.progress import progress

    path = None if parsed.file == "-" else Path(parsed.file)
    name = "standard input" if path is None else path.name
    with connect(parsed) as client, _opened(path) as source:
        digest = Digest(source.read)
        marker = None if path is None or parsed.no_resume else _marker(client, name, digest, parsed.restart)
        offset, line = (0, 1) if marker is None else (marker.offset, marker.line)
        with progress(f"loading {name}", source.size) as advance:
            loader = Loader(client, marker, digest, source.shown_by(advance), parsed.batch_size)
            try:
                count = loader.run(split(digest.read, offset, line))
            except StatementError as error:
                again = "" if marker is None else " Mend it, and run the command again to go on."
                raise LoadError(f"{name}, {error}{again}") from error
            except ConnectionFailedError as error:
                again = "" if marker is None else " Run the command again to go on behind the last batch."
                raise LoadError(f"{error}{again}") from error
        say(f"{name}: {count} statements" + (f", from line {line} on" if offset else ""))
        if loader.marker is not None:
            remove_marker(client, loader.marker)


def _marker(client: BoltClient, name: str, digest: Digest, restart: bool) -> Marker:
    """Where to go on, with everything before it read; a new marker for the beginning.

    Raises:
        LoadError: the file is another one than that of which a part is loaded.
    """
    from lithograph.server.client.loading import LoadError, find_markers, new_marker, remove_marker

    markers = [marker for marker in find_markers(client) if marker.file == name]
    if restart:
        for marker in markers:
            remove_marker(client, marker)
        markers = []
    if not markers:
        return new_marker(name)
    marker = max(markers, key=lambda found: found.offset)
    done = 0
    while done < marker.offset and (data := digest.read(min(_PIECE, marker.offset - done))):
        done += len(data)
        digest.up_to(done)
    if digest.up_to(done) != marker.sha256:
        raise LoadError(
            f"{marker.file} was loaded up to line {marker.line}, but what the file has before that is not the same any "
            "more. Put the former file back, or begin anew with --restart (what is loaded stays in the database)."
        )
    return marker


@dataclass(frozen=True, slots=True)
class _Source:
    """What is loaded: ``read`` gives its bytes, unpacked; ``place`` how far the file of ``size`` bytes has been read."""

    read: Callable[[int], bytes]
    place: Callable[[], int]
    size: int

    def shown_by(self, advance: Callable[[int], None]) -> Callable[[int], None]:
        """What takes the number of statements of each batch: in bytes, unless nobody knows how many there are."""
        if not self.size:
            return advance
        shown = 0

        def committed(count: int) -> None:
            nonlocal shown
            reached = self.place()
            advance(reached - shown)
            shown = reached

        return committed


@contextmanager
def _opened(path: Path | None) -> Iterator[_Source]:
    """A file, or the standard input. Raises OSError."""
    if path is None:
        yield _Source(sys.stdin.buffer.read, lambda: 0, 0)
        return
    with path.open("rb") as raw:
        size = path.stat().st_size
        if path.suffix != ".gz":
            yield _Source(raw.read, raw.tell, size)
            return
        with gzip.GzipFile(fileobj=raw) as unpacked:
            yield _Source(_unpacking(path, unpacked), raw.tell, size)


def _unpacking(path: Path, unpacked: gzip.GzipFile) -> Callable[[int], bytes]:
    from lithograph.server.client.loading import LoadError

    def read(size: int) -> bytes:
        try:
            return unpacked.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise LoadError(
                f"{path} cannot be unpacked: {error}. Whole batches before the damage are loaded."
            ) from error

    return read
