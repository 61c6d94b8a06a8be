"""``lithograph restore SRC --data-directory DIR``: a backup, or a point of its history, as a data directory."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lithograph.server.commands.keys import add_key_flag, keys_of

if TYPE_CHECKING:
    from lithograph.durability.rebuild import RestoreReport
    from lithograph.server.commands import Commands

DESCRIPTION = """\
Restore a data directory, a copy of one, or a single snapshot into another directory, all of it or as it was at a
point of its history. The source is verified first and never changed. The result is one snapshot of a database of its
own, whose history begins there; a server on DIR starts with it. With a key file, the snapshot is encrypted with its
first key."""


def register(commands: Commands) -> None:
    parser = commands.add_parser(
        "restore", help="restore a backup, also to a point in time", description=DESCRIPTION
    )
    parser.add_argument("source", metavar="SRC", type=Path)
    parser.add_argument(
        "--data-directory", metavar="DIR", type=Path, required=True, help="where to restore it"
    )
    parser.add_argument(
        "--until",
        metavar="POINT",
        help="the number of the last transaction wanted, or an ISO 8601 time (UTC where it names no zone): "
        "everything before the first transaction written later",
    )
    parser.add_argument(
        "--archive",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="a folder with further WAL files of the source; may be given several times",
    )
    parser.add_argument(
        "--force", action="store_true", help="put aside what is in the directory, into its .backup"
    )
    parser.add_argument("--dry-run", action="store_true", help="verify and say what would be done")
    parser.add_argument("--live", action="store_true", help="although a server runs on the source")
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")
    add_key_flag(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from lithograph.durability.point import parse_point
    from lithograph.durability.rebuild import restore
    from lithograph.server.commands.output import logging_to_stderr, refuse, write_json
    from lithograph.server.commands.progress import progress_on_stderr
    from lithograph.storage.errors import LithographError

    try:
        until = None if arguments.until is None else parse_point(arguments.until)
        with logging_to_stderr(), progress_on_stderr() as progress:
            report = restore(
                arguments.source,
                arguments.data_directory,
                until=until,
                archives=arguments.archive,
                force=arguments.force,
                dry_run=arguments.dry_run,
                live=arguments.live,
                keys=keys_of(arguments),
                progress=progress,
            )
    except (LithographError, OSError) as error:
        return refuse(error)
    if arguments.json:
        write_json(report)
    else:
        sys.stdout.writelines(f"{line}\n" for line in _text(report))
    return 0


def _text(report: RestoreReport) -> Iterator[str]:
    done = "would be restored" if report.snapshot is None else "is restored"
    yield f"{report.source} {done} into {report.directory}"
    base = "the beginning of the log" if report.base is None else str(report.base)
    yield f"  from          {base}, and {report.transactions} transactions after it from {report.wal_files} files"
    written = "" if report.last_commit is None else f", written {report.last_commit.isoformat()}"
    yield f"  last commit   {report.timestamp}{written}"
    if report.left_out_written is not None:
        yield f"  left out      {report.left_out} and what follows, written {report.left_out_written.isoformat()}"
    yield f"  content       {report.vertices} vertices, {report.edges} edges"
    if report.snapshot is not None:
        yield f"  snapshot      {report.snapshot}"
    for path in report.put_aside:
        yield f"  put aside     {path}"
