"""``lithograph check DIR``: would a start recover it, and is every file whole? Changes nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lithograph.server.commands.keys import add_key_flag, keys_of

if TYPE_CHECKING:
    from lithograph.durability.check import CheckReport, Recoverable
    from lithograph.server.commands import Commands

DESCRIPTION = """\
Check a data directory, a copy of one, or a single snapshot: read every checksum of every file, load what a start
would recover into memory, look for contradictions, and say what a start would do. Nothing is changed. Exit status
0 when all is fine, 1 when a start would refuse, or a file is damaged or cannot be read without a key."""


def register(commands: Commands) -> None:
    parser = commands.add_parser(
        "check", help="check a data directory or a backup, and change nothing", description=DESCRIPTION
    )
    parser.add_argument("directory", metavar="DIR", type=Path)
    parser.add_argument("--json", action="store_true", help="the findings as one JSON object")
    parser.add_argument("--quick", action="store_true", help="read the checksums only, load nothing")
    parser.add_argument(
        "--live",
        action="store_true",
        help="also while a server runs on it: read the files as they are now (LOCK DATA DIRECTORY keeps them there)",
    )
    add_key_flag(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from lithograph.durability.check import check
    from lithograph.server.commands.output import logging_to_stderr, refuse, write_json
    from lithograph.server.commands.progress import progress_on_stderr
    from lithograph.storage.errors import LithographError

    try:
        with logging_to_stderr(), progress_on_stderr() as progress:
            report = check(
                arguments.directory,
                progress=progress,
                quick=arguments.quick,
                live=arguments.live,
                keys=keys_of(arguments),
            )
    except (LithographError, OSError) as error:
        return refuse(error)
    if arguments.json:
        write_json(report, fine=report.fine)
    else:
        sys.stdout.writelines(f"{line}\n" for line in _text(report))
        if report.refusal is not None:
            sys.stderr.write(f"cannot start: {report.refusal}\n")
    return 0 if report.fine else 1


def _text(report: CheckReport) -> Iterator[str]:
    yield f"{report.root}: {len(report.files)} files"
    if report.holder:
        yield f"  a server runs on it: {report.holder}"
    for file in report.files:
        content = f"  commits {file.first} to {file.last}" if file.transactions else ""
        yield f"  {file.state:<10} {file.size:>12} bytes  {file.path}{content}"
        if file.problem:
            yield f"{'':13}{file.problem}"
    for path in report.strangers:
        yield f"  ignored: {path} has a name that is none of ours"
    for path in report.partial:
        yield f"  left over from unfinished writing: {path}"
    for span in report.history:
        yield f"  can be restored as of {span}"
    yield from ("a start would refuse",) if report.recoverable is None else _recoverable(report.recoverable)
    for fault in report.contradictions:
        yield f"contradiction: {fault}"
    yield "all is fine" if report.fine else "NOT FINE"


def _recoverable(found: Recoverable) -> Iterator[str]:
    yield "a start would recover"
    if found.database is None:
        yield "  nothing: there are no data"
        return
    yield f"  database      {found.database}, epoch {found.epoch}"
    if found.snapshot is not None and found.snapshot_created is not None:
        made = f"as of commit {found.snapshot_timestamp}, made {found.snapshot_created.isoformat()}"
        yield f"  snapshot      {found.snapshot.name}, {made}"
    yield f"  log           {found.transactions} transactions from {found.wal_files} files"
    written = "" if found.last_commit is None else f", written {found.last_commit.isoformat()}"
    yield f"  last commit   {found.timestamp}{written}"
    if found.vertices is not None:
        yield f"  content       {found.vertices} vertices, {found.edges} edges, {found.indexes} indexes"
    if found.restores:
        yield "  by an order to restore a snapshot that was copied in; the other files would be put aside"
    if found.cut is not None:
        yield (
            f"  cutting       {found.cut.size} bytes ({found.cut.transactions} transactions, not acknowledged) "
            f"off the end of {found.cut.path}"
        )
    for label, paths in (
        ("passing over", found.passed_over),
        ("putting aside", found.put_aside),
        ("removing", found.removed),
    ):
        for path in paths:
            yield f"  {label:<13} {path}"
