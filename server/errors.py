"""What the server itself refuses, before or around the work of the engine.

Two kinds matter to the connection: after a :class:`ProtocolError` it is closed, because the two sides no
longer agree about what is being said; after anything else the client may go on (with RESET).
"""

from __future__ import annotations

from lithograph.storage.errors import LithographError, WritesRefusedError


class ServerError(LithographError):
    """Anything the server layer refuses."""


class ProtocolError(ServerError):
    """The client broke the protocol: it is told, and the connection is closed."""

    code = "Neo.ClientError.Request.Invalid"
    gql_status = "08N06"


class MessageTooLargeError(ProtocolError):
    """A message beyond the size limit; the connection is closed, its rest is never read."""

    gql_status = "22N56"


class InvalidRequestError(ServerError):
    """A well-formed message that asks for something impossible: an unknown qid, a value out of its range."""

    code = "Neo.ClientError.Request.Invalid"
    gql_status = "08N06"


class UnexpectedMessageError(ServerError):
    """The condition behind a ProtocolError: the message is legal, but not in this state."""

    code = "Neo.ClientError.Request.Invalid"
    gql_status = "08N10"


class UnsupportedFeatureError(ServerError):
    """A feature of the protocol that this server does not have, such as impersonation."""

    code = "Neo.ClientError.Statement.ArgumentError"
    gql_status = "0A000"


class UnauthorizedError(ServerError):
    """Wrong credentials or an unknown scheme; never says which of user and password was wrong."""

    code = "Neo.ClientError.Security.Unauthorized"
    gql_status = "42NFF"


class TooManyConnectionsError(ServerError):
    """The server has as many clients as it may; nothing was started."""

    code = "Neo.TransientError.Request.NoThreadsAvailable"
    gql_status = "51N66"


class NoTransactionError(ServerError):
    """COMMIT or ROLLBACK without a transaction."""

    code = "Neo.ClientError.Transaction.TransactionNotFound"
    gql_status = "25N01"


class NestedTransactionError(ServerError):
    """A transaction was to begin, or its text form to be used, inside another one."""

    code = "Neo.ClientError.Transaction.TransactionAccessedConcurrently"
    gql_status = "25N02"


class TooManyResultsError(ServerError):
    """More open results in one transaction than allowed."""

    code = "Neo.ClientError.Request.Invalid"
    gql_status = "51N66"


class TransactionTimedOutError(ServerError):
    """A transaction was rolled back because its client let it lie idle too long."""

    code = "Neo.ClientError.Transaction.TransactionTimedOut"
    gql_status = "25N14"


class ClientTransactionTimedOutError(TransactionTimedOutError):
    """The same, by the time limit that the client itself had set."""

    code = "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"


class ServerStoppingError(ServerError):
    """Work was interrupted because the server shuts down; another server, or this one later, may take it."""

    code = "Neo.TransientError.General.DatabaseUnavailable"
    gql_status = "51N00"


class UnencodableValueError(ServerError):
    """A result holds a value that Bolt cannot carry."""

    code = "Neo.ClientError.Statement.TypeError"
    gql_status = "22N01"


class IntegerOverflowError(UnencodableValueError):
    """A result holds an integer beyond 64 bits."""

    code = "Neo.ClientError.Statement.ArithmeticError"
    gql_status = "22003"


class CalledOffError(ServerError):
    """Work was given up because nobody waits for it any more."""

    code = "Neo.ClientError.Transaction.Terminated"
    gql_status = "25N14"


class UncertainCommitError(WritesRefusedError):
    """The log failed between the write and the sync of a commit: undone here, but a restart may find it.

    Not a TransientError: a driver that repeats it on its own could make it happen twice.
    """

    code = "Neo.DatabaseError.Transaction.TransactionCommitFailed"
    gql_status = "2DN01"

    def __init__(self, failure: str) -> None:
        super().__init__(
            f"{failure} This transaction was undone and nobody has seen it; but it had been handed to the disk, "
            "so that the restart may find it."
        )


class UnforeseenError(ServerError):
    """Our bug; the message carries the id under which the log has the traceback."""

    def __init__(self, identifier: str) -> None:
        super().__init__(
            f"An unexpected error occurred in the server. Its log has the details under the id {identifier}."
        )


class OvertakenError(ServerError):
    """A RESET, the end of the connection or of the server came before the request was answered."""

    code = "Neo.ClientError.Transaction.Terminated"
    gql_status = "25N14"


class DatabaseNotFoundError(ServerError):
    """A database that there is none of that name."""

    code = "Neo.ClientError.Database.DatabaseNotFound"
    gql_status = "22N51"


class InvalidBookmarkError(ServerError):
    """A bookmark of some other server."""

    code = "Neo.ClientError.Transaction.InvalidBookmark"
    gql_status = "08N12"


class NotAloneError(ServerError):
    """A statement that stands alone in its transaction was sent next to others."""

    code = "Neo.ClientError.Transaction.ForbiddenDueToTransactionType"
    gql_status = "25N02"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is not allowed in multicommand transactions. A multicommand transaction, also known as an "
            "explicit transaction, groups multiple commands into a single atomic operation. Instead, please use "
            "an implicit transaction, also known as an auto committing transaction, in order to execute this "
            "particularquery."
        )


class AccessTimeoutError(ServerError):
    """Others had the store for longer than one waits for it; nothing was begun, and drivers may try again."""

    code = "Neo.TransientError.Transaction.LockAcquisitionTimeout"
    gql_status = "25N02"


class SettingError(ServerError):
    """There is no run-time setting of that name, or it does not take the value; the old one is in force."""

    code = "Neo.ClientError.Statement.ArgumentError"
    gql_status = "22N00"


class StorageModeError(ServerError):
    """The storage mode cannot be changed to this; it is as it was."""

    code = "Neo.ClientError.Statement.ExecutionFailed"
    gql_status = "50N42"
