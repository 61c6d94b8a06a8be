"""``lithograph dump``: the graph of a running server as statements, one a line (CYPHERL)."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from lithograph.server.commands.online import add_connection_flags, connect, reporting, say

if TYPE_CHECKING:
    from lithograph.server.commands import Commands

DESCRIPTION = """\
Write the graph of a running server as the statements of DUMP DATABASE, one a line: the graph as of one moment, while
others go on writing. `lithograph load` and mgconsole read it. FILE appears when it is whole, and replaces one that is
there; with the ending .gz it is compressed. Without --output, the statements go to the standard output.
"""


def register(commands: Commands) -> None:
    parser = commands.add_parser(
        "dump", help="write the graph of a running server as statements", description=DESCRIPTION
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="where to write it (default: standard output)")
    add_connection_flags(parser)
    parser.set_defaults(run=reporting(run))


def run(parsed: argparse.Namespace) -> None:
    """Raises ConnectionFailedError, RefusedError, OSError; FILE is as it was then."""
    from pathlib import Path

    from lithograph.server.commands.progress import progress
    from lithograph.server.commands.whole_file import standard_output, whole_file

    with connect(parsed) as client:
        info = dict(client.rows("SHOW STORAGE INFO"))
        about = int(info.get("vertex_count", 0)) + int(info.get("edge_count", 0))
        where = standard_output() if parsed.output is None else whole_file(Path(parsed.output))
        count = 0
        with progress("dumping", about) as advance, where as file:
            for (statement,) in client.run("DUMP DATABASE"):
                file.write(statement.encode() + b"\n")
                count += 1
                advance(1)
    say(f"{count} statements" + ("" if parsed.output is None else f" in {parsed.output}"))
