"""What can go wrong between a tool and a server."""

from __future__ import annotations

from lithograph.storage.errors import LithographError


class ClientError(LithographError):
    """Anything that the client reports."""


class ConnectionFailedError(ClientError):
    """The server cannot be reached, does not speak Bolt 5, or went away; what was under way may have happened or not."""

    code = "Neo.ClientError.General.ConnectionFailed"


class RefusedError(ClientError):
    """The server answered FAILURE.

    Attributes:
        status: the server's code, ``Neo.ClientError.Statement.SyntaxError`` say.
        request: number of the failed one among those sent together, from 0.
    """

    def __init__(self, status: str, message: str, request: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.request = request

    @property
    def transient(self) -> bool:
        """Whether the same may succeed when it is tried again."""
        return self.status.startswith("Neo.TransientError.")
