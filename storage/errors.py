"""The root of the error hierarchy.

Every error that can reach a client derives from :class:`LithographError` and carries the Neo4j status
code that drivers act upon (``code``), the GQL status (``gql_status``) and a message for a person. A
class stands for what the caller does next: retry, mend the query, mend the data, call us.
"""

from __future__ import annotations

from typing import ClassVar


class LithographError(Exception):
    """Any error with a status code; ``str(error)`` is the message for a person."""

    code: ClassVar[str] = "Neo.DatabaseError.General.UnknownError"
    gql_status: ClassVar[str] = "50N42"

    @property
    def message(self) -> str:
        return str(self)


class StorageError(LithographError):
    """Anything the storage layer refuses."""

    place: object = None
    """Where that was in what was asked for, added by those above who know; its text is shown behind the message."""

    def __str__(self) -> str:
        return f"{super().__str__()}{'' if self.place is None else self.place}"


class ConflictError(StorageError):
    """Another transaction wrote the same element first; the transaction must be repeated."""

    code = "Neo.TransientError.Transaction.Outdated"
    gql_status = "25N11"

    def __init__(self) -> None:
        super().__init__(
            "Cannot resolve conflicting transactions. Retry this transaction when the conflicting transaction is finished."
        )


class TransactionClosedError(StorageError):
    """The transaction was already committed or rolled back."""

    code = "Neo.ClientError.Transaction.TransactionNotFound"
    gql_status = "25N01"


class DeletedElementError(StorageError):
    """An element was used after it had been deleted in the same transaction."""

    code = "Neo.ClientError.Statement.EntityNotFound"
    gql_status = "22N00"


class StillConnectedError(StorageError):
    """A vertex that still has edges was to be deleted."""

    code = "Neo.ClientError.Schema.ConstraintValidationFailed"
    gql_status = "G1001"

    def __init__(self) -> None:
        super().__init__(
            "Failed to remove node because of its existing connections. Consider using DETACH DELETE."
        )


class PropertyTypeError(StorageError):
    """A value of a type that cannot be stored in a property."""

    code = "Neo.ClientError.Statement.TypeError"
    gql_status = "22N01"


class ValueOutOfRangeError(StorageError):
    """A number, date or list beyond what the storage can hold."""

    code = "Neo.ClientError.Statement.ArgumentError"
    gql_status = "22003"


class EnumError(StorageError):
    """An enumeration, or a value of one, that there is not; or that there is already."""

    code = "Neo.ClientError.Statement.ArgumentError"
    gql_status = "22N00"


class CapacityError(StorageError):
    """The store is full (more than 2**31 - 1 vertices, edges or version records)."""

    code = "Neo.TransientError.General.OutOfMemoryError"
    gql_status = "51N00"


class WritesRefusedError(StorageError):
    """The store takes no writes at present (a failed or full disk); reads go on.

    Not a TransientError: drivers would repeat the whole transaction for half a minute, and a disk is seldom
    mended by then.
    """

    code = "Neo.DatabaseError.Transaction.TransactionLogError"
    gql_status = "51N00"
