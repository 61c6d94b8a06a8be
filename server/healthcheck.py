"""Is a Lithograph answering there? ``python -m lithograph.server.healthcheck [host] [port]``

Does what a driver does first: connects, offers every Bolt 4 and 5 version and waits for the server to
choose one. That shows that the event loop turns and that the protocol layer is up, which an open
port alone does not. Needs the standard library only and imports nothing of the server, so that it can
run every few seconds. Exit status 0: healthy; 1: not, and stderr says why.

Without arguments it asks where a server with the same environment would listen (``LITHOGRAPH_BOLT_PORT``,
``MEMGRAPH_BOLT_PORT``, else 7687) on the loopback address.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence

MAGIC = bytes.fromhex("6060b017")
OFFERS = bytes.fromhex("00080805 00040404 00000000 00000000")
"""Ranges 5.8 to 5.0 and 4.4 to 4.0; four bytes each are: reserved, range, minor, major."""

NO_COMMON_VERSION = bytes(4)


class UnhealthyError(Exception):
    """The server did not answer as a Bolt server does; the text says what it did instead."""


def check(host: str, port: int, timeout: float = 3.0) -> tuple[int, int]:
    """The Bolt version (major, minor) that the server chooses; ``timeout`` in seconds for each step.

    Raises UnhealthyError when nobody listens, nothing comes back or the answer is no Bolt version.
    """
    try:
        with socket.create_connection((host, port), timeout=timeout) as connection:
            connection.sendall(MAGIC + OFFERS)
            answer = _receive(connection, 4)
    except OSError as error:
        raise UnhealthyError(f"no Bolt server answers at {host}:{port}: {error}") from error
    if len(answer) < 4 or answer == NO_COMMON_VERSION or answer[:2] != b"\0\0":
        raise UnhealthyError(f"{host}:{port} answered {answer!r}, which is no Bolt version")
    return answer[3], answer[2]


def _receive(connection: socket.socket, count: int) -> bytes:
    """``count`` bytes, or fewer when the other side closes before."""
    received = b""
    while len(received) < count:
        more = connection.recv(count - len(received))
        if not more:
            break
        received += more
    return received


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    host = arguments[0] if arguments else "127.0.0.1"
    port = arguments[1] if len(arguments) > 1 else _port_of_environment()
    try:
        major, minor = check(host, int(port))
    except (UnhealthyError, ValueError) as error:
        sys.stderr.write(f"unhealthy: {error}\n")
        return 1
    sys.stdout.write(f"healthy: Bolt {major}.{minor}\n")
    return 0


def _port_of_environment() -> str:
    for name in ("LITHOGRAPH_BOLT_PORT", "MEMGRAPH_BOLT_PORT"):
        if os.environ.get(name):
            return os.environ[name]
    return "7687"


if __name__ == "__main__":
    sys.exit(main())
