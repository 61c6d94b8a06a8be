"""``lithograph backup``: a copy of a running server's data directory that another server can be started on."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lithograph.server.commands.keys import add_key_flag, key_file_of, keys_of
from lithograph.server.commands.online import add_connection_flags, connect, reporting, say
from lithograph.server.sizes import in_prose

if TYPE_CHECKING:
    from lithograph.durability.chain import Plan
    from lithograph.durability.copying import Copied, Earlier
    from lithograph.durability.datadir import DataDirectory
    from lithograph.server.client.connection import BoltClient
    from lithograph.server.commands import Commands

DESCRIPTION = """\
Copy the data directory of a running server to DEST: make a snapshot, lock the directory, copy, unlock, and check
the copy as a recovery would. Runs on the machine of the server, as its user. DEST appears when it is whole; it is a data
directory, so that a restore is to start a server on (a copy of) it. Of encrypted data the backup is encrypted too, and
checking it takes the server's key file.
"""

SNAPSHOT_PATIENCE = 600.0
"""Seconds to wait for a snapshot that the server is writing already."""


def register(commands: Commands) -> None:
    parser = commands.add_parser(
        "backup", help="copy the data directory of a running server", description=DESCRIPTION
    )
    parser.add_argument("dest", metavar="DEST", type=Path, help="a new directory for the copy")
    parser.add_argument(
        "--since",
        metavar="PREVIOUS",
        type=Path,
        help="an earlier backup: files that it has are linked, not copied; the new one is complete all the same",
    )
    parser.add_argument(
        "--data-directory",
        metavar="DIR",
        type=Path,
        help="where the server's data directory is to be found from here, if not where the server says",
    )
    add_key_flag(parser)
    add_connection_flags(parser)
    parser.set_defaults(run=reporting(run))


def run(parsed: argparse.Namespace) -> None:
    """Raises LithographError, OSError; nothing is left of the backup then, and the directory is unlocked."""
    from lithograph.durability.copying import check_copy, check_key, copy_files, list_files
    from lithograph.durability.datadir import DataDirectory
    from lithograph.durability.files import RealFiles
    from lithograph.durability.names import parse_snapshot
    from lithograph.server.commands.progress import progress
    from lithograph.server.commands.whole_directory import whole_directory

    files, keys = RealFiles(), keys_of(parsed)
    with whole_directory(parsed.dest) as partial:
        with connect(parsed) as client:
            info = dict(client.rows("SHOW STORAGE INFO"))
            earlier = _earlier(parsed.since, info["database_uuid"])
            written = Path(_create_snapshot(client))
            source = DataDirectory(_data_directory(parsed, info, written), files, keys=keys)
            name = parse_snapshot(written.name)
            if name is not None:
                check_key(source, name)
            with _locked(client, parsed):
                listed = list_files(source, key_file_of(parsed))
                with progress("copying", sum(file.size for file in listed)) as advance:
                    copied = copy_files(source, listed, partial, earlier, advance)
        copy = DataDirectory(partial, files, keys=keys)
        with progress("checking", sum(file.size for file in listed)) as advance:
            plan, remarks = check_copy(copy, advance)
        _check_content(plan, info["database_uuid"], written)
        _write_manifest(copy, parsed.since, plan, copied)
    for remark in (*copied.remarks, *remarks):
        say(f"note: {remark}")
    what = f"{len(copied.files)} files, {in_prose(copied.new_bytes + copied.known_bytes)}"
    new = "" if earlier is None else f", of these {in_prose(copied.new_bytes)} new"
    say(f"{parsed.dest}: {what}{new}, up to commit {plan.timestamp}")


def _earlier(root: Path | None, database: str) -> Earlier | None:
    from lithograph.durability.copying import CopyFailedError, Earlier
    from lithograph.durability.files import RealFiles
    from lithograph.durability.manifest import read_manifest

    if root is None:
        return None
    manifest = read_manifest(RealFiles(), root)
    if str(manifest.database) != database:
        raise CopyFailedError(
            f"{root} is a backup of the database {manifest.database}, the server has {database}. "
            "Make a backup without --since."
        )
    return Earlier(RealFiles(), root, manifest)


def _create_snapshot(client: BoltClient) -> str:
    """The path, as the server sees it. Raises RefusedError."""
    from lithograph.server.client.errors import RefusedError

    given_up = time.monotonic() + SNAPSHOT_PATIENCE
    waiting = False
    while True:
        try:
            ((path,),) = client.rows("CREATE SNAPSHOT")
        except RefusedError as error:
            if not error.transient or time.monotonic() > given_up:
                raise
            if not waiting:
                say(f"waiting: {error}")
            waiting = True
            time.sleep(1.0)
        else:
            return str(path)


def _data_directory(parsed: argparse.Namespace, info: dict[str, str], written: Path) -> Path:
    """The server's data directory from here. Raises CopyFailedError."""
    from lithograph.durability.copying import CopyFailedError

    found = Path(parsed.data_directory or info.get("data_directory") or written.parent.parent)
    if not (found / "snapshots" / written.name).is_file():
        raise CopyFailedError(
            f"{found} is not the data directory of the server at {parsed.host}:{parsed.port}: the snapshot "
            f"{written.name}, which it has just written, is not there. Run this on the server's machine, and say with "
            "--data-directory where its directory is."
        )
    if parsed.dest.resolve().is_relative_to(found.resolve()):
        raise CopyFailedError(
            f"{parsed.dest} is within the data directory {found}. Choose another destination."
        )
    return found


@contextmanager
def _locked(client: BoltClient, parsed: argparse.Namespace) -> Iterator[None]:
    """The data directory locked while the block runs; whoever had locked it before finds it so afterwards."""
    from lithograph.durability.retainer import IS_UNLOCKED, LOCKED

    ((status, _, _),) = client.rows("DATA DIRECTORY LOCK STATUS")
    ours = status == IS_UNLOCKED
    try:
        if ours:
            ((answer,),) = client.rows("LOCK DATA DIRECTORY")
            ours = answer == LOCKED
        if not ours:
            say("note: the data directory was locked already, and stays so")
        yield
    finally:
        if ours:
            _unlock(parsed)


def _unlock(parsed: argparse.Namespace) -> None:
    """Over a connection of its own: the other may be in the middle of something."""
    try:
        with connect(parsed) as client:
            client.execute("UNLOCK DATA DIRECTORY")
    except BaseException:
        say("The data directory is still locked. If the server is running, send it UNLOCK DATA DIRECTORY.")
        raise


def _check_content(plan: Plan, database: str, written: Path) -> None:
    """Whether the copy holds what the server has. Raises CopyFailedError."""
    from lithograph.durability.copying import CopyFailedError
    from lithograph.durability.names import parse_snapshot

    name = parse_snapshot(written.name)
    if name is None or plan.snapshot is None or plan.snapshot.name < name:
        raise CopyFailedError(
            f"The snapshot {written.name}, which the server has just written, cannot be read back"
            + "".join(f": {damage}" for found, damage in plan.passed_over if found == name)
        )
    if str(plan.database) != database:
        raise CopyFailedError(
            f"The files are of the database {plan.database}, the server has {database}. Say with --data-directory "
            "where its directory is."
        )


def _write_manifest(copy: DataDirectory, since: Path | None, plan: Plan, copied: Copied) -> None:
    from lithograph import __version__
    from lithograph.durability.manifest import Manifest, write_manifest

    assert plan.database is not None, "a snapshot says of which database it is"
    manifest = Manifest(
        database=plan.database,
        epoch=plan.epoch,
        timestamp=plan.timestamp,
        made=copy.clock().isoformat(timespec="seconds"),
        server=__version__,
        based_on=None if since is None else str(since.absolute()),
        files=tuple(copied.files),
    )
    write_manifest(copy.files, copy.root, manifest)
    copy.files.sync_directory(copy.root)
