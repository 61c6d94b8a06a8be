"""What the commands that talk to a running server have in common: their flags, the connection, how they fail."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lithograph.server.client.connection import BoltClient

PASSWORD_VARIABLE = "LITHOGRAPH_PASSWORD"

INTERRUPTED = 130
"""Exit status after Ctrl-C or SIGTERM, as shells have it."""


def add_connection_flags(parser: argparse.ArgumentParser) -> None:
    """``--host``, ``--port``, ``--username``, ``--password``, ``--timeout``."""
    group = parser.add_argument_group("connection")
    group.add_argument("--host", default="127.0.0.1", help="where the server listens (default %(default)s)")
    group.add_argument("--port", type=int, default=7687, help="its Bolt port (default %(default)s)")
    group.add_argument("--username", default="", help="for a server with users")
    group.add_argument(
        "--password",
        default=None,
        help=f"default: the environment variable {PASSWORD_VARIABLE}, which other users of the system cannot see",
    )
    group.add_argument(
        "--timeout",
        type=float,
        default=3600.0,
        metavar="SECONDS",
        help="for each answer of the server, 0 for no limit (default 3600: snapshots and indexes take long)",
    )


def connect(parsed: argparse.Namespace) -> BoltClient:
    """A connection as the flags say. Raises ConnectionFailedError, RefusedError."""
    from lithograph.server.client.connection import BoltClient

    password = os.environ.get(PASSWORD_VARIABLE, "") if parsed.password is None else parsed.password
    return BoltClient(parsed.host, parsed.port, parsed.username, password, parsed.timeout or None)


def reporting(work: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    """``work`` as a command: what it raises becomes a line on stderr and the exit status 1.

    SIGTERM stops it as Ctrl-C does, so that whatever has to be put back in order is.
    """

    def run(parsed: argparse.Namespace) -> int:
        from lithograph.storage.errors import LithographError

        before = signal.signal(signal.SIGTERM, _interrupt)
        try:
            work(parsed)
        except BrokenPipeError:
            # Whoever read our output has seen enough; the interpreter must not try to flush it again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        except LithographError as error:
            say(f"lithograph {parsed.command}: {error}")
            return 1
        except OSError as error:
            where = "" if error.filename is None else f"{error.filename}: "
            say(f"lithograph {parsed.command}: {where}{error.strerror or error}")
            return 1
        except KeyboardInterrupt:
            say(f"lithograph {parsed.command}: interrupted")
            return INTERRUPTED
        finally:
            signal.signal(signal.SIGTERM, before)
        return 0

    return run


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def say(line: str) -> None:
    """A line for the person or the log; results alone go to stdout."""
    sys.stderr.write(f"{line}\n")
